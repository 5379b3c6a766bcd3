"""Instagram: how the phone looks, and who may call its look-alike."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aidline.simulator.lookalikes import instagram as lookalike
from aidline.simulator.lookalikes.shapes import Account
from aidline.simulator.vendors.messenger import new_address
from aidline.simulator.vendors.meta_messaging import PageLine, page_of
from aidline.simulator.vendors.shapes import Skin, Vendor
from aidline.simulator.wire.meta_messaging import INSTAGRAM

SKIN = Skin(
    key="instagram",
    label="Instagram",
    glyph="instagram",
    reads=True,
    arrives=False,
    reacts=True,
    places=False,
    window=timedelta(hours=24),
    address="id",
    limit=1000,
)


def _line(config: Mapping[str, Any], hook: str) -> PageLine:
    page = page_of(INSTAGRAM, "account_id", config)
    silent = frozenset({"contacts", "location", "edit"})
    return PageLine(page, hook, str(config.get("base_url", "")), silent)


def _account(ref: str, config: Mapping[str, str]) -> Account:
    account, token = config["account_id"], config["access_token"]
    return Account(account, ref, token, lambda given: given == account, number=config.get("app_id", ""))


def _demo(_number: str, base_url: str) -> Mapping[str, str]:
    return {
        "account_id": f"1784{secrets.randbelow(10**13):013}",
        "access_token": "IGAA" + secrets.token_urlsafe(32),
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(16),
        "base_url": base_url,
    }


VENDOR = Vendor(
    provider="instagram",
    path="instagram",
    respond=lookalike.responder,
    line=_line,
    account=_account,
    skin=lambda _config: SKIN,
    demo=_demo,
    nobody="551",
    keyless=True,
    new_address=new_address,
)
