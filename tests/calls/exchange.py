"""A telephone company on this machine: plays Twilio's side of a call, from its documents to its callbacks.

`Phone` follows what it is told, as Twilio would; `Browser` is an agent's softphone. What we ask of the company by
its API comes to `Exchange.answer`, from a real HTTP server.
"""

import base64
import hmac
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree.ElementTree import Element, fromstring

from aidline.channels.contract import QUERY, HookRequest
from aidline.channels.models import Channel
from aidline.gateway.deliveries import Raw, seal, store
from aidline.gateway.doors import Door
from aidline.gateway.lines import provider_of
from aidline.gateway.voice import respond
from aidline.kernel.clock import now
from local_server import Answer, Seen

ACCOUNT = "AC00000000000000000000000000000000"
TOKEN = "a token that is nobody's"
NUMBER = "+447700900610"
_count = itertools.count(1)


def sid(kind: str) -> str:
    return f"{kind}{next(_count):032x}"


@dataclass
class Exchange:
    channel: Channel
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    lines: dict[str, "Phone"] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    places: Any = field(default_factory=lambda: itertools.count(1))
    told: list[bytes] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    later: list[Callable[[], object]] = field(default_factory=list)  # done outside of the server's thread
    sound: bytes = b""
    fails: dict[str, int] = field(default_factory=dict)  # by piece of the path: status

    @property
    def door(self) -> Door:
        return Door(self.channel.pk, self.channel.centre_id, "twilio", provider_of(self.channel))

    def sign(self, url: str, fields: dict[str, str]) -> tuple[str, bytes]:
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        mac = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
        return mac, urlencode(fields).encode()

    def post(self, url: str, fields: dict[str, str]) -> Any:
        """A signed request to `/voice/…`."""
        return self.post_at(self.door, url, fields)

    def post_at(self, door: Door, url: str, fields: dict[str, str]) -> Any:
        signature, body = self.sign(url, fields)
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        what = urlsplit(url).path.strip("/").split("/")[3]
        return respond(door, what, HookRequest("POST", url, {}, headers, body))

    def tell(self, **fields: str) -> None:
        """A callback to the ordinary hook, stored as the hooks store it."""
        body = urlencode(fields).encode()
        self.told.append(body)
        self.bring(body)

    def bring(self, *bodies: bytes, query: str = "") -> None:
        kept = {"content-type": "application/x-www-form-urlencoded", QUERY: query}
        raws = [Raw(body, kept) for body in bodies]
        centre = self.channel.centre_id
        store([seal(channel_id=self.channel.pk, centre_id=centre, raw=raw, at=now()) for raw in raws])

    def go_on(self) -> None:
        """What the company was asked to do with lines meanwhile."""
        while self.later:
            self.later.pop(0)()
        for phone in list(self.lines.values()):
            phone.follow()

    def answer(self, seen: Seen) -> Answer:
        form = parse_qs(seen.body.decode())
        path = seen.path.split(f"/Accounts/{ACCOUNT}/")[-1].split("?")[0]
        self.asked.append((seen.method, path, form))
        for piece, status in self.fails.items():
            if piece in path:
                return Answer(status, b'{"code": 20500}' if status != 404 else b'{"code": 20404}')
        return self._do(seen.method, path, form)

    def _do(self, method: str, path: str, form: dict[str, list[str]]) -> Answer:
        parts = path.removesuffix(".json").split("/")
        if parts[0] == "Recordings":
            return self._recording(method, parts)
        if path == "Calls.json":
            phone = Phone(self, form["To"][0], answer_url=form["Url"][0])
            self.lines[phone.sid] = phone
            return _json(201, f'{{"sid": "{phone.sid}"}}')
        if parts[0] == "Calls" and len(parts) == 2:
            return self._call(parts[1], form)
        if parts[0] == "Conferences" and parts[-1] == "Participants":
            phone = Phone(self, form["To"][0])
            phone.label, phone.room = form["Label"][0], self._room(parts[1])
            self.lines[phone.sid] = phone
            return _json(201, f'{{"call_sid": "{phone.sid}"}}')
        if parts[0] == "Conferences" and method == "DELETE":
            self.later.append(self.lines[parts[3]].leave_room)
            return Answer(204)
        if parts[0] == "Conferences" and len(parts) == 1:
            return _json(200, '{"conferences": []}')
        return _json(200, "{}")

    def _room(self, given: str) -> str:
        """Our name of it, whichever of the two names was used."""
        return next((name for name, theirs in self.rooms.items() if theirs == given), given)

    def _call(self, call_sid: str, form: dict[str, list[str]]) -> Answer:
        phone = self.lines.get(call_sid)
        if phone is None or phone.over:
            return _json(404, '{"code": 20404}')
        if "Url" in form:
            phone.redirected = form["Url"][0]
        if form.get("Status") == ["completed"]:
            self.later.append(phone.hang_up)
        return _json(200, "{}")

    def _recording(self, method: str, parts: list[str]) -> Answer:
        if method == "DELETE":
            self.deleted.append(parts[1])
            return Answer(204)
        return Answer(200, self.sound, {"content-type": "audio/wav"})


def _json(status: int, body: str) -> Answer:
    return Answer(status, body.encode(), {"content-type": "application/json"})


