"""SMS and calls through Africa's Talking: short codes and names of senders in some twenty African countries.

Sources: docs.africastalking.com (/sms/sending, /sms/notifications, /sms/deliveryreports, /userdata/balance) and
the vendor's own client for Python, read 2026-11-24.

Quirks:
- Nothing is signed: the last part of our address is a secret, and all four of their callbacks may go to that one
  address; their fields tell them apart.
- A send is answered with 201 even where it was refused: what counts is the `statusCode` beside the number. A refused
  message has the id "None", and a sender name that is not ours leaves the list of numbers empty.
- Our own id cannot travel along, so that a lost answer stays uncertain until a person looks.
- Times are written with a Z or without any zone; whose zone that is nowhere stands, so that a time without one is
  taken for UTC and dropped if that lies in the future.
- A premium short code lets us answer only with the `linkId` of what the person wrote. Where a keyword is set, it is
  kept as the tail of the id of their message, and the last one said is answered.
- What is special about calls is told in `wire/africastalking_voice.py` and `wire/africastalking_xml.py`.
- The sandbox is another host and the user name "sandbox".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import httpx

from aidline.channels.contract import (
    Capabilities,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    Kind,
    MediaRef,
    Outgoing,
    Scheme,
    Secret,
    SendError,
    Sent,
    Status,
    Uncertain,
    Verdict,
    gettext_noop,
    setting,
)
from aidline.channels.wire import address_word, africastalking_voice
from aidline.channels.wire.africastalking_form import LINK, events
from aidline.channels.wire.calling import ERRORS, answer, call, failure
from aidline.channels.wire.forms import first_of_each
from aidline.channels.wire.menus import numbered
from aidline.channels.wire.reading import ident, part, parts, said
from aidline.channels.wire.sms import place_in_words

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    username: str = setting(
        gettext_noop("User name"), gettext_noop("Of the app at Africa's Talking; “sandbox” while testing.")
    )
    api_key: Annotated[str, Secret()] = setting(
        gettext_noop("API key"), gettext_noop("From the settings of the app."), secret=True
    )
    secret: Annotated[str, Secret()] = setting(
        gettext_noop("Word in our address"),
        gettext_noop("Proves that a call comes from the provider, who signs nothing."),
        secret=True,
        made_by_us=True,
    )
    sender: str = setting(
        gettext_noop("Sender"),
        gettext_noop("Short code or name of the sender. Empty: the shared one, which nobody can answer."),
        default="",
    )
    previous_secret: Annotated[str, Secret()] = setting(
        gettext_noop("Previous word"), gettext_noop("Only while changing it."), default="", secret=True
    )
    keyword: str = setting(
        gettext_noop("Premium keyword"),
        gettext_noop("Only for a premium short code, where the person pays for each answer."),
        default="",
        expert=True,
    )
    voice_number: str = setting(
        gettext_noop("Number for calls"),
        gettext_noop("Ours, as +254… With it the channel takes telephone calls too."),
        default="",
        expert=True,
    )
    base_url: str = setting(
        gettext_noop("API address"),
        gettext_noop("For the sandbox https://api.sandbox.africastalking.com"),
        default="https://api.africastalking.com",
        expert=True,
    )


# --- capabilities ----------------------------------------------------------------------------------------

CAPABILITIES = Capabilities(
    label="Africa's Talking",
    glyph="sms",
    schemes=(Scheme.PHONE,),
    inbound=frozenset({Kind.TEXT}),
    outbound=frozenset({Kind.TEXT, Kind.LOCATION, Kind.CHOICE}),
    text_limit=1600,
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.FAILED}),
    counts_segments=True,
    data_goes_to=gettext_noop("Africa's Talking (Kenya) and the phone companies of the country"),
    guide=(
        gettext_noop("Sign in at Africa's Talking and open the app that owns the short code or sender name."),
        gettext_noop("Under Settings, API key: make a key and copy it here, with the app's user name."),
        gettext_noop("Under SMS, SMS callback URLs, Incoming messages: paste our address below."),
        gettext_noop("Under SMS, SMS callback URLs, Delivery reports: paste the same address again."),
        gettext_noop("If it is offered, paste it under Bulk SMS opt-out and Subscription too."),
        gettext_noop(
            "For calls: under Voice, Phone numbers, Callback URL, paste the address with /voice/ for /hooks/ and "
            "/answer before its last part. Recordings must be deleted there by hand."
        ),
    ),
)

# --- their codes, our words ------------------------------------------------------------------------------

_TAKEN = frozenset({"100", "101", "102"})  # processed, sent, queued

# What is not here is given up: wrong numbers, held and blocked content do not mend themselves.
VERDICTS: Mapping[str, Verdict] = {
    **dict.fromkeys(("500", "501", "InternalServerError", "GatewayError"), Verdict.RETRY),
    **dict.fromkeys(("406", "UserInBlacklist", "UserInBlackList"), Verdict.STOP_CONTACTING),
    **dict.fromkeys(("402", "405", "InvalidSenderId", "InsufficientBalance"), Verdict.CHANNEL_DOWN),
}

_CODE = re.compile(r"[A-Za-z]{3,40}")

# --- the provider ----------------------------------------------------------------------------------------


class AfricasTalking(africastalking_voice.AfricasTalkingVoice):
    name: ClassVar[str] = "africastalking"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        self.config: Config = config
        self.api = f"{config.base_url.rstrip('/')}/version1"

    @property
    def hook_word(self) -> str:
        return self.config.secret

    @property
    def hook_words(self) -> tuple[str, ...]:
        return self.config.secret, self.config.previous_secret

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        address_word.check(request, self.hook_words)

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,
    ) -> list[Event]:
        fields = first_of_each(body)
        if of_call := africastalking_voice.event(fields):
            return [of_call]
        return events(fields, received_at, VERDICTS, with_link=bool(self.config.keyword))

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        form = {
            "username": self.config.username,
            "to": out.to.value,
            "message": _words(out),
            **({"from": self.config.sender} if self.config.sender else {}),
            **self._paid_by(out),
        }
        url = f"{self.api}/messaging"
        return _taken(_checked(call(http, "POST", url, headers=self._headers(), data=form)))

    def _paid_by(self, out: Outgoing) -> dict[str, str]:
        """An answer on a premium short code is paid by the person, anything else by us."""
        link = _link((*out.thread, out.reply_to)) if self.config.keyword else ""
        if link:
            return {"bulkSMSMode": "0", "keyword": self.config.keyword, "linkId": link}
        return {"bulkSMSMode": "1", "enqueue": "1"}

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:  # noqa: ARG002
        raise GiveUp("no-media")

    def probe(self, http: httpx.Client) -> str:
        url, query = f"{self.api}/user", {"username": self.config.username}
        found = _checked(
            call(http, "GET", url, repeatable=True, headers=self._headers(), params=query), repeatable=True
        )
        if not part(found.get("UserData")):
            raise GiveUp("no-account")
        return self.config.username

    def _headers(self) -> dict[str, str]:
        return {"apiKey": self.config.api_key, "Accept": "application/json"}


def _words(out: Outgoing) -> str:
    if out.kind is Kind.LOCATION and out.place:
        return place_in_words(out.place, out.text)
    if out.kind in (Kind.TEXT, Kind.CHOICE):
        return numbered(out.text, out.choices) if out.choices else out.text
    raise GiveUp(f"kind-{out.kind}")


def _link(ids: Sequence[str]) -> str:
    return next((one.partition(LINK)[2] for one in reversed(ids) if LINK in one), "")


# --- the API's answers -----------------------------------------------------------------------------------


def _checked(response: httpx.Response, *, repeatable: bool = False) -> dict[str, Any]:
    found = answer(response)
    if response.is_success and (found or not repeatable):
        return found
    error = failure(response, "", VERDICTS)
    error.words = "" if found else response.text[:200]  # refusals are plain text
    raise error


def _taken(found: dict[str, Any]) -> Sent:
    told = part(found.get("SMSMessageData"))
    ours = next(iter(parts(told.get("Recipients"))), {})
    code, external_id = ident(ours.get("statusCode")), ident(ours.get("messageId"))
    if code and code not in _TAKEN:
        raise _refusal(code, said(ours.get("status")))
    if external_id and external_id != "None":
        return Sent(external_id)
    reason = said(told.get("Message"))
    if not ours and _CODE.fullmatch(reason):  # all of the call was refused, in one word
        raise _refusal(reason, reason)
    raise Uncertain("no-id")


def _refusal(code: str, words: str) -> SendError:
    return ERRORS[VERDICTS.get(code, Verdict.GIVE_UP)](code, words=words[:200])
