"""Mail services bring each mail in a form of their own; django-anymail knows them all and gives the mail back.

It is Django code, so it stands here and not among the providers, which stay pure: `Email` reads mails, and this one
takes them out of a service's call first. The call itself is stored as it came. What proves it is the word in our
address, and where the service signs and its key was entered, the signature as well.

Left out, because they bring only a pointer that must be fetched with a key of the account: Amazon SES (for mails of
more than 150 kB), Brevo, Resend (anymail.dev, "Inbound mail", read 2026-11-24).
"""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.webhooks import mailersend, mailgun, mailjet, mandrill, postal, postmark, sendgrid, sparkpost
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from aidline.channels.contract import BadSignature, HookAnswer, HookRequest, Malformed
from aidline.channels.providers.email import Email
from aidline.channels.wire import mail_reading

_UNUSED = "unused"
_FIELD = "mandrill_events"


@dataclass(frozen=True, slots=True)
class Service:
    """`key`: what anymail calls its signing key; services without one sign nothing that is brought in."""

    view: type[Any]
    key: str = ""


SERVICES: Mapping[str, Service] = {
    "postmark": Service(postmark.PostmarkInboundWebhookView),
    "mailgun": Service(mailgun.MailgunInboundWebhookView, "webhook_signing_key"),
    "sendgrid": Service(sendgrid.SendGridInboundWebhookView),
    "mailersend": Service(mailersend.MailerSendInboundWebhookView, "inbound_secret"),
    "mandrill": Service(mandrill.MandrillCombinedWebhookView, "webhook_key"),
    "mailjet": Service(mailjet.MailjetInboundWebhookView),
    "sparkpost": Service(sparkpost.SparkPostInboundWebhookView),
    "postal": Service(postal.PostalInboundWebhookView, "webhook_key"),
}


class EmailByServices(Email):
    """What the registry knows as `email`."""

    largest_hook = 36 * 1024 * 1024  # a mail of 25 MB in base64, which its service may wrap once more

    def handshake(self, request: HookRequest) -> HookAnswer | None:
        """Mandrill looks with HEAD whether we are there before it takes our address."""
        return HookAnswer() if request.method == "HEAD" and not self.polls else super().handshake(request)

    def verify(self, request: HookRequest) -> None:
        super().verify(request)
        service = SERVICES[self.incoming]
        if service.key and self.signing_key:
            _check(service, self.signing_key, request)

    def mails(self, body: bytes, headers: Mapping[str, str]) -> Sequence[EmailMessage]:
        if self.polls:
            return super().mails(body, headers)
        return mails_of(SERVICES[self.incoming], body, headers.get("content-type", ""))


def _check(service: Service, key: str, request: HookRequest) -> None:
    more = {"webhook_url": request.url} if service is SERVICES["mandrill"] else {}
    given = _request(request.body, request.headers.get("content-type", ""), request.headers)
    try:
        _view(service, {service.key: key, **more}).run_validators(given)
    except (AnymailWebhookValidationFailure, ValueError, TypeError, KeyError, AttributeError):
        raise BadSignature("service") from None


def mails_of(service: Service, body: bytes, content_type: str) -> list[EmailMessage]:
    """The mails in a call, whole. Empty where it brings none (news of mails that were sent, a look whether we are
    there). What anymail cannot read is set aside, because there may be a mail in it.
    """
    try:
        return _mails_in(service, _request(body, content_type, {}))
    except Malformed:
        return _readable_ones(service, body, content_type)


def _mails_in(service: Service, request: HttpRequest) -> list[EmailMessage]:
    view = _view(service, {service.key: _UNUSED} if service.key else {})
    try:
        events = view.parse_events(request)
        return [_whole(event.message) for event in events if getattr(event, "message", None)]
    except AnymailConfigurationError:
        return []
    except Exception:  # it trusts its input, and raises whatever Python does
        raise Malformed("not this service's form") from None


def _readable_ones(service: Service, body: bytes, content_type: str) -> list[EmailMessage]:
    """Nobody's mail waits for what is wrong with somebody else's in the same call. The others are shown as a file."""
    found: list[EmailMessage] = []
    failed: list[EmailMessage] = []
    for event, request in _one_by_one(body, content_type):
        try:
            found += _mails_in(service, request)
        except Malformed:
            failed.append(_unreadable(event))
    if not found:
        raise Malformed("not this service's form")
    return found + failed


