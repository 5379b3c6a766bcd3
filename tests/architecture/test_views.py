"""Every view says who may come in, and means it: a new view without a rule, or with a hole, fails here."""

from types import ModuleType
from uuid import UUID

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from aidline.centres.rules import StaffRequest, public, requires
from aidline.centres.states import Can
from aidline.conversations.models import Conversation
from architecture.stock import World, fill
from architecture.walking import faults, views, without_rule


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return fill()


def test_every_view_has_a_rule() -> None:
    assert without_rule(views()) == []


def test_no_page_of_staff_is_public() -> None:
    staff_pages = ("c/", "o/", "me/")
    assert [
        view.route for view in views() if view.rule == "public" and view.route.startswith(staff_pages)
    ] == []


@pytest.mark.slow
def test_every_view_lets_in_whom_its_rule_names_and_nobody_else(world: World) -> None:
    wrong = faults(views(), world)
    assert wrong == [], "\n".join(wrong)


# --- that the table sees what it is for ------------------------------------------------------------------


def unruled(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody")


@public
def giving(_request: HttpRequest, conversation: UUID) -> HttpResponse:
    return HttpResponse(str(Conversation.objects.get(pk=conversation).pk))


@requires(Can.ANSWER)
def doorless(_request: StaffRequest, conversation: UUID) -> HttpResponse:
    """The id is looked up without asking whose it is."""
    found = Conversation.objects.filter(pk=conversation).first()
    return HttpResponse("found") if found else HttpResponse(status=404)


def unguarded(_request: HttpRequest, centre: str, conversation: UUID) -> HttpResponse:
    """Says a rule and does not keep it."""
    return HttpResponse("found")


unguarded.rule = Can.ANSWER  # type: ignore[attr-defined]


def planted(*patterns: object) -> str:
    module = ModuleType("planted_urls")
    module.urlpatterns = [path("", include("aidline.config.urls")), *patterns]  # type: ignore[attr-defined]
    return module  # type: ignore[return-value]


def test_a_view_without_a_rule_is_found() -> None:
    assert without_rule(views(planted(path("planted/", unruled)))) == ["planted/"]


@pytest.mark.parametrize(
    ("route", "view", "told"),
    [
        ("planted/<uuid:conversation>/", giving, "gives out an object"),
        ("c/<slug:centre>/planted/<uuid:conversation>/", doorless, "the other centre's conversation"),
        ("c/<slug:centre>/planted/<uuid:conversation>/", unguarded, "anonymous own"),
    ],
)
def test_a_hole_is_found(world: World, settings: object, route: str, view: object, told: str) -> None:
    settings.ROOT_URLCONF = urlconf = planted(path(route, view))
    found = [one for one in views(urlconf) if "planted" in one.route]
    assert any(told in fault for fault in faults(found, world))
