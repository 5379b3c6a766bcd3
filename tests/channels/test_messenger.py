"""What only Messenger has: echoes, moments instead of messages, the tag for people, uploads, the page's hook."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aidline.channels.contract import ChannelDown, Choice, GiveUp, HookState, Kind, RetryLater, Uncertain
from aidline.channels.wire import meta as shared_wire
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import messenger, meta_messaging

CONFIG = messenger.CONFIG


@pytest.fixture
def page() -> Iterator[Bench]:
    with bench(messenger.KITS[0]) as found:
        yield found


def with_config(**more: str) -> Iterator[Bench]:
    with bench(replace(messenger.KITS[0], config={**CONFIG, **more})) as found:
        yield found


@pytest.fixture
def answering_for_a_week() -> Iterator[Bench]:
    yield from with_config(human_agent="yes")


@pytest.fixture
def proving() -> Iterator[Bench]:
    yield from with_config(secret_proof="yes")


def body(seen: Seen) -> dict[str, Any]:
    return json.loads(seen.body)


def test_the_whole_request_for_an_answer(page: Bench) -> None:
    page.send(page.out(text="hello", reply_to="m_theirs"))
    (seen,) = page.messages
    assert (seen.path, seen.headers["authorization"]) == (
        "/v25.0/100000000000101/messages",
        "Bearer CANARYTOKEN-page",
    )
    assert body(seen) == {
        "recipient": {"id": messenger.PSID},
        "messaging_type": "RESPONSE",
        "message": {"text": "hello", "metadata": str(messenger.MESSAGE)},
        "reply_to": {"mid": "m_theirs"},
    }


def test_a_file_is_uploaded_before_it_is_sent(page: Bench) -> None:
    page.send(page.out(Kind.DOCUMENT))
    upload, sent = page.world.seen
    assert upload.path == "/v25.0/100000000000101/message_attachments"
    assert b'{"attachment": {"type": "file", "payload": {"is_reusable": true}}}' in upload.body
    assert b"the bytes" in upload.body
    assert body(sent)["message"]["attachment"] == {
        "type": "file",
        "payload": {"attachment_id": "1857777774821032"},
    }


def test_an_upload_that_fails_has_said_nothing_yet(page: Bench) -> None:
    for answer in (Answer(500), Answer(0), Answer(200, b"{}")):
        page.world.answer = lambda _, answer=answer: answer
        with pytest.raises(RetryLater):
            page.send(page.out(Kind.IMAGE))
    assert page.messages == []


def test_words_beside_a_file_are_never_lost_in_silence(page: Bench) -> None:
    with pytest.raises(GiveUp):
        page.send(page.out(Kind.IMAGE, text="look at this"))
    assert page.world.seen == []


def choices(*titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"id-{at}", title) for at, title in enumerate(titles))


@pytest.mark.parametrize(
    ("titles", "native"),
    [
        (("Yes", "No"), True),
        (tuple(str(at) for at in range(13)), True),
        (tuple(str(at) for at in range(14)), False),
        (("x" * 20,), True),
        (("x" * 21,), False),
        (("😀" * 10,), True),
        (("😀" * 11,), False),
        (("Same", "Same"), False),
        (("",), False),
    ],
)
def test_choices_are_quick_replies_as_far_as_they_fit(
    page: Bench, titles: tuple[str, ...], native: bool
) -> None:
    page.send(page.out(Kind.CHOICE, text="Which?", choices=choices(*titles)))
    message = body(page.messages[0])["message"]
    assert ("quick_replies" in message) is native
    if native:
        assert message["quick_replies"][0] == {
            "content_type": "text",
            "title": titles[0],
            "payload": "id-0",
        }
    else:
        assert message["text"].startswith(f"Which?\n\n1. {titles[0]}")


def test_without_a_question_choices_are_numbers(page: Bench) -> None:
    page.send(page.out(Kind.CHOICE, text="", choices=choices("Yes", "No")))
    assert body(page.messages[0])["message"]["text"] == "1. Yes\n2. No"


def test_a_place_goes_out_in_words(page: Bench) -> None:
    page.send(page.out(Kind.LOCATION, text="Here:"))
    assert body(page.messages[0])["message"]["text"] == "Here:\nSquare\nMain street 1\ngeo:50.85,4.35"


# --- the window ------------------------------------------------------------------------------------------

SHUT = meta_messaging.refusal(403, 10, 2018278)


def shut_without_tag(seen: Seen) -> Answer:
    return meta_messaging.answers(seen) if "tag" in body(seen) else SHUT


def test_within_a_day_people_answer_without_a_tag_and_later_with_it(answering_for_a_week: Bench) -> None:
    bench = answering_for_a_week
    assert bench.can.reply_window == timedelta(days=7)
    bench.send(bench.out())
    assert "tag" not in body(bench.messages[0])
    bench.world.answer = shut_without_tag
    assert bench.send(bench.out(reply_to="m_theirs")).external_id == "m_OURS"
    assert ["reply_to" in body(seen) for seen in bench.messages[-2:]] == [True, False]
    assert {name: body(bench.messages[-1])[name] for name in ("messaging_type", "tag")} == {
        "messaging_type": "MESSAGE_TAG",
        "tag": "HUMAN_AGENT",
    }


def test_what_no_person_answered_never_goes_out_under_the_tag(answering_for_a_week: Bench) -> None:
    """The tag is Meta's permission for people who answer; news under it would cost the permission."""
    bench = answering_for_a_week
    assert bench.can.automatic_window == timedelta(hours=24)
    bench.world.answer = shut_without_tag
    with pytest.raises(GiveUp):
        bench.send(bench.out(automatic=True))
    assert ["tag" in body(seen) for seen in bench.messages] == [False]


