"""Every request to Telegram is captured and judged by the published description of its API."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aidline.channels.contract import Choice, Kind, MediaRef, Place
from aidline.kernel.text import split
from channels.conformance.bench import Bench, bench
from channels.telegram_spec import TELEGRAM, complaints_of_telegram
from channels.vendor_specs import have
from local_server import Seen
from payloads import telegram
from payloads.telegram import CHAT

pytestmark = pytest.mark.skipif(
    not have(TELEGRAM), reason=f"Telegram's description {TELEGRAM} is not at hand (AIDLINE_SPECS)"
)


@pytest.fixture
def bot() -> Iterator[Bench]:
    with bench(telegram.KITS[0]) as found:
        yield found


def test_telegram_has_no_complaint_about_anything_we_send(bot: Bench) -> None:
    outs = [
        *(bot.out(kind, reply_to=f"{CHAT}:39") for kind in bot.can.outbound),
        *(bot.out(kind, text="for you") for kind in bot.can.media),
        bot.out(text=split("word " * 2000, bot.can.text_limit)[0]),
        bot.out(Kind.LOCATION, place=Place(1.0, 2.0)),
        *(
            bot.out(Kind.CHOICE, choices=tuple(Choice(f"{n}" * 90, "x") for n in range(many)))
            for many in (1, 12, 200)
        ),
    ]
    for out in outs:
        bot.send(out)
    assert len(bot.messages) == len(outs)
    assert [complaints_of_telegram(seen) for seen in bot.messages] == [[]] * len(outs)


def test_nor_about_what_else_we_ask_of_it(bot: Bench) -> None:
    provider: Any = bot.provider()
    with bot.client() as client:
        provider.react(client, telegram.WHO[0], f"{CHAT}:41", "🙏")
        provider.react(client, telegram.WHO[0], f"{CHAT}:41", "")
        provider.mark_read(client, f"{CHAT}:41", typing=True)
        provider.register_hook(client, "https://help.example/hooks/telegram/1")
        provider.hook_state(client)
        provider.probe(client)
        provider.fetch_media(client, MediaRef("f1", Kind.IMAGE))
    asked = [seen for seen in bot.world.seen if "/file/" not in seen.path]
    assert [complaints_of_telegram(seen) for seen in asked] == [[]] * 7


def test_the_answer_to_a_pressed_button_is_a_call_of_its_own(bot: Bench) -> None:
    provider: Any = bot.provider()
    answered = json.loads(provider.answer(telegram.hook(telegram.CONFIG, telegram.query())).body)
    method = answered.pop("method")
    assert complaints_of_telegram(_seen(method, answered)) == []


@pytest.mark.parametrize(
    ("method", "fields", "complaint"),
    [
        ("sendFax", {}, "no method"),
        ("sendMessage", {"chat_id": 1}, "text is missing"),
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, "unknown field colour"),
        ("sendMessage", {"chat_id": 1.5, "text": "x"}, "chat_id: not"),
        ("sendMessage", {"chat_id": True, "text": "x"}, "chat_id: not"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_parameters": {"message": 2}},
            "reply_parameters: not",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [{}]}},
            "reply_markup: not",
        ),
        (
            "setMessageReaction",
            {"chat_id": 1, "message_id": 2, "reaction": [{"emoji": "x"}]},
            "reaction: not",
        ),
    ],
)
def test_the_judge_sees_what_is_wrong(method: str, fields: dict[str, Any], complaint: str) -> None:
    assert any(complaint in found for found in complaints_of_telegram(_seen(method, fields)))


def choices(many: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"{number}" * 90, "x") for number in range(many))


def _seen(method: str, fields: dict[str, Any]) -> Seen:
    return Seen("POST", f"/bot1:x/{method}", {}, json.dumps(fields).encode())
