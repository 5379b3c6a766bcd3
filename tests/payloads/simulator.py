"""The generic provider: our own JSON from a telephone number."""

import json

from aidline.channels.contract import (
    AddressChange,
    ChannelDown,
    GiveUp,
    Kind,
    MediaRef,
    RetryLater,
    Scheme,
    Sender,
    StopContacting,
    Uncertain,
)
from local_server import Answer, Seen
from payloads.kit import NUMBER, WORDS, Kit
from payloads.plain import STRANGE, Plain, body, hook, receipts

CONFIG = {"base_url": "", "secret": "CANARYSECRET-simulator"}
PHONE = Sender(Scheme.PHONE, NUMBER)
PLAIN = Plain(PHONE)


def answers(seen: Seen) -> Answer:
    if seen.method == "GET":
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(body=json.dumps({"id": "s-1"}).encode())


def refusal(status: int, code: str, **headers: str) -> Answer:
    return Answer(status, json.dumps({"code": code, "detail": WORDS}).encode(), headers)


KITS = (
    Kit(
        label="simulator",
        provider="simulator",
        config=CONFIG,
        other_config={**CONFIG, "secret": "CANARYSECRET-other"},
        secret="secret",
        previous_secret="previous_secret",
        hook=hook,
        said=PLAIN.said(),
        receipts=receipts(),
        strange=STRANGE,
        unsaid=(
            *PLAIN.unsaid(),
            (
                body(type="address_change", **{"from": NUMBER, "to": "+447700900456"}),
                [AddressChange((PHONE,), (Sender(Scheme.PHONE, "+447700900456"),))],
            ),
        ),
        batch=PLAIN.batch(),
        with_unknown_field=PLAIN.unknown_field(),
        stops=(
            PLAIN.say(text="stop", opt_out=True),
            body(type="preference", opted_out=True, **{"from": NUMBER}),
        ),
        to=PHONE,
        answers=answers,
        sent_id="s-1",
        is_message=lambda seen: seen.method == "POST" and seen.path.endswith("/messages"),
        words_of=lambda seen: json.loads(seen.body).get("text", ""),
        refusals=(
            (refusal(429, "too-fast", **{"Retry-After": "7"}), RetryLater),
            (refusal(400, "busy"), RetryLater),
            (refusal(400, "no-such-person"), GiveUp),
            (refusal(400, "hologram"), GiveUp),
            (refusal(400, "blocked"), StopContacting),
            (refusal(400, "account-closed"), ChannelDown),
            (Answer(200, b"{}"), Uncertain),
        ),
        ref=lambda _: MediaRef("file-1", Kind.IMAGE, "image/jpeg"),
    ),
)
