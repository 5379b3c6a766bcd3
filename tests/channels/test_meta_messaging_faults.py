"""Messenger broken in ways of its own: the suite and the search through odd payloads must say so."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from aidline.channels.contract import Event, Fetched, MediaRef, Outgoing, Sent
from aidline.channels.providers.messenger import Messenger
from aidline.channels.wire import meta_messaging
from channels.conformance import arriving, leaving
from channels.conformance.bench import Bench, bench
from channels.test_never_raises import alter_and_read, thorough
from payloads import messenger

KIT = messenger.KITS[0]


class TakesEchoesForWords(Messenger):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        whole = json.loads(body)
        for entry in whole["entry"]:
            for one in entry.get("messaging", ()):
                if one.get("message", {}).pop("is_echo", False):
                    one["sender"] = one["recipient"]
        return super().parse(json.dumps(whole).encode(), headers, received_at)


class ReadsForEveryPage(Messenger):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        whole = json.loads(body)
        for entry in whole["entry"]:
            entry["id"] = self.account
        return super().parse(json.dumps(whole).encode(), headers, received_at)


class ForgetsWhoseMessageItWas(Messenger):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        return self._say(http, out, {"text": out.text})


class SendsTheKeyToTheFile(Messenger):
    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        return Fetched(http.get(f"{self.api}/{ref.ref}").content, "image/jpeg")


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (TakesEchoesForWords, arriving.each_status_is_read_whatever_came_before),
        (ReadsForEveryPage, arriving.a_right_signature_for_another_channel_brings_nothing_in),
        (ReadsForEveryPage, arriving.a_batch_gives_every_message_in_order),
        (ForgetsWhoseMessageItWas, leaving.our_own_id_travels_with_the_message),
        (SendsTheKeyToTheFile, leaving.a_file_that_is_gone_is_given_up_and_a_busy_one_waits),
    ],
    ids=lambda one: one.__name__,
)
def test_the_suite_catches(broken: type, check: Callable[[Bench], None]) -> None:
    with bench(KIT) as sound:
        check(sound)
    with bench(KIT, broken) as found, pytest.raises((Exception, pytest.fail.Exception)):
        check(found)


@pytest.mark.parametrize(
    ("name", "careless"),
    [
        ("when", lambda value: datetime.fromtimestamp(int(value) / 1000, UTC)),
        ("said", lambda value: value if isinstance(value, str) else ""),
        ("part", lambda value: value or {}),
    ],
)
def test_a_careless_reader_is_found_out(monkeypatch, name: str, careless: Callable[[Any], Any]) -> None:
    monkeypatch.setattr(meta_messaging, name, careless)
    unshrunk = settings(thorough, max_examples=2000, phases=[Phase.generate], derandomize=True)
    search = unshrunk(given(data=st.data())(lambda data: alter_and_read(KIT, data)))
    with pytest.raises(Exception):  # noqa: B017, PT011 each falls over in its own way
        search()
