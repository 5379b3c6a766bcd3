"""Messenger: how the phone looks, and who may call its look-alike."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aidline.simulator.lookalikes import messenger as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.meta_messaging import PageLine, page_of
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire.meta_messaging import MESSENGER

SKIN = Skin(
    key="messenger",
    label="Messenger",
    glyph="messenger",
    reads=True,
    reacts=True,
    window=timedelta(hours=24),
    address="id",
    limit=2000,
)


def _line(config: Mapping[str, Any], hook: str) -> PageLine:
    page = page_of(MESSENGER, "page_id", config)
    return PageLine(page, hook, str(config.get("base_url", "")), frozenset({"contacts"}))


def _account(ref: str, config: Mapping[str, str]) -> Account:
    page, token = config["page_id"], config["access_token"]
    return Account(page, ref, token, lambda given: given == page, number=config.get("app_id", ""))


def new_address() -> str:
    """A page-scoped id."""
    return str(secrets.randbelow(9 * 10**15) + 10**15)


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {
        "page_id": str(secrets.randbelow(9 * 10**14) + 10**14),
        "access_token": "EAA" + secrets.token_urlsafe(32),
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(16),
        "app_id": str(secrets.randbelow(9 * 10**14) + 10**14),
        "base_url": base_url,
    }


VENDOR = Vendor(
    provider="messenger",
    path="messenger",
    respond=lookalike.responder,
    line=_line,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="551",
    keyless=True,
    new_address=new_address,
)
