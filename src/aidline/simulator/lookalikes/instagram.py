"""Instagram's side of the Send API: bytes for letters, files by address alone, and no field of our own."""

from typing import Any

from aidline.simulator.lookalikes.meta_messaging import BY_ADDRESS, Platform, respond
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.wire.meta_messaging import INSTAGRAM, new_mid

LONGEST = 1000  # bytes


def _about(account: Account, fields: str) -> dict[str, Any]:
    """`me` with a token of the account, or of the page that it is connected to."""
    known = {"id": account.key, "username": "practice"}
    if fields.startswith("instagram_business_account"):
        return {"instagram_business_account": known, "id": "1"}
    return {**known, "id": "1", "user_id": account.key}


PLATFORM = Platform(
    vendor="instagram",
    new_id=lambda: new_mid(INSTAGRAM),
    payload=BY_ADDRESS,
    message={},
    longest=lambda words: len(words.encode()) > LONGEST,
    window_code="10/2534022",
    must_mark=False,
    uploads=False,
    about=_about,
)

responder = respond(PLATFORM)
