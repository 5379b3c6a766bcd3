"""The look-alike's idea of TwiML is held against Twilio's own library, and its refusals against Twilio's errors."""

import inspect

import pytest
from twilio.twiml import voice_response

from aidline.simulator.lookalikes.twiml import ATTRIBUTES, BadTwiml, Verb, read

_PYTHON = {"from": "from_"}


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_every_attribute_is_one_that_twilio_knows(name: str) -> None:
    known = _known(name)
    assert [one for one in ATTRIBUTES[name] if _snake(one) not in known] == []


def _known(name: str) -> set[str]:
    """The library takes an attribute as a named parameter of the method that makes the verb."""
    makers = (voice_response.VoiceResponse, voice_response.Gather, voice_response.Dial)
    found = [getattr(maker, _snake(name), None) for maker in makers]
    return {one for maker in found if maker for one in inspect.signature(maker).parameters}


def _snake(name: str) -> str:
    written = "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")
    return _PYTHON.get(written, written)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Say>Hello", 12100),
        ("<!DOCTYPE r><Response/>", 12100),
        ("<Answer/>", 12200),
        ("<Response><Shout>Hello</Shout></Response>", 12200),
        ("<Response><Say tone='kind'>Hello</Say></Response>", 12200),
        ("<Response><Say/></Response>", 12200),
        ("<Response><Gather><Dial>+447700900123</Dial></Gather></Response>", 12200),
        ("<Response><Play/></Response>", 13420),
        ("<Response><Dial/></Response>", 13201),
        (f"<Response><Say>{'a' * 4097}</Say></Response>", 13520),
        (f"<Response><Say>{'a' * 70_000}</Say></Response>", 11750),
    ],
)
def test_what_twilio_would_stumble_over_is_refused_with_its_code(document: str, code: int) -> None:
    with pytest.raises(BadTwiml) as refusal:
        read(document.encode())
    assert refusal.value.code == code


def test_only_xml_is_read() -> None:
    with pytest.raises(BadTwiml) as refusal:
        read(b"<Response/>", "application/json")
    assert refusal.value.code == 12300


def test_a_verb_survives_being_kept() -> None:
    (gather,) = read(b"<Response><Gather numDigits='1'><Say language='arb'>a</Say></Gather></Response>")
    assert Verb.unpacked(gather.packed()) == gather
