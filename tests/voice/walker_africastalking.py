"""Africa's Talking as a telephone company: its form, its word in the address, its documents. See `voice.walker`."""

from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element, fromstring

from aidline.channels.contract.calls import HookRequest
from voice import africastalking_rules
from voice.company import HOST, End, Enter, Go, Heard, Keys, Leg, Ring, Speak, Step

CONFIG = {
    "username": "harbouraid",
    "api_key": "CANARYKEY-walker",
    "secret": "CANARYWORD-walker",
    "voice_number": "+254711082999",
}
_STATES = {"ringing": "Ringing", "answered": "Active", "completed": "Completed"}


class AfricasTalking:
    name = "africastalking"
    rooms = False

    def __init__(self, hook_url: str = "", config: dict[str, str] | None = None) -> None:
        self.config = config or CONFIG
        self.hook_url = hook_url or f"{HOST}/hooks/africastalking/1/{self.config['secret']}"

    def complaints(self, document: bytes) -> list[str]:
        return africastalking_rules.complaints(document)

    def read(self, document: bytes) -> list[Step]:
        """What has been done to its end is the end of the call."""
        root = fromstring(document)
        refused = [one.tag for one in root] == ["Reject"]
        return [*(step for element in root for step in _steps(element)), End(refused=refused)]

    def ask(self, leg: Leg, url: str, **what: str) -> HookRequest:
        fields = {
            "isActive": "0" if what.get("ended") else "1",
            "sessionId": leg.id,
            "direction": "Outbound" if leg.out else "Inbound",
            "callerNumber": leg.number,
            "destinationNumber": self.config["voice_number"],
        }
        if "keys" in what:
            fields["dtmfDigits"] = what["keys"]
        if what.get("recording"):
            fields["recordingUrl"] = f"https://voice.africastalking.com/{what['recording']}.mp3"
        if what.get("ended"):
            fields["durationInSeconds"] = str(leg.seconds)
        return self._form(url, fields)

    def state(self, leg: Leg, word: str) -> HookRequest | None:
        fields = {
            "sessionId": leg.id,
            "isActive": "1" if word in ("ringing", "answered") else "0",
            "callSessionState": _STATES.get(word, "Completed"),
            "hangupCause": {"busy": "USER_BUSY", "no-answer": "NO_ANSWER"}.get(word, "NORMAL_CLEARING"),
        }
        return self._form(self.hook_url, fields)

    def moved(self, leg: Leg, room: Enter, word: str, place: int) -> HookRequest | None:
        return None

    def recorded(self, leg: Leg, step: Speak, recording: str, *, failed: bool) -> HookRequest | None:
        return None

    def _form(self, url: str, fields: dict[str, str]) -> HookRequest:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        query = dict(parse_qsl(urlsplit(url).query))
        return HookRequest("POST", url, query, headers, urlencode(fields).encode())


def _steps(element: Element) -> list[Step]:
    found, text = element.attrib, (element.text or "").strip()
    match element.tag:
        case "Say" | "Play":
            return [Heard()]
        case "GetDigits":
            return [Keys(found["callbackUrl"], int(found["numDigits"]))]
        case "Record":
            return [Speak(found["callbackUrl"])]
        case "Dial":
            return [Ring(found["phoneNumbers"], "")]
        case "Redirect":
            return [Go(text)]
    return []
