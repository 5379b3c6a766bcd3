"""Who works in a centre, and what they may do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Centre, Membership
from aidline.centres.states import Role
from aidline.kernel import languages
from aidline.kernel.text import clean

LONGEST_SKILL = 40


class MemberForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, widget=forms.Select(attrs={"class": "input"})
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages they answer in"), widget=forms.CheckboxSelectMultiple
    )
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=400,
        help_text=_(
            "With commas between, as your flows call them: legal, medical. "
            "Calls that ask for one go to who has it first."
        ),
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto", "autocomplete": "off"}),
    )
    capacity = forms.IntegerField(
        label=_("Conversations at one time"),
        min_value=1,
        max_value=50,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )
    is_active = forms.BooleanField(
        label=_("Works here"),
        required=False,
        help_text=_("Without it, everything they did stays; they can no longer come in."),
    )

    def __init__(self, data: Any, *, member: Membership) -> None:
        names = ("role", "languages", "capacity", "is_active")
        initial = {name: getattr(member, name) for name in names}
        super().__init__(data, initial={**initial, "skills": ", ".join(member.skills)})
        _offer(self.fields["languages"], {*member.centre.languages, *member.languages})

    def clean_skills(self) -> list[str]:
        """Each once, in small letters and in one piece, as a flow can name them."""
        words = clean(self.cleaned_data["skills"]).replace("،", ",").split(",")
        skills = ["-".join(word.split()).casefold()[:LONGEST_SKILL].strip() for word in words]
        return list(dict.fromkeys(filter(None, skills)))


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Nothing is sent. You get a link to hand over yourself."),
        widget=forms.EmailInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, widget=forms.Select(attrs={"class": "input"})
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages they answer in"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, centre: Centre) -> None:
        super().__init__(data, initial={"languages": centre.languages})
        _offer(self.fields["languages"], set(centre.languages))


def _offer(field: forms.Field, codes: set[str]) -> None:
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = [(code, languages.name(code)) for code in sorted(codes)]
