"""What a plan would do if it began now: who gets what by which channel, in whose words, and who gets nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from aidline.centres.models import Centre
from aidline.kernel import languages
from aidline.kernel import text as words
from aidline.outreach.audience import Audience, Chosen, choose
from aidline.outreach.composing import Composed, Composer, Line
from aidline.outreach.plan import Plan
from aidline.outreach.states import Why


@dataclass(frozen=True, slots=True)
class Sample:
    """One wording as some people will get it. `wanted` is their own language."""

    line: Line
    made: Composed
    wanted: str
    people: int

    @property
    def in_other_language(self) -> bool:
        return bool(self.wanted) and self.wanted != self.made.language

    @property
    def segments(self) -> words.Segments | None:
        return words.segments(self.made.text) if self.line.able.counts_segments else None

    @property
    def parts(self) -> int:
        """Messages that a provider charges for."""
        return self.people * (self.segments.count if self.segments else 1)


@dataclass(frozen=True, slots=True)
class Preview:
    audience: int
    getting: int
    unreachable: int
    samples: tuple[Sample, ...]
    left_out: tuple[tuple[str, int], ...]
    problems: tuple[Any, ...]
    minutes: int  # at the pace; 0 without one

    @property
    def charged(self) -> int:
        return sum(sample.parts for sample in self.samples)


def preview_of(centre: Centre, plan: Plan, purpose: str) -> Preview:
    composer = Composer(centre, plan)
    audience = choose(composer, purpose) if composer.lines else Audience((), 0)
    getting = [one for one in audience.chosen if not one.why]
    left_out = Counter(Why(one.why) for one in audience.chosen if one.why)
    return Preview(
        audience=len(audience.chosen),
        getting=len(getting),
        unreachable=audience.unreachable,
        samples=_samples(composer, getting),
        left_out=tuple((str(why.label), count) for why, count in left_out.most_common()),
        problems=tuple(problems_of(composer)),
        minutes=-(-len(getting) // plan.pace) if plan.pace else 0,
    )


def _samples(composer: Composer, getting: list[Chosen]) -> tuple[Sample, ...]:
    groups: Counter[tuple[UUID, str, int]] = Counter()
    made: dict[int, Composed] = {}
    for one in getting:
        assert isinstance(one.made, Composed)
        made[id(one.made)] = one.made  # the composer makes each once
        groups[(one.channel_id, one.language, id(one.made))] += 1
    samples = (
        Sample(composer.lines[channel], made[which], language, people)
        for (channel, language, which), people in groups.items()
    )
    return tuple(sorted(samples, key=lambda one: (one.line.channel.name, -one.people, one.wanted)))


def problems_of(composer: Composer) -> list[Any]:
    """What keeps a plan from being handed in, in words for who writes it."""
    plan = composer.plan
    problems: list[Any] = []
    if not plan.title:
        problems.append(_("Give it a title."))
    if not composer.lines:
        problems.append(_("Choose at least one channel."))
    if all(one.empty for one in plan.words):
        problems.append(_("Write the text in at least one language."))
    problems += [
        _("The text in %(language)s is too long for %(channel)s: at most %(limit)s characters.")
        % {
            "language": languages.name(one.language),
            "channel": line.channel.name,
            "limit": line.able.text_limit,
        }
        for one in plan.words
        for pk, line in composer.lines.items()
        if one.channel in ("", str(pk)) and len(one.text) > line.able.text_limit
    ]
    return problems + _template_problems(composer)


def _template_problems(composer: Composer) -> list[Any]:
    problems: list[Any] = []
    for one in filter(lambda said: said.template, composer.plan.words):
        line = composer.lines.get(UUID(one.channel)) if one.channel else None
        template = line.templates.get((one.template, one.template_language)) if line else None
        if template is None:
            problems.append(_("A chosen message is not approved for its channel any more."))
        elif len(one.values) != len(template.parameters):
            problems.append(
                _("The approved message %(name)s needs %(count)s fill-ins, one on each line.")
                % {"name": template.name, "count": len(template.parameters)}
            )
    return problems
