"""After the bridge's API description and signal-cli's JSON (read 2026-11-24); uuids and numbers are invented."""

import json
from collections.abc import Mapping
from typing import Any

from aidline.channels.contract import (
    Card,
    ChannelDown,
    Deletion,
    Edit,
    Event,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    Reaction,
    Receipt,
    RetryLater,
    Scheme,
    Sender,
    Status,
    Uncertain,
)
from local_server import Answer, Seen
from payloads.kit import NAME, NUMBER, OTHER_NUMBER, SAID, SAID_SECONDS, WORDS, Kit

OURS = "+447700900630"
UUID = "7ccae375-cd51-4c82-8b1e-7be3280aa485"
AT = int(SAID_SECONDS) * 1000
CONFIG = {"base_url": "", "number": OURS, "hook_word": "CANARYSECRET-signal"}
BOTH = (Sender(Scheme.PHONE, NUMBER), Sender(Scheme.SIGNAL, UUID))
ALONE = (Sender(Scheme.SIGNAL, UUID),)
ID = f"{UUID}:{AT}"


def envelope(**content: Any) -> dict[str, Any]:
    common = {
        "source": NUMBER,
        "sourceNumber": NUMBER,
        "sourceUuid": UUID,
        "sourceName": NAME,
        "sourceDevice": 1,
        "timestamp": AT,
        "serverReceivedTimestamp": AT + 200,
        "serverDeliveredTimestamp": AT + 300,
    }
    return {**common, **content}


def wrapped(inner: Mapping[str, Any], account: str = OURS, **more: Any) -> bytes:
    params = {"envelope": inner, "account": account, **more}
    return json.dumps({"jsonrpc": "2.0", "method": "receive", "params": params}, ensure_ascii=False).encode()


def data(**content: Any) -> dict[str, Any]:
    return {"timestamp": AT, "message": None, "expiresInSeconds": 0, "viewOnce": False, **content}


def said(**content: Any) -> bytes:
    return wrapped(envelope(dataMessage=data(**content)))


def incoming(kind: Kind, **more: Any) -> Incoming:
    return Incoming(ID, BOTH, kind, sent_at=SAID, profile_name=NAME, **more)


def attached(mime: str, **more: Any) -> dict[str, Any]:
    return {"contentType": mime, "filename": "a.bin", "id": "pwtcq.bin", "size": 9, **more}


def file(kind: Kind, mime: str) -> MediaRef:
    return MediaRef("pwtcq.bin", kind, mime, "a.bin", 9)


FILES = {
    Kind.IMAGE: "image/jpeg",
    Kind.VIDEO: "video/mp4",
    Kind.AUDIO: "audio/mpeg",
    Kind.DOCUMENT: "application/pdf",
}
CONTACT = {
    "name": {
        "nickname": None,
        "given": "Umm",
        "family": "Rami",
        "prefix": None,
        "suffix": None,
        "middle": None,
    },
    "phone": [{"value": OTHER_NUMBER, "type": "MOBILE", "label": None}],
    "email": [{"value": "rami@example.org", "type": "HOME", "label": None}],
}
SAID_KINDS: dict[Kind, tuple[bytes, Event]] = {
    Kind.TEXT: (
        said(message=WORDS, quote={"id": AT - 5, "author": OURS, "authorNumber": OURS, "text": "ours"}),
        incoming(Kind.TEXT, text=WORDS, reply_to=f"{OURS}:{AT - 5}"),
    ),
    Kind.VOICE: (
        said(attachments=[attached("audio/aac", isVoiceNote=True)]),
        incoming(Kind.VOICE, media=(file(Kind.VOICE, "audio/aac"),)),
    ),
    Kind.CONTACTS: (
        said(contacts=[CONTACT]),
        incoming(Kind.CONTACTS, cards=(Card("Umm Rami", (OTHER_NUMBER,), ("rami@example.org",)),)),
    ),
    Kind.UNSUPPORTED: (
        said(sticker={"packId": "aa11", "stickerId": 3}),
        incoming(Kind.UNSUPPORTED, raw_kind="sticker"),
    ),
    **{
        kind: (
            said(message=WORDS, attachments=[attached(mime)]),
            incoming(kind, text=WORDS, media=(file(kind, mime),)),
        )
        for kind, mime in FILES.items()
    },
}


def receipt(*moments: int, **what: bool) -> bytes:
    flags = {"isDelivery": False, "isRead": False, "isViewed": False, **what}
    return wrapped(envelope(receiptMessage={"when": AT, **flags, "timestamps": list(moments)}))


