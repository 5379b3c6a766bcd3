"""Who works in a centre, and what they may do."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Centre, Membership
from aidline.centres.states import Role
from aidline.kernel import languages
from aidline.kernel.text import clean
from aidline.vouchers.models import Partner, Shop
from aidline.vouchers.partners import partners_in, place_of, shops_in

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
    partner = forms.ChoiceField(
        label=_("Partner they work for"),
        required=False,
        help_text=_("For the role of a partner: they add people to its lists and see its counts."),
        widget=forms.Select(attrs={"class": "input"}),
    )
    shop = forms.ChoiceField(
        label=_("Shop they work in"),
        required=False,
        help_text=_("For cashiers: they take vouchers there and nowhere else."),
        widget=forms.Select(attrs={"class": "input"}),
    )
    is_active = forms.BooleanField(
        label=_("Works here"),
        required=False,
        help_text=_("Without it, everything they did stays; they can no longer come in."),
    )

    def __init__(self, data: Any, *, member: Membership) -> None:
        names = ("role", "languages", "capacity", "is_active")
        initial = {name: getattr(member, name) for name in names}
        place = place_of(member)
        at = {"partner": str(place.partner_id or ""), "shop": str(place.shop_id or "")}
        super().__init__(data, initial={**initial, **at, "skills": ", ".join(member.skills)})
        _offer(self.fields["languages"], {*member.centre.languages, *member.languages})
        self.partners, self.shops = partners_in(member.centre), shops_in(member.centre)
        _offer_places(self.fields["partner"], self.partners)
        _offer_places(self.fields["shop"], self.shops)

    def clean_skills(self) -> list[str]:
        """Each once, in small letters and in one piece, as a flow can name them."""
        words = clean(self.cleaned_data["skills"]).replace("،", ",").split(",")
        skills = ["-".join(word.split()).casefold()[:LONGEST_SKILL].strip() for word in words]
        return list(dict.fromkeys(filter(None, skills)))

    def place(self) -> tuple[Partner | None, Shop | None]:
        """Where they work on the voucher side."""
        given = self.cleaned_data
        return self.partners.get(given["partner"]), self.shops.get(given["shop"])


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


def _offer_places(field: forms.Field, rows: Mapping[str, Partner] | Mapping[str, Shop]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "–"), *((pk, row.name) for pk, row in rows.items())]


def _offer(field: forms.Field, codes: set[str]) -> None:
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = [(code, languages.name(code)) for code in sorted(codes)]
