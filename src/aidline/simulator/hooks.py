"""Our own webhooks, called as a provider calls them: over HTTP, signed, again and again until answered."""

from collections.abc import Callable
from functools import cache
from uuid import UUID

import httpx
from django.conf import settings

from aidline.channels.hooks import hook_url
from aidline.channels.models import Channel
from aidline.kernel.http import client, origin
from aidline.simulator import mailbox, postman
from aidline.simulator.lines import MAILBOX, path_of
from aidline.simulator.wire import Post

TRIES = 12
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds

Then = Callable[[bool], object]


def public_url() -> str:
    return str(settings.PUBLIC_URL).rstrip("/")


def hook_of(channel: Channel) -> str:
    """The address that was given to the provider."""
    return hook_url(channel)


def loopback() -> str:
    """Where this machine answers, whatever it is called outside."""
    host, port = settings.ENVIRONMENT.bind
    inside = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 (compared, not bound)
    return f"http://{inside}:{port}"


def carry(url: str, post: Post, *, wait: float = 0.0, then: Then | None = None) -> None:
    """`then` hears whether it was taken. Addresses that are not ours are never called."""
    if url.startswith(MAILBOX):
        postman.after(wait, lambda: _put(url, post, then))
    elif url.startswith(f"{public_url()}/hooks/"):
        postman.after(wait, lambda: _try(path_of(url), post, then, 1))


def _put(url: str, post: Post, then: Then | None) -> None:
    """Into the mailbox of a channel that looks into it."""
    mailbox.put(UUID(url.removeprefix(MAILBOX)), post.body)
    if then:
        then(True)


def _try(path: str, post: Post, then: Then | None, attempt: int) -> None:
    status = _call(path, post)
    again = status in {0, 429} or status >= 500
    if again and attempt < TRIES:
        pause = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
        postman.after(pause, lambda: _try(path, post, then, attempt + 1))
    elif then:
        then(200 <= status < 300)


def _call(path: str, post: Post) -> int:
    """The status of the answer; 0 without one."""
    try:
        return _http().post(loopback() + path, content=post.body, headers=dict(post.headers)).status_code
    except httpx.HTTPError:
        return 0


def ask(url: str, post: Post) -> tuple[int, str, bytes] | None:
    """What is to be done with a call: status, type and body of the answer. Only from our own `/voice/…`."""
    if not url.startswith(f"{public_url()}/voice/"):
        return None
    return _ask(path_of(url), post)


def _ask(path: str, post: Post) -> tuple[int, str, bytes] | None:
    try:
        found = _http().post(loopback() + path, content=post.body, headers=dict(post.headers))
    except httpx.HTTPError:
        return None
    return found.status_code, found.headers.get("content-type", ""), found.content


def fetch(url: str) -> tuple[bytes, str] | None:
    """A file we offered the provider; only from ourselves."""
    if not url.startswith(f"{public_url()}/"):
        return None
    try:
        response = _http().get(loopback() + path_of(url))
    except httpx.HTTPError:
        return None
    return (response.content, response.headers.get("content-type", "")) if response.is_success else None


@cache
def _http() -> httpx.Client:
    return client(frozenset({origin(loopback())}))
