"""What practice must know of a provider, in one place: its look-alike, its way to word things, its phone."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aidline.simulator.lines import Line
from aidline.simulator.lookalikes.shapes import Account, Answer, Call, Exchange


@dataclass(frozen=True, slots=True)
class Skin:
    """How a phone looks and what can be done on it. `key` is the hook for the style sheet."""

    key: str
    label: str  # the provider's own name, not translated
    glyph: str
    plain: bool = False  # an old telephone: text only, no bubbles of state
    named: bool = False  # the sender's name travels along
    reads: bool = False  # the provider tells when something was read
    arrives: bool = True  # or at least that it arrived
    reacts: bool = False  # emoji on messages, taking back
    takes_back: bool = True  # where there are reactions
    places: bool = True
    photos: bool = True
    voices: bool = True
    window: timedelta | None = None
    address: str = "number"  # or id, or mail: what a new phone is found by
    subjects: bool = False  # what is written has a subject line
    without_number: bool = False  # a number or an id, as the person likes
    limit: int = 4096


SMS = Skin(key="sms", label="SMS", glyph="sms", plain=True, reads=False, places=False, limit=1600)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One provider of the registry. `path` is its name under /look-alike/.

    Codes are the vendor's own: `nobody` there, outside the reply window (`too_late`), the usual `refusal`, and
    what it answers where the person has `blocked` us.
    """

    provider: str
    path: str
    respond: Callable[[Call, Exchange], Answer]
    line: Callable[[Mapping[str, Any], str], Line]
    account: Callable[[str, Mapping[str, str]], Account]  # of our own `ref` and the channel's configuration
    skin: Callable[[Mapping[str, Any]], Skin]
    demo: Callable[
        [str, str], Mapping[str, str]
    ]  # a configuration from our number and the look-alike's address
    nobody: str
    refusal: str = ""
    too_late: str = ""
    blocked: str = ""
    keyless: bool = False  # callers bring a secret and no name
    signs_itself: bool = False  # the look-alike checks a signature of its own
    codes_are_words: bool = False
    new_address: Callable[[], str] | None = None  # where people have an id of the vendor instead of a number
    # What we know a message of ours by, from the person's address and its id on the phone; and one of theirs,
    # where that is another.
    known_as: Callable[[str, str], str] = lambda _address, id: id
    said_as: Callable[[str, str], str] | None = None
    demo_calls: Callable[[], Mapping[str, str]] | None = None  # what a number needs that is called too
    is_practice: Callable[[Mapping[str, Any]], bool] | None = (
        None  # where no address of a look-alike tells it
    )

    @property
    def usual_refusal(self) -> str:
        return self.refusal or self.nobody

    def admits(self, account: Account, key: str, secret: str) -> bool:
        if account.also[0] and key == account.also[0]:
            return hmac.compare_digest(account.also[1].encode(), secret.encode())
        right_key = self.keyless or hmac.compare_digest(account.key.encode(), key.encode())
        right_secret = self.signs_itself or hmac.compare_digest(account.secret.encode(), secret.encode())
        return right_key and right_secret
