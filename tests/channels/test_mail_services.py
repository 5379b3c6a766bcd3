"""Every mail service brings the same mail: what we read of it is what its sender wrote."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from aidline.channels import registry
from aidline.channels.contract import BadSignature, HookRequest, Incoming, Kind, Malformed, Unknown
from aidline.channels.mail_services import SERVICES
from aidline.channels.providers.email import SERVICES as OFFERED
from aidline.channels.wire.mail_events import message_id
from payloads.email import CONFIG, FAILED, PERSON, incoming, mail, plain, report, said, with_file
from payloads.kit import NAME, RECEIVED, WORDS

Wrapped = tuple[bytes, str]
EDGE = "form-edge"


def as_json(content: Any) -> Wrapped:
    return json.dumps(content, ensure_ascii=False).encode(), "application/json"


def as_form(fields: dict[str, str], files: dict[str, tuple[str, str, bytes]] | None = None) -> Wrapped:
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (filename, mime, content) in (files or {}).items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {mime}'
        parts.append(f"--{EDGE}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{EDGE}--\r\n".encode(), f"multipart/form-data; boundary={EDGE}"


# As each service documents it for whole mails; read 2026-11-24 in its pages on inbound mail.
WHOLE: dict[str, Callable[[str], Wrapped]] = {
    "postmark": lambda raw: as_json({"From": PERSON, "RawEmail": raw, "Headers": []}),
    "mailgun": lambda raw: as_form({"recipient": "x", "sender": PERSON, "timestamp": "1", "body-mime": raw}),
    "sendgrid": lambda raw: as_form({"email": raw, "envelope": json.dumps({"from": PERSON, "to": ["x"]})}),
    "mailersend": lambda raw: as_json({"type": "inbound.message", "data": {"id": "1", "raw": raw}}),
    "mandrill": lambda raw: (
        urlencode(
            {"mandrill_events": json.dumps([{"event": "inbound", "ts": 1, "msg": {"raw_msg": raw}}])}
        ).encode(),
        "application/x-www-form-urlencoded",
    ),
    "sparkpost": lambda raw: as_json([{"msys": {"relay_message": _relayed(raw)}}]),
    "postal": lambda raw: as_json(
        {"id": 1, "message": base64.b64encode(raw.encode()).decode(), "base64": True}
    ),
}


def _relayed(raw: str) -> dict[str, Any]:
    content = {"email_rfc822": raw, "email_rfc822_is_base64": False}
    return {"protocol": "smtp", "content": content, "msg_from": PERSON, "rcpt_to": "x"}


def provider(service: str, **more: str) -> Any:
    return registry.load("email", {**CONFIG, "incoming": service, "word": "a word", **more})


def parse(service: str, wrapped: Wrapped) -> Any:
    return provider(service).parse(wrapped[0], {"content-type": wrapped[1]}, RECEIVED)


def test_every_service_that_is_offered_is_known() -> None:
    assert set(OFFERED) == set(SERVICES) == {*WHOLE, "mailjet"}


@pytest.mark.parametrize("service", WHOLE)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.IMAGE, Kind.DOCUMENT, Kind.UNSUPPORTED])
def test_a_whole_mail_is_read_as_if_it_had_lain_in_a_mailbox(service: str, kind: Kind) -> None:
    raw, expected = said()[kind]
    assert parse(service, WHOLE[service](raw.decode())) == [expected]


@pytest.mark.parametrize("service", WHOLE)
def test_a_report_of_a_failure_comes_in_by_a_service_too(service: str) -> None:
    assert parse(service, WHOLE[service](report("failed", "5.1.1").decode())) == [FAILED]


def test_what_a_service_has_taken_apart_is_put_together() -> None:
    heads = [
        ["From", f"{NAME} <{PERSON}>"],
        ["Subject", "Question"],
        ["Message-ID", "<m-1@example.net>"],
        ["Received", "by mail; Sun, 22 Nov 2026 11:59:30 +0000"],
    ]
    joined = "\n".join(f"{name}: {value}" for name, value in heads)
    file = {"attachment-1": ("", "application/pdf", b"inside\r\n--x")}
    forms: dict[str, Wrapped] = {
        "postmark": as_json(
            {
                "Headers": [{"Name": name, "Value": value} for name, value in heads[2:]],
                "FromFull": {"Name": NAME, "Email": PERSON},
                "Subject": "Question",
                "TextBody": WORDS,
                "Attachments": [
                    {"Name": "file", "ContentType": "application/pdf", "Content": _b64(b"inside\r\n--x")}
                ],
            }
        ),
        "mailgun": as_form(
            {
                "message-headers": json.dumps(heads),
                "body-plain": WORDS,
                "attachment-count": "1",
                "timestamp": "1",
                "sender": PERSON,
            },
            file,
        ),
        "sendgrid": as_form(
            {"headers": joined, "text": WORDS, "attachment-info": json.dumps({"attachment-1": {}})}, file
        ),
        "mailjet": as_json(
            {
                "Headers": dict(heads),
                "Text-part": WORDS,
                "Sender": PERSON,
                "Parts": [
                    {
                        "ContentRef": "Attachment1",
                        "Headers": {
                            "Content-Type": "application/pdf",
                            "Content-Disposition": "attachment; filename=file",
                        },
                    }
                ],
                "Attachment1": _b64(b"inside\r\n--x"),
            }
        ),
    }
    for service, wrapped in forms.items():
        (event,) = parse(service, wrapped)
        assert isinstance(event, Incoming), service
        assert (event.text, event.subject, message_id(event.external_id)) == (
            WORDS,
            "Question",
            "m-1@example.net",
        ), service
        assert [ref.content for ref in event.media] == [b"inside\r\n--x"], service
        assert [one.value for one in event.senders] == [PERSON], service
        assert parse(service, wrapped) == [event], service


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_an_empty_sender_of_the_envelope_tells_a_machine() -> None:
    wrapped = as_form({"body-mime": plain(WORDS, Return_Path="").decode(), "sender": "", "timestamp": "1"})
    (event,) = parse("mailgun", wrapped)
    assert event.automatic


def test_a_mail_without_an_id_is_the_same_mail_when_it_comes_again() -> None:
    fields = {"headers": f"From: {PERSON}", "text": WORDS, "html": "<p>x</p>"}
    assert parse("sendgrid", as_form(fields)) == parse("sendgrid", as_form(fields))


def test_large_mails_are_read_in_memory(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django would refuse fields of this size, and write files of this size to the disk as they are."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    raw = with_file("application/pdf", "large.pdf", b"x" * 6_000_000)
    for service in ("mailgun", "sendgrid", "postmark"):
        (event,) = parse(service, WHOLE[service](raw.decode()))
        assert event.media[0].size == 6_000_000
    assert list(tmp_path.iterdir()) == []


def test_news_of_mails_that_were_sent_bring_nothing_and_no_error() -> None:
    assert parse("postmark", as_json({"RecordType": "Delivery"})) == [Unknown("no-mail")]
    assert parse("mailgun", as_json({"event-data": {"event": "opened"}})) == [Unknown("no-mail")]
    assert parse("mailersend", as_json({"type": "activity.sent"})) == [Unknown("no-mail")]
    assert parse("sparkpost", as_json([{"msys": {}}])) == [Unknown("no-mail")]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"type": 7}', b"--form-edge--"])
def test_what_cannot_be_read_is_set_aside_and_nothing_worse(service: str, body: bytes) -> None:
    for content_type in ("application/json", f"multipart/form-data; boundary={EDGE}", "", "x"):
        try:
            found = parse(service, (body, content_type))
        except Malformed:
            continue
        assert all(isinstance(event, Unknown) for event in found)


def test_one_mail_that_cannot_be_read_holds_up_no_other_of_its_call_and_is_shown_as_a_file() -> None:
    good = plain(WORDS).decode()
    told = {"from_email": "basim@example.com", "raw_msg": 7}
    calls = {
        "mandrill": lambda *events: (
            urlencode({"mandrill_events": json.dumps(events)}).encode(),
            "application/x-www-form-urlencoded",
        ),
        "sparkpost": lambda *events: as_json(list(events)),
    }
    events: dict[str, tuple[Any, Any]] = {
        "mandrill": (
            {"event": "inbound", "ts": 1, "msg": told},
            {"event": "inbound", "ts": 1, "msg": {"raw_msg": good}},
        ),
        "sparkpost": (
            {"msys": {"relay_message": {"msg_from": "basim@example.com", "content": {}}}},
            {"msys": {"relay_message": _relayed(good)}},
        ),
    }
    for service, call_of in calls.items():
        bad, fine = events[service]
        first, second = parse(service, call_of(bad, fine))
        assert first == incoming(), service
        assert (second.kind, second.senders[0].value) == (Kind.DOCUMENT, "basim@example.com")
        assert json.loads(second.media[0].content) == bad
        assert parse(service, call_of(bad, fine)) == [first, second]
        with pytest.raises(Malformed):
            parse(service, call_of(bad))


# --- who calls -------------------------------------------------------------------------------------------


def call(wrapped: Wrapped, word: str = "a word", **headers: str) -> HookRequest:
    body, content_type = wrapped
    url = f"https://help.example/hooks/email/1/{word}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HookRequest("POST", url, {}, {"content-type": content_type, **named}, body)


def test_a_signature_is_checked_besides_the_word_where_its_key_is_known() -> None:
    signature = hmac.new(b"key", b"1700000000token", hashlib.sha256).hexdigest()
    fields = {"token": "token", "timestamp": "1700000000", "signature": signature, "body-mime": "x"}
    _only_right_ones("mailgun", call(as_form(fields)), call(as_form({**fields, "token": "other"})))
    body = as_json({"type": "inbound.message"})
    right = hmac.new(b"key", body[0], hashlib.sha256).hexdigest()
    _only_right_ones("mailersend", call(body, signature=right), call(body, signature=right[::-1]))
    events = WHOLE["mandrill"]("From: x")
    url = call(events).url
    signed = (
        url + "mandrill_events" + json.dumps([{"event": "inbound", "ts": 1, "msg": {"raw_msg": "From: x"}}])
    ).encode()
    right = base64.b64encode(hmac.new(b"key", signed, hashlib.sha1).digest()).decode()
    _only_right_ones(
        "mandrill", call(events, x_mandrill_signature=right), call(events, x_mandrill_signature="x")
    )


def _only_right_ones(service: str, right: HookRequest, wrong: HookRequest) -> None:
    signing = provider(service, signing_key="key")
    signing.verify(right)
    provider(service).verify(wrong)  # without a key the word alone decides
    with pytest.raises(BadSignature):
        signing.verify(wrong)
    with pytest.raises(BadSignature):
        signing.verify(HookRequest("POST", right.url[:-1], {}, right.headers, right.body))


def test_a_service_that_looks_whether_we_are_there_is_answered() -> None:
    look = HookRequest("HEAD", "https://help.example/hooks/email/1/a word", {}, {}, b"")
    assert provider("mandrill").handshake(look).status == 200
    assert registry.load("email", CONFIG).handshake(look) is None


def test_mails_of_real_life_survive_the_way_through_a_service() -> None:
    raw = mail("Content-Type: text/plain; charset=utf-8", body="ü\nline", Subject="Ü", From=f"Ü <{PERSON}>")
    for service, wrap in WHOLE.items():
        (event,) = parse(service, wrap(raw.decode()))
        assert (event.text, event.subject, event.profile_name) == ("ü\nline", "Ü", "Ü"), service
    assert incoming().text == WORDS
