"""Who a web-chat visitor is: the holder of a random secret in one signed cookie. Nothing else is remembered.

The cookie ends with the browser's session. Every centre sees another id for the same visitor, and no id leads
back to the secret.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

LONGEST_IDLE = timedelta(days=7)
_SECRET_SIZE = 16
_SIGNER = signing.TimestampSigner(salt="aidline.portal.visitor")


@dataclass(frozen=True, slots=True)
class Visitor:
    secret: bytes
    language: str = ""

    def id_at(self, centre_id: UUID) -> str:
        """The address of this visitor in one centre."""
        return hmac.digest(self.secret, b"visitor" + centre_id.bytes, "sha256")[:16].hex()

    @property
    def form_token(self) -> str:
        """In every form of ours: shows that the form was on a page this visitor was given."""
        return hmac.digest(self.secret, b"form", "sha256")[:16].hex()

    def sent(self, form_token: str) -> bool:
        return hmac.compare_digest(form_token.encode(), self.form_token.encode())


def newcomer() -> Visitor:
    return Visitor(secrets.token_bytes(_SECRET_SIZE))


def visitor_of(request: HttpRequest) -> Visitor | None:
    return _read(request.COOKIES.get(cookie_name(), ""))


def visitor_in(cookie_header: str) -> Visitor | None:
    """The same, where there is no Django request: the event stream."""
    try:
        morsel = SimpleCookie(cookie_header).get(cookie_name())
    except CookieError:
        return None
    return _read(morsel.value) if morsel else None


def remember(response: HttpResponse, visitor: Visitor, *, framed: bool) -> None:
    value = _SIGNER.sign(f"{urlsafe_b64encode(visitor.secret).decode()}.{visitor.language}")
    if framed and _https():
        _set_partitioned(response, value)
    else:
        response.set_cookie(cookie_name(), value, path="/", secure=_https(), httponly=True, samesite="Lax")


def forget(response: HttpResponse, *, framed: bool) -> None:
    if framed and _https():
        _set_partitioned(response, "", "; Max-Age=0")
    else:
        response.set_cookie(cookie_name(), "", max_age=0, path="/", secure=_https(), httponly=True)


def cookie_name() -> str:
    """With the prefix, browsers take the cookie only over https, from this very host and for all of it."""
    return "__Host-aidline-chat" if _https() else "aidline-chat"


def _set_partitioned(response: HttpResponse, value: str, more: str = "") -> None:
    """In a frame of another site the cookie lives in a jar of its own for that site (CHIPS). Written by hand:
    Python's cookies know `Partitioned` from 3.14 on."""
    response.headers["Set-Cookie"] = (
        f"{cookie_name()}={value}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned{more}"
    )


def _read(value: str) -> Visitor | None:
    try:
        secret, _, language = _SIGNER.unsign(value, max_age=LONGEST_IDLE).partition(".")
        return Visitor(urlsafe_b64decode(secret), language)
    except (signing.BadSignature, ValueError):
        return None


def _https() -> bool:
    return str(settings.PUBLIC_URL).startswith("https://")