RECEIPTS = {
    Status.DELIVERED: (receipt(AT - 9, isDelivery=True), Receipt(f"{OURS}:{AT - 9}", Status.DELIVERED, SAID)),
    Status.READ: (receipt(AT - 9, isRead=True), Receipt(f"{OURS}:{AT - 9}", Status.READ, SAID)),
}


def reacted(**more: Any) -> bytes:
    common = {"emoji": "👍", "targetAuthor": OURS, "targetAuthorNumber": OURS, "targetSentTimestamp": AT - 5}
    return said(reaction={**common, "isRemove": False, **more})


def edited(**content: Any) -> bytes:
    return wrapped(envelope(editMessage={"targetSentTimestamp": AT - 7, "dataMessage": data(**content)}))


UNSAID: tuple[tuple[bytes, list[Event]], ...] = (
    (reacted(), [Reaction(f"{OURS}:{AT - 5}", "👍", BOTH, SAID)]),
    (reacted(isRemove=True), [Reaction(f"{OURS}:{AT - 5}", "", BOTH, SAID)]),
    (
        reacted(targetAuthor=UUID, targetAuthorNumber=None, targetAuthorUuid=UUID),
        [Reaction(f"{UUID}:{AT - 5}", "👍", BOTH, SAID)],
    ),
    (said(remoteDelete={"timestamp": AT - 7}), [Deletion(f"{UUID}:{AT - 7}", BOTH, SAID)]),
    (edited(message=WORDS), [Edit(f"{UUID}:{AT - 7}", WORDS, BOTH, SAID, ID)]),
    (
        receipt(AT - 9, AT - 8, isViewed=True),
        [Receipt(f"{OURS}:{moment}", Status.READ, SAID) for moment in (AT - 9, AT - 8)],
    ),
    # a number that its owner hides
    (
        wrapped(envelope(source=UUID, sourceNumber=None, dataMessage=data(message=WORDS))),
        [Incoming(ID, ALONE, Kind.TEXT, WORDS, SAID, NAME)],
    ),
    # the quote names its author by the uuid: the person's own words, or ours by a uuid we need not know
    (
        said(message="x", quote={"id": AT - 5, "author": UUID, "authorUuid": UUID, "text": "theirs"}),
        [incoming(Kind.TEXT, text="x", reply_to=f"{UUID}:{AT - 5}")],
    ),
    (
        said(
            message="x",
            quote={"id": AT - 5, "author": "11111111-2222-4333-8444-555555555555", "text": "ours"},
        ),
        [incoming(Kind.TEXT, text="x", reply_to=f"{OURS}:{AT - 5}")],
    ),
    # kept although they vanish on the phone
    (said(message=WORDS, expiresInSeconds=60), [incoming(Kind.TEXT, text=WORDS)]),
    (
        said(viewOnce=True, attachments=[attached("image/jpeg")]),
        [incoming(Kind.IMAGE, media=(file(Kind.IMAGE, "image/jpeg"),))],
    ),
    (
        said(attachments=[attached("image/jpeg", caption="one"), attached("video/mp4", caption="two")]),
        [
            incoming(
                Kind.IMAGE,
                text="one\ntwo",
                media=(file(Kind.IMAGE, "image/jpeg"), file(Kind.VIDEO, "video/mp4")),
            )
        ],
    ),
    # bare, and with a subscription
    (
        json.dumps({"envelope": envelope(dataMessage=data(message=WORDS)), "account": OURS}).encode(),
        [incoming(Kind.TEXT, text=WORDS)],
    ),
    (
        json.dumps(
            {
                "jsonrpc": "2.0",
                "method": "receive",
                "params": {
                    "subscription": 0,
                    "result": {"envelope": envelope(dataMessage=data(message=WORDS)), "account": OURS},
                },
            }
        ).encode(),
        [incoming(Kind.TEXT, text=WORDS)],
    ),
    (
        said(pollCreate={"question": "When?", "options": ["now", "later"], "allowMultiple": False}),
        [incoming(Kind.UNSUPPORTED, text="When?", raw_kind="pollCreate")],
    ),
    (said(hologram={"new": True}), [incoming(Kind.UNSUPPORTED, raw_kind="hologram")]),
    # somebody wrote and it cannot be read: the agent can ask again
    (
        wrapped(envelope(), exception={"type": "ProtocolInvalidMessageException", "message": WORDS}),
        [Incoming(f"{ID}:unreadable", BOTH, Kind.UNSUPPORTED, "", SAID, NAME, raw_kind="unreadable")],
    ),
)

