"""Flows as files: our own text, FLOIP both ways, RapidPro in. What is brought in is a draft and runs nowhere yet."""

import json
from dataclasses import dataclass

from django.db import transaction

from aidline.centres.models import Centre, Staff
from aidline.flows.exchange import floip_in, floip_out, rapidpro
from aidline.flows.exchange.losses import Loss
from aidline.flows.language import Flow as Definition
from aidline.flows.models import Flow
from aidline.flows.problems import FlowError, Problem
from aidline.flows.queries import is_changed
from aidline.flows.services import create_flow, save_draft
from aidline.flows.text import read, write
from aidline.kernel.clock import now

LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mime: str
    content: str


@dataclass(frozen=True, slots=True)
class Brought:
    """`losses`: what could not be carried whole."""

    flows: tuple[Flow, ...]
    losses: tuple[Loss, ...] = ()


@dataclass
class WouldReplace(Exception):
    """Drafts with changes that were never published; nothing was brought in."""

    flows: list[Flow]


def exported(flow: Flow) -> File:
    """The draft, which is what is worked on."""
    return File(f"{flow.slug}.yaml", "application/yaml", flow.draft)


def exported_floip(flow: Flow) -> File:
    """Raises `FlowError` while the draft cannot be read."""
    found = floip_out.write([read(flow.draft)], now())
    content = json.dumps(found.container, ensure_ascii=False, indent=1)
    return File(f"{flow.slug}.floip.json", "application/json", content)


@transaction.atomic
def bring_in(*, by: Staff | None, centre: Centre, source: str, replaces: bool = False) -> Brought:
    """All flows of a file or none. Raises `FlowError` or `NotReadable` where it is no flow, and `WouldReplace`."""
    found, losses = _read(source)
    wanted = {definition.slug: text for definition, text in found}
    known = {flow.slug: flow for flow in Flow.objects.filter(centre=centre, slug__in=wanted)}
    changed = [flow for flow in known.values() if is_changed(flow)]
    if changed and not replaces:
        raise WouldReplace(changed)
    return Brought(tuple(_put(by, centre, one, text, known) for one, text in found), losses)


def _read(source: str) -> tuple[list[tuple[Definition, str]], tuple[Loss, ...]]:
    if not source.lstrip().startswith("{"):
        return [(_named(read(source)), source)], ()
    reads = floip_in.read if '"specification_version"' in source else rapidpro.read
    imported = reads(source)
    return [(_named(one), write(one)) for one in imported.flows], tuple(imported.report.losses)


def _named(definition: Definition) -> Definition:
    if len(definition.slug) > LONGEST_SLUG:
        raise FlowError([Problem("too_long", line=1, details={"most": LONGEST_SLUG})])
    return definition


def _put(by: Staff | None, centre: Centre, definition: Definition, text: str, known: dict[str, Flow]) -> Flow:
    if definition.slug in known:
        return save_draft(by=by, flow=known[definition.slug], source=text)
    title = (definition.title or definition.slug)[:120]
    return create_flow(by=by, centre=centre, slug=definition.slug, title=title, draft=text)
