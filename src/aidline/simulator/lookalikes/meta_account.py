"""A WhatsApp number and its business account at Meta: what it is called, where its webhooks go.

Source: business-messaging-api description v23.0 (phone numbers, subscribed apps), read 2026-11-24.
"""

from typing import Any
from urllib.parse import urlsplit

from aidline.simulator.lookalikes.registered import address, register
from aidline.simulator.lookalikes.shapes import Account, Answer, Exchange, answer
from aidline.simulator.lookalikes.strict import Problem, Table, check, text

_WANTED: Table = {"override_callback_uri": text(needed=True), "verify_token": text(needed=True)}


def number(account: Account) -> Answer:
    return answer(
        {
            "id": account.key,
            "verified_name": "Practice",
            "display_phone_number": account.number or account.key,
            "quality_rating": "GREEN",
        }
    )


def subscribe(content: dict[str, Any], account: Account) -> Problem | None:
    """Without an address of its own, the account's events go where the app's go."""
    problem = check(content, _WANTED) if content else None
    if problem is None and content:
        url = content["override_callback_uri"]
        if urlsplit(url).scheme not in ("http", "https"):
            return Problem("value", "override_callback_uri")
        register(account, url)
    return problem


def subscriptions(account: Account, exchange: Exchange) -> Answer:
    app = {
        "whatsapp_business_api_data": {"id": "1", "name": "Practice", "link": ""},
        "override_callback_uri": address(account, exchange, "whatsapp_cloud"),
    }
    return answer({"data": [app]})