STRANGE = (
    b"{}",
    b'{"envelope": 7, "params": "x"}',
    b'{"params": {"envelope": {"source": {"a": 1}, "dataMessage": {"message": "from nobody"}}}}',
    wrapped(envelope(typingMessage={"action": "STARTED", "timestamp": AT})),
    wrapped(envelope(callMessage={"offerMessage": {"id": 1, "type": "AUDIO_CALL"}})),
    wrapped(
        envelope(syncMessage={"sentMessage": {"destination": NUMBER, "message": WORDS, "timestamp": AT}})
    ),
    wrapped(envelope(storyMessage={"allowsReplies": True})),
    wrapped(envelope(hologramMessage={"x": 1})),
    wrapped(envelope()),
    wrapped(envelope(dataMessage=data(message=WORDS)), account="+447700900999"),
    said(message=WORDS, groupInfo={"groupId": "abc=", "type": "DELIVER", "revision": 1}),
    said(isExpirationUpdate=True, expiresInSeconds=3600),
    said(),
    said(pinMessage={"targetSentTimestamp": AT, "pinDurationSeconds": 1}),
    said(remoteDelete={"timestamp": "soon"}),
    reacted(targetSentTimestamp=None),
    edited(message=WORDS, groupInfo={"groupId": "abc="}),
    wrapped(envelope(editMessage={"dataMessage": data(message=WORDS)})),
    receipt(AT),
    receipt(isRead=True),
    wrapped(envelope(timestamp=None, dataMessage={"message": WORDS})),
)


def hook(config: Mapping[str, str], raw: bytes) -> HookRequest:
    url = f"https://help.example/hooks/signal/1/{config['hook_word']}"
    return HookRequest("POST", url, {}, {"content-type": "application/json"}, raw)


def answers(seen: Seen) -> Answer:
    if seen.method == "GET":
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(201, json.dumps({"timestamp": str(AT)}).encode())


def refusal(status: int, error: str, **more: Any) -> Answer:
    return Answer(
        status, json.dumps({"error": f"{error} {NUMBER} {WORDS}", **more}, ensure_ascii=False).encode()
    )


CHALLENGED = "Failed to send message due to rate limiting. Use the attached challenge tokens"

KITS = (
    Kit(
        label="signal",
        provider="signal",
        config=CONFIG,
        other_config={**CONFIG, "hook_word": "CANARYSECRET-other"},
        secret="hook_word",
        previous_secret="previous_hook_word",
        hook=hook,
        said=SAID_KINDS,
        receipts=RECEIPTS,
        strange=STRANGE,
        unsaid=UNSAID,
        with_unknown_field=(
            wrapped(envelope(colour={"deep": [1]}, dataMessage=data(message=WORDS, colour=7)), colour="red"),
            incoming(Kind.TEXT, text=WORDS),
        ),
        proof="",
        signs_body=False,
        knows_our_id=False,
        to=BOTH[0],
        answers=answers,
        sent_id=f"{OURS}:{AT}",
        words_of=lambda seen: json.loads(seen.body)["message"],
        refusals=(
            (refusal(400, "Failed to send message due to untrusted identities"), GiveUp),
            (refusal(400, "Unregistered user"), GiveUp),
            (refusal(400, "Failed to send message"), GiveUp),
            (refusal(400, "Something nobody has seen"), GiveUp),
            (refusal(400, "Specified account does not exist"), ChannelDown),
            (refusal(400, f"User {OURS} is not registered."), ChannelDown),
            (refusal(400, "User is not registered."), GiveUp),
            (refusal(400, "Failed to send (some) messages: Network failure for"), Uncertain),
            (refusal(429, CHALLENGED, challenge_tokens=["5ac1"], account=OURS), ChannelDown),
            (refusal(429, CHALLENGED, challenge_tokens=[""], account=OURS), Uncertain),
            (Answer(429, b"<html>", {"Retry-After": "7"}), RetryLater),
            (refusal(500, "internal"), RetryLater),
            (Answer(401, b"<html>"), ChannelDown),
            (Answer(201, b"{}"), Uncertain),
        ),
        ref=lambda _: MediaRef("pwtcq.jpg", Kind.IMAGE, "image/jpeg"),
    ),
)
