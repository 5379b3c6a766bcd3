"""Templates that the look-alikes were given: kept, decided about after a moment, and the decision told.

What is approved from the start comes with the practice content and has no row.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from aidline.channels.models import Channel
from aidline.kernel.clock import now
from aidline.simulator import hooks, postman
from aidline.simulator.lookalikes import reviewing
from aidline.simulator.lookalikes.shapes import Form
from aidline.simulator.models import VendorForm
from aidline.simulator.wire import meta

DELETED = "DELETED"
_COLUMNS = ("id", "name", "language", "status")


def forms(channel: Channel, approved: tuple[Form, ...]) -> list[Form]:
    """Also decides what is overdue: a decision on its way is forgotten when the process ends."""
    overdue = VendorForm.objects.filter(
        channel=channel, status="PENDING", changed_at__lt=now() - timedelta(seconds=reviewing.SECONDS)
    )
    for row in overdue:
        decide(row.pk)
    rows = list(VendorForm.objects.filter(channel=channel).order_by("pk"))
    known = {row.form_id for row in rows}
    kept = [_form(row) for row in rows if row.status != DELETED]
    return [*(form for form in approved if form.id not in known), *kept]


def keep(channel: Channel, form: Form) -> None:
    row, _ = VendorForm.objects.update_or_create(
        channel=channel,
        form_id=form.id,
        defaults={
            "name": form.name,
            "language": form.language,
            "status": form.status,
            "parts": _parts(form),
            "changed_at": now(),
        },
    )
    if form.status == "PENDING":
        postman.after(reviewing.SECONDS, lambda: decide(row.pk))


def drop(channel: Channel, form: Form) -> None:
    defaults = {"name": form.name, "language": form.language, "status": DELETED, "parts": {}}
    VendorForm.objects.update_or_create(channel=channel, form_id=form.id, defaults=defaults)


def decide(row_id: UUID) -> None:
    """Once: the row is won by one conditional UPDATE, and whoever won it tells."""
    row = VendorForm.objects.select_related("channel").filter(pk=row_id, status="PENDING").first()
    if row is None:
        return
    form = reviewing.decided(_form(row))
    waiting = VendorForm.objects.filter(pk=row_id, status="PENDING", changed_at=row.changed_at)
    if waiting.update(status=form.status, parts=_parts(form)):
        _tell(row.channel, form)


def _tell(channel: Channel, form: Form) -> None:
    """Meta calls; at Twilio one has to look."""
    if channel.provider == "whatsapp_cloud":
        told = {"reason": form.reason, "words": form.words}
        post = meta.template_post(_number(channel), form.name, form.language, form.status, now(), **told)
        hooks.carry(hooks.hook_of(channel), post)


def _number(channel: Channel) -> meta.Number:
    config = channel.config
    number = config["phone_number_id"]
    return meta.Number(config["waba_id"], number, number, config["app_secret"])


def _form(row: VendorForm) -> Form:
    return Form(row.form_id, row.name, row.language, status=row.status, **row.parts)


def _parts(form: Form) -> dict[str, Any]:
    return {name: value for name, value in asdict(form).items() if name not in _COLUMNS}
