"""Telegram through its Bot API.

Sources: core.telegram.org/bots/api (Bot API 10.1 of 2026-06-11) and its machine-readable description, read
2026-11-24. What these do not say and only use has taught is marked [K].

Quirks:
- A call is proven by a fixed word in a header, which we give to Telegram with our address; its body is not
  signed. The word is only as secret as TLS keeps it.
- The token is part of every address we call, also of files: no address may reach a log, an error or a reference.
- A bot cannot write first. There is no window afterwards, and no news of arriving or reading: taken is sent.
- Only private chats are conversations. In groups nobody is alone with us: what comes from there is unknown.
- An album is several messages. Messages are numbered within a chat: the id of one is "chat:message".
- Nothing tells that a message was deleted. Reactions come only when asked for (`UPDATES`), as the whole list.
- A pressed button waits for a sign of life: it is the answer to the webhook itself. Its data is 64 bytes at
  most: a longer id goes out as a fingerprint (`wire/menus.py`).
- A person who blocks the bot is told of once; sends are then refused with 403.
- Files come up to 20 MB and go out up to 50 MB, photos to 10 MB.
- Error codes are HTTP statuses; what kind of 400 it is stands only in words. They choose the words we show,
  never what is done.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

import httpx

from aidline.channels.contract import (
    BadSignature,
    Capabilities,
    Event,
    Fetched,
    GiveUp,
    HookAnswer,
    HookRequest,
    HookState,
    Kind,
    Malformed,
    MediaLimit,
    MediaRef,
    Outgoing,
    Pace,
    RetryLater,
    Scheme,
    Secret,
    Sender,
    SendError,
    Sent,
    Uncertain,
    Verdict,
    gettext_noop,
    setting,
)
from aidline.channels.wire.calling import answer, call, failure, fetch
from aidline.channels.wire.reading import count, document, ident, moment, part, said
from aidline.channels.wire.telegram_calls import BUTTONS, FILES, beside_file, chat_of, method, place_of
from aidline.channels.wire.telegram_updates import event, message_id

# --- configuration ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    token: Annotated[str, Secret()] = setting(
        gettext_noop("Bot token"),
        gettext_noop("Digits, a colon and letters, from BotFather."),
        secret=True,
    )
    secret_token: Annotated[str, Secret()] = setting(
        gettext_noop("Secret word"),
        gettext_noop("Proves that a call comes from Telegram. Letters, digits, _ and - only."),
        secret=True,
        made_by_us=True,
    )
    previous_secret_token: Annotated[str, Secret()] = setting(
        gettext_noop("Previous secret word"),
        gettext_noop("Only while changing it."),
        default="",
        secret=True,
    )
    base_url: str = setting(gettext_noop("API address"), default="https://api.telegram.org", expert=True)


# --- capabilities ----------------------------------------------------------------------------------------

_MB = 1024 * 1024
_FETCHED = 20 * _MB
_DOCUMENT = MediaLimit(
    frozenset(
        {
            "application/pdf",
            "application/zip",
            "text/plain",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        }
    ),
    50 * _MB,
)

CAPABILITIES = Capabilities(
    label="Telegram",
    glyph="telegram",
    schemes=(Scheme.TELEGRAM,),  # a number that somebody proved is known, and cannot be written to from here
    inbound=frozenset(Kind) - {Kind.TEMPLATE},
    outbound=frozenset({Kind.TEXT, Kind.CHOICE, Kind.LOCATION, *FILES}),
    text_limit=4096,
    caption_limit=1024,
    captioned=frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT}),
    media={
        Kind.IMAGE: MediaLimit(frozenset({"image/jpeg", "image/png"}), 10 * _MB),
        Kind.VIDEO: MediaLimit(frozenset({"video/mp4"}), 50 * _MB),
        Kind.AUDIO: MediaLimit(frozenset({"audio/mpeg", "audio/mp4"}), 50 * _MB),
        Kind.VOICE: MediaLimit(frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"}), 50 * _MB),
        Kind.STICKER: MediaLimit(frozenset({"image/webp"}), 512 * 1024),
        Kind.DOCUMENT: _DOCUMENT,
    },
    choices=BUTTONS,
    typing=True,
    reactions=True,
    # "My bot is hitting limits", core.telegram.org/bots/faq: one a second in a chat, about thirty in all.
    pace=Pace(per_second=30, each=timedelta(seconds=1)),
    data_goes_to=gettext_noop(
        "Telegram (British Virgin Islands, United Arab Emirates); it can read chats with bots and keeps them "
        "until they are deleted"
    ),
    guide=(
        gettext_noop("In Telegram, open a chat with @BotFather and send /newbot."),
        gettext_noop(
            "Give the bot the name people shall see, then a user name that ends in “bot”. Choose a name that "
            "tells a stranger who looks at the phone as little as possible."
        ),
        gettext_noop("Copy the token that BotFather answers with into the first field below."),
        gettext_noop(
            "Send /setjoingroups to BotFather, choose the bot, then Disable: it only talks in private."
        ),
        gettext_noop(
            "Send /setuserpic if the bot shall have a picture, and /setdescription for a first line."
        ),
        gettext_noop(
            "Save, then register our address below: we tell it to Telegram ourselves. It must begin with "
            "https and use port 443, 80, 88 or 8443."
        ),
        gettext_noop("Open the bot on your own phone and press Start: it should appear at the desk."),
    ),
)

# All that we understand. Reactions are sent to nobody who has not asked for them by name.
UPDATES = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")

# --- their codes, our words ------------------------------------------------------------------------------

VERDICTS: Mapping[str, Verdict] = {
    "400": Verdict.GIVE_UP,
    "401": Verdict.CHANNEL_DOWN,
    "403": Verdict.STOP_CONTACTING,  # blocked, deactivated, or never wrote to us
    "404": Verdict.CHANNEL_DOWN,  # what a token of the wrong form is answered with
    "409": Verdict.CHANNEL_DOWN,  # another program fetches this bot's messages
    "413": Verdict.GIVE_UP,
    "420": Verdict.RETRY,
    "429": Verdict.RETRY,
}

# Only for the reason that is shown: words at Telegram may change any day.
_NUANCES: Mapping[str, str] = {
    "chat not found": "400-chat",
    "message is too long": "400-long",
    "message caption is too long": "400-long",
    "file is too big": "400-file",
    "wrong file": "400-file",
    "image_process_failed": "400-file",
    "photo_invalid_dimensions": "400-file",
    "bot was blocked": "403-blocked",
    "user is deactivated": "403-gone",
    "initiate conversation": "403-first",
}

# --- the provider ----------------------------------------------------------------------------------------


class Telegram:
    name: ClassVar[str] = "telegram"
    accepted: ClassVar[HookAnswer] = HookAnswer()
    capabilities = CAPABILITIES

    def __init__(self, config: Config) -> None:
        base, bot = config.base_url.rstrip("/"), f"bot{quote(config.token, safe=':')}"
        self.api = f"{base}/{bot}"
        self.files = f"{base}/file/{bot}"
        self.secret = config.secret_token
        self.secrets = [word.encode() for word in (config.secret_token, config.previous_secret_token) if word]

    def handshake(self, request: HookRequest) -> HookAnswer | None:  # noqa: ARG002
        return None

    def verify(self, request: HookRequest) -> None:
        given = request.headers.get("x-telegram-bot-api-secret-token", "").encode("utf-8", "replace")
        good = [hmac.compare_digest(given, secret) for secret in self.secrets]
        if not any(good):
            raise BadSignature("x-telegram-bot-api-secret-token")

    def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],  # noqa: ARG002
        received_at: datetime,  # noqa: ARG002
    ) -> list[Event]:
        return [event(document(body))]

    def answer(self, request: HookRequest) -> HookAnswer:
        """Until it has one, a pressed button shows a turning wheel."""
        try:
            query = ident(part(document(request.body).get("callback_query")).get("id"))
        except Malformed:
            return self.accepted
        if not query:
            return self.accepted
        escaped = quote(query, safe="")  # digits; whatever else it were, it ends no string
        body = f'{{"method":"answerCallbackQuery","callback_query_id":"{escaped}"}}'
        return HookAnswer(content_type="application/json", body=body.encode())

    def send(self, http: httpx.Client, out: Outgoing) -> Sent:
        if out.kind in FILES:
            found = self._send_file(http, out)
        else:
            name, fields = method(out)
            found = self._call(http, name, fields)
        return _sent(found, out.to)

    def _send_file(self, http: httpx.Client, out: Outgoing) -> dict[str, Any]:
        """The file travels with the message, so that this call is the message and is never repeated."""
        file = out.file
        if file is None or file.size > CAPABILITIES.media[out.kind].bytes:
            raise GiveUp("too-large" if file else "no-file")
        name, field = FILES[out.kind]
        fields, content = beside_file(out), (file.name, file.content(), file.mime)
        url = f"{self.api}/{name}"
        return _result(call(http, "POST", url, data=fields, files={field: content}))

    def fetch_media(self, http: httpx.Client, ref: MediaRef) -> Fetched:
        """The path is good for an hour and holds the token; the id is good for as long as the bot lives."""
        found = part(self._call(http, "getFile", {"file_id": ref.ref}, repeatable=True).get("result"))
        path = said(found.get("file_path"))
        if not path or ".." in path.split("/"):
            raise GiveUp("no-address")
        fetched = fetch(http, f"{self.files}/{quote(path)}", _FETCHED, {})
        return Fetched(fetched.content, ref.mime or fetched.mime, ref.name)

    def mark_read(self, http: httpx.Client, external_id: str, *, typing: bool) -> None:
        """There are no marks of reading, only the sign that somebody is typing."""
        place = place_of(external_id)
        if typing and place:
            self._call(http, "sendChatAction", {"chat_id": place[0], "action": "typing"}, repeatable=True)

    def react(self, http: httpx.Client, to: Sender, external_id: str, emoji: str) -> None:
        """Telegram knows some seventy, without the sign that asks for their coloured form."""
        place = place_of(external_id)
        if place is None or place[0] != chat_of(to):
            raise GiveUp("no-message")
        sign = emoji.replace("\ufe0f", "")
        reaction = [{"type": "emoji", "emoji": sign}] if sign else []
        fields = {"chat_id": place[0], "message_id": place[1], "reaction": reaction}
        self._call(http, "setMessageReaction", fields, repeatable=True)

    def probe(self, http: httpx.Client) -> str:
        bot = part(self._call(http, "getMe", {}, repeatable=True).get("result"))
        name = said(bot.get("username"))
        return f"@{name}" if name else said(bot.get("first_name"))

    def register_hook(self, http: httpx.Client, url: str) -> None:
        fields = {
            "url": url,
            "secret_token": self.secret,
            "allowed_updates": list(UPDATES),
            "drop_pending_updates": False,
        }
        self._call(http, "setWebhook", fields, repeatable=True)

    def hook_state(self, http: httpx.Client) -> HookState:
        found = part(self._call(http, "getWebhookInfo", {}, repeatable=True).get("result"))
        return HookState(
            url=said(found.get("url")),
            error=said(found.get("last_error_message")),
            error_at=moment(found.get("last_error_date")),
            waiting=count(found.get("pending_update_count")) or 0,
        )

    def _call(
        self, http: httpx.Client, name: str, fields: dict[str, Any], *, repeatable: bool = False
    ) -> dict[str, Any]:
        found = _result(call(http, "POST", f"{self.api}/{name}", repeatable=repeatable, json=fields))
        if repeatable and "ok" not in found:
            raise RetryLater("no-answer")
        return found


# --- the API's answers -----------------------------------------------------------------------------------


def _result(response: httpx.Response) -> dict[str, Any]:
    found = answer(response)
    if response.is_success and found.get("ok") is not False:
        return found
    raise _failure(response, found)


def _failure(response: httpx.Response, found: dict[str, Any]) -> SendError:
    code, words = ident(found.get("error_code")), said(found.get("description"))
    error = failure(response, code, VERDICTS)
    wait = count(part(found.get("parameters")).get("retry_after"))
    after = timedelta(seconds=min(wait, 86_400)) if wait else error.retry_after
    return type(error)(_nuance(words, code) or error.code, retry_after=after, words=words)


def _nuance(words: str, code: str) -> str:
    lowered = words.casefold()
    return next((ours for theirs, ours in _NUANCES.items() if theirs in lowered and ours[:3] == code), "")


def _sent(found: dict[str, Any], to: Sender) -> Sent:
    """A large video may be taken under the number 0 and get its own only later: it was taken all the same."""
    number = count(part(found.get("result")).get("message_id"))
    if number is None:
        raise Uncertain("no-id")
    return Sent(message_id(to.value, str(number)) if number else "")
