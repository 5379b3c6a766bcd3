"""Prepared replies and topics: a short code, and words in every language of the centre."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aidline.centres.models import Centre
from aidline.conversations.models import Topic
from aidline.kernel import languages
from aidline.knowledge.models import CannedReply


class _InEveryLanguage(forms.Form):
    """A code, and one field of words per language. Subclasses say what the words look like."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )

    def __init__(
        self, data: Any, *, centre: Centre, known: CannedReply | Topic | None, words: dict[str, str]
    ) -> None:
        super().__init__(data, initial={"code": known.code if known else ""})
        self.centre, self.known = centre, known
        for language in (*centre.languages, *(code for code in words if code not in centre.languages)):
            self.fields[f"words_{language}"] = self._words(language, words.get(language, ""))

    def _words(self, language: str, initial: str) -> forms.CharField:
        raise NotImplementedError

    def _taken(self, code: str) -> bool:
        raise NotImplementedError

    @property
    def word_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("words_")]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if self._taken(code):
            raise forms.ValidationError(_("This code is taken."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(words.strip() for words in self.words().values()):
            self.add_error(self.word_fields[0].name, _("Write it in at least one language."))
        return cleaned

    def words(self) -> dict[str, str]:
        prefix = "words_"
        found = self.cleaned_data.items()
        return {name[len(prefix) :]: value for name, value in found if name.startswith(prefix)}


def _widget(widget: type[forms.Widget], language: str, **attributes: Any) -> forms.Widget:
    direction = languages.direction(language)
    return widget(attrs={"class": "input", "lang": language, "dir": direction, **attributes})


class CannedForm(_InEveryLanguage):
    def _words(self, language: str, initial: str) -> forms.CharField:
        return forms.CharField(
            label=languages.name(language),
            required=False,
            max_length=4000,
            initial=initial,
            widget=_widget(forms.Textarea, language, rows=4),
        )

    def _taken(self, code: str) -> bool:
        rows = CannedReply.objects.filter(centre=self.centre, code=code)
        return (rows.exclude(pk=self.known.pk) if self.known else rows).exists()


class TopicForm(_InEveryLanguage):
    place = forms.IntegerField(
        label=gettext_lazy("Place in the list"),
        min_value=0,
        max_value=999,
        initial=0,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )

    def __init__(self, data: Any, *, centre: Centre, known: Topic | None, words: dict[str, str]) -> None:
        super().__init__(data, centre=centre, known=known, words=words)
        self.initial["place"] = known.place if known else 0

    def _words(self, language: str, initial: str) -> forms.CharField:
        return forms.CharField(
            label=languages.name(language),
            required=False,
            max_length=80,
            initial=initial,
            widget=_widget(forms.TextInput, language),
        )

    def _taken(self, code: str) -> bool:
        rows = Topic.objects.filter(centre=self.centre, code=code)
        return (rows.exclude(pk=self.known.pk) if self.known else rows).exists()
