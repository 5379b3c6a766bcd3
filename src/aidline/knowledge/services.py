"""Writing prepared replies."""

from collections.abc import Mapping

from django.db import transaction

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel import text as words
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.knowledge.models import CannedReply, CannedText


@transaction.atomic
def save_canned(
    *, by: Staff | None, centre: Centre, code: str, texts: Mapping[str, str], reply: CannedReply | None = None
) -> CannedReply:
    """`texts` by language; an empty text takes that language away. With `reply` its code may change."""
    row = reply or CannedReply.objects.filter(centre=centre, code=code).first() or CannedReply(centre=centre)
    row.code, row.changed_by, row.changed_at = code, by, now()
    row.save()
    for language, raw in texts.items():
        _save_text(row, language, words.clean(raw).strip())
    _record(by, row, "canned.save", ",".join(sorted(texts))[:200])
    return row


@transaction.atomic
def remove_canned(*, by: Staff, reply: CannedReply) -> None:
    _record(by, reply, "canned.remove")
    reply.delete()


def _save_text(reply: CannedReply, language: str, text: str) -> None:
    rows = CannedText.objects.filter(reply=reply, language=language)
    if not text:
        rows.delete()
        return
    row = rows.first() or CannedText(id=new_id(), reply=reply, centre_id=reply.centre_id, language=language)
    row.text = text
    row.save()


def _record(by: Staff | None, reply: CannedReply, action: str, fields: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="canned_reply",
        object_id=reply.pk,
        centre=reply.centre_id,
        fields=fields,
    )
