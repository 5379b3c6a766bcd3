"""What every answer says to the browser: run nothing but ours, remember nothing, tell nobody."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest
from django.http.response import HttpResponseBase

CONTENT_SECURITY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

ALWAYS: Mapping[str, str] = {
    # A page's address may tell where a person is looking for help: it is never sent to another site.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class HeadersMiddleware:
    """Outermost, so that error pages are covered too.

    A view may loosen its own policy by setting `response.content_security = {"frame-ancestors": "https://…"}`
    (the embeddable web chat) and any header of `ALWAYS` by setting it itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", _policy(response))
        return response


def _policy(response: HttpResponseBase) -> str:
    own: Mapping[str, str] = getattr(response, "content_security", {})
    return "; ".join(f"{name} {value}" for name, value in {**CONTENT_SECURITY, **own}.items())
