"""What a caller hears when nothing else works: an apology, and a tone after which a message is kept.

Needs no database: its words are ours, in the languages that were known last, and its address is that of the hook.
"""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from aidline.channels.contract import ProvesByAddress
from aidline.channels.contract.voice import Hangup, Play, Prompt, Record, Say, Script, Voice, voice_address
from aidline.gateway import sounds
from aidline.gateway.doors import Door
from aidline.gateway.sites import remembered
from aidline.kernel import languages

MOST = 3  # languages one after the other


def apology(door: Door, voice: Voice) -> Script:
    told = _hook(door)
    prompts = tuple(_sorry(code) for code in _languages(door, voice)) or (Play(sounds.tone_url()),)
    return (Record(then=voice_address(told, "kept"), told=told, prompts=prompts),)


def thanks(door: Door, voice: Voice) -> Script:
    return (*(_thanks(code) for code in _languages(door, voice)), Hangup())


def _languages(door: Door, voice: Voice) -> list[str]:
    site = remembered(door.channel_id)
    known = [site.centre.default_language, *site.centre.languages] if site else [settings.LANGUAGE_CODE, "en"]
    able = [code for code in dict.fromkeys(known) if code in languages.INTERFACE and code in voice.speaks]
    return able[:MOST]


def _sorry(code: str) -> Prompt:
    with translation.override(code):
        words = gettext("We are sorry: we cannot connect you now. Please leave a message after the tone.")
        return Say(words, code)


def _thanks(code: str) -> Prompt:
    with translation.override(code):
        return Say(gettext("Thank you for calling. Goodbye."), code)


def _hook(door: Door) -> str:
    provider: object = door.provider
    word = provider.hook_word if isinstance(provider, ProvesByAddress) else ""
    url = f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{door.provider_name}/{door.channel_id}"
    return f"{url}/{word}" if word else url
