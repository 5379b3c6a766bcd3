"""`/look-alike/…`: where the product's own outgoing calls arrive in practice, as if we were the provider."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from aidline.centres.rules import public
from aidline.simulator.lookalikes import libretranslate, meta, plain, twilio
from aidline.simulator.lookalikes.shapes import Answer, Call, Exchange
from aidline.simulator.office import Office

LARGEST = 32 * 1024 * 1024
RESPONDERS: Mapping[str, Callable[[Call, Exchange], Answer]] = {
    "meta": meta.respond,
    "twilio": twilio.respond,
    "simulator": plain.respond,
    "libretranslate": libretranslate.respond,
}


@csrf_exempt  # a provider's API: its callers prove themselves by token or signature, and hold no cookie
@public
def look_alike(request: HttpRequest, vendor: str, path: str) -> HttpResponse:
    respond = RESPONDERS.get(vendor)
    if not settings.PRACTICE or respond is None:
        raise Http404
    given = respond(_call(request, path), Office())
    return HttpResponse(given.body, given.mime, given.status, headers=dict(given.headers))


def _call(request: HttpRequest, path: str) -> Call:
    """The body is read past Django's limit for forms: files are larger."""
    return Call(
        method=request.method or "GET",
        path=path.strip("/"),
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(LARGEST),
    )
