"""What is heard in practice: a machine speaks where the vendor's would, and for a caller who has no microphone."""

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from uuid import UUID

from aidline.flows.models import Prompt, Sound
from aidline.gateway import sounds
from aidline.kernel import sound, speech

_HERE = Path(__file__).parents[1] / "content" / "voicemails.toml"


class NotSpoken(Exception):
    """No sound that a telephone could carry."""


@lru_cache(64)
def said(text: str, language: str) -> bytes:
    return speech.speech(text, language)


def ready(language: str) -> bytes:
    """A message for the machine, in the language of the phone."""
    words = _messages()
    code = language if language in words else "en"
    return said(words[code], code)


@cache
def _messages() -> dict[str, str]:
    return tomllib.loads(_HERE.read_text(encoding="utf-8"))


def from_file(content: bytes) -> bytes:
    """As a telephone carries it. Raises `NotSpoken`."""
    try:
        return sound.telephone(sound.read(content))
    except sound.NotSound:
        raise NotSpoken from None


def words_of(url: str) -> tuple[str, str]:
    """What is said in a sound of ours, and its language: for those who read along."""
    name = url.rpartition(sounds.PATH)[2].removesuffix(".wav")
    try:
        key = UUID(name.removeprefix("r"))
    except ValueError:
        return "", ""
    if name.startswith("r"):
        prompt = Prompt.objects.filter(media_id=key).first()
        return (prompt.words, prompt.language) if prompt else ("", "")
    made = Sound.objects.filter(pk=key).first()
    return (made.text, made.language) if made else ("", "")
