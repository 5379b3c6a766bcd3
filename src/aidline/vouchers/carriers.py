"""What a carrier can be asked about a number: whether it is in use, and whether it can take a message.

Off unless a programme names the channel whose provider is asked, as each number is told to that provider. Pure but
for the models it reads: takes an HTTP client and a base URL.

Source: twilio.com/docs/lookup/v2-api and …/line-type-intelligence (read 2026-11-24): the answer has `valid`, and
`line_type_intelligence` with a `type`; Canadian numbers need an approval of their own (error 60601).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import httpx
from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.channels.contract import RetryLater
from aidline.channels.models import Channel
from aidline.channels.wire.calling import call
from aidline.vouchers.models import Programme
from aidline.vouchers.states import LineKind

_KINDS: Mapping[str, LineKind] = {
    **dict.fromkeys(("mobile", "pager"), LineKind.MOBILE),
    "landline": LineKind.FIXED,
    **dict.fromkeys(("fixedVoip", "nonFixedVoip"), LineKind.INTERNET),
    **dict.fromkeys(("personal", "tollFree", "premium", "sharedCost", "uan", "voicemail"), LineKind.OTHER),
}
_NO_SUCH_NUMBER = 20404


class Carrier(Protocol):
    def line_of(self, http: httpx.Client, number: str) -> LineKind:
        """Raises `SendError`, as sending does; asking again is no harm."""
        ...


@dataclass(frozen=True, slots=True)
class TwilioLookup:
    account_sid: str
    auth_token: str
    base_url: str = "https://lookups.twilio.com"

    def line_of(self, http: httpx.Client, number: str) -> LineKind:
        url = f"{self.base_url.rstrip('/')}/v2/PhoneNumbers/{quote(number, safe='')}"
        query = {"Fields": "line_type_intelligence"}
        answer = call(
            http, "GET", url, repeatable=True, params=query, auth=(self.account_sid, self.auth_token)
        )
        facts = _facts(answer)
        if facts.get("code") == _NO_SUCH_NUMBER or facts.get("valid") is False:
            return LineKind.NOT_IN_USE
        if not answer.is_success:
            raise RetryLater(f"http-{answer.status_code}")
        told = facts.get("line_type_intelligence")
        kind = told.get("type") if isinstance(told, dict) else None
        return _KINDS.get(str(kind), LineKind.UNKNOWN)


def _facts(answer: httpx.Response) -> dict[str, Any]:
    try:
        facts = answer.json()
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise RetryLater(f"not-json-{answer.status_code}")
    return facts


def _twilio(config: Mapping[str, Any]) -> Carrier:
    host = str(config.get("base_url") or "https://api.twilio.com").replace("//api.", "//lookups.")
    return TwilioLookup(str(config["account_sid"]), str(config["auth_token"]), host)


_BY_PROVIDER: Mapping[str, Callable[[Mapping[str, Any]], Carrier]] = {"twilio": _twilio}


def carrier_of(channel: Channel) -> Carrier | None:
    """None where the provider answers no such questions."""
    make = _BY_PROVIDER.get(channel.provider)
    return make(channel.config) if make else None


def askable(centre: Centre) -> list[Channel]:
    """Channels whose provider can be asked."""
    return list(Channel.objects.filter(centre=centre, provider__in=list(_BY_PROVIDER)).order_by("name", "pk"))


@transaction.atomic
def ask_through(*, by: Staff, programme: Programme, channel: Channel | None) -> None:
    """From now on; with None nobody is asked any more."""
    Programme.objects.filter(pk=programme.pk).update(lookup_channel_id=channel.pk if channel else None)
    record(
        by=by,
        action="programme.change",
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
        fields="lookup_channel",
    )
