"""Calls of practice against scripts that are written by hand: what `/voice/…` would answer, and what it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aidline.channels.contract import HookRequest
from aidline.channels.models import Channel
from aidline.channels.registry import load
from aidline.kernel import clock
from aidline.kernel.clock import now
from aidline.simulator import hooks
from aidline.simulator.models import Phone, PracticeCall
from aidline.simulator.telephone import acts, heard, rows
from aidline.simulator.wire import Post
from simulator.practice import network_client

if TYPE_CHECKING:
    from simulator.practice import Practice

Fields = dict[str, str]


@dataclass
class Ours:
    """`scripts` by the last part of an address; what was asked and told, in order."""

    practice: "Practice"
    channel: Channel
    scripts: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, Fields]] = field(default_factory=list)
    told: list[Fields] = field(default_factory=list)

    def url(self, what: str) -> str:
        return f"{hooks.public_url()}/voice/twilio/{self.channel.pk}/{what}"

    @property
    def news(self) -> str:
        return f"{hooks.public_url()}/hooks/twilio/{self.channel.pk}"

    def answer(self, path: str, post: Post) -> tuple[int, str, bytes] | None:
        self._check(path, post)
        what = urlsplit(path).path.rsplit("/", 1)[1]
        self.asked.append((path.rsplit("/", 1)[1], fields_of(post)))
        script = self.scripts.get(what)
        if script is None:
            return 500, "text/html", b"broken"
        return 200, "text/xml", f"<Response>{script}</Response>".encode()

    def hear(self, path: str, post: Post) -> int:
        self._check(path, post)
        self.told.append(fields_of(post))
        return 200

    def _check(self, path: str, post: Post) -> None:
        request = HookRequest("POST", hooks.public_url() + path, {}, dict(post.headers), post.body)
        load("twilio", self.channel.config).verify(request)

    def settle(self) -> None:
        while self.practice.jobs:
            self.practice.jobs.pop(0)()

    def api(self, method: str, path: str, **fields: Any) -> tuple[int, Any]:
        config = self.channel.config
        base = f"{config['base_url']}/2010-04-01/Accounts/{config['account_sid']}/{path}"
        auth = (config["account_sid"], config["auth_token"])
        with network_client() as http:
            found = http.request(method, base, data=fields or None, auth=auth)
        self.settle()
        is_json = "json" in found.headers["content-type"] and found.content
        return found.status_code, found.json() if is_json else found.content

    @contextmanager
    def later(self, seconds: float) -> Iterator[None]:
        with clock.starting_at(now() + timedelta(seconds=seconds)):
            self.settle()
            acts.tick()
            self.settle()
            yield


def fields_of(post: Post) -> Fields:
    found = parse_qs(post.body.decode(), keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


def stage(practice: "Practice", monkeypatch: pytest.MonkeyPatch) -> Ours:
    ours = Ours(practice, practice.channel("twilio", "voice"))
    monkeypatch.setattr(hooks, "_ask", ours.answer)
    monkeypatch.setattr(hooks, "_call", ours.hear)
    monkeypatch.setattr(heard, "_seconds", lambda _url: 1.0)
    return ours


def again(call: PracticeCall) -> PracticeCall:
    found = rows.find(call.pk)
    assert found is not None
    return found


def words(call: PracticeCall) -> list[str]:
    return [line["say"] for line in again(call).heard if "say" in line]


def phone(ours: Ours, number: str = "+447700900123") -> Phone:
    return ours.practice.phone(ours.channel, number)
