"""In which medium a channel speaks, and what fits into it."""

from collections.abc import Iterator

from aidline.channels.contract import Capabilities, Scheme
from aidline.channels.contract.voice import TakesCalls
from aidline.channels.models import Channel
from aidline.channels.registry import BadConfig, load
from aidline.flows.language import Line, Medium
from aidline.kernel import text as words

SMS_PIECE = 306  # two parts of an SMS that needs no more than the usual letters
PHONE_PIECE = 600  # characters that are spoken in one go


def capabilities(channel: Channel) -> Capabilities:
    return load(channel.provider, channel.config).capabilities


def takes_calls(channel: Channel) -> bool:
    try:
        provider = load(channel.provider, channel.config or {})
    except BadConfig:
        return False
    return isinstance(provider, TakesCalls) and provider.takes_calls


def medium_of(able: Capabilities) -> Medium:
    """SMS counts its parts, or goes to a number and takes nothing but words."""
    plain = Scheme.PHONE in able.schemes and not able.media
    return Medium.SMS if able.counts_segments or plain else Medium.CHAT


def pieces(title: str, body: str, short: str, recording: str, language: str, medium: Medium) -> list[Line]:
    """An article as it is sent or read, in pieces that fit."""
    if medium is Medium.PHONE:
        if recording:
            return [Line(body, language, recording)]
        return [Line(piece, language) for piece in _spoken(f"{title}. {body}" if title else body)]
    if medium is Medium.SMS:
        return [Line(piece, language) for piece in words.split(short or f"{title}\n{body}", SMS_PIECE)]
    return [Line(f"{title}\n\n{body}" if title else body, language)]


def _spoken(body: str) -> Iterator[str]:
    """By paragraph, so that a pause falls where it does in writing."""
    for paragraph in filter(None, map(str.strip, body.split("\n\n"))):
        yield from words.split(paragraph, PHONE_PIECE)
