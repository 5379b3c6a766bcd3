"""A mail service may put the mails of several people into one call: what is one person's never shows with another."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from aidline import vault
from aidline.channels.contract import QUERY
from aidline.channels.models import Channel
from aidline.conversations.models import Attachment
from aidline.gateway import inbound
from aidline.gateway.deliveries import Raw, seal, store
from aidline.gateway.media import fetch_attachment
from aidline.kernel.clock import now
from factories import make_centre, make_channel
from payloads.email import CONFIG, mixed, part, plain

pytestmark = pytest.mark.django_db(transaction=True)

AMAL, BASIM = "amal@example.net", "basim@example.com"


def mandrill(*raws: bytes) -> tuple[bytes, str]:
    events = [{"event": "inbound", "ts": 1, "msg": {"raw_msg": raw.decode()}} for raw in raws]
    return urlencode({"mandrill_events": json.dumps(events)}).encode(), "application/x-www-form-urlencoded"


def sparkpost(*raws: bytes) -> tuple[bytes, str]:
    mails: list[Any] = [{"email_rfc822": raw.decode(), "email_rfc822_is_base64": False} for raw in raws]
    relayed = [{"protocol": "smtp", "content": mail, "msg_from": "x", "rcpt_to": "x"} for mail in mails]
    return json.dumps([{"msys": {"relay_message": one}} for one in relayed]).encode(), "application/json"


SERVICES: dict[str, Callable[..., tuple[bytes, str]]] = {"mandrill": mandrill, "sparkpost": sparkpost}


@pytest.fixture(params=SERVICES)
def channel(request: pytest.FixtureRequest) -> Channel:
    channel = make_channel(make_centre(), "email", "Mail")
    channel.config = {**CONFIG, "incoming": request.param, "word": "a word"}
    channel.save()
    return channel


def bring(channel: Channel, *raws: bytes) -> None:
    body, content_type = SERVICES[channel.config["incoming"]](*raws)
    raw = Raw(body, {"content-type": content_type, QUERY: ""})
    store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=now())])
    inbound.drain()


def letter(person: str, words: str) -> bytes:
    file = part("text/plain", words, 'Content-Disposition: attachment; filename="paper.txt"')
    return mixed(part("text/plain", "My papers"), file, From=person, Message_ID=f"<1.{person}>")


def fetched() -> dict[str, str]:
    """By the address in whose conversation a file is shown."""
    found = {}
    for attachment in Attachment.objects.all():
        fetch_attachment({"attachment": str(attachment.pk)})
        attachment.refresh_from_db()
        assert attachment.media_id, attachment.error_code
        address = attachment.message.conversation.address
        assert address
        found[address.value] = vault.media.read(attachment.media_id, scope=attachment.centre_id).decode()
    return found


def test_a_file_is_shown_to_nobody_but_in_the_conversation_it_came_in(channel: Channel) -> None:
    bring(channel, letter(AMAL, "passport of Amal"), letter(BASIM, "letter of Basim"))
    assert fetched() == {AMAL: "passport of Amal", BASIM: "letter of Basim"}


def test_long_words_are_kept_whole_with_whoever_wrote_them(channel: Channel) -> None:
    long = {person: f"{person} writes. " * 5_000 for person in (AMAL, BASIM)}
    bring(channel, *(plain(text, From=who, Message_ID=f"<1.{who}>") for who, text in long.items()))
    assert {who: text.strip() for who, text in fetched().items()} == {
        who: text.strip() for who, text in long.items()
    }
