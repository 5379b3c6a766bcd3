"""SMS by a telephone of one's own: the app SMS Gateway for Android (capcom6, Apache-2.0).

Sources: the app's own API description (swagger, as shipped with it) and docs.sms-gate.app on webhooks, signing and
health, read 2026-11-24; issues 291, 422 and 432 of capcom6/android-sms-gateway.

Quirks:
- The same API at three places: on the telephone itself, on a server of one's own, or in the maker's cloud.
- A webhook is registered for one event; registered twice, everything comes twice, each time under another id.
- The signature covers the body with X-Timestamp behind it. A call is tried again for about two days, and phones have
  wrong clocks: a late call is good, and a replay changes nothing, because the event has an id.
- `messageId` of what people write is a hash of its text or a counter of the phone, and so no id; the event's is.
- A picture message is told twice: as announced (`mms:received`, with nothing in it) and as downloaded, and nothing
  joins the two. We take one of them, the downloaded one with text and files; on a phone that cannot download, the
  setting takes the announced one instead, which comes in as unsupported, so that nobody's message is missed.
- A known id is refused with 409: our own came in before, so that is as good as taken. A call without an answer stays
  uncertain all the same, because nobody calls twice.
- The texts of failures are meant for people; Android's constant is looked for in them.
- Pictures cannot be sent.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

import httpx

from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    ChannelDown,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    HookState,
    Kind,
    MediaRef,
    Outgoing,
    Pace,
    Scheme,
    Secret,
    SendError,
    Sent,
    Status,
    Uncertain,
    Verdict,
    WrongSetting,
    gettext_noop,
    setting,
)
from aidline.channels.wire import android_sms_events, places
from aidline.channels.wire.calling import answer, call, failure, fetch
from aidline.channels.wire.menus import numbered
from aidline.channels.wire.reading import ident, parts, said, written_moment
from aidline.kernel import clock

# --- configuration ---------------------------------------------------------------------------------------

DOWNLOADED, ANNOUNCED = "downloaded", "announced"


@dataclass(frozen=True, slots=True)
class Config:
    base_url: str = setting(
        gettext_noop("Address of the app or server"),
        gettext_noop(
            "The phone itself (http://…:8080), your server (https://…/3rdparty/v1), "
            "or the cloud (https://api.sms-gate.app/3rdparty/v1)."
        ),
    )
    signing_key: Annotated[str, Secret()] = setting(
        gettext_noop("Signing key"), gettext_noop("In the app under Settings, Webhooks."), secret=True
    )
    login: str = setting(gettext_noop("User name"), gettext_noop("On the app's first page."), default="")
    password: Annotated[str, Secret()] = setting(gettext_noop("Password"), default="", secret=True)
    country: str = setting(
        gettext_noop("Country of the SIM card"),
        gettext_noop("Two letters, such as LB: for numbers that come without a country code."),
        default="",
    )
    seconds_between: str = setting(
        gettext_noop("Seconds between two messages"),
        gettext_noop("Operators block a SIM card that sends too fast."),
        default="3",
    )
    token: Annotated[str, Secret()] = setting(
        gettext_noop("Access token"),
        gettext_noop("In place of user name and password."),
        default="",
        secret=True,
        expert=True,
    )
    device_id: str = setting(
        gettext_noop("Device"),
        gettext_noop("Its id, if several phones share the account."),
        default="",
        expert=True,
    )
    sim_number: str = setting(
        gettext_noop("SIM card"),
        gettext_noop("1, 2 or 3; empty: the one the phone prefers."),
        default="",
        options=("", "1", "2", "3"),
        expert=True,
    )
    pictures: str = setting(
        gettext_noop("Picture messages"),
        gettext_noop("Downloaded, with their files; or, on a phone that cannot download, only announced."),
        default=DOWNLOADED,
        options=(DOWNLOADED, ANNOUNCED),
        expert=True,
    )
    previous_signing_key: Annotated[str, Secret()] = setting(
        gettext_noop("Previous signing key"),
        gettext_noop("Only while changing it."),
        default="",
        secret=True,
    )


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_CLOUD = "sms-gate.app"

CAPABILITIES = Capabilities(
    label="SMS Gateway for Android",
    glyph="sms",
    schemes=(Scheme.PHONE,),
    inbound=frozenset(
        {Kind.TEXT, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.CONTACTS, Kind.UNSUPPORTED}
    ),
    outbound=frozenset({Kind.TEXT, Kind.LOCATION, Kind.CHOICE}),
    text_limit=1600,
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.FAILED}),
    counts_segments=True,
    pace=Pace(per_second=1 / 3),
    data_goes_to=gettext_noop("The mobile operator of the SIM card; the phone keeps its messages"),
    guide=(
        gettext_noop("Install the app on a phone that stays switched on, charged and online."),
        gettext_noop(
            "Choose the local server or a server of your own. The cloud works too, but then the maker "
            "of the app passes on every message."
        ),
        gettext_noop(
            "Copy the address, the user name and the password from the app's first page. "
            "A private address must stand in AIDLINE_PRIVATE_HOSTS."
        ),
        gettext_noop("Copy the signing key from the app's settings, under Webhooks."),
        gettext_noop("Save, then register our address below with the button: it needs https."),
        gettext_noop(
            "Switch off battery saving for the app, and switch on the download of picture messages."
        ),
    ),
)
THROUGH_THE_CLOUD = gettext_noop(
    "The mobile operator of the SIM card, and the cloud of sms-gate.app, which passes messages on"
)

_LATE, _EARLY = timedelta(days=3), timedelta(days=1)  # tries go on for two days; phones' clocks are wrong
_SILENT_AFTER = timedelta(hours=2)

# --- their codes, our words ------------------------------------------------------------------------------

EVENTS: Mapping[str, tuple[str, ...]] = {
    DOWNLOADED: (
        "sms:received",
        "mms:downloaded",
        "sms:data-received",
        "sms:sent",
        "sms:delivered",
        "sms:failed",
    ),
    ANNOUNCED: (
        "sms:received",
        "mms:received",
        "sms:data-received",
        "sms:sent",
        "sms:delivered",
        "sms:failed",
    ),
}
_NEEDED = "sms:received"  # without the others an old app is still of use

VERDICTS: Mapping[str, Verdict] = {}  # the app answers with nothing but HTTP statuses

# --- the provider ----------------------------------------------------------------------------------------


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        words = gettext_noop("An address begins with https:// and holds no placeholders.")
        raise WrongSetting("base_url", words) from None


class AndroidSms:
    name: ClassVar[str] = "android_sms"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        if not config.token and not (config.login and config.password):
            raise WrongSetting("password", gettext_noop("Give user name and password, or an access token."))
        self.config = config
        self.api = config.base_url.rstrip("/")
        self.keys = [key.encode() for key in (config.signing_key, config.previous_signing_key) if key]
        self.capabilities = replace(CAPABILITIES, pace=_pace(config.seconds_between))
        if config.pictures == ANNOUNCED:
            self.capabilities = replace(self.capabilities, inbound=frozenset({Kind.TEXT, Kind.UNSUPPORTED}))
        if _host(self.api).endswith(_CLOUD):
            self.capabilities = replace(self.capabilities, data_goes_to=THROUGH_THE_CLOUD)

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        given = request.headers.get("x-signature", "").encode("utf-8", "replace")
        timestamp = request.headers.get("x-timestamp", "")
        signed = request.body + timestamp.encode("utf-8", "replace")
        good = [
            hmac.compare_digest(given, hmac.digest(key, signed, "sha256").hex().encode()) for key in self.keys
        ]
        if not any(good):
            raise BadSignature("x-signature")
        if not _possible(timestamp):
            raise BadSignature("x-timestamp")

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,
    ) -> list[Event]:
        announced = self.config.pictures == ANNOUNCED
        found = android_sms_events.event(body, received_at, region=self.config.country, announced=announced)
        return [found]

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        body = {
            "id": str(out.message),
            "phoneNumbers": [out.to.value],
            "textMessage": {"text": _text(out)},
            "withDeliveryReport": True,
            **({"deviceId": self.config.device_id} if self.config.device_id else {}),
            **({"simNumber": int(self.config.sim_number)} if self.config.sim_number else {}),
        }
        odd: dict[str, Any] = (
            {} if out.to.value.startswith("+") else {"params": {"skipPhoneValidation": "true"}}
        )
        response = call(http, "POST", f"{self.api}/messages", headers=self._keys(), json=body, **odd)
        if response.status_code == 409:
            return Sent(str(out.message))
        external_id = ident(_checked(response).get("id"))
        if not external_id:
            raise Uncertain("no-id")
        return Sent(external_id)

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        """The webhook brings most files itself; what was too large for it lies on the phone."""
        if ref.content is not None:
            return Fetched(ref.content, ref.mime, ref.name)
        message, _, place = ref.ref.rpartition("/")
        if not (place.isascii() and place.isdigit()) or not message.strip("."):
            raise GiveUp("no-such-file")
        path = f"inbox/{quote(message, safe='')}/attachments/{place}"
        fetched = fetch(http, f"{self.api}/{path}", 16 * _MB, self._keys())
        plain = fetched.mime in ("", "application/octet-stream")
        return Fetched(fetched.content, ref.mime if plain and ref.mime else fetched.mime, ref.name)

    def probe(self, http: httpx.Client) -> str:
        """Health asks for no password, so that the list of webhooks proves it."""
        _refuse_ill_health(call(http, "GET", f"{self.api}/health", repeatable=True))
        self._hooks(http)
        return self._phone(http)

    def _phone(self, http: httpx.Client) -> str:
        """What our phone is called; the app on the phone itself may not know this address."""
        response = call(http, "GET", f"{self.api}/devices", repeatable=True, headers=self._keys())
        known = self.config.device_id
        for device in parts(_listed(response)):
            if known in ("", ident(device.get("id"))):
                name, seen = said(device.get("name"))[:80], written_moment(device.get("lastSeen"))
                if seen and clock.now() - seen > _SILENT_AFTER:
                    raise ChannelDown("phone-silent", words=f"{name}: {seen:%Y-%m-%d %H:%M} UTC")
                return name
        if known and response.is_success:
            raise ChannelDown("no-such-device")
        return ""

    def register_hook(self, http: httpx.Client, url: str) -> None:
        """Under ids of our own, so that a second time replaces the first; twins under others are taken away."""
        wanted = {event: _hook_id(url, event) for event in EVENTS[self.config.pictures]}
        for event, hook in wanted.items():
            body = {"id": hook, "url": url, "event": event}
            device = {"deviceId": self.config.device_id} if self.config.device_id else {}
            response = call(
                http,
                "POST",
                f"{self.api}/webhooks",
                repeatable=True,
                headers=self._keys(),
                json=body | device,
            )
            if not response.is_success and (event == _NEEDED or response.status_code != 400):
                raise _refusal(response)
        for known in self._hooks(http):
            if ident(known.get("url")) == url and ident(known.get("id")) not in wanted.values():
                path = quote(ident(known.get("id")), safe="")
                call(http, "DELETE", f"{self.api}/webhooks/{path}", repeatable=True, headers=self._keys())

    def hook_state(self, http: httpx.Client) -> HookState:
        """The address under which most of what we need is told."""
        told: dict[str, set[str]] = {}
        for known in self._hooks(http):
            if "/hooks/" in ident(known.get("url")):
                told.setdefault(ident(known["url"]), set()).add(ident(known.get("event")))
        needed = EVENTS[self.config.pictures]
        url = max(told, key=lambda one: len(told[one] & set(needed)), default="")
        missing = [event for event in needed if event not in told.get(url, ())]
        return HookState(url, error=", ".join(missing) if url else "")

    def _hooks(self, http: httpx.Client) -> list[dict[str, Any]]:
        response = call(http, "GET", f"{self.api}/webhooks", repeatable=True, headers=self._keys())
        if not response.is_success:
            raise _refusal(response)
        ours = ("", self.config.device_id)
        return [hook for hook in parts(_listed(response)) if ident(hook.get("deviceId")) in ours]

    def _keys(self) -> dict[str, str]:
        if self.config.token:
            return {"Authorization": f"Bearer {self.config.token}"}
        pair = f"{self.config.login}:{self.config.password}"
        return {"Authorization": "Basic " + b64encode(pair.encode()).decode()}


def _pace(seconds: str) -> Pace:
    """At most an hour: a slower one would be a channel that does not work."""
    if not seconds.isascii() or not seconds.isdigit() or not 1 <= int(seconds[:5]) <= 3600:
        raise WrongSetting("seconds_between", gettext_noop("A whole number of seconds, from 1 to 3600."))
    return Pace(per_second=1 / int(seconds))


def _possible(timestamp: str) -> bool:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    age = clock.now().timestamp() - int(timestamp)
    return -_EARLY.total_seconds() <= age <= _LATE.total_seconds()


def _text(out: Outgoing) -> str:
    if out.kind is Kind.LOCATION and out.place:
        return places.in_words(out.text, out.place)
    if out.kind in (Kind.TEXT, Kind.CHOICE):
        return numbered(out.text, out.choices) if out.choices else out.text
    raise GiveUp(f"kind-{out.kind}")


def _hook_id(url: str, event: str) -> str:
    """The path names our channel and outlives a change of domain."""
    return str(uuid5(NAMESPACE_URL, f"aidline {urlsplit(url).path} {event}"))


# --- the API's answers -----------------------------------------------------------------------------------


def _checked(response: httpx.Response) -> dict[str, Any]:
    if response.is_success:
        return answer(response)
    raise _refusal(response)


def _refusal(response: httpx.Response) -> SendError:
    error = failure(response, "", VERDICTS)
    error.words = said(answer(response).get("message"))[:300]
    return error


def _listed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return []


def _refuse_ill_health(response: httpx.Response) -> None:
    """`{status: fail, checks: {name: {status, description}}}`; an app without this address is well."""
    found = answer(response)
    if response.status_code != 404 and (not response.is_success or found.get("status") == "fail"):
        checks = found.get("checks")
        rows = checks.items() if isinstance(checks, dict) else ()
        ill = [name for name, check in rows if isinstance(check, dict) and check.get("status") == "fail"]
        raise ChannelDown("unhealthy", words=", ".join(said(name) for name in ill)[:300])
