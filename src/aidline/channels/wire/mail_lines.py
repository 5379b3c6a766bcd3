"""Connections to mail servers: behind our guard, with TLS that proves the name, bounded in time and size.

smtplib and imaplib speak the protocols; what they raise becomes a `SendError` here. In `smtp` everything before
the final dot of a mail can be tried again; after it, only a clear answer says what happened.
"""

import imaplib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpx

from aidline.channels.contract import ChannelDown, GiveUp, RetryLater, SendError
from aidline.channels.wire.mail_codes import error_of
from aidline.kernel.http import WHOLE_SECONDS, TargetRefused, connect, tls

TLS, STARTTLS, NONE = "tls", "starttls", "none"
SECURITY = (STARTTLS, TLS, NONE)
LARGEST_LITERAL = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    security: str
    user: str
    password: str
    name: str = ""  # what we call ourselves; never this machine's name

    def __repr__(self) -> str:
        return f"Server({self.security})"


# --- the connection --------------------------------------------------------------------------------------


@contextmanager
def _line(http: httpx.Client, server: Server) -> Iterator[socket.socket]:
    """Connected, encrypted where that comes first, and cut when its time is over."""
    plain = _connected(http, server)
    with _bounded(plain):
        yield _encrypted(plain, server) if server.security == TLS else plain


def _connected(http: httpx.Client, server: Server) -> socket.socket:
    try:
        found = connect(http, server.host, server.port)
    except TargetRefused:
        raise GiveUp("address-refused") from None
    except httpx.ConnectError:
        raise RetryLater("unreachable") from None
    if server.security == NONE and not ip_address(found.getpeername()[0]).is_private:
        found.close()
        raise ChannelDown("not-encrypted")
    return found


def _encrypted(plain: socket.socket, server: Server) -> socket.socket:
    try:
        return tls().wrap_socket(plain, server_hostname=server.host)
    except ssl.SSLCertVerificationError as problem:
        plain.close()
        raise ChannelDown("certificate", words=problem.verify_message) from None
    except (OSError, ValueError):
        plain.close()
        raise RetryLater("no-tls") from None


@contextmanager
def _bounded(plain: socket.socket) -> Iterator[None]:
    """Whoever drips keeps within every single time-out: the whole must end as well, in a handshake too.

    TLS takes the socket over and leaves an empty one behind; a second handle reaches the line whoever holds it.
    """
    handle = plain.dup()
    timer = threading.Timer(WHOLE_SECONDS, _shut, [handle])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _shut(handle)
        handle.close()


def _shut(plain: socket.socket) -> None:
    with suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


# --- SMTP ------------------------------------------------------------------------------------------------


class _Smtp(smtplib.SMTP):
    def __init__(self, ready: socket.socket, server: Server, seconds: float | None) -> None:
        self._ready = ready
        super().__init__(
            server.host, server.port, local_hostname=server.name or "localhost", timeout=seconds or 15
        )

    def _get_socket(self, *_where: Any) -> socket.socket:
        return self._ready


@contextmanager
def smtp(http: httpx.Client, server: Server) -> Iterator[smtplib.SMTP]:
    """Greeted, encrypted and signed in. Before anything of a message is said every failure can be repeated."""
    with _line(http, server) as ready:
        session = _begun(ready, server, http.timeout.read)
        try:
            yield session
        finally:
            _leave(session)


def _begun(ready: socket.socket, server: Server, seconds: float | None) -> smtplib.SMTP:
    try:
        session = _Smtp(ready, server, seconds)
        session.ehlo_or_helo_if_needed()
        if server.security == STARTTLS:
            _start_tls(session)
        if server.user:
            session.login(server.user, server.password)
    except smtplib.SMTPResponseException as refusal:
        ready.close()
        raise error_of(refusal.smtp_code, refusal.smtp_error, account=True) from None
    except (smtplib.SMTPNotSupportedError, UnicodeError):
        ready.close()
        raise ChannelDown("cannot-sign-in") from None
    except ssl.SSLCertVerificationError as problem:
        ready.close()
        raise ChannelDown("certificate", words=problem.verify_message) from None
    except (OSError, ValueError) as problem:
        ready.close()
        raise _not_begun(problem) from None
    return session


def _not_begun(problem: Exception) -> SendError:
    """smtplib's own errors besides the answers: the line was cut, or no way to sign in is known to both sides."""
    known = isinstance(problem, smtplib.SMTPException)
    cut = not known or isinstance(problem, smtplib.SMTPServerDisconnected)
    return RetryLater("unreachable") if cut else ChannelDown("cannot-sign-in")


def _start_tls(session: smtplib.SMTP) -> None:
    """A server that does not offer it may be somebody in between who took the offer away."""
    if not session.has_extn("starttls"):
        raise ChannelDown("no-starttls")
    session.starttls(context=tls())
    session.ehlo()


def _leave(session: smtplib.SMTP) -> None:
    """Politely, if the line is still there. What was said before stands, whatever comes of this."""
    with suppress(Exception):
        if session.sock:
            session.sock.settimeout(1.0)
            session.quit()
    session.close()


# --- IMAP ------------------------------------------------------------------------------------------------

# RFC 5530: these say nothing against the account.
_LATER = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[OVERQUOTA]")


class _Imap(imaplib.IMAP4):
    def __init__(self, ready: socket.socket, server: Server) -> None:
        self._ready = ready
        super().__init__(server.host, server.port)  # the name that STARTTLS has to prove

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002
        return self._ready

    def read(self, size: int) -> bytes:
        if size > LARGEST_LITERAL:
            raise self.abort("too large")
        return super().read(size)


@contextmanager
def imap(http: httpx.Client, server: Server) -> Iterator[imaplib.IMAP4]:
    """Signed in. Whatever goes wrong later too comes out as a `SendError`; looking can always be repeated."""
    with _line(http, server) as ready:
        try:
            session = _Imap(ready, server)
            if server.security == STARTTLS:
                _start_imap_tls(session)
            _sign_in(session, server)
            yield session
            with suppress(imaplib.IMAP4.error, OSError, ValueError):
                session.logout()
        except ssl.SSLCertVerificationError as problem:
            raise ChannelDown("certificate", words=problem.verify_message) from None
        except (imaplib.IMAP4.error, OSError, ValueError, IndexError, TypeError, AttributeError):
            raise RetryLater("unreachable") from None
        finally:
            ready.close()


def _start_imap_tls(session: imaplib.IMAP4) -> None:
    if "STARTTLS" not in session.capabilities:
        raise ChannelDown("no-starttls")
    session.starttls(tls())


def _sign_in(session: imaplib.IMAP4, server: Server) -> None:
    """PLAIN takes any password; LOGIN only ASCII ones."""
    try:
        if "AUTH=PLAIN" in session.capabilities:
            session.authenticate("PLAIN", lambda _: f"\0{server.user}\0{server.password}".encode())
        else:
            session.login(_quoted(server.user), server.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as problem:
        words = _words(problem)
        if words.upper().startswith(_LATER):
            raise RetryLater("imap-busy") from None
        raise ChannelDown("imap-login", words=words) from None


def _quoted(user: str) -> str:
    return '"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(problem: Exception) -> str:
    given = problem.args[0] if problem.args else ""
    return given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)
