"""What the payloads of Messenger and Instagram share: the envelope, how it is signed, how the API refuses."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from aidline.channels.contract import (
    ChannelDown,
    Choice,
    GiveUp,
    HookRequest,
    Incoming,
    Kind,
    MediaRef,
    RetryLater,
    Scheme,
    Sender,
    SendError,
    Uncertain,
)
from local_server import Answer, Seen
from payloads.kit import SAID, SAID_SECONDS, WORDS

Json = dict[str, Any]

MILLISECONDS = int(SAID_SECONDS) * 1000
FILE = "https://cdn.example/v/t42/file?ccb=1&oh=CANARYWORDS"


class Writer:
    """Payloads of one platform: `thing` is page or instagram, `person` writes to `account`."""

    def __init__(self, thing: str, account: str, person: str, scheme: Scheme) -> None:
        self.thing, self.account, self.person = thing, account, person
        self.sender = Sender(scheme, person)

    def one(self, **happened: Any) -> Json:
        who = {"sender": {"id": self.person}, "recipient": {"id": self.account}}
        return {**who, "timestamp": MILLISECONDS, **happened}

    def ours(self, **happened: Any) -> Json:
        who = {"sender": {"id": self.account}, "recipient": {"id": self.person}}
        return {**who, "timestamp": MILLISECONDS, **happened}

    def message(self, mid: str = "m_1", **content: Any) -> Json:
        return self.one(message={"mid": mid, **content})

    def file(self, kind: str, **payload: Any) -> Json:
        attachment = {"type": kind, "payload": {"url": FILE, **payload}}
        return self.message(attachments=[attachment])

    def entry(self, *happened: Json, to: str = "", name: str = "messaging") -> Json:
        return {"id": to or self.account, "time": MILLISECONDS, name: list(happened)}

    def body(self, *happened: Json, to: str = "", name: str = "messaging") -> bytes:
        return self.whole(self.entry(*happened, to=to, name=name))

    def whole(self, *entries: Json) -> bytes:
        return json.dumps({"object": self.thing, "entry": list(entries)}).encode()

    def incoming(self, kind: Kind, mid: str = "m_1", **more: Any) -> Incoming:
        return Incoming(mid, (self.sender,), kind, sent_at=SAID, **more)

    def said(self, happened: Json, kind: Kind, **more: Any) -> tuple[bytes, Incoming]:
        return self.body(happened), self.incoming(kind, **more)

    def sent_file(self, raw: str, kind: Kind, name: str = "") -> tuple[bytes, Incoming]:
        named = {"name": name} if name else {}
        return self.said(self.file(raw, **named), kind, media=(MediaRef(FILE, kind, name=name),))

    def common(self) -> dict[Kind, tuple[bytes, Incoming]]:
        sticker = self.file("image", sticker_id=369239263222822)
        poll = self.message(is_unsupported=True)
        pressed = self.message(text="Food", quick_reply={"payload": "food"})
        return {
            Kind.TEXT: self.said(
                self.message(text=WORDS, reply_to={"mid": "m_OURS"}),
                Kind.TEXT,
                text=WORDS,
                reply_to="m_OURS",
            ),
            Kind.IMAGE: self.sent_file("image", Kind.IMAGE),
            Kind.VIDEO: self.sent_file("video", Kind.VIDEO),
            Kind.AUDIO: self.sent_file("audio", Kind.AUDIO),
            Kind.DOCUMENT: self.sent_file("file", Kind.DOCUMENT, "letter.pdf"),
            Kind.STICKER: self.said(sticker, Kind.STICKER, media=(MediaRef(FILE, Kind.STICKER),)),
            Kind.CHOICE: self.said(pressed, Kind.CHOICE, text="Food", choice=Choice("food", "Food")),
            Kind.UNSUPPORTED: self.said(poll, Kind.UNSUPPORTED, raw_kind="unsupported"),
        }

    def strange(self) -> tuple[bytes, ...]:
        odd = ("referral", "policy_enforcement", "pass_thread_control", "take_thread_control", "app_roles")
        return (
            b"{}",
            b'{"object": "user", "entry": [{"id": "1", "changes": []}]}',
            self.whole() + b" ",
            json.dumps({"object": self.thing, "entry": "x"}).encode(),
            json.dumps({"object": self.thing, "entry": [7, {"messaging": {"a": 1}}]}).encode(),
            self.body(*(self.one(**{name: {"new_owner_app_id": 1}}) for name in odd)),
            self.body(
                self.one(), self.one(hologram={"x": 1}), self.one(message=7), {"message": {"mid": "m"}}
            ),
            self.body(self.one(message={"mid": ["x"], "text": 7}), self.one(reaction={"mid": "m_1"})),
            self.body(self.one(read={"watermark": "x"}), self.one(delivery={"mids": [7.5, None]})),
            self.body({"field": "feed", "value": {"message": WORDS}}, name="changes"),
            self.body(self.ours(message={"mid": "m_1", "text": WORDS}), name="standby"),
            self.body(self.one(optin={"type": "one_time_notif_req"}), self.one(postback=[])),
            self.body({**self.message(text=WORDS), "sender": {"user_ref": "x"}}),
        )


def hook(provider: str) -> Callable[[Mapping[str, str], bytes], HookRequest]:
    def signed(config: Mapping[str, str], body: bytes) -> HookRequest:
        signature = "sha256=" + hmac.new(config["app_secret"].encode(), body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "x-hub-signature-256": signature}
        return HookRequest("POST", f"https://help.example/hooks/{provider}/1", {}, headers, body)

    return signed


def handshakes(provider: str, token: str) -> tuple[tuple[HookRequest, tuple[int, bytes]], ...]:
    def asks(word: str, mode: str = "subscribe") -> HookRequest:
        query = {"hub.mode": mode, "hub.verify_token": word, "hub.challenge": "1158201444"}
        return HookRequest("GET", f"https://help.example/hooks/{provider}/1", query, {}, b"")

    return (
        (asks(token), (200, b"1158201444")),
        (asks("wrong"), (403, b"")),
        (asks(token, mode="x"), (403, b"")),
        (asks("é\udc80"), (403, b"")),
    )


def answers(seen: Seen) -> Answer:
    if seen.path.endswith("/message_attachments"):
        return Answer(body=b'{"attachment_id": "1857777774821032"}')
    if seen.path.startswith("/cdn/"):
        return Answer(body=b"the file", headers={"Content-Type": "image/jpeg"})
    return Answer(body=b'{"recipient_id": "1", "message_id": "m_OURS"}')


def is_message(seen: Seen) -> bool:
    return seen.method == "POST" and seen.path.endswith("/messages")


def words_of(seen: Seen) -> str:
    return json.loads(seen.body)["message"].get("text", "")


def refusal(status: int, code: int, subcode: int = 0, **headers: str) -> Answer:
    error: Json = {"message": WORDS, "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    if subcode:
        error["error_subcode"] = subcode
    return Answer(status, json.dumps({"error": error}).encode(), headers)


REFUSALS: tuple[tuple[Answer, type[SendError]], ...] = (
    (refusal(500, 2), RetryLater),
    (refusal(400, 4), RetryLater),
    (refusal(400, 613), RetryLater),
    (refusal(400, 32, **{"Retry-After": "7"}), RetryLater),
    (refusal(400, 80006), RetryLater),
    (refusal(500, 1200), RetryLater),
    (refusal(401, 190, 463), ChannelDown),
    (refusal(403, 10), ChannelDown),
    (refusal(403, 10, 1893063), ChannelDown),
    (refusal(403, 200), ChannelDown),
    (refusal(400, 230), ChannelDown),
    (refusal(400, 368), ChannelDown),
    (refusal(403, 10, 2018278), GiveUp),
    (refusal(400, 10, 2534022), GiveUp),
    (refusal(400, 10, 2018300), GiveUp),
    (refusal(403, 551, 1545041), GiveUp),
    (refusal(400, 551), GiveUp),
    (refusal(400, 100, 2018001), GiveUp),
    (refusal(400, 100), GiveUp),
    (refusal(400, 999999), GiveUp),
    (refusal(400, 1, 1357046), Uncertain),
    (Answer(200, b"{}"), Uncertain),
)
