"""Invitations and one-time links: each opens once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from aidline.centres.models import Invitation, Membership, SignInLink, Staff, StaffSession
from aidline.centres.services import create_sign_in_link, invite, revoke_invitation
from aidline.centres.states import Role
from staffed import PASSWORD, House

WORDS = "seven herons on one leg"


def invited(house: House, email: str = "new@example.org") -> str:
    _, token = invite(
        by=house.staff["centre_admin"],
        organisation=house.organisation,
        email=email,
        centre=house.centre,
        role=Role.AGENT,
    )
    return f"/join/{token}/"


def join(client: Client, link: str, **more: str) -> object:
    return client.post(link, {"name": "Noor A.", "password": WORDS, "language": "ar", **more})


def test_a_one_time_link_opens_once(house: House) -> None:
    link = f"/enter/{create_sign_in_link(staff=house.staff['agent'])}/"
    client = Client()
    assert client.post(link)["Location"] == "/"
    assert client.get("/me/").status_code == 200
    assert StaffSession.objects.filter(staff=house.staff["agent"]).count() == 1
    second = Client()
    assert second.post(link).status_code == 410
    assert second.get("/me/").status_code == 302


def test_looking_at_a_one_time_link_does_not_use_it_up(house: House) -> None:
    link = f"/enter/{create_sign_in_link(staff=house.staff['agent'])}/"
    for _ in range(2):
        assert "<button" in Client().get(link).content.decode()
    assert Client().post(link).status_code == 302


def test_a_one_time_link_that_is_too_old_opens_nothing(house: House) -> None:
    link = f"/enter/{create_sign_in_link(staff=house.staff['agent'])}/"
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(link).status_code == 410


def test_who_is_invited_chooses_name_password_and_language_and_is_in(house: House) -> None:
    link, client = invited(house), Client()
    assert "Port Merin" in client.get(link).content.decode()
    assert join(client, link)["Location"] == "/"
    staff = StaffSession.objects.get().staff
    assert (staff.name, staff.email, staff.language) == ("Noor A.", "new@example.org", "ar")
    assert Membership.objects.get(staff=staff).role == "agent"
    assert Client().post("/sign-in/", {"login": "new@example.org", "password": WORDS}).status_code == 302


@pytest.mark.parametrize("password", ["short", "123456789012345", "new@example.org"])
def test_a_weak_password_is_refused_in_words_and_the_link_stays_open(house: House, password: str) -> None:
    link = invited(house)
    answer = join(Client(), link, password=password)
    assert (answer.status_code, 'id="id_password_error"' in answer.content.decode()) == (422, True)
    assert "Noor A." in answer.content.decode()  # what was typed is kept
    assert not Staff.objects.filter(memberships__role="agent").exclude(pk=house.staff["agent"].pk).exists()
    assert join(Client(), link).status_code == 302


def test_an_invitation_opens_once(house: House) -> None:
    link = invited(house)
    join(Client(), link)
    assert Client().get(link).status_code == 410
    assert join(Client(), link).status_code == 410


def test_an_invitation_taken_back_is_closed(house: House) -> None:
    link = invited(house)
    revoke_invitation(by=house.staff["centre_admin"], invitation=Invitation.objects.get())
    assert Client().get(link).status_code == 410


def test_a_link_never_opens_an_account_that_exists(house: House) -> None:
    """Whoever makes an invitation knows its link: it must not let them in as somebody else."""
    link, stranger = invited(house, "analyst@example.org"), Client()
    assert join(stranger, link).status_code == 422
    assert stranger.get("/me/").status_code == 302
    member = Client()
    member.post("/sign-in/", {"login": "analyst@example.org", "password": PASSWORD})
    assert member.post(link).status_code == 302
    assert Membership.objects.get(staff=house.staff["analyst"]).role == "agent"


def test_a_made_up_link_gets_a_friendly_page(house: House) -> None:
    for link in ("/join/nothing/", "/enter/nothing/"):
        answer = Client().post(link)
        assert (answer.status_code, "This link is closed" in answer.content.decode()) == (410, True)
