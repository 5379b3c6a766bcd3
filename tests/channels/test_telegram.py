"""What only Telegram says: buttons of 64 bytes, numbers proven by a card, albums, links to start."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aidline.channels import registry
from aidline.channels.contract import (
    AnswersHooks,
    Choice,
    HookRequest,
    Incoming,
    Kind,
    Scheme,
    Sender,
    Unknown,
)
from aidline.channels.providers.telegram import Telegram
from aidline.channels.wire.menus import fitted, stands_for
from aidline.channels.wire.telegram_updates import DATA_BYTES
from channels.conformance.bench import Bench, bench
from local_server import Seen
from payloads import telegram
from payloads.kit import NUMBER, RECEIVED
from payloads.telegram import CHAT, CONFIG, FILE, GROUP, PRIVATE, USER, query, say, update

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


def test_a_fingerprint_is_made_only_where_it_must_be() -> None:
    assert fitted("a" * 64, 64) == "a" * 64
    assert fitted("a" * 65, 64) != "a" * 64
    assert not stands_for(fitted("a" * 65, 64), "a" * 66)
