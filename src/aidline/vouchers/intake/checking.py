"""One row of a list, or one submission, becomes a person to add; or it says in codes why not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

import phonenumbers
from babel import Locale

from aidline.kernel import languages, phones
from aidline.vouchers.indexes import row_key
from aidline.vouchers.intake.mapping import FIRST, LANGUAGE, LAST, NAME, PHONE, Target
from aidline.vouchers.models import Programme
from aidline.vouchers.registering.form import HOUSEHOLD, BadAnswer, Field, answer, household_in
from aidline.vouchers.registrations import NewPerson

LONGEST_NAME = 120
MOST_IN_HOUSEHOLD = 30
_HOUSEHOLD = Field(HOUSEHOLD, "number", False, {}, {}, {}, least=1, most=MOST_IN_HOUSEHOLD)
_CUT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)  # 4.477E+11: the last digits are lost
_EMPTY = {"-", "–", "—", "n/a", "na", "none", "null", "x", "0", "?"}

Fault = tuple[str, str]  # code, field


@dataclass(frozen=True, slots=True)
class Checked:
    """`person` is None when the row cannot be added; `notes` are answers that were left open."""

    person: NewPerson | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Checker:
    """Reads rows of one list. The same row of two partners stays two people, to be looked at as duplicates: what
    a partner learns of its list tells nothing of another's."""

    programme: Programme
    targets: Mapping[str, Target]
    region: str
    partner_id: UUID | None = None
    channel_id: UUID | None = None
    _seen: set[str] = field(default_factory=set)

    def row(self, cells: Sequence[str], mapping: Mapping[int, str]) -> Checked:
        return self.values({code: cells[at] for at, code in mapping.items() if at < len(cells)})

    def values(self, given: Mapping[str, str], key: str = "") -> Checked:
        """`key` names a submission; without it the number with the name does."""
        name, phone, faults = _name(given), "", []
        try:
            phone = _phone(given.get(PHONE, ""), self.region)
        except BadAnswer as bad:
            faults.append((bad.code, PHONE))
        if not faults and not name and not phone:
            faults.append(("nobody", ""))
        own_key = f"{self.partner_id or ''}\n{key or row_key(phone, name)}"
        if not faults and own_key in self._seen:
            faults.append(("twice", ""))
        if faults:
            return Checked(None, tuple(faults))
        self._seen.add(own_key)
        return self._person(given, name, phone, own_key)

    def _person(self, given: Mapping[str, str], name: str, phone: str, key: str) -> Checked:
        kept, notes = self._answers(given)
        language = _language(given.get(LANGUAGE, ""), self.programme.languages)
        if language is None:
            notes.append(("unknown_language", LANGUAGE))
        return Checked(
            NewPerson(
                name=name,
                phone=phone,
                language=language or "",
                household=household_in(kept) or 1,
                answers={code: said for code, said in kept.items() if code in self._own} or None,
                key=key,
                channel_id=self.channel_id,
            ),
            notes=tuple(notes),
        )

    @property
    def _own(self) -> set[str]:
        return {code for code, target in self.targets.items() if target.field}

    def _answers(self, given: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
        """What a list does not say, the person will be asked; so nothing is missing here."""
        kept: dict[str, str] = {}
        notes: list[Fault] = []
        for code, said in given.items():
            asked = _HOUSEHOLD if code == HOUSEHOLD else self.targets[code].field
            if asked is None or said.casefold() in _EMPTY or not said:
                continue
            try:
                kept[code] = answer(asked, said, region=self.region)
            except BadAnswer as bad:
                notes.append((bad.code, code))
        return kept, notes


def _name(given: Mapping[str, str]) -> str:
    parts = (given.get(NAME, "") or given.get(FIRST, ""), "" if given.get(NAME) else given.get(LAST, ""))
    whole = " ".join(part.strip() for part in parts if part.strip() and part.strip() not in _EMPTY)
    return " ".join(whole.split())[:LONGEST_NAME]


def _phone(raw: str, region: str) -> str:
    """E.164; empty for an empty cell. Many lists leave out the plus, or lost it in a spreadsheet."""
    written = raw.strip().lstrip("'")
    if not written or written.casefold() in _EMPTY:
        return ""
    if _CUT.fullmatch(written):
        raise BadAnswer("cut_by_spreadsheet")
    found = phones.normalise(written, region) or _without_plus(written)
    if found is None:
        raise BadAnswer("not_a_phone")
    return found


def _without_plus(written: str) -> str | None:
    """Digits alone are taken for an international number only if such a number is in use somewhere."""
    digits = "".join(str(int(sign)) for sign in written if sign.isdecimal())
    found = phones.normalise("+" + digits) if digits[:1] not in ("", "0") else None
    return found if found and phonenumbers.is_valid_number(phonenumbers.parse(found)) else None


def _language(said: str, offered: Sequence[str]) -> str | None:
    """The code of a language of the programme, told by code or by any name; empty where none is told."""
    wanted = said.strip().casefold()
    if not wanted or wanted in _EMPTY:
        return ""
    short = wanted.replace("_", "-").split("-")[0]
    return next((code for code in offered if short == code or wanted in _called(code)), None)


@lru_cache(maxsize=200)
def _called(code: str) -> frozenset[str]:
    """What a language is called by its speakers and in the languages of those who write lists."""
    known = languages.ALL.get(code)
    own = {known.name, known.english} if known else set()
    abroad = {Locale(tongue).languages.get(code, "") for tongue in languages.INTERFACE}
    return frozenset(name.casefold() for name in own | abroad if name)
