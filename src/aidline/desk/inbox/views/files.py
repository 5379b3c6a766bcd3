"""Files people sent: opened on purpose, recorded, and never run by the browser."""

import re
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aidline import vault
from aidline.audit.services import record
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.models import Attachment
from aidline.conversations.queries import access_attachment
from aidline.desk.inbox.answers import part
from aidline.vault import media

_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "application/pdf": "pdf",
    "text/plain": "txt",
}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@requires(Can.ANSWER)
@require_safe
def file(request: StaffRequest, attachment: UUID) -> HttpResponseBase:
    """An attachment whatever it is, so that nothing a stranger sent becomes a page of ours."""
    found = access_attachment(request.seat, attachment)
    small = "small" in request.GET
    media_id = (found.small_id or found.media_id) if small else found.media_id
    if media_id is None:
        raise Http404
    _record_look(request, found)
    try:
        content = media.read(media_id, scope=found.centre_id)
    except (vault.MediaMissing, vault.KeyGone):
        raise Http404 from None
    return _answer(request, found, content)


@requires(Can.ANSWER)
@require_safe
def shown(request: StaffRequest, attachment: UUID) -> HttpResponseBase:
    """The picture in the page; loading it is what is recorded."""
    found = access_attachment(request.seat, attachment)
    return render(request, "desk/inbox/picture.html", {"file": found, "shown": found.pk, **_where(found)})


@requires(Can.ANSWER)
@require_safe
def covered(request: StaffRequest, attachment: UUID) -> HttpResponseBase:
    found = access_attachment(request.seat, attachment)
    return part(request, "desk/inbox/picture.html", {"file": found, "shown": None, **_where(found)})


def _where(found: Attachment) -> dict[str, object]:
    return {"conversation": found.message.conversation}


def _record_look(request: StaffRequest, found: Attachment) -> None:
    record(
        by=request.seat.staff,
        action="attachment.open",
        object_type="attachment",
        object_id=found.pk,
        centre=found.centre_id,
    )


def _answer(request: StaffRequest, found: Attachment, content: bytes) -> HttpResponseBase:
    """A generic name: the sender's own may hold a name or a number and would stay on the device."""
    name = f"aidline-{str(found.pk)[-8:]}.{_ENDINGS.get(found.mime, 'bin')}"
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Accept-Ranges": "bytes",
    }
    mime = found.mime if found.mime in _ENDINGS else "application/octet-stream"
    piece, ranged = _piece(request, content)
    return HttpResponse(piece, status=206 if ranged else 200, content_type=mime, headers=headers | ranged)


def _piece(request: StaffRequest, content: bytes) -> tuple[bytes, dict[str, str]]:
    """Players ask for a part of a sound or film; Safari plays nothing without it."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or int(asked[1]) >= len(content):
        return content, {}
    first = int(asked[1])
    last = min(int(asked[2] or len(content) - 1), len(content) - 1)
    if last < first:
        return content, {}
    return content[first : last + 1], {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
