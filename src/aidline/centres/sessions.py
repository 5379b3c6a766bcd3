"""Django's session engine for staff: rows in the database, found by a hash of the cookie.

A stolen copy of the table signs nobody in. `SESSION_ENGINE` names this module.
"""

import hashlib
from types import SimpleNamespace
from typing import Any, cast

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from aidline.centres.models import Staff, StaffSession
from aidline.kernel.clock import now


def stored_key(cookie: str) -> str:
    """What the tables hold of a session cookie: 160 bits of its SHA-256, as much as Django's column takes."""
    return hashlib.sha256(cookie.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        key = stored_key(self.session_key or "")
        row = Session.objects.filter(session_key=key, expire_date__gt=now()).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=stored_key(key)).delete()
            StaffSession.objects.filter(session_key=stored_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        super().clear_expired()
        StaffSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def staff_of(cookie: str) -> Staff | None:
    """Who is signed in with this cookie; for places that Django's middleware does not reach."""
    if not cookie:
        return None
    request = SimpleNamespace(session=SessionStore(cookie))
    user = get_user(cast(HttpRequest, request))
    return user if isinstance(user, Staff) else None
