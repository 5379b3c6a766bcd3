"""Vonage as a telephone company: its JSON, its token, its events, its lists of actions. See `voice.walker`."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aidline.channels.contract.calls import HookRequest
from aidline.kernel import clock
from voice import ncco_rules
from voice.company import HOST, End, Enter, Go, Heard, Keys, Leg, Ring, Speak, Step

_STATES = {"no-answer": "unanswered"}


class Vonage:
    name = "vonage"
    rooms = True

    def __init__(self, config: dict[str, str], hook_url: str = f"{HOST}/hooks/vonage/1") -> None:
        self.hook_url, self.config = hook_url, config

    def complaints(self, document: bytes) -> list[str]:
        return ncco_rules.complaints(document)

    def read(self, document: bytes) -> list[Step]:
        """What has been done to its end is the end of the call."""
        actions = json.loads(document)
        return [*(step for one in actions for step in _steps(one)), End(refused=not actions)]

    def ask(self, leg: Leg, url: str, **what: str) -> HookRequest:
        whole: dict[str, Any] = {"uuid": leg.id, "conversation_uuid": f"CON-{leg.id}"}
        if not leg.asked or what.get("ended"):
            own = self.config["sender"]
            whole |= {"from": own, "to": leg.number[1:]} if leg.out else {"from": leg.number[1:], "to": own}
        if what.get("ended"):
            whole["status"] = "completed"
        if "keys" in what:
            whole["dtmf"] = {"digits": what["keys"], "timed_out": not what["keys"]}
        if what.get("mark"):
            whole["payload"] = {"next": "script", "recorded": what["mark"]}
        if not leg.asked and leg.id[-1] in "01234567":
            return self._by_get(url, whole)
        return self._signed(url, whole)

    def state(self, leg: Leg, word: str) -> HookRequest:
        whole = {
            "uuid": leg.id,
            "conversation_uuid": f"CON-{leg.id}",
            "status": _STATES.get(word, word),
            "duration": str(leg.seconds),
            "timestamp": "2026-11-22T11:59:30.000Z",
        }
        return self._signed(self.hook_url, whole)

    def moved(self, leg: Leg, room: Enter, word: str, place: int) -> HookRequest | None:
        if word != "join":
            return None
        whole = {
            "uuid": leg.id,
            "conversation_uuid_to": f"CON-{room.room}",
            "conversation_uuid_from": "CON-1",
        }
        return self._signed(self.hook_url, whole)

    def recorded(self, leg: Leg, step: Speak, recording: str, *, failed: bool) -> HookRequest | None:
        if failed:
            return None
        whole = {
            "recording_url": f"https://api.nexmo.com/v1/files/{recording}",
            "recording_uuid": recording,
            "conversation_uuid": f"CON-{leg.id}",
            "start_time": "2026-11-22T11:59:30Z",
            "end_time": "2026-11-22T11:59:37Z",
        }
        return self._signed(step.told, whole)

    def _by_get(self, url: str, whole: dict[str, Any]) -> HookRequest:
        joint = "&" if "?" in url else "?"
        url = f"{url}{joint}{urlencode({name: str(value) for name, value in whole.items()})}"
        query = dict(parse_qsl(urlsplit(url).query))
        return HookRequest("GET", url, query, {"authorization": self._token(b"")}, b"")

    def _signed(self, url: str, whole: dict[str, Any]) -> HookRequest:
        body = json.dumps(whole).encode()
        headers = {"content-type": "application/json", "authorization": self._token(body)}
        return HookRequest("POST", url, dict(parse_qsl(urlsplit(url).query)), headers, body)

    def _token(self, body: bytes) -> str:
        now = int(clock.now().timestamp())
        claims = {"iat": now, "exp": now + 300, "jti": "1", "iss": "Vonage"}
        claims |= {"payload_hash": hashlib.sha256(body).hexdigest()} if body else {}  # type: ignore[dict-item]
        signed = ".".join(
            _packed(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, claims)
        )
        mac = hmac.digest(self.config["signature_secret"].encode(), signed.encode(), "sha256")
        return f"Bearer {signed}.{_packed(mac)}"


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _steps(action: dict[str, Any]) -> list[Step]:
    match action["action"]:
        case "talk" | "stream":
            return [Heard()]
        case "input":
            return [Keys(action["eventUrl"][0], action["dtmf"]["maxDigits"])]
        case "record":
            told = action["eventUrl"][0]
            return [Speak("", told, dict(parse_qsl(urlsplit(told).query)).get("recorded", "unmarked"))]
        case "conversation":
            return [Enter(action["name"], "", begins=action["startOnEnter"])]
        case "connect":
            return [Ring(action["endpoint"][0]["number"], "")]
        case "notify":
            return [Go(action["eventUrl"][0], action["payload"].get("recorded", ""))]
    return []
