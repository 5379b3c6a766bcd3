"""Writing templates and handing them in. The calls to the provider are jobs of the gateway.

A draft is a member of staff's work: nothing but that member's colleagues ever takes it away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.channels.contract import TemplateDraft, TemplateLimits
from aidline.channels.models import Channel, Template
from aidline.channels.registry import load
from aidline.channels.template_rules import PARAMETER, faults, parameters_in
from aidline.jobs.services import enqueue
from aidline.kernel.clock import now

SUBMIT, REMOVE = "templates.submit", "templates.remove"
State = Template.State

# What is written here: a draft, and what was handed in from here and refused. What was made elsewhere may have
# parts that we cannot write, and would lose them.
WRITABLE = Q(state=State.DRAFT) | Q(state=State.REJECTED, submitted_at__isnull=False)
KNOWN_OUTSIDE = (State.APPROVED, State.PENDING, State.REJECTED, State.PAUSED, State.DISABLED, State.UNKNOWN)
FILLS = ("agent", "centre", "date")  # what can be suggested for a field


class NotNow(Exception):
    """The template is not in a state in which this can be done, or not good enough for it."""


class Taken(Exception):
    """There is a template of this name in this language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is written in one language."""

    body: str
    category: str = "utility"
    header: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    examples: Mapping[str, str] = field(default_factory=dict)


def limits_of(channel: Channel) -> TemplateLimits | None:
    """None where templates can only be made at the provider itself."""
    if channel.config is None:
        return None
    return load(channel.provider, channel.config).capabilities.template_limits


def draft_of(template: Template) -> TemplateDraft:
    return TemplateDraft(
        name=template.family,
        language=template.language,
        category=template.category,
        body=template.body,
        examples=template.examples,
        header=template.header,
        footer=template.footer,
        buttons=tuple(template.buttons),
        external_id=template.external_id,
    )


def is_writable(template: Template) -> bool:
    return Template.objects.filter(WRITABLE, pk=template.pk).exists()


@transaction.atomic
def write_template(
    *, by: Staff | None, channel: Channel, family: str, language: str, wording: Wording
) -> Template:
    """A new draft, of a new family or in one more language of a known one. `language` is ours."""
    limits = limits_of(channel) or TemplateLimits()
    template = Template(
        channel=channel,
        family=family,
        name=family,
        language=limits.languages.get(language, language),
        state=State.DRAFT,
        fields=_fields_of_family(channel, family),
    )
    if _same(channel, family, template.language).exists():
        raise Taken
    _put(template, wording)
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError:
        raise Taken from None
    _record(by, template, "template.write")
    return template


@transaction.atomic
def rewrite_template(*, by: Staff, template: Template, wording: Wording) -> Template:
    """A draft, or one that was refused: it becomes a draft again and goes in anew in the place of the old one."""
    _put(template, wording)
    template.state = State.DRAFT
    written = {name: getattr(template, name) for name in (*_WRITTEN, "state")}
    if not Template.objects.filter(WRITABLE, pk=template.pk).update(**written, reason="", refusal=""):
        raise NotNow
    _record(by, template, "template.write")
    return template


@transaction.atomic
def submit_template(*, by: Staff, template: Template) -> None:
    """Handed in once: the row is claimed here, and the job that calls the provider claims it once more."""
    limits = limits_of(template.channel)
    if limits is None or faults(draft_of(template), limits):
        raise NotNow
    at = now()
    changes = {"state": State.SENDING, "submitted_at": at, "called_at": None, "reason": "", "refusal": ""}
    if not _mine(template, State.DRAFT).update(**changes):
        raise NotNow
    enqueue(SUBMIT, {"template": str(template.pk)}, unique_key=f"{SUBMIT}:{template.pk}")
    _record(by, template, "template.submit")


@transaction.atomic
def remove_template(*, by: Staff, template: Template) -> None:
    """What the provider never saw is gone at once; the rest when the provider has taken it away."""
    _record(by, template, "template.remove")
    if not template.external_id and _mine(template, State.DRAFT).delete()[0]:
        return
    if not _mine(template, State.DRAFT, *KNOWN_OUTSIDE).update(state=State.REMOVING):
        raise NotNow
    enqueue(REMOVE, {"template": str(template.pk)}, unique_key=f"{REMOVE}:{template.pk}")


@transaction.atomic
def name_fields(*, by: Staff, template: Template, fields: Mapping[str, Mapping[str, str]]) -> None:
    """What the fields are called for staff and what is suggested for them, in every language of the family."""
    family = Template.objects.filter(channel=template.channel_id, family=template.family)
    for row in family:
        row.fields = {name: dict(told) for name, told in fields.items() if name in row.parameters}
        row.save(update_fields=["fields"])
    _record(by, template, "template.fields")


_WRITTEN = ("category", "header", "body", "footer", "buttons", "parameters", "examples")


def _put(template: Template, wording: Wording) -> None:
    template.category = wording.category
    template.header, template.footer = wording.header.strip(), wording.footer.strip()
    template.body = PARAMETER.sub(r"{{\1}}", wording.body.replace("\r\n", "\n").strip())
    template.buttons = [words.strip() for words in wording.buttons if words.strip()]
    template.parameters = parameters_in(template.body)
    template.examples = {name: wording.examples.get(name, "").strip() for name in template.parameters}


def _same(channel: Channel, family: str, language: str) -> QuerySet[Template]:
    return Template.objects.filter(channel=channel, family=family, language=language)


def _fields_of_family(channel: Channel, family: str) -> dict[str, dict[str, str]]:
    row = Template.objects.filter(channel=channel, family=family).exclude(fields={}).first()
    return dict(row.fields) if row else {}


def _mine(template: Template, *states: Template.State) -> QuerySet[Template]:
    return Template.objects.filter(pk=template.pk, state__in=states)


def _record(by: Staff | None, template: Template, action: str) -> None:
    centre: UUID = template.channel.centre_id
    record(
        by=by,
        action=action,
        object_type="template",
        object_id=template.pk,
        centre=centre,
        fields=template.language,
    )
