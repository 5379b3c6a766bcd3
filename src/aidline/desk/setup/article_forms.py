"""Articles and their categories, with words in every language of the centre."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from aidline.centres.models import Centre
from aidline.kernel import languages
from aidline.kernel.text import Segments, segments
from aidline.knowledge.articles import ArticleWords
from aidline.knowledge.models import Article, ArticleText, Category
from aidline.knowledge.queries import titled

_INPUT = {"class": "input"}


def _place(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Place in the list"),
        min_value=0,
        max_value=999,
        initial=0,
        widget=forms.NumberInput(attrs=_INPUT),
        **more,
    )


def _code(label: Any, longest: int) -> forms.SlugField:
    return forms.SlugField(
        label=label,
        max_length=longest,
        help_text=gettext_lazy("Small letters, digits and hyphens. Flows know it by this name."),
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )


def _in(language: str, **more: Any) -> dict[str, Any]:
    return {**_INPUT, "lang": language, "dir": languages.direction(language), **more}


class CategoryForm(forms.Form):
    code = _code(gettext_lazy("Code"), 40)
    place = _place()

    def __init__(self, data: Any, *, centre: Centre, known: Category | None) -> None:
        initial = {"code": known.code, "place": known.place} if known else {}
        super().__init__(data, initial=initial)
        self.centre, self.known = centre, known
        titles = known.titles if known else {}
        self.languages = list(dict.fromkeys((*centre.languages, *titles)))
        for code in self.languages:
            self.fields[f"title_{code}"] = forms.CharField(
                label=languages.name(code),
                required=False,
                max_length=60,
                initial=titles.get(code, ""),
                widget=forms.TextInput(attrs=_in(code)),
            )

    @property
    def title_fields(self) -> list[forms.BoundField]:
        return [self[f"title_{code}"] for code in self.languages]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        rows = Category.objects.filter(centre=self.centre, code=code)
        if (rows.exclude(pk=self.known.pk) if self.known else rows).exists():
            raise forms.ValidationError(_("This code is taken."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(self.titles().values()):
            self.add_error(f"title_{self.languages[0]}", _("Write it in at least one language."))
        return cleaned

    def titles(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"title_{code}", "").strip() for code in self.languages}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One language of the form."""

    language: str
    fields: list[forms.BoundField]
    is_there: bool
    has_errors: bool
    recording: str
    is_recorded: bool
    whole: Segments  # title and body, if they went out as SMS
    short: Segments


class ArticleForm(forms.Form):
    slug = _code(gettext_lazy("Name in flows"), 60)
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.none(),
        widget=forms.Select(attrs=_INPUT),
    )
    place = _place()
    is_published = forms.BooleanField(label=gettext_lazy("Published"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        centre: Centre,
        known: Article | None,
        texts: Mapping[str, ArticleText],
        recorded: Collection[str] = (),
    ) -> None:
        names = ("slug", "place", "is_published")
        initial = {name: getattr(known, name) for name in names} if known else {}
        super().__init__(data, initial={**initial, "category": known.category_id if known else None})
        self.centre, self.known, self.texts, self.recorded = centre, known, texts, recorded
        self.languages = list(dict.fromkeys((*centre.languages, *texts)))
        choices: Any = self.fields["category"]
        choices.queryset = Category.objects.filter(centre=centre)
        choices.label_from_instance = lambda row: titled(row, get_language() or "", centre.default_language)
        for code in self.languages:
            self._add(code, texts.get(code))

    def _add(self, language: str, text: ArticleText | None) -> None:
        self.fields[f"title_{language}"] = forms.CharField(
            label=pgettext_lazy("of an article", "Title"),
            required=False,
            max_length=120,
            initial=text.title if text else "",
            widget=forms.TextInput(attrs=_in(language)),
        )
        self.fields[f"body_{language}"] = forms.CharField(
            label=pgettext_lazy("of an article", "Words"),
            required=False,
            max_length=8000,
            initial=text.body if text else "",
            widget=forms.Textarea(attrs=_in(language, rows=8)),
        )
        self.fields[f"short_{language}"] = forms.CharField(
            label=gettext_lazy("Short, for SMS"),
            help_text=gettext_lazy("Nothing: the whole words are sent."),
            required=False,
            max_length=1000,
            initial=text.short if text else "",
            widget=forms.Textarea(attrs=_in(language, rows=3)),
        )
        self.fields[f"recording_{language}"] = forms.SlugField(
            label=gettext_lazy("Recording for the phone"),
            help_text=gettext_lazy("The name of a prompt. Nothing: a voice reads it."),
            required=False,
            max_length=60,
            initial=text.recording if text else "",
            widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
        )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("category", "slug", "place")]

    @property
    def sheets(self) -> list[Sheet]:
        return [self._sheet(code) for code in self.languages]

    def _sheet(self, language: str) -> Sheet:
        fields = [self[f"{name}_{language}"] for name in ("title", "body", "short", "recording")]
        title, body, short = (str(field.value() or "").replace("\r\n", "\n") for field in fields[:3])
        has_errors = any(field.errors for field in fields)
        return Sheet(
            language,
            fields,
            bool(title or body),
            has_errors,
            self.texts[language].recording if language in self.texts else "",
            language in self.recorded,
            segments(f"{title}\n{body}".strip()),
            segments(short),
        )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        rows = Article.objects.filter(centre=self.centre, slug=slug)
        if (rows.exclude(pk=self.known.pk) if self.known else rows).exists():
            raise forms.ValidationError(_("This code is taken."))
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        written = self.words()
        for language, text in written.items():
            self._check(language, text)
        if all(text.is_empty for text in written.values()):
            self.add_error(f"title_{self.languages[0]}", _("Write it in at least one language."))
        return cleaned

    def _check(self, language: str, text: ArticleWords) -> None:
        beside = text.short.strip() or text.recording
        if (text.body.strip() or beside) and not text.title.strip():
            self.add_error(f"title_{language}", _("A title is missing."))
        if (text.title.strip() or beside) and not text.body.strip():
            self.add_error(f"body_{language}", _("The words are missing."))

    def words(self) -> dict[str, ArticleWords]:
        return {code: ArticleWords(*self._written(code)) for code in self.languages}

    def _written(self, language: str) -> Iterable[str]:
        names = ("title", "body", "short", "recording")
        return (self.cleaned_data.get(f"{name}_{language}") or "" for name in names)
