"""Sending invitations, reminders and receipts of registrations: what the worker does every few seconds.

An invitation moves on by one conditional UPDATE of the time it is due at, in the transaction that writes its message.
Whatever dies in between, nothing is lost and nothing is written twice. Few wait in a channel's queue at a time, so
that replies have nothing to wait for; the channel's own pace does the rest.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max, QuerySet, Value

from aidline import vault
from aidline.centres.models import Centre
from aidline.channels.contract import Kind, Scheme
from aidline.channels.models import Template
from aidline.conversations.models import Conversation, Message
from aidline.conversations.unasked import Unasked, write_unasked
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.outreach.composing import Line, lines_for
from aidline.outreach.release import AT_ONCE, WAITING, waiting_in
from aidline.people.arrivals import Arrival, resolve
from aidline.people.models import Address
from aidline.people.rules import refusal
from aidline.people.states import Purpose
from aidline.vouchers.models import Invite, Programme, Registration
from aidline.vouchers.receipt_codes import grouped_receipt
from aidline.vouchers.registering import links, words
from aidline.vouchers.registering.invitations import WAITING as MAY_REGISTER
from aidline.vouchers.registering.invitations import next_reminder
from aidline.vouchers.registrations import move
from aidline.vouchers.states import ProgrammeState, Status

log = logging.getLogger(__name__)


class _Overtaken(Exception):
    """Somebody else sent these meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """An invitation with its message."""

    invite: Invite
    message: Unasked
    until: datetime | None


def phone_lines(centre: Centre) -> dict[UUID, Line]:
    """The channels by which a list of phone numbers can be written to."""
    return {pk: line for pk, line in lines_for(centre).items() if Scheme.PHONE in line.able.schemes}


def tend() -> int:
    """How many messages were written."""
    channels = _due().order_by().values_list("channel_id", "registration__centre_id").distinct()
    return sum(_tend_guarded(channel, centre) for channel, centre in channels if channel)


def _due() -> QuerySet[Invite]:
    at = now()
    rows = Invite.objects.filter(next_at__lte=at, used_at=None, revoked_at=None, expires_at__gt=at)
    rows = rows.filter(registration__programme__state=ProgrammeState.OPEN)
    return rows.filter(registration__status__in=MAY_REGISTER)


def _tend_guarded(channel_id: UUID, centre_id: UUID) -> int:
    """A channel that fails holds up no other; a database that is away is for the worker to wait for."""
    try:
        return _tend(channel_id, Centre.objects.get(pk=centre_id))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("invitations of channel %s could not be written", channel_id)
        return 0


def _tend(channel_id: UUID, centre: Centre) -> int:
    line = phone_lines(centre).get(channel_id)
    if line is None or not line.channel.is_open:
        return _stop(channel_id)
    if line.channel.open_until and line.channel.open_until > now():
        return 0
    sent = 0
    while room := min(AT_ONCE, WAITING - _waiting(channel_id)):
        wrote = _batch(line, centre, room)
        sent += wrote
        if not wrote:
            break
    return sent


def _waiting(channel_id: UUID) -> int:
    return min(WAITING, sum(int(row["count"]) for row in waiting_in([channel_id])))


def _stop(channel_id: UUID) -> int:
    """Whoever opens another channel invites again; here nothing would ever leave."""
    _due().filter(channel_id=channel_id).update(next_at=None, fault="channel")
    return 0


def _batch(line: Line, centre: Centre, room: int) -> int:
    try:
        with transaction.atomic():
            return _write(line, centre, room)
    except _Overtaken:
        log.warning("a batch of invitations was sent elsewhere")
        return 0


def _write(line: Line, centre: Centre, room: int) -> int:
    at = now()
    rows = list(
        _due()
        .filter(channel_id=line.channel.pk)
        .select_related("registration__programme__centre", "by")
        .order_by("next_at", "pk")[:room]
    )
    vault.prefetch_person_keys({row.registration_id for row in rows})
    found = _addresses(centre, rows)
    refused = _refusals(line, found.values())
    ready = list(_ready(line, rows, found, refused, at))
    write_unasked(centre_id=centre.pk, purpose=Purpose.SERVICE, said=[one.message for one in ready], at=at)
    _move_on(ready, at)
    return len(ready)


def _addresses(centre: Centre, rows: Sequence[Invite]) -> dict[UUID, Address]:
    """By registration: found or made from the number."""
    numbered = [(row, row.registration.phone) for row in rows]
    known = [(row, phone) for row, phone in numbered if phone]
    arrivals = [
        Arrival(centre.pk, ((Scheme.PHONE.value, phone),), language=row.registration.language)
        for row, phone in known
    ]
    hits = resolve(arrivals)
    addresses = Address.objects.in_bulk([hit.id for hit in hits])
    return {row.registration_id: addresses[hit.id] for (row, _), hit in zip(known, hits, strict=True)}


def _refusals(line: Line, addresses: Any) -> dict[UUID, str]:
    rows = Address.objects.filter(pk__in={one.pk for one in addresses}).annotate(
        refused=refusal(address="pk", channel=Value(line.channel.pk), purpose=Value(Purpose.SERVICE.value))
    )
    return {pk: why for pk, why in rows.values_list("pk", "refused") if why}


