"""The door of the API: a key in the header, for one till or for adding people to one programme.

A key is 256 random bits, so guessing it is left to arithmetic. It opens nothing but what it was made for.
"""

from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest

from aidline.kernel.clock import now
from aidline.vouchers.api_keys import key_of
from aidline.vouchers.models import ApiKey

_SEEN_EVERY = timedelta(minutes=1)
_SCHEMES = ("bearer", "token")  # the second is what some form tools cannot be talked out of


def key_in(request: HttpRequest) -> ApiKey | None:
    """`Authorization: Bearer …`; None for a key that is not good any more, or never was."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    key = key_of(secret) if secret and scheme.lower() in _SCHEMES else None
    if key:
        _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    """To the minute: a till that takes many vouchers does not write this row each time."""
    late = Q(used_at=None) | Q(used_at__lt=now() - _SEEN_EVERY)
    if key.used_at is None or key.used_at < now() - _SEEN_EVERY:
        ApiKey.objects.filter(late, pk=key.pk).update(used_at=now())
