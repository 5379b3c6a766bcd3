"""Who may listen: members where they answer, a visitor to their own conversation, nobody else."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from django.conf import settings

from aidline.centres.models import Membership
from aidline.config.asgi import Application
from aidline.config.live import authorise
from aidline.gateway.hub import Grant
from staffed import House, build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction is not an old connection to be closed."""
    monkeypatch.setattr("aidline.config.live.close_old_connections", lambda: None)


@pytest.fixture
def house() -> House:
    return build()


def asks(house: House, who: str, path: str = "/live/desk", query: str = "") -> Grant | None:
    cookie = house.client(who).cookies.get(settings.SESSION_COOKIE_NAME)
    value = f"{settings.SESSION_COOKIE_NAME}={cookie.value}" if cookie else ""
    headers = [(b"cookie", value.encode())]
    return authorise({"path": path, "query_string": query.encode(), "headers": headers})


def test_an_agent_hears_of_the_own_centre_only(house: House) -> None:
    grant = asks(house, "agent")
    assert grant
    assert (grant.topics, grant.staff_id) == (frozenset({house.centre.pk}), house.staff["agent"].pk)


@pytest.mark.parametrize("who", ["anonymous", "analyst"])
def test_who_may_not_read_conversations_hears_of_none(house: House, who: str) -> None:
    assert asks(house, who) is None


def test_another_centre_cannot_be_asked_for(house: House) -> None:
    assert asks(house, "agent", query=f"centre={house.other.slug}") is None
    assert asks(house, "agent", query=f"centre={house.centre.slug}") == asks(house, "agent")


def test_a_member_who_was_let_go_hears_no_more(house: House) -> None:
    Membership.objects.filter(staff=house.staff["agent"]).update(is_active=False)
    assert asks(house, "agent") is None


def test_an_ended_session_hears_no_more(house: House) -> None:
    client = house.client("agent")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())]
    scope: dict[str, Any] = {"path": "/live/desk", "query_string": b"", "headers": headers}
    assert authorise(scope)
    client.session.flush()
    assert authorise(scope) is None


@pytest.mark.parametrize(
    "path", ["/live/", "/live/other", "/live/desk/more", "/live/chat/nowhere", "/live/chat/"]
)
def test_other_addresses_lead_nowhere(house: House, path: str) -> None:
    assert asks(house, "supervisor", path) is None


def test_health_is_bad_before_the_start_and_sockets_are_refused() -> None:
    heard: list[MutableMapping[str, Any]] = []

    async def send(event: MutableMapping[str, Any]) -> None:
        heard.append(event)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    served = Application()
    asyncio.run(served({"type": "http", "path": "/healthz"}, receive, send))
    asyncio.run(served({"type": "websocket", "path": "/"}, receive, send))
    assert heard[0]["status"] == 503
    assert heard[2]["type"] == "websocket.close"
