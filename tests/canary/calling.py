"""Every kind of webhook of every provider, with marked values wherever a person's words or numbers may stand."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import uuid4

from aidline.channels.contract.voice import voice_address
from aidline.channels.wire.plain import SIGNATURE, sign
from aidline.simulator.lines import News, NotOnThisLine, Utterance, Writer
from aidline.simulator.vendors import VENDORS
from aidline.simulator.wire import Post, meta, plain, twilio
from faults.lines import APP_SECRET, META_NUMBER, SHARED_SECRET, TWILIO_ACCOUNT, Line

from .marks import Marks

TWILIO_WHATSAPP = twilio.Account(TWILIO_ACCOUNT.sid, TWILIO_ACCOUNT.auth_token, "+12025550157", whatsapp=True)


def posts(
    lines: dict[str, Line], others: Mapping[str, Mapping[str, str]], marks: Marks
) -> Iterator[tuple[Line, Post]]:
    """`others`: the configurations of those that speak as the simulator's vendors do."""
    for post in _meta(marks):
        yield lines["whatsapp_cloud"], post
    for post in _twilio(lines["twilio"], marks):
        yield lines["twilio"], post
    yield from _calls(lines["twilio"], marks)
    for provider in ("simulator", "webchat"):
        for post in _plain(provider, marks):
            yield lines[provider], post
    for provider, config in others.items():
        yield from _vendor(lines[provider], config, marks)
    for post in _mails(marks):
        yield lines["email"], post


# --- Meta ------------------------------------------------------------------------------------------------


def _meta(marks: Marks) -> Iterator[Post]:
    at = datetime.now(UTC)
    word = lambda kind: marks.text(f"whatsapp_cloud {kind}")  # noqa: E731
    who = meta.Customer(wa_id=marks.number("whatsapp_cloud wa_id"), name=word("profile name"))
    scoped = meta.Customer(user_id="GB." + marks.name("whatsapp_cloud user_id"), name=word("profile name"))
    first, ours = f"wamid.{marks.name('whatsapp_cloud id')}", "wamid.none"
    parts = [
        meta.text(who, at, word("text"), id=first),
        meta.text(scoped, at, word("text by a scoped id")),
        meta.text(who, at, word("reply"), reply_to=first),
        meta.location(who, at, 33.9, 35.5, name=word("place name"), address=word("place address")),
        meta.contact(who, at, word("card name"), "+" + marks.number("whatsapp_cloud card phone")),
        meta.button_reply(who, at, word("button id"), word("button title"), ours),
        meta.list_reply(
            who, at, word("row id"), word("row title"), ours, description=word("row description")
        ),
        meta.template_button(who, at, word("payload"), word("template button"), ours),
        meta.reaction(who, at, first, word("reaction")),
        meta.edit(who, at, first, word("edit")),
        meta.unsupported(who, at, word("raw kind")),
        *(
            meta.media(
                who,
                at,
                kind,
                marks.name(f"whatsapp_cloud {kind} id"),
                mime,
                caption=word(kind),
                filename=word("file"),
            )
            for kind, mime in (
                ("image", "image/jpeg"),
                ("video", "video/mp4"),
                ("document", "application/pdf"),
                ("audio", "audio/mpeg"),
                ("voice", "audio/ogg"),
                ("sticker", "image/webp"),
            )
        ),
        meta.deletion(who, at, first),
    ]
    for part in parts:
        yield meta.post(META_NUMBER, [meta.said(META_NUMBER, who, [part])])
    status = meta.status(
        ours, "failed", at, who, opaque=word("opaque"), code=131026, title=word("error title")
    )
    yield meta.post(META_NUMBER, [meta.told(META_NUMBER, [status])])
    yield meta.signed(
        META_NUMBER, {"entry": [{"changes": [{"field": word("field"), "value": word("value")}]}]}
    )
    yield from _unreadable(marks, "x-hub-signature-256", "whatsapp_cloud")


def _unreadable(marks: Marks, header: str, provider: str) -> Iterator[Post]:
    """Signed but torn, and not signed at all: neither may be repeated in a log."""
    body = f'{{"torn": "{marks.text(f"{provider} torn")}'.encode()
    secret = APP_SECRET if provider == "whatsapp_cloud" else SHARED_SECRET
    yield Post(body, {"content-type": "application/json", header: sign(secret, body)})
    yield Post(body, {"content-type": "application/json", header: marks.name(f"{provider} bad signature")})


# --- Twilio ----------------------------------------------------------------------------------------------


