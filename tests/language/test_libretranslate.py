"""The client of LibreTranslate against a real server on this machine, in good and in bad health."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aidline.kernel import http
from aidline.language.libretranslate import (
    Busy,
    EngineError,
    KeyRefused,
    LibreTranslate,
    NoSense,
    NotOffered,
    TooSlow,
    Unreachable,
)
from language.stage import server
from local_server import Answer, LocalServer

SECRET = "my number is 07700900123"


@pytest.fixture
def there() -> Iterator[LocalServer]:
    with server() as found:
        yield found


def client(there: LocalServer, path: str = "", **more: Any) -> LibreTranslate:
    return LibreTranslate(http.client(frozenset({there.origin})), there.url + path, **more)


def test_it_lists_what_can_be_translated_into_what(there: LocalServer) -> None:
    pairs = client(there).languages()
    assert "en" in pairs["ar"]
    assert "ti" not in pairs


def test_texts_come_back_translated_in_their_order(there: LocalServer) -> None:
    texts = ["Thank you, we will answer today.", "something else"]
    assert client(there, key="abc").translate(texts, source="en", target="fr") == [
        "Merci, nous répondrons aujourd'hui.",
        "‹something› ‹else›",
    ]
    asked = json.loads(there.seen[0].body)
    assert asked == {"q": texts, "source": "en", "target": "fr", "format": "text", "api_key": "abc"}


def test_a_language_is_told_with_how_sure_it_is_from_nought_to_one(there: LocalServer) -> None:
    assert client(there).detect("مرحبا") == ("ar", 0.9)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/busy", Busy),
        ("/broken", Unreachable),
        ("/garbage", NoSense),
        ("/key-right", KeyRefused),
        ("/nowhere/else", EngineError),
    ],
)
def test_each_trouble_has_a_name_and_none_repeats_what_was_said(
    there: LocalServer, path: str, error: type[EngineError]
) -> None:
    with pytest.raises(error) as told:
        client(there, path, key="wrong").translate(
            [SECRET], source="en", target="fr" if "else" not in path else "xx"
        )
    assert "07700900123" not in f"{told.value!r} {told.value.code}"
    assert told.value.__cause__ is None


NO_ANSWERS = [
    b"",
    b"[]",
    b"{}",
    b"null",
    b'{"translatedText": "one"}',
    b'{"translatedText": []}',
    b'{"translatedText": [1]}',
    b'{"translatedText": ["  "]}',
    b'{"translatedText": ["one", "two"]}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("body", NO_ANSWERS)
def test_an_answer_that_is_none_is_not_taken_for_one(there: LocalServer, body: bytes) -> None:
    there.answer = lambda _seen: Answer(200, body)
    with pytest.raises(NoSense):
        client(there).translate(["hello"], source="en", target="fr")


def test_an_unknown_pair_is_not_offered(there: LocalServer) -> None:
    with pytest.raises(NotOffered):
        client(there).translate(["hello"], source="ti", target="en")


def test_a_server_that_drips_is_given_up_in_its_time(there: LocalServer) -> None:
    def drip(wire: Any) -> None:
        for _ in range(50):
            wire.write(b" ")
            wire.flush()
            time.sleep(0.1)

    there.answer = lambda _seen: Answer(200, b"", drip=drip)
    began = time.monotonic()
    with pytest.raises(TooSlow):
        client(there, seconds=0.6).translate(["hello"], source="en", target="fr")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://10.0.0.1", "nonsense", "http://[bad"])
def test_a_server_that_is_not_there_or_must_not_be_called_is_unreachable(url: str) -> None:
    with pytest.raises(Unreachable):
        LibreTranslate(http.client(), url, seconds=1).languages()
