"""Messenger's side of the Send API: what it takes that Instagram does not."""

from typing import Any

from aidline.simulator.lookalikes.meta_messaging import BY_UPLOAD, Platform, respond
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.lookalikes.strict import text
from aidline.simulator.wire.meta_messaging import MESSENGER, new_mid

LONGEST = 2000


def _about(account: Account, _fields: str) -> dict[str, Any]:
    return {"id": account.key, "name": "Practice page"}


PLATFORM = Platform(
    vendor="messenger",
    new_id=lambda: new_mid(MESSENGER),
    payload=BY_UPLOAD,
    message={"metadata": text(1000)},
    longest=lambda words: len(words) > LONGEST,
    window_code="10/2018278",
    must_mark=True,
    uploads=True,
    about=_about,
)

responder = respond(PLATFORM)
