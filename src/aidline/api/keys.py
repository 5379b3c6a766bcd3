"""The door of the API: a key in the header, for one till or for one programme.

    Authorization: Bearer <key>        (`Token <key>` as well, which some form tools cannot be talked out of)

A key is 256 random bits, so guessing is left to arithmetic. It opens nothing but what it was made for.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, cast

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from aidline.api.answers import Refused, refusal
from aidline.kernel.clock import now
from aidline.vouchers.api_keys import key_of
from aidline.vouchers.models import ApiKey

P = ParamSpec("P")
_SEEN = timedelta(minutes=1)  # `used_at` is exact enough
_SCHEMES = ("bearer", "token")


class KeyRequest(HttpRequest):
    """A request that came with a good key."""

    key: ApiKey


View = Callable[Concatenate[KeyRequest, P], HttpResponseBase]


def needs_key(kind: Literal["till", "programme"]) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Only with a key made for a till, or for adding people to a programme. `Refused` becomes an answer."""

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = _key(request)
            if key is None or getattr(key, f"{kind}_id") is None:
                answer = refusal(401, "no_key", "This needs a key that was made for it and is still good.")
                answer.headers["WWW-Authenticate"] = "Bearer"
                return answer
            keyed = cast(KeyRequest, request)
            keyed.key = key
            try:
                return view(keyed, *args, **kwargs)
            except Refused as refused:
                return refusal(refused.status, refused.code, refused.text, **refused.more)

        guarded.rule = "public"  # type: ignore[attr-defined]  # no member's right: the key is the door
        return guarded

    return decorate


def _key(request: HttpRequest) -> ApiKey | None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    key = key_of(token.strip()) if scheme.lower() in _SCHEMES and token.strip() else None
    if key:
        unseen = Q(used_at=None) | Q(used_at__lt=now() - _SEEN)
        ApiKey.objects.filter(unseen, pk=key.pk).update(used_at=now())
    return key
