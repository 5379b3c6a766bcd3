"""The one HTTP client: bounded in time and size, blind to private addresses, silent in logs.

Names are resolved here and the connection goes to the very address that was checked, so that a name which
answers differently the second time (rebinding) gains nothing. TLS still proves the name: SNI, certificate and
Host come from the URL.
"""

import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import httpcore
import httpx

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 15.0, 60.0
ANSWER_LIMIT = 2 * 1024 * 1024  # of an API answer; files go through `get_capped`
_REDIRECTS = 5
_CAP, _WHOLE = "aidline_cap", "aidline_whole"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TargetRefused(httpx.ConnectError):
    """The address is one that we never call. Nothing was sent."""


class TooLarge(httpx.ReadError):
    """The answer is larger than asked for."""


class TooSlow(httpx.ReadTimeout):
    """The answer dripped in for longer than we wait in all."""


def client(allow_private: frozenset[str] = frozenset()) -> httpx.Client:
    """`allow_private` names the `host:port` that may be on a private network (simulator, own gateways)."""
    silence_logs()
    return Client(
        allow_private,
        transport=GuardedTransport(allow_private),
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "aidline/0.1.0", "Accept-Encoding": "identity"},
    )


class Client(httpx.Client):
    """Remembers what it may reach, for those who speak another language than HTTP through it (`connect`)."""

    def __init__(self, allow_private: frozenset[str], **more: Any) -> None:
        super().__init__(**more)
        self.allow_private = allow_private


def connect(http: httpx.Client, host: str, port: int) -> socket.socket:
    """A plain connection behind the same guard and with the same patience, for mail. Raises httpx.ConnectError.

    TLS proves the name afterwards, as with HTTP. A client that is not ours may reach public addresses only.
    """
    allowed = http.allow_private if isinstance(http, Client) else frozenset()
    for address in _reachable(host, port, allowed):
        with suppress(OSError):
            found = socket.create_connection((str(address), port), timeout=http.timeout.connect)
            found.settimeout(http.timeout.read)
            return found
    raise httpx.ConnectError("no connection")


def _reachable(host: str, port: int, allowed: frozenset[str]) -> list[Address]:
    try:
        return GuardedBackend(allowed).checked(host, port)
    except httpcore.ConnectError:
        raise httpx.ConnectError("name not found") from None


def tls() -> ssl.SSLContext:
    """Proves the other side's name, whatever is spoken inside."""
    return _tls()


def within(seconds: float) -> dict[str, Any]:
    """Extensions of a request for an answer that must be there as a whole by then."""
    return {_WHOLE: seconds}


def origin(url: str) -> str:
    """`host:port` as `client(allow_private=…)` wants it."""
    parsed = httpx.URL(url)
    return f"{parsed.host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}"


def in_clear(url: str, known: frozenset[str]) -> bool:
    """Whether others could read what is sent there: no TLS, and neither this machine nor one of the `known`."""
    try:
        target = httpx.URL(url.strip())
        return target.scheme == "http" and not (_is_loopback(target.host) or origin(str(target)) in known)
    except httpx.InvalidURL:
        return False  # nothing can be sent there


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# --- the guard -------------------------------------------------------------------------------------------


def forbidden(address: Address) -> bool:
    """Whether an address is anything but a plain public one, also in its IPv6 disguises."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return forbidden(inner)
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address in _PROTOCOLS
    return special or not address.is_global


_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # IANA, RFC 6890; some clouds serve credentials there
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, compatible, 6to4, Teredo or NAT64 one."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class GuardedBackend(httpcore.SyncBackend):
    """Resolves, checks every address, and connects to a checked one."""

    def __init__(self, allow_private: frozenset[str]) -> None:
        self.allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self.checked(host, port):
            try:
                return super().connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def checked(self, host: str, port: int) -> list[Address]:
        addresses = resolve(host, port)
        if f"{host}:{port}" in self.allow_private or f"[{host}]:{port}" in self.allow_private:
            return addresses
        if any(forbidden(address) for address in addresses):
            raise TargetRefused("address not allowed")
        return addresses


def resolve(host: str, port: int) -> list[Address]:
    """In the order of the system; `127.1` and `0x7f000001` come out as what they mean."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("name not found") from error
    numbers = dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in found)
    return [ipaddress.ip_address(number) for number in numbers]


class GuardedTransport(httpx.HTTPTransport):
    def __init__(self, allow_private: frozenset[str] = frozenset()) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=20.0,
            network_backend=GuardedBackend(allow_private),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.userinfo:
            raise TargetRefused("address with a user name")
        cap = request.extensions.get(_CAP)
        began = time.monotonic()
        response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity") != "identity" and cap is None:
            response.close()
            raise TooLarge("compressed answer, not asked for")
        whole = request.extensions.get(_WHOLE, WHOLE_SECONDS)
        response.stream = _Bounded(response.stream, cap or ANSWER_LIMIT, began + whole)
        return response


class _Bounded(httpx.SyncByteStream):
    """A body that ends in an error rather than never."""

    def __init__(self, stream: Any, limit: int, deadline: float) -> None:
        self.stream, self.limit, self.deadline = stream, limit, deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self.stream:
            size += len(chunk)
            if size > self.limit:
                raise TooLarge("answer too large")
            if time.monotonic() > self.deadline:
                raise TooSlow("answer too slow")
            yield chunk

    def close(self) -> None:
        self.stream.close()


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


# --- files -----------------------------------------------------------------------------------------------


def get_capped(
    http: httpx.Client, url: str, limit: int, headers: Mapping[str, str] | None = None
) -> tuple[bytes, str]:
    """Content and its type. Headers, which carry credentials, stay with the host they were meant for."""
    target, sending = httpx.URL(url), dict(headers or {})
    for _hop in range(_REDIRECTS + 1):
        with http.stream("GET", target, headers=sending, extensions={_CAP: limit}) as response:
            if not response.has_redirect_location:
                _refuse_errors(response)
                return _read(response, limit), response.headers.get("content-type", "")
            following = _next_hop(target, response)
        if (following.scheme, following.host, following.port) != (target.scheme, target.host, target.port):
            sending = {}
        target = following
    raise TargetRefused("too many redirects")


def _refuse_errors(response: httpx.Response) -> None:
    """Without the address, which httpx would put into the text."""
    if not response.is_success:
        status = f"status {response.status_code}"
        raise httpx.HTTPStatusError(status, request=response.request, response=response)


def _read(response: httpx.Response, limit: int) -> bytes:
    """Counts what is unpacked too, against compressed bombs."""
    content = bytearray()
    for chunk in response.iter_bytes(65_536):
        content += chunk
        if len(content) > limit:
            raise TooLarge("answer too large")
    return bytes(content)


def _next_hop(target: httpx.URL, response: httpx.Response) -> httpx.URL:
    following = target.join(response.headers["location"])
    if following.scheme not in ("https", target.scheme):
        raise TargetRefused("redirect to a weaker scheme")
    return following


# --- silence ---------------------------------------------------------------------------------------------


def silence_logs() -> None:
    """httpx logs whole addresses, which hold numbers and tokens; httpcore logs headers."""
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    logger = logging.getLogger("httpx")
    if not any(isinstance(known, _HostOnly) for known in logger.filters):
        logger.addFilter(_HostOnly())


class _HostOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.host if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True
