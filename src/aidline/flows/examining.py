"""Everything that is looked at before a flow is published: the text, the checks, the transcripts."""

from dataclasses import dataclass, replace

from aidline.centres.models import Centre, Membership
from aidline.channels.queries import channels_of
from aidline.channels.registry import BadConfig
from aidline.conversations.models import Topic
from aidline.flows import transcripts
from aidline.flows.checks import check
from aidline.flows.known import Known, Limits
from aidline.flows.language import Flow as Definition
from aidline.flows.media import capabilities
from aidline.flows.models import Flow, Prompt
from aidline.flows.problems import FlowError, Level, Problem
from aidline.flows.queries import load
from aidline.flows.surroundings import Surroundings
from aidline.flows.text import read
from aidline.flows.transcripts import Difference
from aidline.knowledge.models import Category


@dataclass(frozen=True, slots=True)
class Examined:
    """`flow` is None where the text cannot be read."""

    flow: Definition | None
    problems: tuple[Problem, ...] = ()
    differences: tuple[Difference, ...] = ()  # between what the transcripts say and what was heard
    unread: tuple[Problem, ...] = ()  # what is wrong with the text of the transcripts
    tests: int = 0

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level is Level.ERROR]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level is not Level.ERROR]

    @property
    def is_good(self) -> bool:
        return self.flow is not None and not self.errors and self.passes

    @property
    def passes(self) -> bool:
        return not self.differences and not self.unread

    def at(self, node: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.node == node]


def examine(centre: Centre, slug: str, draft: str, tests: str) -> Examined:
    try:
        flow = read(draft)
    except FlowError as error:
        return Examined(None, error.problems)
    problems = [*_named(flow, slug), *check(flow, known(centre, slug))]
    return _tried(Examined(flow, tuple(problems)), flow, tests, Surroundings(centre))


def _tried(examined: Examined, flow: Definition, tests: str, world: Surroundings) -> Examined:
    try:
        found = transcripts.read(tests)
    except FlowError as error:
        return replace(examined, unread=error.problems)
    differences = [one for transcript in found for one in transcripts.play(flow, transcript, world)]
    return replace(examined, differences=tuple(differences), tests=len(found))


def _named(flow: Definition, slug: str) -> list[Problem]:
    """Other flows and files know it by its name, which stays."""
    return [] if flow.slug == slug else [Problem("other_name", details={"what": flow.slug, "known": slug})]


def known(centre: Centre, slug: str = "") -> Known:
    """What the checks may know of a centre; the flow that is checked is not asked for its own old version."""
    prompts = Prompt.objects.filter(centre=centre)
    return Known(
        flows={row.slug: load(row.published_id) for row in _published(centre) if row.slug != slug},
        topics=frozenset(Topic.objects.filter(centre=centre).values_list("code", flat=True)),
        categories=frozenset(Category.objects.filter(centre=centre).values_list("code", flat=True)),
        skills=_skills(centre),
        prompts=frozenset(prompts.values_list("name", "language")),
        limits=tuple(_limits(centre)),
    )


def _skills(centre: Centre) -> frozenset[str]:
    """Of those who work there: a hand-over to a skill that nobody has finds anybody, a minute later."""
    rows = Membership.objects.filter(centre=centre, is_active=True).values_list("skills", flat=True)
    return frozenset(skill.casefold() for skills in rows for skill in skills)


def _published(centre: Centre) -> list[Flow]:
    return list(Flow.objects.filter(centre=centre, published__isnull=False))


def _limits(centre: Centre) -> list[Limits]:
    found = []
    for channel in channels_of(centre).filter(is_open=True):
        try:
            found.append(Limits.of(channel.name, capabilities(channel)))
        except BadConfig:
            continue
    return found
