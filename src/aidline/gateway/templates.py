"""Templates and their provider: handing in, taking away, and keeping our list the same as theirs.

Nothing is handed in twice by itself. A call that stayed without an answer leaves the template *unknown*, and the next
look at the provider's list says what became of it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from aidline.channels.contract import (
    ManagesTemplates,
    RetryLater,
    SendError,
    SyncsTemplates,
    TemplateChange,
    TemplateInfo,
    TemplateRefused,
    Uncertain,
)
from aidline.channels.models import Channel, Template
from aidline.channels.templates import draft_of
from aidline.gateway.lines import http_for, provider_of, readable_provider
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now

log = logging.getLogger(__name__)

SYNC = "templates.sync"
State = Template.State
_OURS = (State.DRAFT, State.SENDING, State.REMOVING)  # what the provider says of them does not count now
_SOON = timedelta(minutes=1)
_SKEW = timedelta(minutes=1)  # between our clock and a provider's
_LAG = timedelta(hours=1)  # in which a provider's list may not have what was handed in
_PATIENCE = timedelta(days=3)  # after which the hourly look is enough
_NOT_THERE = "not-there"


# --- handing in ------------------------------------------------------------------------------------------


def submit(payload: dict[str, str]) -> None:
    """The job `templates.submit`: one call for one template, claimed so that a second run never calls again."""
    template = _template(payload)
    manager = _manager(template.channel) if template else None
    if template is None or manager is None or not _claim(template):
        return
    try:
        with http_for(template.channel) as http:
            info = manager.create_template(http, draft_of(template))
    except RetryLater:
        _mine(template).update(called_at=None)
        raise
    except Uncertain as silence:
        _becomes_unknown(template, silence.code)
    except SendError as refusal:
        _back_to_draft(template, refusal)
    except Exception as problem:
        log.exception("template %s could not be handed in", template.pk)
        _becomes_unknown(template, type(problem).__name__)
    else:
        _handed_in(template, info)


def give_up_submitting(payload: dict[str, str]) -> None:
    """The provider was away for all the tries of the job: nothing was handed in, unless a call was cut off."""
    template = _template(payload)
    if template is None:
        return
    uncalled = _mine(template).filter(called_at=None)
    if not uncalled.update(state=State.DRAFT, reason="unreachable"):
        _becomes_unknown(template, "lost")


def _claim(template: Template) -> bool:
    """A call that was begun and never written down may have arrived."""
    if _mine(template).filter(called_at=None).update(called_at=now()):
        return True
    _becomes_unknown(template, "lost")
    return False


def _handed_in(template: Template, info: TemplateInfo) -> None:
    """News may have been quicker than the answer; then only the ids are new."""
    known = {"name": info.name, "external_id": info.external_id, "category": info.category}
    Template.objects.filter(pk=template.pk).update(**known)
    _mine(template).update(state=info.state, called_at=None)


def _back_to_draft(template: Template, refusal: SendError) -> None:
    words = refusal.words if isinstance(refusal, TemplateRefused) else ""
    _mine(template).update(state=State.DRAFT, called_at=None, reason=refusal.code[:60], refusal=words)


def _becomes_unknown(template: Template, code: str) -> None:
    if _mine(template).update(state=State.UNKNOWN, reason=code[:60]):
        _look(template.channel_id, now() + _SOON)


def _mine(template: Template) -> QuerySet[Template]:
    return Template.objects.filter(pk=template.pk, state=State.SENDING)


def _template(payload: dict[str, str]) -> Template | None:
    return Template.objects.select_related("channel").filter(pk=UUID(payload["template"])).first()


def _manager(channel: Channel) -> ManagesTemplates:
    provider = provider_of(channel)
    assert isinstance(provider, ManagesTemplates)
    return provider


# --- taking away -----------------------------------------------------------------------------------------


def remove(payload: dict[str, str]) -> None:
    """The job `templates.remove`; it may be repeated, for what is gone already is no error."""
    template = _template(payload)
    if template is None or template.state != State.REMOVING:
        return
    try:
        with http_for(template.channel) as http:
            _manager(template.channel).delete_template(http, _info(template))
    except RetryLater:
        raise
    except SendError as refusal:
        _stays(template, refusal)
        return
    Template.objects.filter(pk=template.pk, state=State.REMOVING).delete()


def give_up_removing(payload: dict[str, str]) -> None:
    template = _template(payload)
    if template:
        _stays(template, RetryLater("unreachable"))


def _stays(template: Template, refusal: SendError) -> None:
    """What it is now, the provider's list will say."""
    words = refusal.words if isinstance(refusal, TemplateRefused) else ""
    rows = Template.objects.filter(pk=template.pk, state=State.REMOVING)
    rows.update(state=State.UNKNOWN, reason=refusal.code[:60], refusal=words)
    _look(template.channel_id, now() + _SOON)


def _info(template: Template) -> TemplateInfo:
    return TemplateInfo(
        template.name,
        template.language,
        template.state,
        template.category,
        template.body,
        external_id=template.external_id,
    )


# --- news ------------------------------------------------------------------------------------------------