def test_without_metas_permission_nothing_is_tried_again(page: Bench) -> None:
    assert page.can.reply_window == timedelta(hours=24)
    page.world.answer = shut_without_tag
    with pytest.raises(GiveUp):
        page.send(page.out())
    assert len(page.messages) == 1


def test_only_a_shut_window_is_answered_with_the_tag(answering_for_a_week: Bench) -> None:
    """Whatever else went wrong, or may have gone through, is never said a second time."""
    bench = answering_for_a_week
    for answer, kind in (
        (Answer(0), Uncertain),
        (Answer(200, b"<html>"), Uncertain),
        (Answer(500), RetryLater),
        (meta_messaging.refusal(400, 551, 1545041), GiveUp),
        (meta_messaging.refusal(403, 10), ChannelDown),
    ):
        bench.world.seen.clear()
        bench.answer_messages_with(answer)
        with pytest.raises(kind):
            bench.send(bench.out())
        assert len(bench.messages) == 1


# --- courtesies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typing", "actions"), [(False, ["mark_seen"]), (True, ["mark_seen", "typing_on"])])
def test_reading_and_typing_are_shown(page: Bench, typing: bool, actions: list[str]) -> None:
    with page.client() as client:
        page.provider().attend(client, page.out().to, typing=typing)  # type: ignore[attr-defined]
    assert [body(seen)["sender_action"] for seen in page.messages] == actions
    assert all(body(seen)["recipient"] == {"id": messenger.PSID} for seen in page.messages)


def test_a_reaction_and_its_taking_back(page: Bench) -> None:
    with page.client() as client:
        for emoji in ("👍", ""):
            page.provider().react(client, page.out().to, "m_1", emoji)  # type: ignore[attr-defined]
    assert [(body(seen)["sender_action"], body(seen)["payload"]) for seen in page.messages] == [
        ("react", {"message_id": "m_1", "reaction": "👍"}),
        ("unreact", {"message_id": "m_1"}),
    ]


# --- setting up ------------------------------------------------------------------------------------------


def ask(bench: Bench, verb: str, answer: object, *arguments: object) -> Any:
    bench.world.answer = lambda _: Answer(body=json.dumps(answer).encode())
    with bench.client() as client:
        return getattr(bench.provider(), verb)(client, *arguments)


def test_a_probe_names_the_page_and_notices_the_token_of_another(page: Bench) -> None:
    assert ask(page, "probe", {"id": CONFIG["page_id"], "name": "Harbour Aid"}) == "Harbour Aid"
    with pytest.raises(ChannelDown) as caught:
        ask(page, "probe", {"id": "9", "name": "Another page"})
    assert (caught.value.code, caught.value.words) == ("other-account", "Another page")


def test_the_page_is_subscribed_with_the_fields_we_read(page: Bench) -> None:
    ask(page, "register_hook", {"success": True}, "https://help.example/hooks/messenger/1")
    (seen,) = page.world.seen
    assert (seen.method, seen.path) == ("POST", "/v25.0/100000000000101/subscribed_apps")
    assert set(body(seen)["subscribed_fields"].split(",")) >= {"messages", "message_reads", "message_echoes"}


@pytest.mark.parametrize(
    ("apps", "brought"),
    [
        ([{"id": CONFIG["app_id"], "subscribed_fields": ["messages"]}], True),
        ([{"id": CONFIG["app_id"], "subscribed_fields": ["feed"]}], False),
        ([{"id": "1", "subscribed_fields": ["messages"]}], False),
        ([{"id": CONFIG["app_id"], "subscribed_fields": 7}, {}], False),
        ([], False),
        ("x", False),
    ],
)
def test_whether_events_are_brought_is_known_though_not_where(page: Bench, apps: Any, brought: bool) -> None:
    assert ask(page, "hook_state", {"data": apps}) == HookState("", tells_address=not brought)


def test_each_call_is_proven_where_the_app_asks_for_it(proving: Bench) -> None:
    expected = shared_wire.proof(CONFIG["app_secret"], CONFIG["access_token"])
    proving.send(proving.out(Kind.IMAGE))
    upload, sent = proving.world.seen
    assert expected.encode() in upload.body
    assert body(sent)["appsecret_proof"] == expected
    ask(proving, "probe", {"id": CONFIG["page_id"], "name": "x"})
    assert f"appsecret_proof={expected}" in proving.world.seen[-1].path


def test_the_token_is_in_no_address(page: Bench) -> None:
    for kind in page.can.outbound:
        page.send(page.out(kind))
    ask(page, "hook_state", {"data": []})
    assert page.world.seen
    assert not any(CONFIG["access_token"] in seen.path for seen in page.world.seen)


def test_accounts_of_a_body_are_its_pages(page: Bench) -> None:
    raw = messenger.page.whole(messenger.page.entry(), {"id": "9"}, {"id": 10}, {"id": [1]}, {})
    assert page.provider().accounts(raw) == {CONFIG["page_id"], "9", "10"}  # type: ignore[attr-defined]
    assert page.provider().accounts(b"[" * 9000) == frozenset()  # type: ignore[attr-defined]
