"""The smallest office that can take calls: a menu, something to hear, a queue, agents, a voicemail. No database.

It shows that the walkers walk, and that they find each fault that can be planted in it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aidline.channels import registry
from aidline.channels.contract.calls import HookRequest
from aidline.channels.contract.voice import (
    OVER,
    CallRecording,
    CallRequest,
    CallStatus,
    Connect,
    Enqueue,
    Gather,
    Hangup,
    Moment,
    Part,
    Record,
    Redirect,
    RoomChange,
    Say,
    Script,
    Transfer,
    Verb,
    voice_address,
)
from voice.company import HOST, Leg, Order, Tongue

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FAULTS = ("relative", "no-way-on", "steps", "lost", "dumb", "stale", "thought-over", "endless", "verb")


def _without_way_on(body: bytes) -> bytes:
    body = re.sub(rb"<Redirect[^<]*</Redirect></Response>", b"</Response>", body)
    return re.sub(rb', \{"action": "notify"[^]]*\], "eventMethod": "POST"\}\]', b"]", body)


_DAMAGES: Mapping[str, Callable[[bytes], bytes]] = {
    "relative": lambda body: body.replace(HOST.encode(), b""),
    "no-way-on": _without_way_on,
    "verb": lambda body: (
        body.replace(b"<Say", b"<Speak").replace(b"/Say", b"/Speak").replace(b'"talk"', b'"speak"')
    ),
}


@dataclass
class Call:
    id: str
    external: str
    step: int = 0
    stage: str = "menu"
    silent: int = 0
    waited: int = 0
    script: Script = ()
    agent: str = ""  # their leg, once one has accepted
    agent_external: str = ""


class TinyOffice:
    def __init__(self, tongue: Tongue, fault: str = "") -> None:
        self.tongue, self.fault = tongue, fault
        self.provider: Any = registry.load(tongue.name, tongue.config)
        word = getattr(self.provider, "hook_word", "")
        self.hook_url = "/".join(filter(None, (f"{HOST}/hooks/{tongue.name}/1", word)))
        self.answer_url = voice_address(self.hook_url, "answer")
        self.softphone_url = voice_address(self.hook_url, "softphone")
        self.calls: dict[str, Call] = {}
        self.told: list[Order] = []
        self.open = True
        self.recordings: set[str] = set()

    # --- questions ---

    def answer(self, request: HookRequest) -> bytes:
        self.provider.verify(request)
        asked = self.provider.call_request(request)
        if "/softphone" in request.url:
            return self._rendered(self._of_agent(asked))
        query = dict(parse_qsl(urlsplit(request.url).query))
        call = self._call(asked, query.get("call", ""))
        if asked.ended:
            self._over(call)
            return self._rendered(())
        now = int(query.get("at", "0")) == call.step or self.fault == "steps"
        if call.stage != "over" and now:
            call.step += 1
            call.script = self._next(call, asked)
        return self._rendered(call.script)

    def _call(self, asked: CallRequest, ours: str) -> Call:
        for call in self.calls.values():
            if call.id == ours or (not ours and call.external == asked.call_id):
                return call
        made = Call(f"call-{len(self.calls)}", asked.call_id)
        self.calls[made.id] = made
        return made

    def _rendered(self, script: Script) -> bytes:
        body: bytes = self.provider.script(script).body
        return _DAMAGES[self.fault](body) if self.fault in _DAMAGES else body

    def _next(self, call: Call, asked: CallRequest) -> Script:
        stages: dict[str, Callable[[Call, CallRequest], Script]] = {
            "menu": self._menu,
            "queue": self._queue,
            "voicemail": self._spoken,
            "connected": self._left,
        }
        return stages[call.stage](call, asked)

    def _then(self, call: Call) -> str:
        return f"{voice_address(self.hook_url, 'turn')}?call={call.id}&at={call.step}"

    # --- stages ---

    def _menu(self, call: Call, asked: CallRequest) -> Script:
        if asked.digits.startswith("1"):
            return self._say(call, "It is open from nine to five.", Redirect(self._then(call)))
        if asked.digits[:1] in ("2", "0"):
            return self._wait(call)
        if asked.digits.startswith("3"):
            return self._voicemail(call)
        call.silent = 0 if asked.digits else call.silent + 1
        if call.silent > 3 and self.fault != "endless":
            call.stage = "over"
            return self._say(call, "Goodbye.", Hangup())
        if self.fault == "dumb":
            return (Hangup(),)
        return (Gather((Say("One, two or three?", "en"),), self._then(call)),)

    def _say(self, call: Call, words: str, verb: Verb) -> Script:
        return (Say(words, "en"), verb)

    def _wait(self, call: Call) -> Script:
        call.stage = "queue"
        call.waited += 1
        if call.agent:
            return self._connect(call)
        if not self.open or call.waited > 30:
            return self._voicemail(call)
        return (Enqueue((Say("Please wait.", "en"),), self._then(call), f"{HOST}/voice/sound/tune.wav"),)

    def _queue(self, call: Call, asked: CallRequest) -> Script:
        return self._voicemail(call) if asked.digits == "1" else self._wait(call)

    def _voicemail(self, call: Call) -> Script:
        call.stage = "voicemail"
        return (Record(self._then(call), self.hook_url, (Say("Speak.", "en"),)),)

    def _spoken(self, call: Call, asked: CallRequest) -> Script:
        if asked.recording:
            self.recordings.add(asked.recording)
        call.stage = "over"
        return self._say(call, "Thank you.", Hangup())

    def _connect(self, call: Call) -> Script:
        call.stage = "connected"
        if not self.tongue.rooms:
            return (Transfer("+447700900600", self.tongue.config["voice_number"], self._then(call)),)
        return (self._room(call, Part.CALLER, "caller", self._then(call)),)

    def _room(self, call: Call, part: Part, label: str, then: str) -> Connect:
        return Connect(call.id, part, label, self.hook_url, then)

    def _left(self, call: Call, asked: CallRequest) -> Script:
        """Nobody is with the caller any more: they wait again."""
        call.agent, call.agent_external = "", ""
        return self._wait(call)

    def _of_agent(self, asked: CallRequest) -> Script:
        call = self.calls.get(asked.parameters.get("leg", "").partition("_")[0])
        if call is None or asked.ended:
            return (Hangup(),)
        return (
            self._room(call, Part.AGENT, asked.parameters["leg"], f"{voice_address(self.hook_url, 'gone')}"),
        )

    # --- news ---

    def tell(self, request: HookRequest) -> None:
        self.provider.verify(request)
        for event in self.provider.parse(request.body, request.kept(), AT):
            match event:
                case CallStatus(call_id, state) if state in OVER:
                    self._gone(call_id)
                case RoomChange(moment=Moment.LEFT, call_id=call_id):
                    self._agent_gone(call_id)
                case RoomChange(moment=Moment.JOINED, call_id=call_id):
                    self._came(call_id)
                case CallRecording(recording_id):
                    self.recordings.add(recording_id)

    def _came(self, external: str) -> None:
        for call in self.calls.values():
            if self.fault == "thought-over" and call.external == external:
                call.stage = "over"

    def _gone(self, external: str) -> None:
        self._agent_gone(external)
        for call in self.calls.values():
            if call.external == external:
                self._over(call)

    def _agent_gone(self, external: str) -> None:
        """Leaving a room is no end for a caller: whoever was moved asks again."""
        for call in self.calls.values():
            if external and call.agent_external == external:
                call.agent, call.agent_external = "", ""
                if call.stage == "connected" and self.fault != "lost":
                    self.told.append(Order("redirect", call.external, self._then(call)))

    def _over(self, call: Call) -> None:
        if self.fault != "stale":
            call.stage = "over"

    # --- colleagues ---

    def acts(self) -> list[Callable[[], None]]:
        if not self.open:
            return []
        waiting = [call for call in self.calls.values() if call.stage == "queue" and not call.agent]
        talking = [call for call in self.calls.values() if call.stage == "connected"]
        return [
            *((lambda call=call: self._accept(call)) for call in waiting),
            *((lambda call=call: self._bye(call)) for call in talking),
            *((lambda call=call: self._send_away(call)) for call in talking),
        ]

    def _accept(self, call: Call) -> None:
        call.agent = f"{call.id}_{call.step}"
        given = {"leg": call.agent, "ticket": "1"}
        if self.tongue.rooms:
            how = "softphone" if self.tongue.name == "twilio" else "invite"
            self.told.append(Order(how, room=call.id, parameters=given, label=call.agent, told=self.hook_url))
        if call.step % 2 and self.tongue.rooms:
            self.told.append(Order("redirect", call.external, self._then(call)))

    def _bye(self, call: Call) -> None:
        call.stage = "over"
        self.told.append(Order("hang_up", call.external))

    def _send_away(self, call: Call) -> None:
        if call.agent_external:
            self.told.append(Order("hang_up", call.agent_external))

    def orders(self) -> list[Order]:
        found, self.told = self.told, []
        return found

    def begun(self, order: Order, call_id: str) -> None:
        call = self.calls[order.parameters["leg"].partition("_")[0]]
        if call.agent == order.parameters["leg"]:
            call.agent_external = call_id

    def meet(self, legs: list[Leg]) -> None:
        pass

    def left_over(self) -> list[str]:
        return []

    def wait(self, seconds: int) -> None:
        """A sweep: who is in a room without anybody waits again."""
        if self.fault == "lost" or seconds < 300:
            return
        for call in self.calls.values():
            if call.stage == "connected" and not (self.open and call.agent):
                self.told.append(Order("redirect", call.external, self._then(call)))

    def is_live(self, call_id: str) -> bool:
        return any(call.external == call_id and call.stage != "over" for call in self.calls.values())

    def is_waiting(self, call_id: str) -> bool:
        return any(call.external == call_id and call.stage == "queue" for call in self.calls.values())

    def close(self) -> None:
        self.open = False
