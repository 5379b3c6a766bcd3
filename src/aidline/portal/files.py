"""Files of a conversation, to the one visitor it is with; and, for minutes, to a provider that fetches them."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_safe

from aidline.centres.rules import public
from aidline.conversations.models import Attachment
from aidline.gateway.outfiles import unsign
from aidline.gateway.vouchers.pictures import drawn
from aidline.portal.chats import access_chat, access_file
from aidline.portal.visitors import visitor_of
from aidline.vault import MediaMissing, media

_ALONE: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@public
@require_GET
def file(request: HttpRequest, slug: str, attachment_id: UUID) -> HttpResponse:
    attachment = access_file(access_chat(slug), visitor_of(request), attachment_id)
    small = attachment.small_id if "small" in request.GET else None
    return _served(attachment, small or attachment.media_id, disposition="attachment")


@public
@require_safe
def out(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    attachment_id = unsign(token)
    if attachment_id is None:
        raise Http404
    row = Attachment.objects.filter(pk=attachment_id, state=Attachment.State.READY).first()
    if row is None:
        return _drawn(attachment_id)
    return _served(row, row.media_id, disposition="inline")


def _drawn(message_id: UUID) -> HttpResponse:
    """A voucher's picture: of a message that has no file until somebody fetches it."""
    picture = drawn(message_id)
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/png", headers=dict(_ALONE))


def _served(attachment: Attachment, media_id: UUID | None, *, disposition: str) -> HttpResponse:
    if media_id is None:
        raise Http404
    try:
        content = media.read(media_id, scope=attachment.centre_id)
    except MediaMissing:
        raise Http404 from None
    response = HttpResponse(content, content_type=attachment.mime, headers=dict(_ALONE))
    name = quote(attachment.name or "file", safe="")
    response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{name}"
    return response