def _twilio(line: Line, marks: Marks) -> Iterator[Post]:
    word = lambda kind: marks.text(f"twilio {kind}")  # noqa: E731
    account, person = TWILIO_ACCOUNT, "+" + marks.number("twilio From")
    media = f"https://api.twilio.com/{marks.name('twilio media address')}"
    extra = {"FromCity": word("FromCity"), "FromZip": word("FromZip")}
    forms = [
        twilio.message(account, person, word("Body"), **extra),
        twilio.message(account, "+" + marks.number("twilio other From"), word("Body")),
        twilio.media(account, person, [(media, "image/jpeg")], word("caption")),
        twilio.location(account, person, 33.9, 35.5, label=word("Label"), address=word("Address")),
        twilio.button_reply(account, person, word("ButtonPayload"), word("ButtonText"), "SM0"),
        twilio.list_reply(account, person, word("ListId"), word("ListTitle"), "SM0"),
        twilio.message(account, person, word("Body"), ProfileName=word("ProfileName"), WaId=person[1:]),
        twilio.status(account, "SM" + "0" * 32, "delivered", person),
        {"AccountSid": account.sid, word("strange field"): word("strange value")},
    ]
    for fields in forms:
        yield twilio.post(account, line.hook, fields)
    for fields in _told_of_calls(marks):
        yield twilio.post(account, line.hook, fields)


def _told_of_calls(marks: Marks) -> Iterator[dict[str, str]]:
    """At the hook, in any order: of a call that nobody knows too."""
    word, sid = lambda kind: marks.text(f"twilio {kind}"), "CA" + "1" * 32
    known = {"AccountSid": TWILIO_ACCOUNT.sid, "CallSid": sid, "From": "+" + marks.number("twilio caller")}
    yield {**known, "CallStatus": "completed", "CallDuration": "3", "CallerName": word("CallerName")}
    recorded = {"RecordingSid": "RE" + "1" * 32, "RecordingStatus": "completed", "RecordingDuration": "9"}
    yield {**known, **recorded, "RecordingUrl": f"https://example.org/{marks.name('twilio RecordingUrl')}"}
    room = {"ConferenceSid": "CF" + "1" * 32, "StatusCallbackEvent": "participant-join"}
    yield {
        **known,
        **room,
        "FriendlyName": word("FriendlyName"),
        "ParticipantLabel": word("ParticipantLabel"),
    }


def _calls(line: Line, marks: Marks) -> Iterator[tuple[Line, Post]]:
    """At `/voice/…`: signed, signed for something else, not signed, unreadable, and as an agent's browser."""
    base = {"AccountSid": TWILIO_ACCOUNT.sid, "CallStatus": "in-progress", "Direction": "inbound"}
    caller = {**base, "CallSid": "CA" + "2" * 32, "From": "+" + marks.number("voice From")}
    browser = {**base, "CallSid": "CA" + "3" * 32, "From": f"client:{marks.name('voice identity')}"}
    requests = [
        ("answer", {**caller, "CallerName": marks.text("voice CallerName")}),
        ("turn", {**caller, "Digits": marks.number("voice Digits")}),
        ("turn", {**caller, "SpeechResult": marks.text("voice SpeechResult")}),
        ("now", {**caller, "FromCity": marks.text("voice FromCity")}),
        ("softphone", {**browser, "ticket": marks.text("voice ticket"), "leg": marks.name("voice leg")}),
        ("fallback", {**caller, "ErrorUrl": f"https://example.org/{marks.name('voice ErrorUrl')}"}),
        ("kept", {**caller, "RecordingUrl": f"https://example.org/{marks.name('voice RecordingUrl')}"}),
        ("answer", {**base, "From": marks.text("voice without a call")}),
    ]
    for what, fields in requests:
        there = replace(line, hook=voice_address(line.hook, what))
        yield there, twilio.post(TWILIO_ACCOUNT, there.hook, fields)
        yield there, replace(twilio.post(TWILIO_ACCOUNT, there.hook, fields), headers={})
        asked = replace(there, hook=f"{there.hook}?call={marks.name('voice query')}&at=9")
        yield asked, twilio.post(TWILIO_ACCOUNT, asked.hook, fields)


# --- our own ---------------------------------------------------------------------------------------------


