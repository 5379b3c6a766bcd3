"""What only Viber has: a status inside every answer, buttons that are texts, files it fetches, one welcome."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidline.channels import registry
from aidline.channels.contract import (
    AnswersHooks,
    BadSignature,
    Choice,
    Event,
    File,
    GiveUp,
    HookRequest,
    HookState,
    Kind,
    MediaRef,
    Outgoing,
    Place,
    Probes,
    RegistersHooks,
    RetryLater,
    SendError,
    Sent,
)
from aidline.channels.providers.viber import CAPABILITIES, EVENTS, VERDICTS, Viber
from aidline.channels.reasons.viber import REASONS
from aidline.channels.wire.menus import stands_for
from aidline.channels.wire.viber_bodies import BUTTONS, MOST_BYTES, pressed, sends
from channels.conformance import arriving, leaving, silence
from channels.conformance.bench import Bench, bench
from local_server import Answer, Seen
from payloads import viber
from payloads.kit import RECEIVED, WORDS
from payloads.viber import CONFIG, ID, STARTED, TOKEN, callback, refusal, say

URL = "https://help.example/out/one-time.jpg"


@pytest.fixture
def bot() -> Iterator[Bench]:
    with bench(viber.KITS[0]) as found:
        yield found


def provider(**config: str) -> Viber:
    found = registry.load("viber", {**CONFIG, **config})
    assert isinstance(found, Viber)
    return found


def read(body: bytes) -> Any:
    (event,) = provider().parse(body, {}, RECEIVED)
    return event


def fields(seen: Seen) -> dict[str, Any]:
    return dict(json.loads(seen.body))


def units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


# --- choices ---------------------------------------------------------------------------------------------


def test_a_button_says_what_it_is_and_its_press_is_read_as_that(bot: Bench) -> None:
    bot.send(bot.out(Kind.CHOICE, choices=(Choice("intake:food", "طعام <الآن>"), Choice("x y", "No"))))
    body = fields(bot.messages[0])
    first, second = body["keyboard"]["Buttons"]
    assert (first["Text"], second["Text"]) == ("طعام ‹الآن›", "No")
    assert (first["ActionType"], first["Silent"]) == ("reply", True)
    events = [read(say("text", text=one["ActionBody"])) for one in (first, second)]
    assert [event.choice for event in events] == [Choice("intake:food", "طعام <الآن>"), Choice("x y", "No")]
    assert [event.text for event in events] == ["طعام <الآن>", "No"]


@pytest.mark.parametrize(
    "text", ["Food", "▸", "▸ Food", "⟦food⟧", "Food ⟦food⟧", "▸Food ⟦⟧", "▸Food ⟦a⟧ and more", ""]
)
def test_what_somebody_writes_stays_what_they_wrote(text: str) -> None:
    event = read(say("text", text=text))
    assert (event.kind, event.text, event.choice) == (Kind.TEXT, text, None)


@given(id=st.text(min_size=1, max_size=200), title=st.text(max_size=400))
def test_whatever_the_id_and_the_title_are_the_press_finds_its_choice(id: str, title: str) -> None:
    sent = sends(id, title)
    assert units(sent) <= 250
    found = pressed(sent)
    assert found is not None
    assert found.id == title or stands_for(found.id, id)


def test_long_arabic_ids_stay_apart() -> None:
    ids = ["أحتاج إلى مكان آمن لي ولأطفالي هذه الليلة " + str(number) for number in range(3)]
    ids = [f"{one} {'ثم' * 30}" for one in ids]
    given_back = [pressed(sends(one, "Yes")) for one in ids]
    found = [[one for one in ids if back and stands_for(back.id, one)] for back in given_back]
    assert found == [[one] for one in ids]


def test_more_than_the_keyboard_holds_is_numbered(bot: Bench) -> None:
    for many in (BUTTONS, BUTTONS + 1):
        bot.send(
            bot.out(Kind.CHOICE, text="Which?", choices=tuple(Choice(f"{n}", f"C{n}") for n in range(many)))
        )
    held, numbered = (fields(seen) for seen in bot.messages)
    assert len(held["keyboard"]["Buttons"]) == BUTTONS
    assert "keyboard" not in numbered
    assert numbered["text"].endswith("25. C24")


def test_a_message_never_grows_past_what_viber_takes(bot: Bench) -> None:
    choices = tuple(Choice("م" * 50, "ا" * 250) for _ in range(BUTTONS))
    bot.send(bot.out(Kind.CHOICE, text="س" * 6000, choices=choices))
    assert "keyboard" not in fields(bot.messages[0])
    bot.send(bot.out(Kind.CHOICE, text="س" * 100, choices=choices[:12]))
    assert "keyboard" in fields(bot.messages[1])
    assert all(len(seen.body) < MOST_BYTES for seen in bot.messages)


# --- files and places ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.IMAGE, {"type": "picture", "text": "for you", "media": URL}),
        (Kind.VIDEO, {"type": "video", "media": URL, "size": 9}),
        (Kind.DOCUMENT, {"type": "file", "media": URL, "size": 9, "file_name": "a.jpg"}),
        (Kind.VOICE, {"type": "file", "media": URL, "size": 9, "file_name": "a.jpg"}),
        (Kind.AUDIO, {"type": "file", "media": URL, "size": 9, "file_name": "a.jpg"}),
    ],
)
def test_viber_is_given_an_address_to_fetch_from(bot: Bench, kind: Kind, expected: dict[str, Any]) -> None:
    file = File("a.jpg", "image/jpeg", 9, _unread, URL)
    bot.send(bot.out(kind, text="for you", file=file))
    body = fields(bot.messages[0])
    assert body == {"receiver": ID, "sender": {"name": "Port Merin"}, **expected}
    with pytest.raises(GiveUp):
        bot.send(bot.out(kind, file=File("a.jpg", "image/jpeg", 9, _unread)))
    with pytest.raises(GiveUp):
        bot.send(bot.out(kind, file=None))
    assert len(bot.messages) == 1


def _unread() -> bytes:
    raise AssertionError("a file was read that Viber fetches by itself")


@pytest.mark.parametrize("name", ["x" * 300 + ".pdf", "y" * 300, "z." + "q" * 300])
def test_a_long_name_keeps_its_ending(bot: Bench, name: str) -> None:
    bot.send(bot.out(Kind.DOCUMENT, file=File(name, "application/pdf", 9, _unread, URL)))
    short = fields(bot.messages[0])["file_name"]
    assert len(short) <= 256
    assert short.endswith(".pdf") is name.endswith(".pdf")


def test_a_place_is_a_point(bot: Bench) -> None:
    bot.send(bot.out(Kind.LOCATION, place=Place(50.85, 4.35, "Square", "Main street 1")))
    assert fields(bot.messages[0])["location"] == {"lat": "50.85", "lon": "4.35"}


def test_a_file_is_fetched_without_our_token(bot: Bench) -> None:
    with bot.client() as client:
        fetched = bot.provider().fetch_media(
            client, MediaRef(f"{bot.world.url}/5/media", Kind.DOCUMENT, "", "a.pdf")
        )
    assert (fetched.content, fetched.mime, fetched.name) == (b"the file", "image/jpeg", "a.pdf")
    assert CONFIG["auth_token"] not in str(bot.world.seen[0])


# --- tokens, receipts, wishes ----------------------------------------------------------------------------


def test_a_token_of_63_bits_keeps_every_digit(bot: Bench) -> None:
    big = 2**63 - 1
    bot.answer_messages_with(Answer(body=json.dumps({"status": 0, "message_token": big}).encode()))
    assert bot.send(bot.out()).external_id == str(big)
    assert read(callback("seen", user_id=ID, message_token=big)).external_id == str(big)
    assert read(callback("seen", user_id=ID, message_token=str(big))).external_id == str(big)


def test_milliseconds_keep_the_order_of_what_was_said_within_a_second() -> None:
    first, second = (read(callback("seen", timestamp=1795348770000 + ms)).at for ms in (1, 2))
    assert first < second
    assert read(callback("seen", timestamp=-1)).at is None


def test_a_failure_tells_no_word_of_theirs() -> None:
    event = read(callback("failed", user_id=ID, desc=WORDS))
    assert (event.code, str(REASONS["failed"])) == ("failed", "the phone could not be reached")


# --- the welcome -----------------------------------------------------------------------------------------


def test_who_opens_the_chat_is_welcomed_once_and_nothing_is_kept_of_it() -> None:
    one = provider(welcome="مرحبا\nHow can we help?")
    assert isinstance(one, AnswersHooks)
    answered = one.answer(viber.hook(CONFIG, STARTED))
    assert answered.content_type == "application/json"
    assert json.loads(answered.body) == {
        "sender": {"name": "Port Merin"},
        "type": "text",
        "text": "مرحبا\nHow can we help?",
    }


@pytest.mark.parametrize(
    "body",
    [
        callback("conversation_started", user={"id": ID}, subscribed=True),
        callback("subscribed", user={"id": ID}),
        say("text", text="hello"),
        b"{",
        b"",
        b"[]",
    ],
)
def test_nobody_else_is(body: bytes) -> None:
    assert provider().answer(viber.hook(CONFIG, body)) == Viber.accepted
    assert provider(welcome="").answer(viber.hook(CONFIG, STARTED)) == Viber.accepted


# --- trouble ---------------------------------------------------------------------------------------------


def test_each_status_that_means_something_has_words(bot: Bench) -> None:
    assert set(VERDICTS) <= set(REASONS)
    bot.answer_messages_with(refusal(7, "publicAccountBlocked"))
    with pytest.raises(SendError) as caught:
        bot.send(bot.out())
    assert (caught.value.code, caught.value.words) == ("7", "publicAccountBlocked")
    assert "publicAccountBlocked" not in f"{caught.value} {caught.value!r}"


def test_a_long_name_above_our_messages_is_cut_to_what_viber_takes(bot: Bench) -> None:
    one = provider(sender_name="P" * 40, sender_avatar="https://example.org/a.png", base_url=bot.world.url)
    with bot.client() as client:
        one.send(client, bot.out())
    assert fields(bot.messages[0])["sender"] == {"name": "P" * 28, "avatar": "https://example.org/a.png"}


# --- setting up ------------------------------------------------------------------------------------------


def test_our_address_is_registered_for_all_that_we_understand(bot: Bench) -> None:
    one: Any = bot.provider()
    assert isinstance(one, RegistersHooks)
    with bot.client() as client:
        one.register_hook(client, "https://help.example/hooks/viber/1")
        bot.world.answer = lambda _: refusal(1, "Result code: hook failed")
        with pytest.raises(GiveUp) as caught:
            one.register_hook(client, "https://help.example/hooks/viber/1")
    seen = bot.world.seen[0]
    assert (seen.path, seen.headers["x-viber-auth-token"]) == ("/set_webhook", CONFIG["auth_token"])
    assert fields(seen) == {
        "url": "https://help.example/hooks/viber/1",
        "event_types": list(EVENTS),
        "send_name": True,
        "send_photo": False,
    }
    assert caught.value.words == "Result code: hook failed"


def test_the_first_call_of_viber_is_taken_like_any_other() -> None:
    request = viber.hook(CONFIG, callback("webhook"))
    assert provider().handshake(request) is None
    provider().verify(request)


def test_the_account_tells_its_name_its_webhook_and_what_it_was_not_asked_for(bot: Bench) -> None:
    one: Any = bot.provider()
    assert isinstance(one, Probes)
    account = {
        "status": 0,
        "name": "Harbour Aid",
        "webhook": "https://x.example/",
        "event_types": list(EVENTS),
    }
    with bot.client() as client:
        bot.world.answer = lambda _: Answer(body=json.dumps(account).encode())
        assert one.probe(client) == "Harbour Aid"
        assert one.hook_state(client) == HookState("https://x.example/")
        account["event_types"] = ["delivered", "seen", "failed", "message"]
        state = one.hook_state(client)
        assert state.error == "event_types: subscribed, unsubscribed, conversation_started"
        account.pop("webhook")
        assert one.hook_state(client) == HookState("")
        bot.world.answer = lambda _: Answer(body=b"<html>")
        with pytest.raises(RetryLater):
            one.probe(client)


# --- the suite would notice ------------------------------------------------------------------------------


class ForgetsTheCaptionOfVideos(Viber):
    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.capabilities = replace(CAPABILITIES, captioned=frozenset({Kind.IMAGE, Kind.VIDEO}))


class BelievesHttp(Viber):
    """200 was the answer, so it must have been sent."""

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        body = {"receiver": out.to.value, "type": "text", "text": out.text}
        http.post(f"{self.api}/send_message", json=body).raise_for_status()
        return Sent("1")


class SignsTheQuery(Viber):
    """The query holds the signature too, for anybody to copy."""

    def verify(self, request: HookRequest) -> None:
        if request.query.get("sig") is None:
            raise BadSignature


class RoundsTokens(Viber):
    def parse(self, body: bytes, headers: Mapping[str, str], received_at: datetime) -> list[Event]:
        rounded = str(TOKEN).encode(), str(int(float(TOKEN))).encode()
        return super().parse(body.replace(*rounded), headers, received_at)


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        (ForgetsTheCaptionOfVideos, leaving.words_beside_a_file_travel_with_it),
        (BelievesHttp, leaving.each_refusal_has_its_meaning),
        (SignsTheQuery, arriving.a_flipped_bit_anywhere_in_the_body_is_refused),
        (RoundsTokens, arriving.every_kind_is_read_whole),
    ],
)
def test_a_broken_viber_is_found_out(broken: type[Viber], check: Callable[[Bench], None]) -> None:
    with bench(viber.KITS[0]) as sound:
        check(sound)
        silence.assert_silent(sound)
    with bench(viber.KITS[0], broken) as found, pytest.raises((Exception, pytest.fail.Exception)):
        check(found)
