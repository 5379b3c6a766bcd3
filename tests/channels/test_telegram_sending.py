"""How Telegram is written to: replies, files, places, its own words for trouble, its webhook, its token."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    BadSignature,
    Event,
    GiveUp,
    HookRequest,
    HookState,
    Kind,
    MarksRead,
    MediaRef,
    Outgoing,
    Place,
    Probes,
    Reacts,
    RegistersHooks,
    RetryLater,
    Scheme,
    Sender,
    SendError,
    Sent,
)
from aidline.channels.providers.telegram import UPDATES, Telegram
from aidline.channels.reasons.telegram import REASONS
from channels.conformance import arriving, leaving, silence
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import telegram
from payloads.kit import RECEIVED
from payloads.telegram import CHAT, CONFIG, refusal, result


@pytest.fixture
def bot() -> Iterator[Bench]:
    with bench(telegram.KITS[0]) as found:
        yield found


def read(body: bytes) -> Any:
    (event,) = provider().parse(body, {}, RECEIVED)
    return event


def provider() -> Telegram:
    found = registry.load("telegram", CONFIG)
    assert isinstance(found, Telegram)
    return found


def fields(seen: Seen) -> dict[str, Any]:
    return dict(json.loads(seen.body))


def form(seen: Seen) -> dict[str, bytes]:
    pieces = seen.body.split(b"form-data; ")[1:]
    return {
        piece.split(b'"')[1].decode(): piece.partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0]
        for piece in pieces
    }


# --- what goes out ---------------------------------------------------------------------------------------


def test_a_reply_names_what_it_answers_and_goes_out_even_if_that_is_gone(bot: Bench) -> None:
    bot.send(bot.out(reply_to=f"{CHAT}:39"))
    bot.send(bot.out(reply_to=f"{CHAT}:40:99887766554433"))
    bot.send(bot.out(reply_to="4000000009999999:39"))
    bot.send(bot.out(Kind.IMAGE, reply_to=f"{CHAT}:39"))
    first, pressed, other = (fields(seen).get("reply_parameters") for seen in bot.messages[:3])
    assert first == {"message_id": 39, "allow_sending_without_reply": True}
    assert pressed["message_id"] == 40
    assert other is None
    assert json.loads(form(bot.messages[3])["reply_parameters"]) == first


def test_a_file_and_its_words_travel_with_the_message(bot: Bench) -> None:
    bot.send(bot.out(Kind.DOCUMENT, text="for you"))
    bot.send(bot.out(Kind.STICKER, text="for you"))
    document, sticker = (form(seen) for seen in bot.messages)
    assert document == {
        "chat_id": CHAT.encode(),
        "caption": b"for you",
        "document": b"the bytes",
    }
    assert set(sticker) == {"chat_id", "sticker"}


def test_a_place_with_a_name_is_a_venue(bot: Bench) -> None:
    bot.send(bot.out(Kind.LOCATION))
    bot.send(bot.out(Kind.LOCATION, place=Place(1.0, 2.0)))
    bot.send(bot.out(Kind.LOCATION, place=Place(1.0, 2.0, "Gate")))
    assert [seen.path.rpartition("/")[2] for seen in bot.messages] == [
        "sendVenue",
        "sendLocation",
        "sendVenue",
    ]
    assert fields(bot.messages[2])["address"] == "Gate"


@pytest.mark.parametrize("value", ["@somebody", "-1001234567890", "", "12 3", "١٢٣"])
def test_nothing_goes_to_what_is_no_person(bot: Bench, value: str) -> None:
    for kind in (Kind.TEXT, Kind.IMAGE):
        out = bot.out(kind)
        with pytest.raises(GiveUp), bot.client() as client:
            bot.provider().send(
                client, type(out)(out.message, Sender(Scheme.TELEGRAM, value), kind, "x", out.file)
            )
    assert bot.world.seen == []


def test_an_emoji_goes_in_the_form_that_telegram_knows_and_is_taken_back(bot: Bench) -> None:
    one: Any = bot.provider()
    assert isinstance(one, Reacts)
    with bot.client() as client:
        one.react(client, telegram.WHO[0], f"{CHAT}:41", "❤️")
        one.react(client, telegram.WHO[0], f"{CHAT}:41", "")
        with pytest.raises(GiveUp):
            one.react(client, telegram.WHO[0], "theirs-1", "❤️")
    assert [fields(seen)["reaction"] for seen in bot.world.seen] == [
        [{"type": "emoji", "emoji": "❤"}],
        [],
    ]


def test_typing_is_shown_and_reading_is_not(bot: Bench) -> None:
    one: Any = bot.provider()
    assert isinstance(one, MarksRead)
    with bot.client() as client:
        one.mark_read(client, f"{CHAT}:41", typing=False)
        one.mark_read(client, "theirs-1", typing=True)
        assert bot.world.seen == []
        one.mark_read(client, f"{CHAT}:41", typing=True)
    assert fields(bot.world.seen[0]) == {"chat_id": int(CHAT), "action": "typing"}


# --- trouble ---------------------------------------------------------------------------------------------


def test_the_pause_that_telegram_asks_for_is_kept(bot: Bench) -> None:
    bot.answer_messages_with(refusal(429, "Too Many Requests: retry after 35", retry_after=35))
    with pytest.raises(RetryLater) as caught:
        bot.send(bot.out())
    assert caught.value.retry_after == timedelta(seconds=35)


def test_each_trouble_has_words_and_its_text_stays_out_of_the_error(bot: Bench) -> None:
    told = {
        "400-chat": refusal(400, "Bad Request: chat not found"),
        "400-long": refusal(400, "Bad Request: message caption is too long"),
        "400-file": refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"),
        "400": refusal(400, f"Bad Request: {CHAT} did something new"),
        "401": refusal(401, "Unauthorized"),
        "403-blocked": refusal(403, "Forbidden: bot was blocked by the user"),
        "403-gone": refusal(403, "Forbidden: user is deactivated"),
        "403-first": refusal(403, "Forbidden: bot can't initiate conversation with a user"),
    }
    for code, answer in told.items():
        bot.answer_messages_with(answer)
        with pytest.raises(SendError) as caught:
            bot.send(bot.out())
        assert caught.value.code == code
        assert str(REASONS[code])
        assert caught.value.words == json.loads(answer.body)["description"]
        assert CHAT not in f"{caught.value} {caught.value!r}"


def test_a_refusal_that_calls_itself_a_success_is_no_success(bot: Bench) -> None:
    bot.answer_messages_with(Answer(200, b'{"ok": false, "error_code": 403, "description": "x"}'))
    with pytest.raises(SendError) as caught:
        bot.send(bot.out())
    assert caught.value.code == "403"


def test_a_large_video_that_is_still_being_made_was_taken(bot: Bench) -> None:
    bot.answer_messages_with(result({"message_id": 0}))
    assert bot.send(bot.out(Kind.VIDEO)).external_id == ""


# --- files, and where the token goes ---------------------------------------------------------------------


def test_a_file_takes_two_calls_and_its_type_is_what_the_message_said(bot: Bench) -> None:
    with bot.client() as client:
        fetched = bot.provider().fetch_media(client, MediaRef("f 1", Kind.VOICE, "audio/ogg", "a.ogg"))
    assert (fetched.content, fetched.mime, fetched.name) == (b"the file", "audio/ogg", "a.ogg")
    asked, got = bot.world.seen
    assert fields(asked) == {"file_id": "f 1"}
    assert got.path == f"/file/bot{CONFIG['token']}/photos/file_0.jpg"


@pytest.mark.parametrize("path", ["../../etc/passwd", "photos/../../x", "", None, 7, {}])
def test_a_path_that_leads_elsewhere_is_not_followed(bot: Bench, path: Any) -> None:
    bot.world.answer = lambda _: result({"file_path": path})
    with bot.client() as client, pytest.raises(GiveUp):
        bot.provider().fetch_media(client, MediaRef("f1", Kind.IMAGE))
    assert len(bot.world.seen) == 1


def test_no_reference_to_a_file_holds_the_token() -> None:
    for body, _ in telegram.SAID_KINDS.values():
        assert CONFIG["token"] not in repr(read(body))


# --- setting up ------------------------------------------------------------------------------------------


def test_our_address_is_registered_with_the_word_and_all_that_we_understand(bot: Bench) -> None:
    one: Any = bot.provider()
    assert isinstance(one, RegistersHooks)
    with bot.client() as client:
        one.register_hook(client, "https://help.example/hooks/telegram/1")
    assert fields(bot.world.seen[0]) == {
        "url": "https://help.example/hooks/telegram/1",
        "secret_token": CONFIG["secret_token"],
        "allowed_updates": [
            "message",
            "edited_message",
            "callback_query",
            "message_reaction",
            "my_chat_member",
        ],
        "drop_pending_updates": False,
    }
    assert len(UPDATES) == 5


def test_the_state_of_the_webhook_is_told_in_telegrams_own_words(bot: Bench) -> None:
    info = {"url": "https://x.example/", "pending_update_count": 3}
    bot.world.answer = lambda _: result(
        {**info, "last_error_date": 1795348770, "last_error_message": "Wrong response: 502 Bad Gateway"}
    )
    one: Any = bot.provider()
    with bot.client() as client:
        assert one.hook_state(client) == HookState(
            "https://x.example/",
            "Wrong response: 502 Bad Gateway",
            datetime(2026, 11, 22, 11, 59, 30, tzinfo=UTC),
            3,
        )
        bot.world.answer = lambda _: result(info)
        assert one.hook_state(client) == HookState("https://x.example/", waiting=3)


def test_the_test_button_tells_whose_token_it_is(bot: Bench) -> None:
    one: Any = bot.provider()
    assert isinstance(one, Probes)
    with bot.client() as client:
        bot.world.answer = lambda _: result(
            {"id": 1, "first_name": "Harbour Aid", "username": "harbour_aid_bot"}
        )
        assert one.probe(client) == "@harbour_aid_bot"
        bot.world.answer = lambda _: refusal(401, "Unauthorized")
        with pytest.raises(SendError) as caught:
            one.probe(client)
    assert (caught.value.code, caught.value.words) == ("401", "Unauthorized")


# --- the suite would notice ------------------------------------------------------------------------------


class TellsItsAddress(Telegram):
    """The token stands in every address: whoever passes one on has told it."""

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        raise GiveUp(f"{self.api}/sendMessage")


class LetsHttpxSpeak(Telegram):
    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        try:
            http.post(f"{self.api}/sendMessage").raise_for_status()
        except httpx.HTTPStatusError as error:
            raise GiveUp("no") from error
        return Sent("1")


class TakesAnyWord(Telegram):
    def verify(self, request: HookRequest) -> None:
        if "x-telegram-bot-api-secret-token" not in request.headers:
            raise BadSignature


class MeetsGroups(Telegram):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        return super().parse(
            body.replace(b'"supergroup"', b'"private"').replace(b": -", b": "), headers, received_at
        )


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (TellsItsAddress, leaving.garbage_after_success_is_uncertain),
        (TellsItsAddress, leaving.every_kind_is_sent_once_and_its_id_comes_back),
        (LetsHttpxSpeak, leaving.each_refusal_has_its_meaning),
        (TakesAnyWord, arriving.a_missing_short_or_doubled_signature_is_refused),
        (MeetsGroups, arriving.what_is_not_known_brings_no_message_and_no_error),
    ],
)
def test_a_broken_telegram_is_found_out(broken: type[Telegram], check: Callable[[Bench], None]) -> None:
    with bench(telegram.KITS[0], broken) as found:
        try:
            with pytest.raises((Exception, pytest.fail.Exception)):
                check(found)
        finally:
            told = "\n".join(found.told)
    if broken in (TellsItsAddress, LetsHttpxSpeak):
        assert CONFIG["token"] in told
        with pytest.raises(AssertionError):
            silence.assert_silent(found)