def _one_by_one(body: bytes, content_type: str) -> Iterator[tuple[object, HttpRequest]]:
    """The same call with one of its events each: Mandrill's are a field of a form, the others' the body itself."""
    request = _request(body, content_type, {})
    try:
        events = json.loads(request.POST.get(_FIELD) or body)
    except (ValueError, RecursionError):
        return
    for event in events if isinstance(events, list) else ():
        alone = _request(body, content_type, {})
        alone._body = json.dumps([event]).encode()  # noqa: SLF001
        if _FIELD in alone.POST:
            alone.POST[_FIELD] = json.dumps([event])  # type: ignore[misc]
        yield event, alone


def _unreadable(event: object) -> EmailMessage:
    """A mail in the name of whom the service names as its sender, with all that the service told as its file."""
    mail = EmailMessage()
    if sender := _sender(event):
        mail["From"] = sender
    told = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
    mail.add_attachment(told, maintype="text", subtype="plain", filename="mail.txt")
    return mail


def _sender(event: object) -> str:
    """As Mandrill and SparkPost tell it, the two that put several mails into one call."""
    for name in ("msg", "msys", "relay_message"):
        event = event.get(name, event) if isinstance(event, dict) else event
    told = event if isinstance(event, dict) else {}
    return mail_reading.normal(str(told.get("from_email") or told.get("msg_from") or ""))


def _view(service: Service, settings: Mapping[str, str]) -> Any:
    """A new one each time: some remember what they have seen. Its own word is ours already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return service.view(**settings)


def _whole(message: EmailMessage) -> EmailMessage:
    """An empty sender of the envelope tells a report from a mail; some services leave it out of the headers."""
    sender = getattr(message, "envelope_sender", None)
    if sender is not None and "return-path" not in message:
        message["Return-Path"] = f"<{str(sender).strip('<>')}>"
    return mail_reading.readable(message)


# --- a request as anymail wants it -----------------------------------------------------------------------


def _request(body: bytes, content_type: str, headers: Mapping[str, str]) -> HttpRequest:
    """Without Django's own reading of forms, which writes large files to the disk and refuses long fields."""
    request = HttpRequest()
    request.method = "POST"
    request._body = body  # noqa: SLF001 (where Django keeps what it has read)
    request.content_type = content_type.partition(";")[0].strip().lower()
    request.META |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    request.META["CONTENT_TYPE"] = content_type
    fields, files = QueryDict(mutable=True, encoding="utf-8"), MultiValueDict[str, Any]()
    if request.content_type == "multipart/form-data":
        _read_form(body, content_type, fields, files)
    elif request.content_type == "application/x-www-form-urlencoded":
        for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
            fields.appendlist(name, value)
    request.POST, request._files = fields, files  # type: ignore[assignment,attr-defined] # noqa: SLF001
    request.FILES = files
    return request


def _read_form(body: bytes, content_type: str, fields: QueryDict, files: MultiValueDict[str, Any]) -> None:
    """RFC 7578. Nothing is left out, also no file without a name."""
    for head, content in _parts(body, _header("content-type", content_type)):
        name = str(head.get_param("name", "", header="content-disposition") or "")
        filename = head.get_param("filename", header="content-disposition")
        if filename is None:
            fields.appendlist(name, content.decode("utf-8", "replace"))
        else:
            shown = str(head.get_filename() or "") or "file"
            file = InMemoryUploadedFile(
                BytesIO(content), name, shown, head.get_content_type(), len(content), None
            )
            files.appendlist(name, file)


def _parts(body: bytes, head: Message) -> Iterator[tuple[Message, bytes]]:
    edge = str(head.get_param("boundary") or "").encode("utf-8", "replace")
    if not edge:
        return
    for piece in (b"\r\n" + body).split(b"\r\n--" + edge)[1:]:
        if piece.startswith(b"--"):
            return
        top, _, content = piece.partition(b"\r\n\r\n")
        lines = (line.partition(":") for line in top.decode("utf-8", "replace").strip().split("\r\n"))
        found = Message()
        for name, _colon, value in lines:
            found[name.strip() or "x"] = value.strip()
        yield found, content


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message
