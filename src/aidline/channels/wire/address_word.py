"""A secret as the last part of our address, for providers that sign nothing.

It proves a call no better than a password would: the provider should also be told apart by its network where it
publishes one. The word is compared in constant time, the present one and the one before it.
"""

import hmac
from collections.abc import Sequence
from urllib.parse import urlsplit

from aidline.channels.contract import BadSignature, HookRequest


def check(request: HookRequest, words: Sequence[str]) -> None:
    given = urlsplit(request.url).path.rstrip("/").rpartition("/")[2].encode("utf-8", "replace")
    good = [hmac.compare_digest(given, word.encode()) for word in words if word]
    if not any(good):
        raise BadSignature("address")
