"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass(slots=True)
class Field:
    tag: str
    kind: str
    name: str
    value: str
    checked: bool = False
    longest: int = 0
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    action: str  # of the form, or of one of its buttons
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        return (self.action, *sorted({one.name for one in self.fields}))


class Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: Field | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or given.get("hx-post", "")
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form and tag in ("input", "textarea", "select", "button"):
            self._take(tag, given, attrs)
        elif tag == "option" and self._select and "disabled" not in given:
            self._select.options.append(given.get("value", ""))

    def _take(self, tag: str, given: Attributes, attrs: list[tuple[str, str | None]]) -> None:
        kind = given.get("type", "text" if tag == "input" else tag)
        longest = int(given.get("maxlength") or 0)
        one = Field(tag, kind, given.get("name", ""), given.get("value", ""), "checked" in given, longest)
        if self._form and one.name and "disabled" not in given:
            self._form.fields.append(one)
        if self._form and tag == "button" and given.get("formaction"):
            self.forms.append(Form(given["formaction"], self._form.method, self._form.fields))
        self._area = one if tag == "textarea" else self._area
        self._select = one if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None


def forms_of(html: str) -> list[Form]:
    reader = Forms()
    reader.feed(html)
    return [form for form in reader.forms if form.method == "post"]
