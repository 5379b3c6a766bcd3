"""What every page of one flow shows around its own part."""

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from aidline.centres.rules import StaffRequest
from aidline.conversations.queries import topics_of
from aidline.desk.flows.step_forms import Kit
from aidline.flows.examining import Examined, examine
from aidline.flows.language import Flow as Definition
from aidline.flows.models import Flow, Prompt
from aidline.flows.queries import access_flow, flows_of, is_changed
from aidline.flows.services import Changed, save_draft
from aidline.flows.text import write
from aidline.knowledge.models import Category


def frame(flow: Flow, part: str) -> tuple[Examined, dict[str, Any]]:
    examined = examine(flow.centre, flow.slug, flow.draft, flow.tests)
    context = {
        "tab": "flows",
        "part": part,
        "flow": flow,
        "draft": examined.flow,
        "examined": examined,
        "problems": len(examined.problems),
        "changed": is_changed(flow),
        "seen": seen(flow),
    }
    return examined, context


def seen(flow: Flow) -> str:
    """Names the draft a page was made of, so that it is not written over another one."""
    return hashlib.blake2b(f"{flow.draft}\0{flow.tests}".encode(), digest_size=12).hexdigest()


def opened(request: StaffRequest, flow_id: UUID) -> Flow:
    return access_flow(request.seat, flow_id)


def kept(request: StaffRequest, flow: Flow, **changes: str) -> bool:
    """False, with a word about it, where a colleague was faster."""
    try:
        if request.POST.get("seen", seen(flow)) != seen(flow):
            raise Changed(flow.slug)
        save_draft(by=request.user, flow=flow, **changes)
    except Changed:
        messages.error(
            request, _("A colleague changed this flow meanwhile. Look at it, and make your change again.")
        )
        return False
    return True


def keep(request: StaffRequest, flow: Flow, definition: Definition) -> bool:
    return kept(request, flow, source=write(definition))


def to_part(
    request: StaffRequest, flow: Flow, part: str, *more: object, anchor: str = ""
) -> HttpResponseBase:
    answer = redirect(f"flows:{part}", request.seat.centre.slug, flow.pk, *more)
    if anchor:
        answer["Location"] += f"#{anchor}"
    return answer


def kit(request: StaffRequest, flow: Flow) -> Kit:
    centre, language = request.seat.centre, request.user.language
    prompts = Prompt.objects.filter(centre=centre).order_by("name").values_list("name", flat=True).distinct()
    categories = Category.objects.filter(centre=centre)
    return Kit(
        language=language,
        topics={topic.code: topic.label(language) for topic in topics_of(centre)},
        categories={row.code: _title(row.titles, language, row.code) for row in categories},
        flows={row.slug: row.title for row in flows_of(centre) if row.pk != flow.pk},
        prompts={name: name for name in prompts},
    )


def _title(titles: dict[str, str], language: str, code: str) -> str:
    return titles.get(language) or titles.get("en") or code
