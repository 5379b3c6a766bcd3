"""Setting up the engine and the glossary of a centre, and settling what a person writes."""

from collections.abc import Mapping

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language.engine import listed_pairs
from aidline.language.models import Engine, GlossaryTerm, LanguageDoubt
from aidline.people.models import Person


@transaction.atomic
def change_engine(
    *, by: Staff | None, centre: Centre, url: str, key: str, is_on: bool, seconds: int, into: str
) -> Engine:
    """A key that comes empty stays as it is stored, as long as the address is the same."""
    row = Engine.objects.filter(centre=centre).first() or Engine(id=new_id(), centre=centre)
    before = (row.config or {}) if row.config_sealed else {}
    url = url.strip().rstrip("/")
    moved = url != before.get("url")
    row.config = {"url": url, "key": key or ("" if moved else before.get("key", ""))}
    row.is_on, row.seconds, row.into = is_on, seconds, into
    row.failures, row.open_until, row.error_code = 0, None, ""
    if moved:
        row.pairs, row.pairs_at = {}, None
    row.save()
    _record(by, centre, "translation_engine.change", row, "url" if moved else "")
    return row


def check_engine(*, by: Staff, engine: Engine) -> int:
    """How many pairs of languages it offers. It calls the server, so not in a transaction; raises `EngineError`."""
    config = engine.config
    pairs = listed_pairs(url=config["url"], key=config["key"], seconds=engine.seconds)
    with transaction.atomic():
        Engine.objects.filter(pk=engine.pk).update(
            pairs=pairs, pairs_at=now(), failures=0, open_until=None, error_code=""
        )
        _record(by, engine.centre, "translation_engine.test", engine)
    return sum(len(set(targets) - {code}) for code, targets in pairs.items())


@transaction.atomic
def save_term(
    *, by: Staff | None, centre: Centre, word: str, forms: Mapping[str, str], term: GlossaryTerm | None = None
) -> GlossaryTerm:
    """A language without a form leaves the word as it is."""
    row = term or GlossaryTerm(id=new_id(), centre=centre)
    tidy = {code: " ".join(words.clean(form).split()) for code, form in forms.items()}
    row.content = {
        "word": " ".join(words.clean(word).split()),
        "forms": {code: form for code, form in tidy.items() if form},
    }
    row.changed_at = now()
    row.save()
    _record(by, centre, "glossary.save", row)
    return row


@transaction.atomic
def remove_term(*, by: Staff, term: GlossaryTerm) -> None:
    _record(by, term.centre, "glossary.remove", term)
    term.delete()


@transaction.atomic
def turn_down(*, by: Staff, person: Person) -> None:
    """An agent says that the person does not write what it seems; it is not suggested again."""
    for doubt in LanguageDoubt.objects.filter(person=person):
        LanguageDoubt.objects.filter(pk=doubt.pk).update(turned_down=doubt.seems, seems="", times=0)
    record(
        by=by,
        action="person.language_kept",
        object_type="person",
        object_id=person.pk,
        centre=person.centre_id,
    )


def _record(
    by: Staff | None, centre: Centre, action: str, row: Engine | GlossaryTerm, fields: str = ""
) -> None:
    kind = "glossary_term" if isinstance(row, GlossaryTerm) else "translation_engine"
    record(by=by, action=action, object_type=kind, object_id=row.pk, centre=centre.pk, fields=fields)
