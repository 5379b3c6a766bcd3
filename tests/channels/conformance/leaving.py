"""Checks of what goes out, against a real server. Each is a sentence about every provider with a network."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    Choice,
    GiveUp,
    HookRequest,
    Kind,
    Probes,
    RetryLater,
    SendError,
    TemplateUse,
    Uncertain,
    WrongSetting,
)
from aidline.kernel import http, text
from channels.conformance.bench import PATIENCE, Bench
from local_server import Answer


def every_kind_is_sent_once_and_its_id_comes_back(bench: Bench) -> None:
    for kind in bench.can.outbound:
        bench.world.seen.clear()
        sent = bench.send(bench.out(kind))
        if bench.kit.networked:
            assert (sent.external_id, len(bench.messages)) == (bench.kit.sent_id, 1), kind
        else:
            assert (sent.external_id, bench.world.seen) == (str(bench.out().message), [])


def what_cannot_be_said_is_given_up_unsent(bench: Bench) -> None:
    for kind in set(Kind) - bench.can.outbound:
        with pytest.raises(GiveUp):
            bench.send(bench.out(kind))
    assert bench.messages == []


def our_own_id_travels_with_the_message(bench: Bench) -> None:
    """So that a receipt finds it even when the answer to our call was lost."""
    if not bench.kit.knows_our_id:
        return
    out = bench.out(status_url="https://help.example/hooks/x/1?a=b")
    bench.send(out)
    for seen in bench.messages:
        assert str(out.message) in seen.body.decode() + seen.path


def a_long_text_goes_in_parts_that_say_it_all(bench: Bench) -> None:
    words = " ".join(f"كلمة{number}" for number in range(2000))
    parts = text.split(words, bench.can.text_limit, in_bytes=bench.can.text_in_bytes)
    assert len(parts) > 1
    for part in parts:
        bench.send(bench.out(text=part))
    if bench.kit.networked:
        assert [bench.kit.words_of(seen) for seen in bench.messages] == parts


def a_file_over_the_limit_is_given_up_unread(bench: Bench) -> None:
    for kind in bench.can.media:
        too_large = bench.file(kind, beyond=1)
        with pytest.raises(GiveUp):
            bench.send(bench.out(kind, file=too_large))
    assert bench.world.seen == []


def words_beside_a_file_travel_with_it(bench: Bench) -> None:
    """Where they would be dropped the provider says so, and they go out as a message of their own."""
    if not bench.can.caption_limit or not bench.kit.networked:
        return
    for kind in bench.can.captioned & set(bench.can.media):
        bench.world.seen.clear()
        bench.send(bench.out(kind, text="BESIDE"))
        assert any(b"BESIDE" in seen.body + seen.path.encode() for seen in bench.messages), kind


def many_choices_still_go_out(bench: Bench) -> None:
    for many in (*range(1, 13), 30):
        choices = tuple(Choice(f"id-{at}", f"Choice number {at} with a long title") for at in range(many))
        bench.send(bench.out(Kind.CHOICE, choices=choices, text="Which?"))


def a_template_without_parameters_goes_out(bench: Bench) -> None:
    if Kind.TEMPLATE in bench.can.outbound:
        bench.send(bench.out(Kind.TEMPLATE, template=TemplateUse("bye", "fr")))


def each_refusal_has_its_meaning(bench: Bench) -> None:
    for answer, expected in bench.kit.refusals:
        bench.world.seen.clear()
        bench.answer_messages_with(answer)
        with pytest.raises(SendError) as caught:
            bench.send(bench.out())
        assert type(caught.value) is expected, (answer.status, caught.value.code)
        assert len(bench.messages) == 1
        if "Retry-After" in answer.headers:
            assert caught.value.retry_after == timedelta(seconds=7)


def a_busy_or_broken_provider_is_tried_again_later(bench: Bench) -> None:
    if not bench.kit.networked:
        return
    for status in (429, 500, 502, 503, 504):
        bench.world.seen.clear()
        bench.answer_messages_with(Answer(status, b"<html>busy</html>"))
        with pytest.raises(RetryLater):
            bench.send(bench.out())
        assert len(bench.messages) == 1


def garbage_after_success_is_uncertain(bench: Bench) -> None:
    for body in (b"", b"<html>", b"[]", b'"ok"', b"\xff\xfe", b"[" * 50_000):
        _is_uncertain(bench, Answer(200, body))


def silence_after_the_call_is_uncertain_and_never_repeated(bench: Bench) -> None:
    _is_uncertain(bench, Answer(0))
    _is_uncertain(bench, Answer(200, drip=lambda pipe: time.sleep(PATIENCE * 3)))


def a_slow_answer_is_uncertain(bench: Bench) -> None:
    def drip(pipe) -> None:
        pipe.write(b"{")
        pipe.flush()
        time.sleep(PATIENCE * 3)

    _is_uncertain(bench, Answer(200, drip=drip))


def an_endless_answer_is_uncertain(bench: Bench) -> None:
    def pour(pipe) -> None:
        while True:
            pipe.write(b" " * 65_536)

    _is_uncertain(bench, Answer(200, drip=pour))


def a_provider_that_is_not_there_is_tried_again_later(bench: Bench) -> None:
    if not bench.kit.networked:
        return
    nowhere = bench.address_at("127.0.0.1:1")
    with http.client(frozenset({"127.0.0.1:1"})) as client, pytest.raises(RetryLater):
        bench.provider(address=nowhere).send(client, bench.out())


def a_key_with_a_letter_that_no_key_has_breaks_nothing(bench: Bench) -> None:
    """Pages of vendors and messengers paste invisible marks along with a key."""
    for one in registry.config_fields(bench.kit.provider):
        if one.secret and bench.kit.config.get(one.name):
            bad = {**bench.kit.config, one.name: bench.kit.config[one.name] + "\u202a"}
            _no_worse_than_refused(bench, bad)


def a_file_comes_in_whole_and_credentials_stay_home(bench: Bench) -> None:
    if bench.kit.ref is None:
        return
    with bench.client() as client:
        fetched = bench.provider().fetch_media(client, bench.kit.ref(bench.world.url))
    assert (fetched.content, fetched.mime) == (b"the file", "image/jpeg")


def a_file_that_is_gone_is_given_up_and_a_busy_one_waits(bench: Bench) -> None:
    if bench.kit.ref is None:
        return
    for status, expected in ((404, GiveUp), (410, GiveUp), (429, RetryLater), (500, RetryLater)):
        bench.world.answer = lambda _, status=status: Answer(status)
        with bench.client() as client, pytest.raises(expected):
            bench.provider().fetch_media(client, bench.kit.ref(bench.world.url))


def ids_of_files_cannot_walk_about(bench: Bench) -> None:
    """A file's id comes from outside and goes into an address."""
    if bench.kit.ref is None:
        return
    bench.world.answer = lambda _: Answer(404)
    for path in ("../../admin", "a/../../b", "?x=y", "#", "//evil.example/x", "http://169.254.169.254/"):
        ref = bench.kit.ref(bench.world.url)
        with bench.client() as client, pytest.raises(SendError):
            bench.provider().fetch_media(client, type(ref)(path, ref.kind))
    for seen in bench.world.seen:
        assert "/admin" not in seen.path.split("?")[0].replace("%2F", "")


def order_is_that_of_the_calls(bench: Bench) -> None:
    if not bench.kit.networked:
        return
    for number in range(5):
        bench.send(bench.out(text=f"part {number}"))
    words = [bench.kit.words_of(seen) for seen in bench.messages]
    assert all(one < two for one, two in pairwise(words))


def _no_worse_than_refused(bench: Bench, config: Mapping[str, str]) -> None:
    with suppress(SendError, WrongSetting), bench.client() as client:
        bench.provider(config).send(client, bench.out())
    with suppress(SendError, WrongSetting), bench.client() as client:
        provider = bench.provider(config)
        if isinstance(provider, Probes):
            provider.probe(client)
    with suppress(WrongSetting):
        assert not bench.accepts(HookRequest("POST", "https://help.example/hooks/x/1", {}, {}, b"{}"), config)
        bench.accepts(bench.hook(bench.kit.said[Kind.TEXT][0]), config)


def _is_uncertain(bench: Bench, answer: Answer) -> None:
    if not bench.kit.networked:
        return
    bench.world.seen.clear()
    bench.answer_messages_with(answer)
    with pytest.raises(Uncertain):
        bench.send(bench.out())
    assert len(bench.messages) == 1
