"""A WhatsApp number as its owner sets it up: its name, where its webhooks go, what to do at Meta.

Sources: developers.facebook.com/docs/whatsapp/cloud-api (phone numbers; override webhooks), business-messaging-api
v23.0, read 2026-11-24. The address is that of the whole business account; each number leaves the others alone.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from aidline.channels.contract import HookState, Pace, gettext_noop
from aidline.channels.wire import meta
from aidline.channels.wire.calling import call
from aidline.channels.wire.reading import ident, parts, said

PACE = Pace(per_second=80)  # of one number; to one person bursts are allowed, and 131056 asks for a pause

GUIDE = (
    gettext_noop("At developers.facebook.com make an app of the type Business and add WhatsApp to it."),
    gettext_noop("In WhatsApp, API setup, add the number and copy its ID and that of the business account."),
    gettext_noop(
        "In the business settings make a system user, give it the app and the account, and generate a token "
        "with whatsapp_business_messaging and whatsapp_business_management."
    ),
    gettext_noop("Copy the app secret from App settings, Basic."),
    gettext_noop("In WhatsApp, Configuration, enter our address and the verify token below."),
    gettext_noop("Subscribe the app to the field messages, or let us do it with the button."),
)


class WhatsAppAccount:
    """What `WhatsAppCloud` can do besides messages and templates."""

    api: str
    config: Any

    def probe(self, http: httpx.Client) -> str:
        found = self._ask(http, self.config.phone_number_id, {"fields": _ABOUT})
        number, quality = said(found.get("display_phone_number")), ident(found.get("quality_rating"))
        told = [said(found.get("verified_name")), number, f"({quality})" if quality in _WORSE else ""]
        return " ".join(filter(None, told))

    def register_hook(self, http: httpx.Client, url: str) -> None:
        """Meta asks our address at once whether it knows the word."""
        wanted = {"override_callback_uri": url, "verify_token": self.config.verify_token}
        where = f"{self.api}/{self.config.waba_id}/subscribed_apps"
        meta.checked(call(http, "POST", where, repeatable=True, headers=self._bearer(), json=wanted), {})

    def hook_state(self, http: httpx.Client) -> HookState:
        """Without an address of the account's own, that of the app counts, which it does not tell."""
        apps = parts(self._ask(http, f"{self.config.waba_id}/subscribed_apps", {}).get("data"))
        url = next(filter(None, (said(app.get("override_callback_uri")) for app in apps)), "")
        return HookState(url=url, tells_address=bool(url) or not apps)

    def _ask(self, http: httpx.Client, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        url, headers = f"{self.api}/{path}", self._bearer()
        return meta.checked(call(http, "GET", url, repeatable=True, headers=headers, params=query), {})

    def _bearer(self) -> dict[str, str]:
        return meta.bearer(self.config.access_token)


_ABOUT = "verified_name,display_phone_number,quality_rating"
_WORSE = ("YELLOW", "RED")