def heard(channel_id: UUID, change: TemplateChange, received_at: datetime) -> None:
    """News come in any order: what is older than what was heard changes nothing."""
    languages = {change.language, change.language.replace("-", "_")}
    same = Template.objects.filter(channel_id=channel_id, name=change.name, language__in=languages)
    if not same.exists():
        _look(channel_id, now())
        return
    told = {"category": change.category, "quality": change.quality}
    same.exclude(state=State.DRAFT).update(**{name: word for name, word in told.items() if word})
    if change.state:
        _move(same, change, received_at)


def _move(same: QuerySet[Template], change: TemplateChange, received_at: datetime) -> None:
    later = Q()
    if change.at:
        later = Q(told_at=None) | Q(told_at__lt=change.at)
        if change.state != State.PENDING:
            later |= Q(told_at=change.at)
        later &= Q(submitted_at=None) | Q(submitted_at__lte=change.at + _SKEW)
    same.filter(later).exclude(state__in=(State.DRAFT, State.REMOVING)).update(
        state=change.state,
        reason=change.reason[:60],
        refusal=change.words,
        told_at=change.at,
        heard_at=received_at,
    )


# --- the provider's list ---------------------------------------------------------------------------------


def sync_templates(payload: dict[str, str]) -> None:
    """The job `templates.sync` for one channel."""
    channel = Channel.objects.get(pk=UUID(payload["channel"]))
    provider = provider_of(channel)
    if not isinstance(provider, SyncsTemplates):
        return
    started = now()
    with http_for(channel) as http:
        found = provider.sync_templates(http)
    write_list(channel, found, started)


def sync_all() -> None:
    for channel in Channel.objects.filter(is_open=True):
        provider = readable_provider(channel)
        if provider and provider.capabilities.templates:
            _look(channel.pk, now())


def sync_waiting() -> None:
    """Not every provider calls when it has decided; while something of ours is looked at, we look more often."""
    handed_in = Q(state=State.PENDING, submitted_at__gte=now() - _PATIENCE)
    waiting = Template.objects.filter(handed_in | Q(state=State.UNKNOWN), channel__is_open=True)
    for channel_id in set(waiting.values_list("channel", flat=True)):
        _look(channel_id, now())


def _look(channel_id: UUID, at: datetime) -> None:
    enqueue(SYNC, {"channel": str(channel_id)}, unique_key=f"{SYNC}:{channel_id}", run_at=at)


@transaction.atomic
def write_list(channel: Channel, found: list[TemplateInfo], started: datetime) -> None:
    """What was heard since the list was asked for is newer than the list, and drafts are nobody's but ours."""
    at = now()
    rows = list(Template.objects.filter(channel=channel))
    known = {(row.name, row.language): row for row in rows}
    waiting = {(row.family, row.language): row for row in rows if row.name == row.family}
    for info in found:
        row = known.get((info.name, info.language)) or waiting.get((info.title or info.name, info.language))
        if row:
            _listed(row, info, started, at)
        elif info.state in State.values:
            _discovered(channel, info, at)
    _unlisted(channel, started, at)


def _listed(row: Template, info: TemplateInfo, started: datetime, at: datetime) -> None:
    rows = Template.objects.filter(pk=row.pk)
    rows.update(synced_at=at)
    if info.state not in State.values:  # there, but never handed in: the second of two calls was cut off
        left = {"external_id": info.external_id, "reason": _NOT_THERE}
        rows.filter(state=State.UNKNOWN).update(state=State.DRAFT, **left)
        return
    theirs = rows.filter(~Q(state__in=_OURS) | Q(state=State.DRAFT, reason=_NOT_THERE))
    theirs.update(name=info.name, family=info.title or info.name, **_parts(info))
    if info.examples:
        theirs.update(examples=dict(info.examples))
    told = {"reason": info.reason, "refusal": info.words}
    moved = info.state != row.state
    decided = {"state": info.state} | {name: words for name, words in told.items() if words or moved}
    theirs.filter(Q(heard_at=None) | Q(heard_at__lt=started)).update(**decided)


def _discovered(channel: Channel, info: TemplateInfo, at: datetime) -> None:
    Template.objects.get_or_create(
        channel=channel,
        name=info.name,
        language=info.language,
        defaults={
            "family": info.title or info.name,
            "state": info.state,
            "reason": info.reason,
            "refusal": info.words,
            "synced_at": at,
            "examples": dict(info.examples),
            **_parts(info),
        },
    )


def _parts(info: TemplateInfo) -> dict[str, Any]:
    return {
        "category": info.category,
        "header": info.header[:200],
        "body": info.body,
        "footer": info.footer[:200],
        "buttons": list(info.buttons),
        "parameters": list(info.parameters),
        "external_id": info.external_id[:64],
    }


def _unlisted(channel: Channel, started: datetime, at: datetime) -> None:
    """What the provider no longer lists is gone here too, so that nobody tries to send it.

    What was written here becomes a draft again instead: the words are somebody's work.
    """
    missing = Template.objects.filter(channel=channel, synced_at__lt=at)
    missing.filter(state=State.REMOVING).delete()
    theirs = missing.exclude(state__in=_OURS).exclude(submitted_at__gte=started)
    theirs = theirs.exclude(state=State.PENDING, submitted_at__gte=started - _LAG)
    theirs.filter(submitted_at=None).delete()
    theirs.update(state=State.DRAFT, name=F("family"), reason=_NOT_THERE, refusal="", external_id="")