def _ready(
    line: Line,
    rows: Sequence[Invite],
    found: dict[UUID, Address],
    refused: dict[UUID, str],
    at: datetime,
) -> Iterator[_Ready]:
    """Several people may share one number: one message to it at a time."""
    windows = _windows(line, [one.pk for one in found.values()])
    busy: set[UUID] = set()
    for row in rows:
        address = found.get(row.registration_id)
        if address is None or address.pk in refused:
            _give_up(row, refused[address.pk] if address else "no-phone")
            continue
        if address.pk in busy:
            continue
        message = _message(line, row, address, windows.get(address.pk), at)
        if message is None:
            _give_up(row, "no-template")
            continue
        busy.add(address.pk)
        programme = row.registration.programme
        pause = next_reminder(row, programme)
        yield _Ready(row, message, at + pause if pause else None)


def _windows(line: Line, addresses: Sequence[UUID]) -> dict[UUID, datetime | None]:
    talks = Conversation.objects.filter(address__in=addresses, channel=line.channel)
    found = talks.order_by().values_list("address_id").annotate(until=Max("window_until"))
    return {address: until for address, until in found if address}


def _give_up(row: Invite, why: str) -> None:
    Invite.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=None, fault=why)


def _message(
    line: Line, row: Invite, address: Address, window: datetime | None, at: datetime
) -> Unasked | None:
    registration = row.registration
    language = registration.language or registration.programme.centre.default_language
    link, again = links.url(row.token), row.message_id is not None
    text = words.invitation(registration.programme, language, link=link, until=row.expires_at, again=again)
    key = "reminder" if again else "invitation"
    values = {"link": link, "programme": words.title(registration.programme, language)}
    values["centre"] = registration.programme.centre.name
    return _unasked(line, address, language, text, window, at, registration.programme, key, values)


def _unasked(
    line: Line,
    address: Address,
    language: str,
    text: str,
    window: datetime | None,
    at: datetime,
    programme: Programme,
    key: str,
    values: dict[str, str],
) -> Unasked | None:
    """Words where they may be sent, an approved message where only that may, nothing elsewhere."""
    kind, extra = Kind.TEXT, None
    if not line.window_open(window, at):
        template = _template(line, words.template_name(programme, key), language, programme.centre)
        if template is None:
            return None
        kind, text, extra = Kind.TEMPLATE, *_filled(template, values)
    return Unasked(
        message_id=new_id(),
        person_id=address.person_id,
        address_id=address.pk,
        channel_id=line.channel.pk,
        language=language,
        kind=kind.value,
        text=text,
        extra=extra,
        window_until=None if line.able.reply_window is None else window or at,
    )


def _filled(template: Template, values: dict[str, str]) -> tuple[str, dict[str, Any]]:
    given = _given(template, values)
    extra: dict[str, Any] = {
        "template": {"name": template.name, "language": template.language, "parameters": given}
    }
    if template.buttons:
        extra["buttons"] = list(template.buttons)
    return template.filled(given), extra


def _template(line: Line, name: str, language: str, centre: Centre) -> Template | None:
    named = [row for row in line.templates.values() if name in (row.name, row.family)]
    for wish in (language, centre.default_language):
        for row in named:
            if row.language.replace("-", "_").split("_")[0] == wish:
                return row
    return None


def _given(template: Template, values: dict[str, str]) -> dict[str, str]:
    """By name; parameters that are only numbered get centre, programme and link in this order."""
    order = iter([values[name] for name in ("centre", "programme", "link") if name in values])
    return {name: values.get(name) or next(order, "") for name in template.parameters}


def _move_on(ready: Sequence[_Ready], at: datetime) -> None:
    for one in ready:
        row, message = one.invite, one.message
        again = row.message_id is not None
        seen = Invite.objects.filter(pk=row.pk, next_at=row.next_at, used_at=None, revoked_at=None)
        more = {"reminders": row.reminders + 1, "reminded_at": at} if again else {}
        if not seen.update(message_id=message.message_id, next_at=_within(row, one.until), **more):
            raise _Overtaken
        Registration.objects.filter(pk=row.registration_id).update(
            person_id=message.person_id, address_id=message.address_id
        )
        unset = Registration.objects.filter(pk=row.registration_id, channel_id=None)
        unset.update(channel_id=message.channel_id)
    fresh = [one.invite for one in ready if one.invite.registration.status == Status.IMPORTED]
    for by in {row.by for row in fresh}:
        mine = [row.registration_id for row in fresh if row.by == by]
        move(by=by, registrations=mine, to=Status.INVITED, why="invitation")


def _within(row: Invite, until: datetime | None) -> datetime | None:
    return until if until and until < row.expires_at else None


# --- the receipt -----------------------------------------------------------------------------------------


def tell_receipt(payload: dict[str, Any]) -> None:
    """To the number they gave, once, where one may write now. They have seen it on the page as well."""
    rows = Registration.objects.filter(pk=payload["registration"], address__isnull=False)
    registration = rows.select_related("programme__centre", "address").first()
    if registration is None or not registration.receipt or registration.address is None:
        return
    if Message.objects.filter(pk=uuid5(registration.pk, "receipt")).exists():
        return
    line = phone_lines(registration.programme.centre).get(registration.channel_id or UUID(int=0))
    if line is None or not line.channel.is_open or _refusals(line, [registration.address]):
        return
    _tell(line, registration, registration.address)


@transaction.atomic
def _tell(line: Line, registration: Registration, address: Address) -> None:
    at, language = now(), registration.language
    window = _windows(line, [address.pk]).get(address.pk)
    if not line.window_open(window, at):
        return
    text = words.registered(registration.programme, language, receipt=grouped_receipt(registration.receipt))
    said = _unasked(line, address, language, text, window, at, registration.programme, "registered", {})
    if said:
        said = replace(said, message_id=uuid5(registration.pk, "receipt"))
        write_unasked(centre_id=registration.centre_id, purpose=Purpose.SERVICE, said=[said], at=at)
