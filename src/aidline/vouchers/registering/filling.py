"""Filling in the form by its link: a draft that can be left and taken up again, until it is handed in once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from aidline import vault
from aidline.centres.models import Centre, Staff
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now
from aidline.people.arrivals import Arrival, resolve
from aidline.vouchers import indexes
from aidline.vouchers.models import ConsentText, Invite, Programme, Registration
from aidline.vouchers.registering import links
from aidline.vouchers.registering.form import fields_of, household_in
from aidline.vouchers.registrations import NotAllowed, move, move_one
from aidline.vouchers.states import NEXT, ProgrammeState, Status

TELL_RECEIPT = "vouchers.receipt"
FORM = "form"  # why a status changed: the person said so


class LinkClosed(Exception):
    """Why the link opens no form: `unknown`, `used`, `expired`, `revoked`, `ended`, `programme`."""

    def __init__(self, why: str, invite: Invite | None = None) -> None:
        super().__init__(why)
        self.why, self.invite = why, invite


class Incomplete(Exception):
    """Something that must be answered is not."""


@dataclass(slots=True)
class Draft:
    """What they have said so far. `phone` is None until they have said which one."""

    language: str = ""
    consent: str = ""  # id of the text they agreed to
    consent_language: str = ""
    consent_at: str = ""
    name: str = ""
    phone: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)  # steps that were answered

    def kept(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def open_link(token: str) -> Invite:
    """Raises `LinkClosed`, with the invitation where there is one, so that somebody can be told what to do next."""
    rows = Invite.objects.filter(token_hash=links.hash_of(token))
    invite = rows.select_related("registration__programme__centre").first()
    if invite is None:
        raise LinkClosed("unknown")
    if why := _closed(invite):
        raise LinkClosed(why, invite)
    return invite


def _closed(invite: Invite) -> str:
    registration = invite.registration
    if invite.used_at:
        return "used"
    if _is_over(registration):
        return "ended"
    if invite.revoked_at:
        return "revoked"
    if invite.expires_at <= now():
        return "expired"
    if registration.programme.state != ProgrammeState.OPEN:
        return "programme"
    return "" if Status.REGISTERED in NEXT[Status(registration.status)] else "used"


def _is_over(registration: Registration) -> bool:
    """Who said no themselves may think again; whom an officer declined asks an officer."""
    if registration.status == Status.DECLINED:
        last = registration.changes.order_by("-at", "-pk").values_list("why", flat=True).first()
        return last != FORM
    return registration.status in (Status.ENDED, Status.ERASED) or registration.merged_into_id is not None


def draft_of(invite: Invite) -> Draft:
    try:
        kept = invite.draft or {}
    except vault.KeyGone:
        kept = {}
    return Draft(**{name: value for name, value in kept.items() if name in Draft.__slots__})


def save(invite: Invite, draft: Draft) -> None:
    """Only into a link that is open; what two windows save at once is what came last."""
    invite.draft = draft.kept()
    rows = Invite.objects.filter(pk=invite.pk, used_at=None, revoked_at=None)
    if not rows.update(draft_sealed=invite.draft_sealed):
        raise LinkClosed("used", invite)


def consent_for(programme: Programme) -> ConsentText | None:
    return programme.consent_texts.order_by("-version").first()


@transaction.atomic
def agree(invite: Invite, draft: Draft, *, consent: ConsentText | None, language: str) -> None:
    """Nothing is asked before; from here on they have begun."""
    draft.consent = str(consent.pk) if consent else "none"
    draft.consent_language, draft.consent_at = language, now().isoformat()
    save(invite, draft)
    if invite.registration.status in (Status.IMPORTED, Status.INVITED):
        move(by=None, registrations=[invite.registration_id], to=Status.STARTED, why=FORM)


@transaction.atomic
def decline(invite: Invite) -> None:
    """No, thank you. Nothing of what they typed stays; the link stays open, should they think again."""
    save(invite, Draft(language=draft_of(invite).language))
    Invite.objects.filter(pk=invite.pk).update(next_at=None)
    move(by=None, registrations=[invite.registration_id], to=Status.DECLINED, why=FORM)


def missing(programme: Programme, draft: Draft) -> bool:
    answered = draft.answers
    required = (one.code for one in fields_of(programme.form) if one.required)
    return not draft.consent or not draft.name or any(code not in answered for code in required)


@transaction.atomic
def hand_in(invite: Invite, *, by: Staff | None = None) -> Registration:
    """The link is used up by one conditional UPDATE: two windows hand in one registration."""
    draft = draft_of(invite)
    registration = invite.registration
    if missing(registration.programme, draft):
        raise Incomplete
    at = now()
    mine = Invite.objects.filter(pk=invite.pk, used_at=None, revoked_at=None, expires_at__gt=at)
    if not mine.update(used_at=at, token_sealed=None, draft_sealed=None, next_at=None):
        raise LinkClosed("used", invite)
    said = Said(
        name=draft.name,
        phone=registration.phone if draft.phone is None else draft.phone,
        language=draft.consent_language or draft.language,
        answers=draft.answers,
        consent=UUID(draft.consent) if draft.consent != "none" else None,
        consent_at=datetime.fromisoformat(draft.consent_at),
    )
    write_down(registration, said, cool_down=True)
    try:
        move_one(by=by, registration=registration, to=Status.REGISTERED, why=FORM)
    except NotAllowed:  # ended a moment ago: nothing of this is kept
        raise LinkClosed("ended", invite) from None
    enqueue(
        TELL_RECEIPT, {"registration": str(registration.pk)}, unique_key=f"{TELL_RECEIPT}:{registration.pk}"
    )
    return registration


@dataclass(frozen=True, slots=True)
class Said:
    """What a person told us, by the form or to an officer."""

    name: str
    phone: str  # E.164, or empty
    language: str
    answers: Mapping[str, str]
    consent: UUID | None
    consent_at: datetime


_WRITTEN = (
    *("name_sealed", "phone_sealed", "answers_sealed", "phone_index", "name_index", "elsewhere_index"),
    "compared_at",
    *("language", "line", "household", "consent", "consent_language", "consent_at", "number_changed_at"),
    *("person", "address", "compared_at", "first_verified_by", "verified_by"),
)


def write_down(registration: Registration, said: Said, *, cool_down: bool) -> None:
    """Into the registration, with everything by which it is found. Inside the caller's transaction.

    `cool_down`: another number than the list had waits before it is paid, as every changed number does.
    """
    before = registration.phone
    if cool_down and before and said.phone != before:
        registration.number_changed_at = now()
    registration.line = registration.line if said.phone == before else ""
    registration.name, registration.phone = said.name, said.phone
    registration.answers = dict(said.answers) or None
    registration.language = said.language
    registration.household = household_in(said.answers) or registration.household
    registration.consent_id, registration.consent_at = said.consent, said.consent_at
    registration.consent_language = said.language
    registration.compared_at = None  # under another name or number they may be somebody we know
    registration.first_verified_by = registration.verified_by = (
        None  # what was checked is not what stands here now
    )
    _index(registration, said)
    if said.phone != before or registration.address_id is None:
        attach(registration, said.phone)
    registration.save(update_fields=list(_WRITTEN))


def attach(registration: Registration, phone: str) -> None:
    """The person and address of a number, found or made: where messages to it go. Unsaved."""
    registration.person_id = registration.address_id = None
    if phone:
        arrival = Arrival(registration.centre_id, (("phone", phone),), language=registration.language)
        (known,) = resolve([arrival])
        registration.person_id, registration.address_id = known.person_id, known.id


def _index(registration: Registration, said: Said) -> None:
    centre: Centre = registration.programme.centre
    registration.phone_index = indexes.phone_index(centre.pk, said.phone)
    registration.name_index = indexes.name_index(centre.pk, said.name)
    registration.compared_at = None  # another name, or another number: who else has it?
    registration.elsewhere_index = indexes.elsewhere_index(
        centre.organisation_id, phone=said.phone, name=said.name
    )
