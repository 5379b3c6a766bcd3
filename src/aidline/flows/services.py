"""Writing flows: drafts, what runs, and where one begins. A published version is never changed."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.channels.models import Channel
from aidline.flows.examining import Examined, examine
from aidline.flows.language import Flow as Definition
from aidline.flows.models import Entrance, Flow, Version
from aidline.flows.problems import FlowError
from aidline.flows.text import read
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id


class Taken(Exception):
    """Another flow of the centre has this name."""


class Changed(Exception):
    """Somebody else wrote in it meanwhile; nothing of theirs is overwritten."""


@dataclass
class NotPublishable(Exception):
    """Nothing was published; what is wrong is told."""

    examined: Examined


@transaction.atomic
def create_flow(*, by: Staff | None, centre: Centre, slug: str, title: str, draft: str = "") -> Flow:
    row = Flow(id=new_id(), centre=centre, slug=slug, title=title, draft=_lines(draft), changed_by=by)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Taken(slug) from None
    _record(by, row, "flow.create")
    return row


@transaction.atomic
def save_draft(*, by: Staff | None, flow: Flow, source: str | None = None, tests: str | None = None) -> Flow:
    """Also while it is not valid: nobody loses what they wrote. What runs is not touched.

    `flow` is as its writer saw it.
    """
    changed = {"draft": source, "tests": tests}
    changed = {name: _lines(value) for name, value in changed.items() if value is not None}
    title = _title_in(changed.get("draft")) or flow.title
    seen = Flow.objects.filter(pk=flow.pk, draft=flow.draft, tests=flow.tests)
    if not seen.update(**changed, title=title, changed_by=by, changed_at=now()):
        raise Changed(flow.slug)
    _record(by, flow, "flow.save", ",".join(changed))
    flow.refresh_from_db()
    return flow


def _lines(value: str) -> str:
    """As browsers send them, and as files have them, they are the same."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _title_in(source: str | None) -> str:
    definition = _readable(source or "")
    return definition.title[:120] if definition else ""


def _readable(source: str) -> Definition | None:
    try:
        return read(source)
    except FlowError:
        return None


def publish(*, by: Staff | None, flow: Flow) -> Version:
    """Checked and tried out first, outside the transaction; a draft that was changed meanwhile is not published."""
    examined = examine(flow.centre, flow.slug, flow.draft, flow.tests)
    if not examined.is_good:
        raise NotPublishable(examined)
    with transaction.atomic():
        same = Flow.objects.filter(pk=flow.pk, draft=flow.draft, tests=flow.tests)
        if not same.update(changed_at=F("changed_at")):
            raise Changed(flow.slug)
        last = flow.versions.aggregate(last=Max("number"))["last"] or 0
        version = Version.objects.create(flow=flow, number=last + 1, source=flow.draft, published_by=by)
        same.update(published=version)
        _record(by, flow, "flow.publish")
    flow.published = version
    return version


@transaction.atomic
def retire(*, by: Staff, flow: Flow) -> None:
    """It begins nowhere any more. Who is in it goes on to its end."""
    Entrance.objects.filter(messages=flow).update(messages=None)
    Entrance.objects.filter(calls=flow).update(calls=None)
    Flow.objects.filter(pk=flow.pk).update(published=None)
    _record(by, flow, "flow.retire")


@transaction.atomic
def bring_back(*, by: Staff, flow: Flow, version: Version) -> Flow:
    """An earlier version becomes the draft; nothing runs differently before it is published."""
    return save_draft(by=by, flow=flow, source=version.source)


@transaction.atomic
def set_entrance(*, by: Staff | None, channel: Channel, messages: Flow | None, calls: Flow | None) -> None:
    Entrance.objects.update_or_create(channel=channel, defaults={"messages": messages, "calls": calls})
    record(
        by=by,
        action="channel.entrance",
        object_type="channel",
        object_id=channel.pk,
        centre=channel.centre_id,
        fields="messages,calls",
    )


def _record(by: Staff | None, flow: Flow, action: str, fields: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="flow",
        object_id=flow.pk,
        centre=flow.centre_id,
        fields=fields,
    )
