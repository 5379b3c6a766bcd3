"""The phones there are: finding, adding, showing, going offline."""

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from aidline import vault
from aidline.channels.contract.voice import TakesCalls
from aidline.channels.models import Channel
from aidline.gateway.lines import readable_provider
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.kernel.phones import normalise
from aidline.simulator.hooks import hook_of
from aidline.simulator.lines import Line
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.vendors import VENDORS, line_of
from aidline.simulator.vendors.shapes import SMS, Skin, Vendor

# Ofcom keeps +44 7700 900000 to 900999 for fiction (ofcom.org.uk, "Numbers for drama use", read 2026-11-22).
FICTION = "+447700900"
_FICTION_RANGES = (FICTION, "+33199", "+3363998")


class NotFictional(Exception):
    """The number might be somebody's."""


class Taken(Exception):
    """There is a phone with this number on this channel."""


def line(channel: Channel) -> Line:
    return line_of(channel.provider, channel.config, hook_of(channel))


def practice_channels() -> list[Channel]:
    """Channels whose provider is a look-alike here, and not the real one."""
    rows = Channel.objects.filter(is_open=True).select_related("centre").order_by("centre__name", "name")
    ours = [row for row in rows if row.provider in VENDORS and is_practice(row)]
    return sorted(ours, key=lambda row: skin_of(row).plain)


def is_practice(channel: Channel) -> bool:
    tells = VENDORS[channel.provider].is_practice if channel.provider in VENDORS else None
    if tells:
        return tells(channel.config or {})
    return any("/look-alike/" in str(value) for value in (channel.config or {}).values())


def vendor_of(channel: Channel) -> Vendor:
    return VENDORS[channel.provider]


def skin_of(channel: Channel) -> Skin:
    """How the phone looks and what it can do."""
    known = VENDORS.get(channel.provider)
    return known.skin(channel.config or {}) if known else SMS


def takes_calls(channel: Channel) -> bool:
    """Its number can be called, by those whose calls practice can connect."""
    if vendor_of(channel).demo_calls is None:
        return False
    provider = readable_provider(channel)
    return isinstance(provider, TakesCalls) and provider.takes_calls


# --- finding ---------------------------------------------------------------------------------------------


def index_of(channel: Channel, address: str) -> bytes:
    return vault.blind_index(address, scope=channel.centre_id, purpose="phone")


def find(channel: Channel, address: str) -> Phone | None:
    return Phone.objects.filter(channel=channel, index=index_of(channel, address)).first()


def external_index(centre_id: UUID, external_id: str) -> bytes:
    return vault.blind_index(external_id, scope=centre_id, purpose="phone-message")


def message_by_external(phone: Phone, external_id: str) -> PhoneMessage | None:
    rows = PhoneMessage.objects.filter(
        phone=phone, external_index=external_index(phone.centre_id, external_id)
    )
    return rows.first() if external_id else None


# --- adding ----------------------------------------------------------------------------------------------


def propose_number() -> str:
    """A number from the fiction range that no phone has yet."""
    taken = {phone.address for phone in Phone.objects.all()}
    free = [f"{FICTION}{tail:03}" for tail in range(1000) if f"{FICTION}{tail:03}" not in taken]
    return secrets.choice(free)


def propose_user_id() -> str:
    return f"GB.{secrets.randbelow(10**15):015}"


def fictional(raw: str) -> str:
    """The number in its one form, or `NotFictional`."""
    number = normalise(raw) or ""
    american = number.startswith("+1") and number[5:10] == "55501" and len(number) == 12
    if not american and not number.startswith(_FICTION_RANGES):
        raise NotFictional
    return number


def add(
    *, channel: Channel, label: str, address: str, language: str, shown: bool = True, opted_out: bool = False
) -> Phone:
    if find(channel, address):
        raise Taken
    phone = build(channel=channel, label=label, address=address, language=language, shown=shown)
    phone.place = Phone.objects.filter(shown=True).count()
    phone.opted_out = opted_out
    phone.save(force_insert=True)
    return phone


def build(*, channel: Channel, label: str, address: str, language: str, shown: bool) -> Phone:
    phone = Phone(
        id=new_id(),
        centre_id=channel.centre_id,
        channel=channel,
        index=index_of(channel, address),
        language=language,
        shown=shown,
    )
    phone.label = label
    phone.address = address
    return phone


# --- showing ---------------------------------------------------------------------------------------------


def shown() -> list[Phone]:
    return list(Phone.objects.filter(shown=True).select_related("channel__centre").order_by("place", "pk"))


def hidden() -> list[Phone]:
    rows = Phone.objects.filter(shown=False).select_related("channel__centre")
    return sorted(rows, key=lambda phone: phone.label.casefold())


def show(phone: Phone) -> None:
    Phone.objects.filter(pk=phone.pk).update(
        shown=True, place=Phone.objects.filter(shown=True).count(), changed_at=now()
    )


def hide(phone: Phone) -> None:
    Phone.objects.filter(pk=phone.pk).update(shown=False)


def touch(phones: Iterable[Phone]) -> None:
    """What is on these phones changed: open pages will fetch it."""
    Phone.objects.filter(pk__in=[phone.pk for phone in phones]).update(changed_at=now())


@transaction.atomic
def set_online(phone: Phone, *, online: bool) -> None:
    Phone.objects.filter(pk=phone.pk).update(online=online, changed_at=now())
    phone.online = online