class Phone:
    """One line at the company. `number` is empty where it is withheld."""

    def __init__(self, exchange: Exchange, number: str, answer_url: str = "") -> None:
        self.exchange, self.number, self.answer_url = exchange, number, answer_url
        self.sid = sid("CA")
        self.over = False
        self.heard: list[str] = []
        self.verb: Element | None = None
        self.url = ""
        self.room, self.label = "", ""
        self.redirected = ""
        self.recording = ""
        self.client: dict[str, str] = {}

    # --- what a person does ---

    def dial(self) -> "Phone":
        """Rings, is answered."""
        self.exchange.lines[self.sid] = self
        self.ask(self._voice("answer"))
        return self

    def pick_up(self) -> "Phone":
        """Of a call that we made."""
        self.ask(self.answer_url)
        return self

    def press(self, keys: str) -> "Phone":
        assert self.verb is not None
        assert self.verb.tag == "Gather", self.verb.tag
        self.ask(self.verb.attrib["action"], Digits=keys)
        return self

    def wait(self) -> "Phone":
        """Nothing is pressed."""
        assert self.verb is not None
        self.ask(self.verb.attrib["action"], **({"Digits": ""} if self.verb.tag == "Gather" else {}))
        return self

    def speak(self, seconds: int = 12, *, told: bool = True, then_hangs_up: bool = False) -> "Phone":
        assert self.verb is not None
        assert self.verb.tag == "Record"
        self.recording = sid("RE")
        action, self.told_at = self.verb.attrib["action"], seconds
        if told:
            self.tell_of_recording(seconds)
        more = {"RecordingSid": self.recording, "RecordingDuration": str(seconds)}
        if then_hangs_up:
            self.ask(action, **more, Digits="hangup", CallStatus="completed")
            self.end()
        else:
            self.ask(action, **more)
        return self

    def tell_of_recording(self, seconds: int, status: str = "completed") -> None:
        self.exchange.tell(
            AccountSid=ACCOUNT,
            CallSid=self.sid,
            RecordingSid=self.recording,
            RecordingStatus=status,
            RecordingDuration=str(seconds),
        )

    def hang_up(self, *, told: bool = True) -> "Phone":
        if not self.over:
            self.leave_room(asks=False)
            self.end(told=told)
        return self

    def end(self, state: str = "completed", *, told: bool = True) -> None:
        self.over = True
        if told:
            self.exchange.tell(AccountSid=ACCOUNT, CallSid=self.sid, CallStatus=state, CallDuration="20")

    def follow(self) -> "Phone":
        """What the company was asked to do with this line meanwhile."""
        if self.redirected:
            url, self.redirected = self.redirected, ""
            self._out_of_room()
            self.ask(url)
        return self

    # --- rooms ---

    def join_room(self) -> None:
        self._tell_room("participant-join")

    def leave_room(self, *, asks: bool = True) -> None:
        verb, was = self.verb, self.room
        self._out_of_room()
        if asks and was and verb is not None and verb.tag == "Dial" and not self.over:
            self.ask(verb.attrib["action"])

    def _out_of_room(self) -> None:
        if self.room:
            self._tell_room("participant-leave")
            self.room = ""

    def _tell_room(self, event: str) -> None:
        rooms = self.exchange.rooms
        self.exchange.tell(
            AccountSid=ACCOUNT,
            ConferenceSid=rooms.setdefault(self.room, sid("CF")),
            FriendlyName=self.room,
            StatusCallbackEvent=event,
            CallSid=self.sid,
            ParticipantLabel=self.label,
            SequenceNumber=str(next(self.exchange.places)),
        )

    # --- documents ---

    def ask(self, url: str, **more: str) -> None:
        self.url, self.asked_with = url, more
        answer = self.exchange.post(url, self._fields(more))
        assert answer.status == 200, (answer.status, answer.body)
        self._play(fromstring(answer.body))

    def again(self) -> bytes:
        """The company did not hear our answer and asks once more."""
        return bytes(self.exchange.post(self.url, self._fields(self.asked_with)).body)

    def _fields(self, more: dict[str, str]) -> dict[str, str]:
        direction = "outbound-api" if self.answer_url else "inbound"
        ours, theirs = NUMBER, self.number or "+266696687"
        way = {"From": ours, "To": theirs} if self.answer_url else {"From": theirs, "To": ours}
        return {
            "AccountSid": ACCOUNT,
            "CallSid": self.sid,
            "CallStatus": "in-progress",
            "Direction": direction,
            **way,
            **self.client,
            **more,
        }

    def _voice(self, what: str) -> str:
        from django.conf import settings

        channel = self.exchange.channel
        return f"{settings.PUBLIC_URL.rstrip('/')}/voice/twilio/{channel.pk}/{what}"

    def _play(self, document: Element) -> None:
        self.verb = None
        for verb in document:
            if verb.tag in ("Say", "Play"):
                self.heard.append(verb.text or "")
            elif verb.tag in ("Gather", "Record", "Dial"):
                self.heard += [one.text or "" for one in verb if one.tag in ("Say", "Play")]
                self.verb = verb
                break
            elif verb.tag == "Redirect":
                return self.ask(verb.text or "")
            elif verb.tag in ("Hangup", "Reject"):
                return self.end()
        if self.verb is not None and self.verb.tag == "Dial":
            conference = self.verb.find("Conference")
            assert conference is not None
            self.room, self.label = conference.text or "", conference.attrib["participantLabel"]
            self.join_room()

    @property
    def last(self) -> str:
        return " ".join(self.heard)


class Browser(Phone):
    """An agent's softphone: connects out, with the ticket that the desk was given."""

    def __init__(self, exchange: Exchange, identity: str, parameters: dict[str, str]) -> None:
        super().__init__(exchange, "")
        self.client = {"From": f"client:{identity}", "To": "", **parameters}

    def connect(self) -> "Browser":
        self.exchange.lines[self.sid] = self
        self.ask(self._voice("softphone"))
        return self