def _plain(provider: str, marks: Marks) -> Iterator[Post]:
    at = datetime.now(UTC)
    word = lambda kind: marks.text(f"{provider} {kind}")  # noqa: E731
    sender = "+" + marks.number(f"{provider} from") if provider == "simulator" else word("visitor")
    first = marks.name(f"{provider} id")
    card = {"name": word("card"), "phones": ["+" + marks.number("card")], "emails": [marks.email("card")]}
    file = {"ref": marks.name("ref"), "kind": "image", "mime": "image/png", "name": word("file name")}
    place = {"latitude": 1.5, "longitude": 2.5, "name": word("place"), "address": word("address")}
    events = [
        plain.message(sender, at, id=first, text=word("text"), name=word("name"), language="en"),
        plain.message(sender, at, "image", media=[file], text=word("caption")),
        plain.message(sender, at, "location", place=place),
        plain.message(sender, at, "contacts", cards=[card]),
        plain.message(sender, at, "choice", choice={"id": word("choice"), "title": word("choice title")}),
        plain.message(sender, at, word("kind"), text=word("text of a strange kind")),
        plain.reaction(sender, at, first, word("reaction")),
        plain.event("edit", sender, at, target=first, text=word("edit")),
        plain.event("address_change", sender, at, to=word("new address")),
        plain.receipt("nothing", "failed", at, code="busy"),
        plain.event("deletion", sender, at, target=first),
        plain.event(word("strange type"), sender, at),
    ]
    for event in events:
        yield plain.post(SHARED_SECRET, event)
    whole = json.dumps({"events": [word("no object")]}).encode()
    yield Post(whole, {"content-type": "application/json", SIGNATURE.lower(): sign(SHARED_SECRET, whole)})
    yield from _unreadable(marks, SIGNATURE.lower(), provider)


# --- all others, as the simulator speaks for them --------------------------------------------------------

_KINDS = ("text", "image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "choice")
_CHANGES = ("unsupported", "reaction", "edit", "deletion")


def _vendor(line: Line, config: Mapping[str, str], marks: Marks) -> Iterator[tuple[Line, Post]]:
    speaks = VENDORS[line.provider].line(config, line.hook)
    writer = Writer(_address(line.provider, marks), marks.text(f"{line.provider} name"))
    first = speaks.new_id()
    for kind in (*_KINDS, *_CHANGES):
        id = first if kind == "text" else speaks.new_id()
        with suppress(NotOnThisLine, KeyError):
            yield line, speaks.said(writer, _utterance(line.provider, kind, id, first, marks))
    for state in ("sent", "delivered", "read", "failed"):
        to, handle = _address(line.provider, marks), str(uuid4())
        code = f"not {marks.number(f'{line.provider} code')}" if state == "failed" else ""
        with suppress(NotOnThisLine, ValueError, KeyError):
            url, post = speaks.told(News(speaks.new_id(), state, datetime.now(UTC), to, handle, code))
            if post.body:
                yield replace(line, hook=url if "/hooks/" in url else line.hook), post
    yield line, Post(f'{{"torn": "{marks.text(f"{line.provider} torn")}'.encode(), {})


def _address(provider: str, marks: Marks) -> str:
    """An id may be anything on Viber, and is a number on the pages of Meta and on Telegram."""
    where = f"{provider} address"
    if provider == "viber":
        return marks.name(where)
    number = marks.number(where)
    return number if VENDORS[provider].new_address and provider != "signal" else f"+{number}"


def _utterance(provider: str, kind: str, id: str, first: str, marks: Marks) -> Utterance:
    word = lambda what: marks.text(f"{provider} {kind} {what}")  # noqa: E731
    return Utterance(
        id=id,
        kind=kind,
        at=datetime.now(UTC),
        text="👍" if kind == "reaction" else word("text"),
        file=marks.name(f"{provider} file"),
        mime="image/jpeg",
        filename=word("file name"),
        content=word("content").encode(),
        place=(33.9, 35.5, word("place"), word("street")),
        card=(word("card"), "+" + marks.number(f"{provider} card")),
        choice=(word("choice"), word("title")),
        target=first,
        raw_kind=marks.name(f"{provider} raw kind"),
        subject=word("subject"),
    )


# --- mail, as a mail service brings it -------------------------------------------------------------------

MAIL = {
    "address": "help@aid.example.org",
    "smtp_host": "127.0.0.1",
    "smtp_port": "1",
    "smtp_security": "none",
    "smtp_password": "a password that is nobody's",
    "incoming": "postmark",
    "word": "a-word-that-is-nobodys",
}


def _mails(marks: Marks) -> Iterator[Post]:
    word = lambda what: marks.text(f"email {what}")  # noqa: E731
    for subject, automatic in ((word("subject"), False), (word("away"), True)):
        mail = EmailMessage()
        mail["From"] = f"{marks.name('email name')} <{marks.email('email from')}>"
        mail["To"] = MAIL["address"]
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{marks.email('email id')}>"
        if automatic:
            mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(
            f"{word('text')}\n\nOn Monday wrote:\n> {word('quoted')}\n\n--\n{word('signature')}\n"
        )
        mail.add_alternative(f"<p>{word('html')}</p>", subtype="html")
        mail.add_attachment(word("file").encode(), "text", "plain", filename=f"{word('file name')}.txt")
        told = {"FromName": word("service name"), "RawEmail": mail.as_string(), "Subject": word("service")}
        yield Post(json.dumps(told).encode(), {"content-type": "application/json"})
