"""The language of what arrives, for a whole batch: chosen, guessed, suspected; then asked for and translated.

Runs inside the batch's transaction, before the conversations are written (`settle`) and after (`follow`). Nothing
here calls anybody: what must wait for a server or a person is a row or a job.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aidline.centres.models import Centre
from aidline.conversations.models import Conversation
from aidline.conversations.states import ConversationState
from aidline.jobs.models import Job
from aidline.kernel.detection import detect
from aidline.kernel.ids import new_id
from aidline.language.models import Engine, LanguageDoubt, Translation
from aidline.language.states import Way
from aidline.people.models import Person

CHOSEN = "lang:"  # begins the id of a choice that names a language
ASK = "language.ask"
TRANSLATE = "language.translate"
LONG = 40  # letters from which a text may say that somebody writes in another language than we think
SUSPECTED = 2  # long texts in a row
LOOKED_AT = 50  # of the long texts of a batch, so that a flood of them costs no more


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as this package needs it."""

    message_id: UUID
    centre: Centre
    person_id: UUID
    text: str
    choice: str = ""  # id of what was chosen
    stops: bool = False  # asked not to be written to


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message came to stand."""

    conversation_id: UUID
    key_id: UUID
    language: str
    hidden: bool
    in_flow: bool = False  # which asks for the language itself


# --- before ----------------------------------------------------------------------------------------------


def settle(heard: Sequence[Heard], known: Mapping[UUID, str]) -> dict[UUID, str]:
    """The language of each person from now on; `known` is what their files say.

    A choice counts at once. A guess counts where nothing is known; otherwise it only becomes a question to an agent.
    """
    chosen = {one.person_id: code for one in heard if (code := chosen_language(one))}
    keep_chosen(chosen)
    open_ones = [one for one in heard if one.person_id not in chosen]
    guessed = _guess([one for one in open_ones if not known.get(one.person_id)])
    _keep_guessed(guessed)
    _suspect([one for one in open_ones if known.get(one.person_id)], known)
    return {**known, **guessed, **chosen}


def chosen_language(heard: Heard) -> str:
    code = heard.choice.removeprefix(CHOSEN) if heard.choice.startswith(CHOSEN) else ""
    return code if code in heard.centre.languages else ""


def keep_chosen(chosen: Mapping[UUID, str]) -> None:
    """The language of each person as they chose it, for their file and whatever is open."""
    for code, people in _by_language(chosen).items():
        Person.objects.filter(pk__in=people).update(language=code)
        live = Conversation.objects.filter(person__in=people).exclude(state=ConversationState.CLOSED)
        live.update(language=code)
    LanguageDoubt.objects.filter(person__in=chosen).update(seems="", times=0)


def _guess(heard: Iterable[Heard]) -> dict[UUID, str]:
    """The first message of a person that says something decides."""
    found: dict[UUID, str] = {}
    for one in heard:
        if one.text and one.person_id not in found and (code := detect(one.text, one.centre.languages)):
            found[one.person_id] = code
    return found


def _keep_guessed(guessed: Mapping[UUID, str]) -> None:
    for code, people in _by_language(guessed).items():
        Person.objects.filter(pk__in=people, language="").update(language=code)


def _suspect(heard: Iterable[Heard], known: Mapping[UUID, str]) -> None:
    long = [one for one in heard if len(one.text) >= LONG and sum(map(str.isalpha, one.text)) >= LONG]
    found = {one.person_id: detect(one.text, one.centre.languages) for one in long[:LOOKED_AT]}
    seen = {person: code for person, code in found.items() if code}
    if not seen:
        return
    doubts = {row.pk: row for row in LanguageDoubt.objects.filter(person__in=seen)}
    for person, code in seen.items():
        _note(doubts.get(person), person, code if code != known[person] else "")


def _note(doubt: LanguageDoubt | None, person: UUID, code: str) -> None:
    """Two long texts in a row make a suspicion; one in the known language ends it."""
    again = doubt is not None and doubt.seems == code
    times = (SUSPECTED if again else 1) if code else 0
    if doubt is None and code:
        fresh = LanguageDoubt(person_id=person, seems=code, times=times)
        LanguageDoubt.objects.bulk_create([fresh], ignore_conflicts=True)
    elif doubt and (doubt.seems, doubt.times) != (code, times):
        LanguageDoubt.objects.filter(pk=person).update(seems=code, times=times)


def _by_language(languages: Mapping[UUID, str]) -> dict[str, list[UUID]]:
    people: dict[str, list[UUID]] = defaultdict(list)
    for person, code in languages.items():
        people[code].append(person)
    return people


# --- after -----------------------------------------------------------------------------------------------


def follow(heard: Sequence[Heard], spots: Mapping[UUID, Spot]) -> None:
    """`spots` by message."""
    _ask(heard, spots)
    _translate(heard, spots)


def _ask(heard: Sequence[Heard], spots: Mapping[UUID, Spot]) -> None:
    asked = {
        spots[one.message_id].conversation_id
        for one in heard
        if one.centre.asks_language and len(one.centre.languages) > 1 and not one.stops
        if not spots[one.message_id].language and not spots[one.message_id].hidden
        if not spots[one.message_id].in_flow
    }
    _enqueue(ASK, "conversation", asked)


def _translate(heard: Sequence[Heard], spots: Mapping[UUID, Spot]) -> None:
    engines = {row.centre_id: row for row in _engines({one.centre.pk for one in heard})}
    rows = [
        _wanted(one, spots[one.message_id], engines[one.centre.pk])
        for one in heard
        if one.centre.pk in engines and _is_foreign(one, spots[one.message_id], engines[one.centre.pk])
    ]
    if rows:
        Translation.objects.bulk_create(rows)
        _enqueue(TRANSLATE, "centre", {row.centre_id for row in rows})


def _engines(centres: set[UUID]) -> Iterable[Engine]:
    return Engine.objects.filter(centre__in=centres, is_on=True, config_sealed__isnull=False)


def _is_foreign(heard: Heard, spot: Spot, engine: Engine) -> bool:
    """Known to be in another language, and with words in it. What is not known is translated when asked for."""
    wordy = any(map(str.isalpha, heard.text)) and not heard.choice
    return wordy and spot.language not in ("", engine.into) and engine.offers(spot.language, engine.into)


def _wanted(heard: Heard, spot: Spot, engine: Engine) -> Translation:
    return Translation(
        id=new_id(),
        message_id=heard.message_id,
        centre_id=heard.centre.pk,
        key_id=spot.key_id,
        way=Way.ENGINE,
        source=spot.language,
        language=engine.into,
    )


def _enqueue(kind: str, thing: str, ids: set[UUID]) -> None:
    """One open job for each."""
    jobs = [Job(kind=kind, payload={thing: str(pk)}, unique_key=f"{kind}:{pk}") for pk in ids]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)
