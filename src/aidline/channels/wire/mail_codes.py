"""What mail servers refuse, and what that means. RFC 5321 (three digits), RFC 3463 and 5248 (X.Y.Z)."""

import re
from collections.abc import Mapping

from aidline.channels.contract import SendError, Verdict
from aidline.channels.wire.calling import ERRORS

_ENHANCED = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}\b")

# Of the enhanced codes; without a known one the first digit decides.
VERDICTS: Mapping[str, Verdict] = {
    "5.7.8": Verdict.CHANNEL_DOWN,  # wrong user or password
    "5.7.9": Verdict.CHANNEL_DOWN,
    "5.7.11": Verdict.CHANNEL_DOWN,
    "5.7.60": Verdict.CHANNEL_DOWN,  # Exchange: this account may not send as that address
    "5.2.252": Verdict.CHANNEL_DOWN,  # the same in its newer words
    "5.2.2": Verdict.GIVE_UP,  # full
    "5.3.4": Verdict.GIVE_UP,  # too large
}
# 530, 534, 535 and 538 speak of signing in whatever was said before (RFC 4954).
_SIGNING_IN = frozenset({530, 534, 535, 538})


def error_of(code: int, said: bytes | str, *, account: bool = False) -> SendError:
    """`account`: what was refused was not about a message, so that a final no concerns them all."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    found = _ENHANCED.match(words.strip())
    name = found[0] if found else str(code)
    verdict = _verdict(code, name, account=account)
    return ERRORS[verdict](name, words=words[:300] if verdict is Verdict.CHANNEL_DOWN else "")


def _verdict(code: int, name: str, *, account: bool) -> Verdict:
    if 400 <= code < 500 or not 500 <= code < 600:
        return Verdict.RETRY
    if code in _SIGNING_IN:
        return Verdict.CHANNEL_DOWN
    return VERDICTS.get(name) or (Verdict.CHANNEL_DOWN if account else Verdict.GIVE_UP)
