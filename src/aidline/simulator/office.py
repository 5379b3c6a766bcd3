"""The exchange behind the practice look-alikes: the channels of this installation and the phones in its rows."""

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Max

from aidline.channels.models import Channel
from aidline.kernel.ids import new_id
from aidline.simulator import faults, hearing, hooks, phones, reviewing
from aidline.simulator.cards import PracticeCards
from aidline.simulator.content import load
from aidline.simulator.lookalikes.shapes import (
    Account,
    Fault,
    Form,
    Said,
    StoredFile,
    Taken,
    Trouble,
)
from aidline.simulator.lookalikes.telephony import Telephony
from aidline.simulator.models import PhoneFile, PhoneMessage
from aidline.simulator.states import Tick
from aidline.simulator.telephone.company import Company
from aidline.simulator.vendors import BY_PATH
from aidline.simulator.wire import Post

LONGEST_WAIT = 20_000  # milliseconds: longer than any client of ours waits
_tries: Counter[str] = Counter()  # of this process: only what goes wrong on request depends on it


class Office:
    def __init__(self) -> None:
        self.base_url = hooks.public_url()

    def account(self, vendor: str, key: str, secret: str) -> Account | None:
        known = BY_PATH[vendor]
        channels = Channel.objects.filter(provider=known.provider, config_sealed__isnull=False)
        accounts = (known.account(str(channel.pk), channel.config) for channel in channels)
        return next((one for one in accounts if known.admits(one, key, secret)), None)

    def troubles(self, account: Account, to: str) -> Sequence[Trouble]:
        channel = _channel(account)
        phone = phones.find(channel, to)
        vendor = phones.vendor_of(channel)
        if phone and phone.opted_out and vendor.blocked:
            return [Trouble(Fault.REFUSED, vendor.blocked)]
        skin = phones.skin_of(channel)
        if phone is None and not skin.arrives and skin.address != "mail":  # a mail comes back
            return [Trouble(Fault.REFUSED, vendor.nobody)]  # who tells nothing later must say so at once
        hit = faults.use_up(channel, faults.OF_CALLS)
        return [Trouble(fault, detail) for fault, detail in hit.items()]

    def take(self, taken: Taken) -> None:
        hearing.receive(Channel.objects.get(pk=taken.account), taken)

    def mark_read(self, account: Account, message_id: str) -> None:
        """All that the person said up to that message has been read."""
        rows = PhoneMessage.objects.filter(phone__channel=UUID(account.ref), own=True).select_related("phone")
        index = phones.external_index(_channel(account).centre_id, message_id)
        message = rows.filter(external_index=index).first()
        if message:
            earlier = rows.filter(phone=message.phone, at__lte=message.at)
            earlier.filter(tick=Tick.SENT).update(tick=Tick.READ)
            phones.touch([message.phone])

    def mark_seen(self, account: Account, person: str) -> None:
        phone = phones.find(_channel(account), person)
        if phone and PhoneMessage.objects.filter(phone=phone, own=True, tick=Tick.SENT).update(
            tick=Tick.READ
        ):
            phones.touch([phone])

    def last_said(self, account: Account, person: str) -> datetime | None:
        phone = phones.find(_channel(account), person)
        rows = PhoneMessage.objects.filter(phone=phone, own=True).exclude(tick=Tick.GOING)
        last: datetime | None = rows.aggregate(at=Max("at"))["at"] if phone else None
        return last

    def keep_file(self, account: Account, file: StoredFile) -> str:
        kept = hearing.new_file(_channel(account), file.content, file.mime, file.name, id=new_id())
        return str(kept.pk.int)

    def file(self, account: Account, file_id: str) -> StoredFile | None:
        key = _file_key(file_id)
        row = PhoneFile.objects.filter(pk=key, channel=UUID(account.ref)).first() if key else None
        return StoredFile(row.content, row.mime, row.name) if row else None

    def forms(self, account: Account) -> Sequence[Form]:
        return reviewing.forms(_channel(account), approved_forms()) if account.whatsapp else ()

    def keep_form(self, account: Account, form: Form) -> None:
        reviewing.keep(_channel(account), form)

    def drop_form(self, account: Account, form: Form) -> None:
        reviewing.drop(_channel(account), form)

    def said_since(self, account: Account, since: datetime | None) -> Sequence[Said]:
        rows = PhoneMessage.objects.filter(phone__channel=UUID(account.ref), own=True).exclude(
            tick=Tick.GOING
        )
        rows = rows.filter(at__gte=since) if since else rows
        return [
            Said(
                row.external_id,
                row.phone.address,
                account.number,
                row.text,
                row.at,
                1 if row.file_id else 0,
            )
            for row in rows.select_related("phone").order_by("at")[:1000]
        ]

    def telephony(self, account: Account) -> Telephony:
        return Company(_channel(account))

    def cards(self) -> PracticeCards:
        return PracticeCards()

    def tries(self, what: str) -> int:
        _tries[what] += 1
        return _tries[what]

    def wait(self, milliseconds: int) -> None:
        time.sleep(min(milliseconds, LONGEST_WAIT) / 1000)

    def knock(self, url: str, post: Post) -> None:
        hooks.carry(url, post)


def _channel(account: Account) -> Channel:
    return Channel.objects.get(pk=account.ref)


def _file_key(file_id: str) -> UUID | None:
    """Meta names files by a long number, Twilio by ME and 32 digits."""
    try:
        return UUID(hex=file_id[2:]) if file_id.startswith("ME") else UUID(int=int(file_id))
    except ValueError:
        return None


# --- templates: what the vendor has approved --------------------------------------------------------------


@cache
def approved_forms() -> tuple[Form, ...]:
    return tuple(
        Form(
            id="HX" + hashlib.sha256(f"{template.name} {language}".encode()).hexdigest()[:32],
            name=template.name,
            language=language,
            category=template.category,
            body=body,
            parameters=template.parameters,
            buttons=template.buttons.get(language, ()),
            raw={"variables": template.examples} if template.examples else {},
        )
        for template in load().network.templates
        for language, body in template.texts.items()
    )
