"""`/voice/<provider>/<channel>/<what>`: a provider asks what to do with a call, and hears it at once.

Never a 5xx for a call that proves itself: where a step fails, or the database does, the caller hears an apology and
can leave a message, which comes in through the durable hook.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from aidline.channels.contract import BadSignature, HookAnswer, HookRequest, Malformed
from aidline.channels.contract.voice import (
    CallRequest,
    Hangup,
    Script,
    TakesCalls,
)
from aidline.gateway import calling, rooms, safe
from aidline.gateway.call_events import VOICE
from aidline.gateway.doors import Door
from aidline.gateway.intake import (
    NOT_FOUND,
    REFUSED,
    TOO_LARGE,
    Intake,
    Receive,
    Scope,
    Send,
    TooLarge,
    read_body,
    reply,
    request_of,
)
from aidline.gateway.sites import NoTelephone, Site, site_of

log = logging.getLogger(__name__)

LARGEST = 64 * 1024
THREADS = 4
PATIENCE = 8.0  # seconds; Twilio waits 15
BAD = HookAnswer(400)
_OF_CALLERS = frozenset({"answer", "turn", "now"})
ASKED = frozenset({"answer", "turn", "now", "softphone", "fallback", "kept"})


class Voice:
    """The ASGI application beside the hooks; it shares their list of channels."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="voice")

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = await self._intake.door(scope["path"])
        try:
            body = await read_body(scope, receive, LARGEST)
        except TooLarge:
            return await reply(send, TOO_LARGE)
        what = _what(scope["path"])
        if door is None or what not in ASKED or scope["method"] not in ("GET", "POST"):
            return await reply(send, NOT_FOUND)
        request = request_of(scope, body)
        await reply(send, _refused(door, request) or await self._in_time(door, what, request))

    async def _in_time(self, door: Door, what: str, request: HookRequest) -> HookAnswer:
        loop = asyncio.get_running_loop()
        working = loop.run_in_executor(self._pool, _in_thread, door, what, request)
        try:
            answer, failed = await asyncio.wait_for(asyncio.shield(working), PATIENCE)
        except TimeoutError:
            log.error("a call was not answered in time; it hears the apology")
            answer, failed = _apology(door), True
        if (failed and what in _OF_CALLERS) or (what == "kept" and _tells_only_here(door)):
            await self._intake.keep(door, {**request.kept(), VOICE: what}, request.body)
        return answer


def _in_thread(door: Door, what: str, request: HookRequest) -> tuple[HookAnswer, bool]:
    """With a connection that works, or a new one."""
    close_old_connections()
    return _respond(door, what, request)


def _apology(door: Door) -> HookAnswer:
    provider: object = door.provider
    return (
        provider.script(safe.apology(door, provider.voice)) if isinstance(provider, TakesCalls) else NOT_FOUND
    )


def _tells_only_here(door: Door) -> bool:
    """What was said after the apology is told by this request, and by nothing else."""
    provider: object = door.provider
    return isinstance(provider, TakesCalls) and not provider.voice.tells_recordings


def _what(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[3] if len(parts) > 3 else ""


# --- without ASGI ----------------------------------------------------------------------------------------


def respond(door: Door, what: str, request: HookRequest) -> HookAnswer:
    """The whole way from a request to its answer, for tests and for the bench."""
    return _refused(door, request) or _respond(door, what, request)[0]


def _refused(door: Door, request: HookRequest) -> HookAnswer | None:
    """Before a thread is taken: whoever proves nothing keeps no caller waiting."""
    provider: object = door.provider
    if not isinstance(provider, TakesCalls) or not provider.takes_calls:
        return NOT_FOUND
    try:
        door.provider.verify(request)
    except BadSignature:
        log.warning("a call without a valid signature was refused on channel %s", door.channel_id)
        return REFUSED
    return None


def _respond(door: Door, what: str, request: HookRequest) -> tuple[HookAnswer, bool]:
    """The answer, and whether it is only the one that always works."""
    provider: object = door.provider
    assert isinstance(provider, TakesCalls)
    if what in ("fallback", "kept"):
        return provider.script(_STATIC[what](door, provider.voice)), False
    try:
        asked = provider.call_request(request)
    except Malformed:
        return BAD, False
    answer = _written(provider, _script(door, what, asked, request))
    return answer or _apology(door), answer is None


def _written(provider: TakesCalls, script: Script | None) -> HookAnswer | None:
    """None where there is none, or it cannot be written down."""
    try:
        return provider.script(script) if script else None
    except Exception:
        log.exception("what a caller should hear could not be written down")
    return None


_STATIC = {"fallback": safe.apology, "kept": safe.thanks}


def _script(door: Door, what: str, asked: CallRequest, request: HookRequest) -> Script | None:
    """None where it failed."""
    try:
        return _asked(site_of(door.channel_id), what, asked, request)
    except NoTelephone:
        return (Hangup(),)
    except DatabaseError as problem:
        connection.close()
        log.error("a call could not be answered, the database is away: %s", type(problem).__name__)
    except Exception:
        log.exception("a call could not be answered")
    return None


def _asked(site: Site, what: str, asked: CallRequest, request: HookRequest) -> Script:
    query = dict(parse_qsl(urlsplit(request.url).query))
    if what == "softphone":
        return rooms.softphone(site, asked)
    if leg := _uuid(query.get("leg", "")):
        return rooms.left(site, leg)
    call = _uuid(query.get("call", ""))
    if what == "answer" or call is None:
        return calling.answer(site, asked)
    if what == "now":
        return calling.current(site, asked, call)
    return calling.turn(site, asked, call, _number(query.get("at", "")))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
