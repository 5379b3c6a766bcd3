"""The member's language, and the minute they were last seen."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from aidline.centres.models import Staff, StaffSession
from aidline.centres.sessions import stored_key
from aidline.kernel.clock import now

SEEN_EVERY = 60.0
_REMEMBERED = 5_000


class StaffMiddleware:
    """After authentication. Strangers keep the language of their cookie or browser (LocaleMiddleware)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._seen: OrderedDict[str, float] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, Staff):
            self._welcome(request, request.user)
        response = self._get_response(request)
        timezone.deactivate()  # `requires` activates the centre's
        return response

    def _welcome(self, request: HttpRequest, staff: Staff) -> None:
        translation.activate(staff.language)
        request.LANGUAGE_CODE = translation.get_language()
        key = stored_key(request.session.session_key or "")
        if self._is_due(key):
            StaffSession.objects.filter(session_key=key).update(seen_at=now())

    def _is_due(self, key: str) -> bool:
        at = monotonic()
        if at - self._seen.get(key, -SEEN_EVERY) < SEEN_EVERY:
            return False
        self._seen[key] = at
        self._seen.move_to_end(key)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True
