"""The words of the screens: `update` collects them, `check` refuses what is not translated, `compile` packs them.

python tools/translations.py update     after changing a visible string; then fill in the .po files
python tools/translations.py missing    prints what is still to translate
python tools/translations.py check      part of `make check`
python tools/translations.py compile    writes the .mo files, which are not kept in the repository
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "aidline"
LOCALE = SOURCE / "locale"
LANGUAGES = ("fr", "es", "ar", "uk", "nl")  # English is what the code says

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w+)\}")
MARKUP = re.compile(r"</?[a-z]+")


def collect() -> Catalog:
    """All strings of the code and the templates, in the order of the files."""
    catalog = Catalog(project="Aidline", charset="utf-8", fuzzy=False)
    for path, text in _sources():
        place = str(path.relative_to(ROOT))
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS, ("Translators:",))
        for _line, words, comments, context in found:
            catalog.add(words, locations=[(place, 1)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text("utf-8")
    for suffix in ("*.html", "*.txt"):
        for path in sorted(SOURCE.rglob(suffix)):
            if "templates" in path.parts:
                yield path, _as_python(path)


def _as_python(path: Path) -> str:
    """Django turns the tags of a template into calls; without indentation they are readable as Python."""
    from django.utils.translation.template import templatize

    lines = templatize(path.read_text("utf-8"), origin=str(path)).splitlines()
    return "\n".join(line.strip() for line in lines) + "\n"


# --- the catalogues --------------------------------------------------------------------------------------


def file_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    path = file_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Aidline", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> int:
    words = collect()
    for language in LANGUAGES:
        catalog = load(language)
        catalog.update(words, no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        file_of(language).parent.mkdir(parents=True, exist_ok=True)
        with file_of(language).open("wb") as file:
            write_po(file, catalog, width=110, omit_header=False, include_lineno=False, ignore_obsolete=True)
    return missing()


def missing() -> int:
    for language in LANGUAGES:
        faults = list(_faults(language, collect()))
        print(f"{language}: {len(faults)} to do")
        for fault in faults:
            print(f"  {fault}")
    return 0


def check() -> int:
    words = collect()
    faults = [f"{language}: {fault}" for language in LANGUAGES for fault in _faults(language, words)]
    for fault in faults[:60]:
        print(fault)
    print(f"{len(words)} strings in {len(LANGUAGES) + 1} languages, {len(faults)} faults")
    return int(bool(faults))


def _faults(language: str, words: Catalog) -> Iterator[str]:
    catalog = load(language)
    for message in words:
        if message.id:
            fault = _fault(message, catalog.get(message.id, message.context))
            if fault:
                yield f"{fault}: {_first(message)!r}"


def _fault(message: Message, translated: Message | None) -> str:
    if translated is None or not all(_strings(translated)) or not translated.string:
        return "not translated"
    if translated.fuzzy:
        return "marked as fuzzy"
    return next(filter(None, (_difference(message, text) for text in _strings(translated))), "")


def _difference(message: Message, text: str) -> str:
    """A plural form may leave its number out ("one message"); nothing else may be lost or made up."""
    wanted = set().union(*(_names(form) for form in _forms(message)))
    names = _names(text)
    if names - wanted:
        return f"unknown placeholder {', '.join(sorted(names - wanted))}"
    if not message.pluralizable and wanted - names:
        return f"lost placeholder {', '.join(sorted(wanted - names))}"
    if sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(_first(message))):
        return "other markup"
    return ""


def _names(text: str) -> set[str]:
    return {one or other for one, other in PLACEHOLDER.findall(text)}


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (str(message.id),)


def _first(message: Message) -> str:
    return _forms(message)[0]


def _strings(message: Message) -> tuple[str, ...]:
    return (
        tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string or ""),)
    )


def compile_all() -> int:
    for language in LANGUAGES:
        if file_of(language).exists():
            with file_of(language).with_suffix(".mo").open("wb") as file:
                write_mo(file, load(language))
    return 0


COMMANDS = {"update": update, "missing": missing, "check": check, "compile": compile_all}

if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=False)
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[name]())
