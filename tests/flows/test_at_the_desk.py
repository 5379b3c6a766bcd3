"""Conversations with the menu at the desk: out of the way of who waits, and there for whoever wants to help."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aidline.centres.queries import Seat, seat_in
from aidline.conversations.queries import QueueFilter, View, counts, queue
from factories import make_staff
from flows.chatting import Visitor, make_door, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(make_door())


@pytest.fixture
def seat(visitor: Visitor) -> Seat:
    staff, _ = make_staff(visitor.channel.centre, languages=["en", "ar", "fr"])
    return seat_in(staff, visitor.channel.centre)


@pytest.fixture
def page(seat: Seat) -> Callable[..., str]:
    client = Client()
    client.force_login(seat.staff)

    def get(name: str, *args: Any, **query: str) -> str:
        path = reverse(f"desk:{name}", args=[seat.centre.slug, *args])
        return str(client.get(path, query).content.decode())

    return get


def seen(seat: Seat, view: View) -> int:
    return len(queue(seat, QueueFilter(view=view)))


def test_who_is_with_the_menu_waits_for_nobody(visitor: Visitor, seat: Seat) -> None:
    visitor.says("hello")
    assert (seen(seat, View.WAITING), seen(seat, View.ALL), seen(seat, View.MENU)) == (0, 0, 1)
    found = counts(seat)
    assert (found.waiting, found.all, found.menu) == (0, 0, 1)
    visitor.says("human")
    assert (seen(seat, View.WAITING), seen(seat, View.ALL), seen(seat, View.MENU)) == (1, 1, 0)


def test_the_desk_says_how_many_there_are_and_shows_them(visitor: Visitor, page: Callable[..., str]) -> None:
    visitor.says("hello")
    assert "1 with the menu" in page("home")
    shown = page("home", view="menu")
    assert f'id="q-{visitor.talk.pk}"' in shown
    assert "With the menu</span>" in shown


def test_the_thread_says_that_the_menu_wrote_and_what_was_chosen(
    visitor: Visitor, page: Callable[..., str]
) -> None:
    visitor.says("hello")
    visitor.picks(1)
    shown = page("talk", visitor.talk.pk)
    assert shown.count("Menu · ") == 2
    assert "Sent by itself" not in shown
    visitor.picks(3)
    plain = page("talk", visitor.talk.pk).replace("\u2068", "").replace("\u2069", "")
    assert "Chose in the menu: English → Somebody to talk to" in plain


def test_it_can_be_taken_from_there(visitor: Visitor, seat: Seat) -> None:
    visitor.says("hello")
    client = Client()
    client.force_login(seat.staff)
    client.post(reverse("desk:take", args=[seat.centre.slug, visitor.talk.pk]))
    assert (visitor.talk.in_flow, visitor.talk.assignee) == (False, seat.membership)
    visitor.writes("English")
    take_in()
    assert seen(seat, View.MINE) == 1
