"""Twilio as a telephone company: its form, its signature, its callbacks, its documents. See `voice.walker`."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element, fromstring

from aidline.channels.contract.calls import HookRequest
from voice import twiml_rules
from voice.company import HOST, End, Enter, Go, Heard, Keys, Leg, Ring, Speak, Step

AC = "AC" + "1" * 32
CONFIG = {
    "account_sid": AC,
    "auth_token": "CANARYTOKEN-walker",
    "sender": "+447700900999",
    "api_key_sid": "SK" + "5" * 32,
    "api_key_secret": "CANARYKEY-of-a-walker-thirty-two-signs",
    "twiml_app_sid": "AP" + "6" * 32,
}
_WORDS = {"answered": "in-progress"}
_ROOM_WORDS = {"join": "participant-join", "leave": "participant-leave"}


class Twilio:
    name = "twilio"
    rooms = True

    def __init__(
        self, hook_url: str = f"{HOST}/hooks/twilio/1", config: dict[str, str] | None = None
    ) -> None:
        self.hook_url, self.config = hook_url, config or CONFIG

    def complaints(self, document: bytes) -> list[str]:
        return twiml_rules.complaints(document)

    def read(self, document: bytes) -> list[Step]:
        return [step for element in fromstring(document) for step in _steps(element)]

    def ask(self, leg: Leg, url: str, **what: str) -> HookRequest:
        own = self.config["sender"]
        fields = {
            "CallSid": leg.id,
            "AccountSid": AC,
            "From": f"client:{leg.softphone}" if leg.softphone else own if leg.out else leg.number,
            "To": "" if leg.softphone else leg.number if leg.out else own,
            "Direction": "outbound-api" if leg.out else "inbound",
            "CallStatus": "completed" if what.get("ended") else "in-progress",
            "ApiVersion": "2010-04-01",
            **leg.parameters,
        }
        if "keys" in what:
            fields["Digits"] = what["keys"]
        if what.get("recording"):
            fields |= {"RecordingSid": what["recording"], "RecordingDuration": what["seconds"]}
            fields["Digits"] = "hangup" if what.get("ended") else "#"
        if what.get("dialled"):
            fields["DialCallStatus"] = what["dialled"]
        return self._signed(url, fields)

    def state(self, leg: Leg, word: str) -> HookRequest:
        fields = {
            "CallSid": leg.id,
            "AccountSid": AC,
            "CallStatus": _WORDS.get(word, word),
            "Timestamp": "Sun, 22 Nov 2026 11:59:30 +0000",
        }
        if word == "completed":
            fields["CallDuration"] = str(leg.seconds)
        return self._signed(self.hook_url, fields)

    def moved(self, leg: Leg, room: Enter, word: str, place: int) -> HookRequest | None:
        fields = {
            "ConferenceSid": "CF" + hashlib.md5(room.room.encode()).hexdigest(),
            "FriendlyName": room.room,
            "StatusCallbackEvent": _ROOM_WORDS[word],
            "SequenceNumber": str(place),
            "CallSid": leg.id,
            "ParticipantLabel": room.label,
            "AccountSid": AC,
        }
        return self._signed(room.told, fields) if room.told else None

    def recorded(self, leg: Leg, step: Speak, recording: str, *, failed: bool) -> HookRequest:
        fields = {
            "CallSid": leg.id,
            "AccountSid": AC,
            "RecordingSid": recording,
            "RecordingStatus": "absent" if failed else "completed",
            "RecordingDuration": "7",
            "RecordingUrl": f"https://api.twilio.com/{recording}",
        }
        return self._signed(step.told, fields)

    def _signed(self, url: str, fields: dict[str, str]) -> HookRequest:
        words = url + "".join(name + fields[name] for name in sorted(fields))
        mac = hmac.new(self.config["auth_token"].encode(), words.encode(), hashlib.sha1).digest()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": base64.b64encode(mac).decode(),
        }
        query = dict(parse_qsl(urlsplit(url).query))
        return HookRequest("POST", url, query, headers, urlencode(fields).encode())


def _steps(element: Element) -> list[Step]:
    found, text = element.attrib, (element.text or "").strip()
    match element.tag:
        case "Say" | "Play":
            return [Heard()]
        case "Gather":
            return [Keys(found["action"], int(found["numDigits"]))]
        case "Record":
            return [Speak(found["action"], found["recordingStatusCallback"])]
        case "Redirect":
            return [Go(text)]
        case "Dial":
            return [_dialled(element)]
        case "Hangup" | "Reject":
            return [End(refused=element.tag == "Reject")]
    return []


def _dialled(dial: Element) -> Step:
    noun = dial[0]
    if noun.tag == "Number":
        return Ring((noun.text or "").strip(), dial.attrib["action"])
    return Enter(
        room=(noun.text or "").strip(),
        then=dial.attrib["action"],
        label=noun.attrib["participantLabel"],
        told=noun.attrib["statusCallback"],
        begins=noun.attrib["startConferenceOnEnter"] == "true",
    )
