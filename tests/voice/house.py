"""The whole gateway in this process, on a database, with agents; the company's API is played by a server beside it.

Jobs run when they like to, the clock goes where the walk sends it, and colleagues do whatever the desk lets them do.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from random import Random
from socketserver import BaseServer
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from django.db.models import Q
from django.http import Http404

from aidline.calls import recordings, starting
from aidline.calls.lines import change_line
from aidline.calls.models import Call, Callback, Leg, Offer, Recording
from aidline.calls.states import CallbackState, Doing, LegState, OfferState, Stage
from aidline.centres.queries import Seat, seat_in
from aidline.centres.states import Role
from aidline.channels.contract.calls import HookRequest
from aidline.channels.contract.voice import Part, voice_address
from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.config.duties import AFTER_DEATH, JOBS
from aidline.flows.models import Entrance, Flow, Version
from aidline.gateway import call_tending, inbound, sites, talking, voice
from aidline.gateway.deliveries import Raw, seal, store
from aidline.gateway.doors import Door
from aidline.gateway.lines import provider_of
from aidline.gateway.tickets import identity_of
from aidline.jobs.work import run_due
from aidline.kernel import clock
from aidline.routing.models import Presence
from aidline.routing.services import phone_here, set_presence
from aidline.routing.states import PresenceState
from factories import make_centre, make_staff
from local_server import Answer, LocalServer, Seen, serving
from voice import planted
from voice.company import HOST, Order, Tongue
from voice.company import Leg as CompanyLeg

FLOW = """
flow: phone
title: Phone
languages: [en, ar, fr]
media: [phone]
start: language
danger: danger
nodes:
  language:
    kind: menu
    keeps: language
    text: {en: Press one for English., ar: اضغط اثنين للعربية., fr: Appuyez sur trois.}
    choices: [{id: en, to: about}, {id: ar, to: about}, {id: fr, to: about}]
    otherwise: person
  about:
    kind: menu
    text: {en: What is it about?, ar: ما الموضوع؟, fr: De quoi s'agit-il ?}
    choices:
      - {id: clinic, to: told, text: {en: The clinic, ar: العيادة, fr: La clinique}}
      - {id: file, to: number, text: {en: My file, ar: ملفي, fr: Mon dossier}}
      - {id: word, to: word, text: {en: Leave a message, ar: رسالة, fr: Un message}}
      - {id: person, to: person, text: {en: A person, ar: شخص, fr: Une personne}}
    otherwise: person
  told:
    kind: message
    text: {en: It is open until five., ar: مفتوح حتى الخامسة., fr: C'est ouvert jusqu'à cinq heures.}
    to: about
  number:
    kind: ask
    wants: number
    keeps: file
    text: {en: Key in its number., ar: أدخل الرقم., fr: Composez le numéro.}
    to: person
    otherwise: person
  word:
    kind: ask
    wants: voice
    keeps: word
    text: {en: Speak after the tone., ar: تكلم بعد الصافرة., fr: Parlez après le signal.}
    to: bye
    otherwise: bye
  bye:
    kind: end
    text: {en: Goodbye., ar: مع السلامة., fr: Au revoir.}
  person:
    kind: hand_over
    text: {en: Somebody comes., ar: لحظة., fr: Un instant.}
    otherwise: word
  danger:
    kind: hand_over
    risk: imminent
    text: {en: Somebody comes now., ar: حالا., fr: Tout de suite.}
"""

_FORMAT = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
WAV = struct.pack("<4sI4s", b"RIFF", 36 + 16000, b"WAVE") + _FORMAT + struct.pack("<4sI", b"data", 16000)
WAV += bytes(16000)


class House:
    """What stays over all walks: a centre, its people, its channel."""

    def __init__(self, tongue: Tongue, server: LocalServer) -> None:
        self.tongue, self.server = tongue, server
        server.answer = self._api
        centre = make_centre()
        names = ("Mira Kessler", "Jonas Weber", "Salma Haddad")
        members = [make_staff(centre, name=name)[1] for name in names]
        members.append(make_staff(centre, Role.SUPERVISOR, "Lena Novak")[1])
        self.members = members
        self.seats = [seat_in(member.staff, centre) for member in members]
        self.channel = self._line(centre)
        self.door = Door(self.channel.pk, centre.pk, tongue.name, provider_of(self.channel))
        self.orders: list[Order] = []
        self.legs: list[CompanyLeg] = []
        self.ids = 0

    def _line(self, centre: Any) -> Channel:
        config = {**self.tongue.config, **self._addresses()}
        channel = create_channel(
            by=None, centre=centre, provider=self.tongue.name, name="Line", config=config
        )
        channel.is_open = True
        channel.save()
        flow = Flow.objects.create(centre=centre, slug="phone", title="Phone", draft=FLOW)
        flow.published = Version.objects.create(flow=flow, number=1, source=FLOW)
        flow.save()
        Entrance.objects.create(channel=channel, calls=flow)
        return channel

    def _addresses(self) -> dict[str, str]:
        names = {"twilio": ("base_url", "content_url"), "vonage": ("base_url", "api_url")}
        return dict.fromkeys(names.get(self.tongue.name, ("base_url",)), self.server.url)

    # --- the company's API ---

    def _api(self, seen: Seen) -> Answer:
        path = urlsplit(seen.path).path.partition("/Accounts/")[2].partition("/")[2]
        form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        kind, *rest = path.removesuffix(".json").split("/")
        if seen.path.endswith(".wav"):
            return Answer(body=WAV, headers={"Content-Type": "audio/x-wav"})
        if kind == "Calls":
            return self._of_call(rest, form)
        if kind == "Conferences":
            return self._of_room(seen.method, rest, form)
        return Answer(204 if seen.method == "DELETE" else 200, b"{}")

    def _of_call(self, rest: list[str], form: dict[str, str]) -> Answer:
        if not rest:
            call_id = self._new_id()
            self.orders.append(Order("dial", call_id, form["Url"], told=form["StatusCallback"]))
            return Answer(201, json.dumps({"sid": call_id}).encode())
        if self._is_over(rest[0]):
            return Answer(400, b'{"code": 21220}')
        does = "redirect" if "Url" in form else "hang_up"
        self.orders.append(Order(does, rest[0], form.get("Url", "")))
        return Answer(200, b"{}")

    def _of_room(self, method: str, rest: list[str], form: dict[str, str]) -> Answer:
        if len(rest) == 2 and rest[1] == "Participants" and method == "POST":
            call_id = self._new_id()
            told = form["ConferenceStatusCallback"]
            self.orders.append(Order("invite", call_id, room=rest[0], label=form["Label"], told=told))
            return Answer(201, json.dumps({"call_sid": call_id}).encode())
        if len(rest) < 3:
            return Answer(200, b'{"conferences": [], "participants": []}')
        if not any(leg.id == rest[2] and leg.room for leg in self.legs):
            return Answer(404, b'{"code": 20404}')
        if method == "DELETE":
            self.orders.append(Order("remove", rest[2]))
        return Answer(204 if method == "DELETE" else 200, b"{}")

    def _is_over(self, call_id: str) -> bool:
        return not any(leg.id == call_id and not leg.over for leg in self.legs)

    def _new_id(self) -> str:
        self.ids += 1
        return f"CA{self.ids:032x}"


class Day:
    """One walk in the house."""

    def __init__(self, house: House, random: Random) -> None:
        self.house, self.random = house, random
        hook = hook_url(house.channel)
        self.answer_url = voice_address(hook, "answer")
        self.softphone_url = voice_address(hook, "softphone")
        house.tongue.hook_url = hook
        self.is_closed = False
        self.told: list[Order] = []
        Callback.objects.filter(state=CallbackState.WAITING).update(state=CallbackState.CANCELLED)
        self._settings()
        self._come()

    def _settings(self) -> None:
        flip = self.random.random
        changes = {
            "records_calls": flip() < 0.5,
            "asks_consent": flip() < 0.5,
            "records_voicemail_after_yes": flip() < 0.3,
            "wrap_up_seconds": self.random.choice((0, 30)),
            "longest_wait_minutes": self.random.choice((0, 15)),
        }
        change_line(by=self.house.seats[0].staff, channel=self.house.channel, changes=changes)
        sites.forget()

    def _come(self) -> None:
        for member in self.house.members[: self.random.randint(0, 4)]:
            set_presence(membership=member, state=PresenceState.AVAILABLE)
            phone_here(membership=member, here=True)

    def meet(self, legs: list[CompanyLeg]) -> None:
        self.house.legs = legs

    # --- questions and news ---

    def answer(self, request: HookRequest) -> bytes:
        what = urlsplit(request.url).path.split("/")[4]
        found = voice.respond(self.house.door, what, request)
        assert found.status == 200, (found.status, request.url)
        return found.body

    def tell(self, request: HookRequest) -> None:
        self.house.door.provider.verify(request)
        channel = self.house.channel
        raw = Raw(request.body, request.kept())
        store([seal(channel_id=channel.pk, centre_id=channel.centre_id, raw=raw, at=clock.now())])
        while inbound.drain():
            pass

    def orders(self) -> list[Order]:
        if self.is_closed or self.random.random() < 0.8:
            self._work()
        found, self.house.orders = [*self.told, *self.house.orders], []
        self.told = []
        return [self._named(order) for order in found]

    def _work(self) -> None:
        while run_due(JOBS, AFTER_DEATH, limit=50):
            pass

    def _named(self, order: Order) -> Order:
        """A room by our own name; the company gives it an id of its own."""
        if order.does != "invite" or not order.room.startswith("CF"):
            return order
        names = (str(pk) for pk in Call.objects.exclude(stage=Stage.OVER).values_list("pk", flat=True))
        room = next((name for name in names if room_id(name) == order.room), "")
        return Order("invite", order.call_id, room=room, label=order.label, told=order.told)

    def begun(self, order: Order, call_id: str) -> None:
        """The company gave it a number when it was asked to."""

    # --- colleagues ---

    def acts(self) -> list[Callable[[], None]]:
        if self.is_closed:
            return []
        some = self.random.sample(self.house.seats, len(self.house.seats))
        return next(filter(None, (list(self._of(seat)) for seat in some)), [])

    def _of(self, seat: Seat) -> Iterator[Callable[[], None]]:
        offer = talking.offer_of(seat)
        if offer:
            yield from (partial(self._accept, seat, offer),) * 3
            yield partial(talking.reject, seat, offer.pk)
        call = talking.call_of(seat)
        if call:
            yield from (partial(self._try, act, seat, call) for act in self._in_call(seat))
        elif seat == self.house.seats[-1]:
            yield from self._supervising(seat)

    def _in_call(self, seat: Seat) -> Iterator[Callable[[Seat, Call], Any]]:
        other = self.random.choice([one for one in self.house.members if one != seat.membership])
        flag = self.random.random() < 0.5
        yield partial(_call, talking.hold, on=flag)
        yield partial(_call, talking.consult, membership=other)
        yield partial(_call, talking.finish_transfer)
        yield partial(_call, talking.give_up_transfer)
        yield partial(_call, talking.transfer, membership=self.random.choice((None, other)))
        yield partial(_call, talking.add_third, number="+447700900500")
        yield partial(_call, talking.pause_recording, paused=flag)
        yield partial(_call, talking.leave)
        yield partial(_call, talking.change_part, part=Part.WHISPERER)
        yield partial(_call, talking.change_part, part=Part.BARGER)

    def _try(self, act: Callable[[Seat, Call], Any], seat: Seat, call: Call) -> None:
        with suppress(Http404, talking.CannotCall):
            act(seat, call)

    def _supervising(self, seat: Seat) -> Iterator[Callable[[], None]]:
        for call in Call.objects.filter(centre=seat.centre, stage__in=[Stage.CONNECTED, Stage.LEFT])[:2]:
            for part in (Part.LISTENER, Part.WHISPERER, Part.BARGER):
                yield partial(self._connect, seat, partial(talking.supervise, seat, call, part))
            yield partial(self._connect, seat, partial(talking.take_over, seat, call))

    def _accept(self, seat: Seat, offer: Offer) -> None:
        self._connect(seat, partial(talking.accept, seat, offer.pk))

    def _connect(self, seat: Seat, take: Callable[[], talking.Ticket | None]) -> None:
        """Now and then the browser does not come through."""
        ticket = take()
        if ticket and seat.membership and self.random.random() < 0.95:
            identity = identity_of(seat.membership)
            self.told.append(Order("softphone", parameters=ticket.parameters(), identity=identity))

    # --- time ---

    def wait(self, seconds: int) -> None:
        """What is done every second is done a few times in a long while, and now and then in a short one."""
        if seconds > 30:
            for _ in range(3):
                self._later(seconds / 3)
                recordings.tell_of_lost()
                self._tend()
            return
        self._later(seconds)
        if self.random.random() < 0.3:
            self._tend()

    def _later(self, seconds: float) -> None:
        clock._shift.set(clock._shift.get() + timedelta(seconds=seconds))

    def _tend(self) -> None:
        here = Presence.objects.exclude(state=PresenceState.OFFLINE)
        here.update(seen_at=clock.now(), phone_at=clock.now())
        call_tending.tend()
        self._work()

    def close(self) -> None:
        self.is_closed = True
        Presence.objects.update(state=PresenceState.OFFLINE)

    # --- what it believes ---

    def _call(self, call_id: str) -> Call | None:
        channel = self.house.channel
        return starting.find(channel_id=channel.pk, centre_id=channel.centre_id, external_id=call_id)

    def is_live(self, call_id: str) -> bool:
        call = self._call(call_id)
        return call is not None and call.stage != Stage.OVER

    def is_waiting(self, call_id: str) -> bool:
        call = self._call(call_id)
        return call is not None and call.doing in (Doing.QUEUE, Doing.NUMBER)

    def left_over(self) -> list[str]:
        """Once all is over: who is believed to be in a call still, what is believed to ring."""
        live = Call.objects.exclude(stage=Stage.OVER)
        legs = Leg.objects.filter(~Q(state=LegState.LEFT))
        offers = Offer.objects.filter(state=OfferState.PENDING, call__isnull=False)
        untold = Recording.objects.filter(state=Recording.State.MADE)
        found = {
            "recording": untold.values_list("state", flat=True),
            "call": live.values_list("stage", flat=True),
            "leg": legs.values_list("part", flat=True),
            "offer": offers.values_list("kind", flat=True),
        }
        return [f"{name} {value}" for name, values in found.items() for value in values]


def _call(act: Callable[..., Any], seat: Seat, call: Call, **more: Any) -> Any:
    return act(seat, call, **more)


def room_id(name: str) -> str:
    return "CF" + hashlib.md5(name.encode()).hexdigest()


@contextmanager
def opened(tongue: Tongue, plant: str = "") -> Iterator[Callable[[Random], Day]]:
    from django.conf import settings

    with ExitStack() as stack:
        server = stack.enter_context(serving())
        stack.enter_context(patch.object(settings, "PUBLIC_URL", HOST))
        stack.enter_context(patch.object(voice, "close_old_connections"))  # there is one, and a test is in it
        stack.enter_context(patch.object(BaseServer, "handle_error"))  # who hangs up is no news
        stack.enter_context(clock.starting_at(clock.now()))
        if plant:
            stack.enter_context(planted.FAULTS[plant]())
        house = House(tongue, server)
        yield lambda random: Day(house, random)
