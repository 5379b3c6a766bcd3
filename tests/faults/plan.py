"""What people will write, and the webhook calls it comes in: batches, duplicates, wrong order. Made beforehand.

People who come over a provider that gives no times, are kept in one lane each: their order is that of the calls.
"""

import json
import random
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from aidline.channels.wire.plain import SIGNATURE
from aidline.simulator.wire import Post, meta, plain, twilio

from .lines import META_NUMBER, SHARED_SECRET, TWILIO_ACCOUNT, Line
from .voices import Voice

DUPLICATES, REORDERED = 0.10, 0.05
OTHERS = 10  # the weight of each further provider
WEIGHTS = {"whatsapp_cloud": 45, "twilio": 25, "simulator": 15, "webchat": 15}
WORDS = (
    "Good morning",
    "صباح الخير",
    "Bonjour",
    "Добрий день",
    "where is the office",
    "шукаю лікаря",
    "أين المكتب",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of one person. `order` counts within the person's thread on that channel."""

    provider: str
    external_id: str
    person: str
    text: str
    at: datetime
    order: int

    @property
    def key(self) -> tuple[str, str]:
        return (self.provider, self.external_id)

    @property
    def thread(self) -> tuple[str, str]:
        return (self.provider, self.person)


@dataclass(frozen=True, slots=True)
class Call:
    """One webhook post, ready for the socket; `lane` calls go one after the other."""

    raw: bytes
    lane: int
    said: tuple[Said, ...] = ()
    is_status: bool = False


@dataclass(slots=True)
class Plan:
    calls: list[Call] = field(default_factory=list)
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    duplicates: int = 0
    reordered: int = 0


def make(
    lines: Mapping[str, Line],
    *,
    posts: int,
    people: int = 400,
    lanes: int = 16,
    seed: int = 1,
    voices: Mapping[str, Voice] | None = None,
) -> Plan:
    return _Maker(lines, random.Random(seed), people, lanes, voices or {}).make(posts)


def raw_request(path: str, post: Post, host: str = "127.0.0.1") -> bytes:
    head = [f"POST {path} HTTP/1.1", f"host: {host}", f"content-length: {len(post.body)}"]
    head += [f"{name}: {value}" for name, value in post.headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + post.body


class _Maker:
    def __init__(
        self,
        lines: Mapping[str, Line],
        dice: random.Random,
        people: int,
        lanes: int,
        voices: Mapping[str, Voice],
    ) -> None:
        self._lines, self._dice, self._people, self._lanes, self._voices = lines, dice, people, lanes, voices
        self._weights = {**WEIGHTS, **dict.fromkeys(voices, OTHERS)}
        self._spoken: dict[tuple[str, str], Post] = {}
        self._untimed = {"twilio"}
        self._start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
        self._orders: dict[tuple[str, str], int] = {}
        self._plan = Plan()
        self._batches: list[tuple[Said, ...]] = []

    def make(self, posts: int) -> Plan:
        duplicates = int(posts * DUPLICATES)
        self._batches = [self._batch() for _ in range(posts - duplicates)]
        self._reorder(int(posts * REORDERED))
        self._number_untimed()
        calls = [self._call(batch) for batch in self._batches]
        for _ in range(duplicates):
            self._put_duplicate(calls)
        self._plan.calls = calls
        self._plan.said = {one.key: one for batch in self._batches for one in batch}
        return self._plan

    # --- what is said --------------------------------------------------------------------------------

    def _batch(self) -> tuple[Said, ...]:
        provider = self._dice.choices(list(self._weights), list(self._weights.values()))[0]
        return tuple(self._say(provider) for _ in range(self._size(provider)))

    def _size(self, provider: str) -> int:
        """1 to 50 messages in a call of Meta's, mostly one; the others are smaller; Twilio sends one."""
        if provider == "twilio" or provider in self._voices:
            return 1
        largest = 50 if provider == "whatsapp_cloud" else 10
        spread = [(1, 1), (2, 5), (6, largest)]
        low, high = self._dice.choices(spread, [75, 20, 5])[0]
        return self._dice.randint(low, high)

    def _say(self, provider: str) -> Said:
        person = self._person(provider)
        order = self._orders[(provider, person)] = self._orders.get((provider, person), 0) + 1
        number = len(self._orders) * 100_000 + order
        text = f"{number} {self._dice.choice(WORDS)} {self._dice.randrange(10**9)}"
        at = self._start + timedelta(seconds=order)
        if provider in self._voices:
            return self._speak(provider, person, text, at, order)
        return Said(provider, _new_id(provider, self._dice), person, text, at, order)

    def _speak(self, provider: str, person: str, text: str, at: datetime, order: int) -> Said:
        spoken = self._voices[provider].says(person, text, at)
        said = Said(provider, spoken.external_id, person, text, at, order)
        self._spoken[said.key] = spoken.post
        if not spoken.timed:
            self._untimed.add(provider)
        return said

    def _person(self, provider: str) -> str:
        if provider in self._voices:
            return self._voices[provider].person()
        number = self._dice.randrange(self._people)
        if provider == "webchat":
            return f"visitor-{number:05d}"
        return f"+3363998{number:04d}"

    # --- disorder ------------------------------------------------------------------------------------

    def _reorder(self, count: int) -> None:
        for _ in range(count):
            here = self._dice.randrange(len(self._batches))
            there = min(here + self._dice.randint(1, 30), len(self._batches) - 1)
            self._batches[here], self._batches[there] = self._batches[there], self._batches[here]
        self._plan.reordered = count

    def _number_untimed(self) -> None:
        """Without times the order of arrival is the order: counted anew after the calls were shuffled."""
        orders: dict[tuple[str, str], int] = {}
        for place, batch in enumerate(self._batches):
            if batch[0].provider in self._untimed:
                one = batch[0]
                orders[one.thread] = orders.get(one.thread, 0) + 1
                self._batches[place] = (replace(one, order=orders[one.thread]),)

    def _put_duplicate(self, calls: list[Call]) -> None:
        """Later than its original: the same bytes, or the same messages in another call."""
        place = self._dice.randrange(len(calls))
        original = calls[place]
        again = original if self._dice.random() < 0.5 else self._call(original.said, again=True)
        calls.insert(min(place + self._dice.randint(1, 200), len(calls)), again)
        self._plan.duplicates += 1

    # --- calls ---------------------------------------------------------------------------------------

    def _call(self, batch: Sequence[Said], *, again: bool = False) -> Call:
        line = self._lines[batch[0].provider]
        spoken = self._spoken.get(batch[0].key)
        raw = raw_request(line.path, spoken or body_of(line, batch, again=again))
        return Call(raw, self._lane(batch), tuple(batch))

    def _lane(self, batch: Sequence[Said]) -> int:
        if batch[0].provider in self._untimed:
            return crc32(batch[0].person.encode()) % self._lanes
        return self._dice.randrange(self._lanes)


def body_of(line: Line, batch: Sequence[Said], *, again: bool = False) -> Post:
    """`again`: the same messages, other bytes, as when a provider bundles anew what was not answered."""
    if line.provider == "whatsapp_cloud":
        return _meta_body(batch, again=again)
    if line.provider == "twilio":
        one = batch[0]
        more = {"SmsStatus": "receiving"} if again else {}
        fields = twilio.message(TWILIO_ACCOUNT, one.person, one.text, sid=one.external_id, **more)
        return twilio.post(TWILIO_ACCOUNT, line.hook, fields)
    return _plain_body(batch, again=again)


def _meta_body(batch: Sequence[Said], *, again: bool) -> Post:
    """One change for each run of messages of one person; anew bundled, each in an entry of its own."""
    values = [
        meta.said(
            META_NUMBER, _customer(one), [meta.text(_customer(one), one.at, one.text, id=one.external_id)]
        )
        for one in (reversed(batch) if again else batch)
    ]
    if not again:
        return meta.post(META_NUMBER, values)
    entries = [
        {"id": META_NUMBER.waba_id, "time": 1, "changes": [{"field": "messages", "value": value}]}
        for value in values
    ]
    return meta.signed(META_NUMBER, {"entry": entries})


def _customer(one: Said) -> meta.Customer:
    return meta.Customer(wa_id=one.person.lstrip("+"), name="Amal")


def _plain_body(batch: Sequence[Said], *, again: bool) -> Post:
    events = [plain.message(one.person, one.at, id=one.external_id, text=one.text) for one in batch]
    post = plain.post(SHARED_SECRET, *events)
    if not again:
        return post
    body = json.dumps({"events": events, "again": True}).encode()
    return Post(body, {**post.headers, SIGNATURE.lower(): plain.sign(SHARED_SECRET, body)})


def _new_id(provider: str, dice: random.Random) -> str:
    if provider == "whatsapp_cloud":
        return "wamid." + b64encode(dice.randbytes(27)).decode()
    return ("SM" if provider == "twilio" else "sim-") + dice.randbytes(16).hex()


# --- what becomes of our messages ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A status of one of ours, as a provider tells it. `handle` is what we had asked to be given back."""

    line: Line
    external_id: str
    state: str
    to: str
    handle: str


CODES = {"whatsapp_cloud": "131026", "twilio": "30003", "simulator": "no-such-person"}


def status_call(told: Told, at: datetime, lane: int, voice: Voice | None = None) -> Call:
    if voice:
        url, post = voice.tells(told.external_id, told.state, at, told.to, told.handle)
        return Call(raw_request("/hooks" + url.partition("/hooks")[2], post), lane, is_status=True)
    path, post = _STATUS[told.line.provider](told, at)
    return Call(raw_request(path, post), lane, is_status=True)


def _meta_status(told: Told, at: datetime) -> tuple[str, Post]:
    code = int(CODES["whatsapp_cloud"]) if told.state == "failed" else 0
    customer = meta.Customer(wa_id=told.to.lstrip("+"))
    one = meta.status(told.external_id, told.state, at, customer, opaque=told.handle, code=code, title="x")
    return told.line.path, meta.post(META_NUMBER, [meta.told(META_NUMBER, [one])])


def _twilio_status(told: Told, at: datetime) -> tuple[str, Post]:
    """To the address that came with the message; the time is only there to make two calls differ."""
    code = CODES["twilio"] if told.state == "failed" else ""
    fields = twilio.status(TWILIO_ACCOUNT, told.external_id, told.state, told.to, code=code)
    fields["RawDlrDoneDate"] = at.isoformat()
    scheme_and_host = told.line.hook.removesuffix(told.line.path)
    return told.handle.removeprefix(scheme_and_host), twilio.post(TWILIO_ACCOUNT, told.handle, fields)


def _plain_status(told: Told, at: datetime) -> tuple[str, Post]:
    code = CODES["simulator"] if told.state == "failed" else ""
    one = plain.receipt(told.external_id, told.state, at, code=code, message=told.handle)
    return told.line.path, plain.post(SHARED_SECRET, one)


_STATUS: dict[str, Any] = {
    "whatsapp_cloud": _meta_status,
    "twilio": _twilio_status,
    "simulator": _plain_status,
}


def ways(provider: str) -> Iterable[tuple[str, ...]]:
    """What may become of a message at each provider, in the right order."""
    read = () if provider == "twilio" else (("sent", "delivered", "read"),)
    return (("sent",), ("sent", "delivered"), ("sent", "failed"), *read)
