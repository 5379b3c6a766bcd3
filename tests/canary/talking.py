"""Calls with marked values: a flow that asks for a number, a call back, a third by telephone, what was recorded."""

import base64
import hmac
import io
import wave
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4
from xml.etree.ElementTree import fromstring

from django.conf import settings

from aidline.calls import legs
from aidline.calls.models import Call, Recording
from aidline.calls.recordings import made, told
from aidline.centres.models import Membership
from aidline.channels.contract import HookRequest, Kind
from aidline.channels.contract.voice import Part
from aidline.channels.models import Channel
from aidline.conversations.models import Attachment
from aidline.flows.models import Entrance
from aidline.flows.services import create_flow, publish
from aidline.gateway import media
from aidline.gateway.cleaning import clean_upload
from aidline.gateway.doors import Door
from aidline.gateway.lines import provider_of
from aidline.gateway.voice import respond
from aidline.kernel.clock import now
from aidline.language.models import Transcription

from .marks import Marks

TELEPHONE = {
    "api_key_sid": "SK00000000000000000000000000000000",
    "api_key_secret": "a key that is nobody's",
    "twiml_app_sid": "AP00000000000000000000000000000000",
}
FLOW = """\
flow: number
title: Number
languages: [en]
media: [phone]
start: card
danger: danger
nodes:
  card:
    kind: ask
    text: {en: "Which number is on your card?"}
    wants: number
    keeps: card
    to: person
    otherwise: person
  person:
    kind: hand_over
    text: {en: "A person comes."}
  danger:
    kind: hand_over
    text: {en: "A person comes to you now."}
    risk: imminent
"""


class Caller:
    """Follows what it is told, as the telephone company would."""

    def __init__(self, channel: Channel, number: str) -> None:
        self.channel, self.number, self.sid = channel, number, "CA" + uuid4().hex
        self.action = f"{settings.PUBLIC_URL.rstrip('/')}/voice/twilio/{channel.pk}/answer"

    def ask(self, **more: str) -> None:
        fields = {
            "CallSid": self.sid,
            "From": self.number,
            "To": "+12025550143",
            "Direction": "inbound",
            "CallStatus": "in-progress",
            **more,
        }
        token = str(self.channel.config["auth_token"]).encode()
        signed = self.action + "".join(name + fields[name] for name in sorted(fields))
        mac = base64.b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": mac}
        what = urlsplit(self.action).path.strip("/").split("/")[3]
        door = Door(self.channel.pk, self.channel.centre_id, "twilio", provider_of(self.channel))
        answer = respond(
            door, what, HookRequest("POST", self.action, {}, headers, urlencode(fields).encode())
        )
        found = [one.attrib["action"] for one in fromstring(answer.body).iter() if "action" in one.attrib]
        self.action = found[0] if found else self.action


def talk(channel: Channel, marks: Marks) -> None:
    _with_flow(channel)
    caller = Caller(channel, "+" + marks.number("call From"))
    caller.ask(CallerName=marks.text("call CallerName"))
    caller.ask(Digits=marks.number("call answer to a flow"))
    call = Call.objects.latest("began_at")
    hidden = Caller(channel, "+266696687")
    hidden.ask()
    hidden.ask(Digits="1")
    hidden.ask(Digits="2")
    hidden.ask(Digits=f"00{marks.number('call number to call back')}")
    member = Membership.objects.filter(centre=channel.centre_id).first()
    legs.invite(call, Part.THIRD, number="+" + marks.number("call third"))
    assert member
    _recorded(call, marks)


def _with_flow(channel: Channel) -> None:
    flow = create_flow(by=None, centre=channel.centre, slug="number", title="Number", draft=FLOW)
    publish(by=None, flow=flow)
    flow.refresh_from_db()
    Entrance.objects.update_or_create(channel=channel, defaults={"calls": flow})


def _recorded(call: Call, marks: Marks) -> None:
    """The words are in the file itself, as a player would show them, and in what a machine heard."""
    recording = made(call, "RE" + marks.name("call recording"), Recording.Use.VOICEMAIL, 9)
    told(
        recording,
        ref=f"https://example.org/{marks.name('call recording address')}",
        seconds=9,
        failed=False,
        at=now(),
    )
    attachment = Attachment.objects.get(message=recording.message)
    upload = clean_upload(
        _wav(marks.text("call recording content")),
        marks.name("call recording name"),
        key=call.key_id,
        scope=call.centre_id,
        kind=Kind.VOICE,
    )
    media.keep(attachment, upload)
    heard, _ = Transcription.objects.get_or_create(
        attachment=attachment,
        defaults={"message": recording.message, "centre_id": call.centre_id, "key_id": call.key_id},
    )
    heard.text = marks.text("call transcript")
    heard.save()


def _wav(words: str) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(b"\x10\x20" * 16000)
    info = words.encode()
    return (
        out.getvalue()
        + b"LIST"
        + (len(info) + 12).to_bytes(4, "little")
        + b"INFOICMT"
        + len(info).to_bytes(4, "little")
        + info
    )


def seen() -> dict[str, Any]:
    """That the marked values are really in there."""
    calls = Call.objects.filter(flow_sealed__isnull=False)
    return {
        "calls": calls.count(),
        "answers": sum("card" in str((call.flow or {}).get("run")) for call in calls),
    }
