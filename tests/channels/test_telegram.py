"""What only Telegram has: buttons of 64 bytes, proven numbers, replies, its own words for trouble, its webhook."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    AnswersHooks,
    BadSignature,
    Choice,
    Event,
    GiveUp,
    HookRequest,
    HookState,
    Incoming,
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
    Unknown,
)
from aidline.channels.providers.telegram import UPDATES, Telegram
from aidline.channels.reasons_telegram import REASONS
from aidline.channels.wire.menus import fitted, stands_for
from aidline.channels.wire.telegram_updates import DATA_BYTES
from channels.conformance import arriving, leaving, silence
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import telegram
from payloads.kit import NUMBER, RECEIVED
from payloads.telegram import CHAT, CONFIG, FILE, GROUP, PRIVATE, USER, query, refusal, result, say, update

LONG_ARABIC = "أحتاج إلى مأوى آمن لي ولأطفالي هذه الليلة قبل أن يعود"


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


# --- choices ---------------------------------------------------------------------------------------------


def test_a_choice_within_64_bytes_goes_out_and_comes_back_as_itself(bot: Bench) -> None:
    exactly = "س" * (DATA_BYTES // 2)
    bot.send(bot.out(Kind.CHOICE, choices=(Choice(exactly, "Yes"), Choice("n", "No"))))
    (first,), (second,) = fields(bot.messages[0])["reply_markup"]["inline_keyboard"]
    assert (first, second) == (
        {"text": "Yes", "callback_data": exactly},
        {"text": "No", "callback_data": "n"},
    )
    assert read(query(exactly)).choice.id == exactly


def test_longer_arabic_ids_stay_apart_and_are_found_again(bot: Bench) -> None:
    ids = [f"{LONG_ARABIC} {number}" for number in ("الآن", "غدا", "لاحقا")]
    bot.send(bot.out(Kind.CHOICE, choices=tuple(Choice(one, f"Choice {n}") for n, one in enumerate(ids))))
    rows = fields(bot.messages[0])["reply_markup"]["inline_keyboard"]
    data = [row[0]["callback_data"] for row in rows]
    assert all(0 < len(one.encode()) <= DATA_BYTES for one in data)
    assert len(set(data)) == 3
    for pressed, meant in zip(data, ids, strict=True):
        given = read(query(pressed)).choice.id
        assert [one for one in ids if stands_for(given, one)] == [meant]


def test_a_long_id_that_is_its_own_title_comes_back_whole(bot: Bench) -> None:
    bot.send(bot.out(Kind.CHOICE, choices=(Choice(LONG_ARABIC, LONG_ARABIC),)))
    keyboard = fields(bot.messages[0])["reply_markup"]
    pressed = keyboard["inline_keyboard"][0][0]["callback_data"]
    assert pressed != LONG_ARABIC
    message = {"message_id": 40, "chat": PRIVATE, "date": 1, "reply_markup": keyboard}
    assert read(query(pressed, message=message)).choice == Choice(LONG_ARABIC, LONG_ARABIC)


def test_a_button_below_an_old_message_still_says_what_it_means() -> None:
    """After some days the message comes without its buttons."""
    event = read(query("food", message={"chat": PRIVATE, "message_id": 40, "date": 0}))
    assert (event.choice, event.text, event.sent_at) == (Choice("food", "food"), "food", None)


def test_pressing_twice_is_said_twice_and_a_replay_once() -> None:
    first, again = read(query()), read(query(id="99887766554434"))
    assert first.external_id != again.external_id
    assert read(query()) == first


def test_a_pressed_button_gets_its_sign_of_life_in_the_answer_itself() -> None:
    one = provider()
    assert isinstance(one, AnswersHooks)
    answered = one.answer(telegram.hook(CONFIG, query()))
    assert answered.content_type == "application/json"
    assert json.loads(answered.body) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "99887766554433",
    }
    assert json.loads(one.answer(telegram.hook(CONFIG, query(id='1","x":"'))).body)["method"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", say(text="hi"), update(callback_query=3)])
def test_everything_else_is_simply_accepted(body: bytes) -> None:
    request = HookRequest("POST", "https://help.example/hooks/telegram/1", {}, {}, body)
    assert provider().answer(request) == Telegram.accepted


# --- who it is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "proven"),
    [
        ({"phone_number": NUMBER, "user_id": int(CHAT)}, True),
        ({"phone_number": NUMBER[1:], "user_id": int(CHAT)}, True),
        ({"phone_number": "+44 7700 900123", "user_id": int(CHAT)}, True),
        ({"phone_number": NUMBER, "user_id": 4000000005550999}, False),
        ({"phone_number": NUMBER}, False),
        ({"phone_number": "", "user_id": int(CHAT)}, False),
        ({"user_id": int(CHAT)}, False),
    ],
)
def test_only_ones_own_card_proves_a_number(card: dict[str, Any], *, proven: bool) -> None:
    event = read(say(contact={"first_name": "Ilham", **card}))
    assert event.senders[0] == Sender(Scheme.TELEGRAM, CHAT)
    assert event.senders[1:] == ((Sender(Scheme.PHONE, NUMBER),) if proven else ())


def test_a_card_that_somebody_else_wrote_in_a_private_chat_proves_nothing() -> None:
    stranger = {**USER, "id": 4000000005550999}
    card = {"phone_number": NUMBER, "first_name": "x", "user_id": stranger["id"]}
    event = read(say(**{"from": stranger}, contact=card))
    assert event.senders == (Sender(Scheme.TELEGRAM, CHAT),)


# --- what is said ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", ["", " camp-7", " voucher_9911\nx", "@practice_bot camp-7"])
def test_what_a_link_added_to_start_is_not_shown(payload: str) -> None:
    event = read(say(text=f"/start{payload}"))
    assert (event.kind, event.text, event.opt_in, event.opt_out) == (Kind.TEXT, "/start", True, False)


@pytest.mark.parametrize("text", ["/started", "start", "please /start now", "/starting 5", "/help x"])
def test_other_words_are_left_alone(text: str) -> None:
    event = read(say(text=text))
    assert (event.text, event.opt_in) == (text, False)


def test_an_album_is_as_many_messages_as_photos() -> None:
    photos = [
        say(message_id=number, media_group_id="1300", photo=[{**FILE, "file_id": f"f{number}"}])
        for number in (50, 51, 52)
    ]
    events = [read(body) for body in photos]
    assert [event.external_id for event in events] == [f"{CHAT}:{number}" for number in (50, 51, 52)]
    assert [event.media[0].ref for event in events] == ["f50", "f51", "f52"]


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        ({"animation": {**FILE, "mime_type": "video/mp4"}, "document": FILE}, Kind.VIDEO, "video/mp4"),
        ({"video_note": {**FILE, "length": 240, "duration": 3}}, Kind.VIDEO, "video/mp4"),
        ({"audio": {**FILE, "duration": 3}}, Kind.AUDIO, "audio/mpeg"),
        ({"document": {**FILE}}, Kind.DOCUMENT, ""),
    ],
)
def test_files_that_come_in_two_forms_are_one(content: dict[str, Any], kind: Kind, mime: str) -> None:
    event = read(say(**content))
    assert (event.kind, event.media[0].mime, len(event.media)) == (kind, mime, 1)


def test_a_live_photo_is_a_photo_with_its_second_of_motion() -> None:
    live = {"photo": [FILE], "live_photo": {**FILE, "file_id": "moving", "duration": 1}}
    event = read(say(**live))
    assert [(one.ref, one.kind) for one in event.media] == [
        (FILE["file_id"], Kind.IMAGE),
        ("moving", Kind.VIDEO),
    ]


def test_a_sticker_that_moves_is_shown_as_its_still() -> None:
    sticker = {**FILE, "is_animated": True, "thumbnail": {"file_id": "still"}, "emoji": "😢"}
    event = read(say(sticker=sticker))
    assert (event.media[0].ref, event.text) == ("still", "😢")


@pytest.mark.parametrize("kind", ["dice", "game", "story", "checklist", "paid_media", "gift", "hologram"])
def test_what_cannot_be_shown_is_told_by_its_name(kind: str) -> None:
    event = read(say(**{kind: {"emoji": "🎲"}}))
    assert isinstance(event, Incoming)
    assert (event.kind, event.raw_kind, event.senders) == (
        Kind.UNSUPPORTED,
        kind,
        (Sender(Scheme.TELEGRAM, CHAT),),
    )


def test_a_message_without_anything_known_is_still_a_message() -> None:
    event = read(say())
    assert (event.kind, event.raw_kind) == (Kind.UNSUPPORTED, "message")


def test_what_was_forwarded_says_so() -> None:
    assert read(say(text="x", forward_origin={"type": "user"})).forwarded


def test_groups_are_nobodys_conversation() -> None:
    assert read(say(chat=GROUP, text="hello")) == Unknown("chat-supergroup")


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


def test_a_fingerprint_is_made_only_where_it_must_be() -> None:
    assert fitted("a" * 64, 64) == "a" * 64
    assert fitted("a" * 65, 64) != "a" * 64
    assert not stands_for(fitted("a" * 65, 64), "a" * 66)


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
