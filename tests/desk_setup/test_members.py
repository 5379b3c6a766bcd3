"""Members, invitations, and the way back in."""

import re

import pytest
from django.test import Client

from aidline.audit.models import Entry
from aidline.centres.models import Invitation, Membership
from aidline.centres.services import add_member
from aidline.centres.states import Role
from aidline.flows.examining import known
from staffed import PASSWORD, House

AT = "/c/port-merin/setup/staff/"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/(?:join|enter)/[\w-]+/)")


@pytest.fixture
def admin(house: House) -> Client:
    return house.client("centre_admin")


def membership(house: House, role: str) -> Membership:
    return Membership.objects.get(staff=house.staff[role], centre=house.centre)


def test_an_invitation_link_is_shown_once_and_works(house: House, admin: Client) -> None:
    wanted = {"email": "new@example.org", "role": "agent", "languages": ["ar"]}
    link = LINK.search(admin.post(AT + "invite/", wanted).content.decode())[1]
    again = admin.get(AT).content.decode()
    assert "new@example.org" in again
    assert link not in again
    guest = Client()
    guest.post(link, {"name": "Noor", "password": "seven herons on one leg", "language": "ar"})
    joined = Membership.objects.get(centre=house.centre, languages=["ar"])
    assert (joined.staff.name, joined.role) == ("Noor", "agent")


def test_an_invitation_is_taken_back(house: House, admin: Client) -> None:
    wanted = {"email": "new@example.org", "role": "agent", "languages": ["ar"]}
    link = LINK.search(admin.post(AT + "invite/", wanted).content.decode())[1]
    admin.post(f"{AT}invitations/{Invitation.objects.get().pk}/revocation/")
    assert Client().get(link).status_code == 410
    assert "new@example.org" not in admin.get(AT).content.decode()


def test_role_languages_and_capacity_change_and_who_left_is_out(house: House, admin: Client) -> None:
    row, agent = membership(house, "agent"), house.client("agent")
    assert agent.get("/").headers["Location"] == "/c/port-merin/desk/"
    change = {"role": "supervisor", "languages": ["en"], "capacity": 3, "is_active": "on"}
    admin.post(f"{AT}{row.pk}/", change)
    row.refresh_from_db()
    assert (row.role, row.languages, row.capacity, row.is_active) == ("supervisor", ["en"], 3, True)
    assert agent.get("/c/port-merin/health/").status_code == 200
    admin.post(f"{AT}{row.pk}/", {**change, "is_active": ""})
    assert agent.get("/c/port-merin/health/").status_code == 404


def test_a_member_who_lost_the_password_comes_in_by_link_and_chooses_a_new_one(
    house: House, admin: Client
) -> None:
    member, lost = Client(), house.client("agent")
    shown = admin.post(f"{AT}{membership(house, 'agent').pk}/link/").content.decode()
    assert lost.get("/me/").status_code == 302  # signed out everywhere
    old = member.post("/sign-in/", {"login": "agent@example.org", "password": PASSWORD})
    assert old.status_code == 200  # the old password no longer works
    member.post(LINK.search(shown)[1])
    assert member.post("/me/password/", {"password": "the ferry leaves at nine"}).status_code == 302
    again = Client().post("/sign-in/", {"login": "agent@example.org", "password": "the ferry leaves at nine"})
    assert again.status_code == 302
    assert Entry.objects.filter(action="staff.let_in_again").count() == 1


def test_nobody_makes_a_link_into_more_rights_than_their_own(house: House, admin: Client) -> None:
    """The admin of one centre, and a member who also works in another, or runs the organisation."""
    agent = membership(house, "agent")
    add_member(by=None, staff=house.staff["agent"], centre=house.other, role=Role.AGENT, languages=["fr"])
    assert admin.post(f"{AT}{agent.pk}/link/").status_code == 404
    head = add_member(
        by=None,
        staff=house.staff["organisation_admin"],
        centre=house.centre,
        role=Role.AGENT,
        languages=["en"],
    )
    assert admin.post(f"{AT}{head.pk}/link/").status_code == 404
    assert house.client("organisation_admin").post(f"{AT}{agent.pk}/link/").status_code == 200


def test_an_account_is_shut_everywhere_at_once(house: House) -> None:
    agent, head = house.client("agent"), house.client("organisation_admin")
    assert agent.get("/me/").status_code == 200
    head.post(f"/o/staff/{house.staff['agent'].pk}/leaving/")
    assert agent.get("/me/").status_code == 302
    assert head.post(f"/o/staff/{house.staff['organisation_admin'].pk}/leaving/").status_code == 404


def test_the_organisation_makes_a_centre_and_invites_an_admin(house: House) -> None:
    head = house.client("organisation_admin")
    wanted = {
        "name": "Kessel",
        "slug": "Kessel",
        "languages": ["en", "uk"],
        "default_language": "uk",
        "time_zone": "Europe/Kyiv",
    }
    assert head.post("/o/centres/new/", wanted)["Location"] == "/c/kessel/setup/staff/"
    assert head.post("/o/centres/new/", wanted).status_code == 422  # the name is taken
    link = LINK.search(head.post("/o/staff/invite/", {"email": "b@example.org"}).content.decode())[1]
    guest = Client()
    guest.post(link, {"name": "Bo", "password": "seven herons on one leg", "language": "en"})
    assert guest.get("/o/").status_code == 200


def test_who_works_in_several_centres_changes_to_the_same_page_of_another(
    house: House, admin: Client
) -> None:
    assert "/c/velden/" not in admin.get(AT).content.decode()
    add_member(
        by=None, staff=house.staff["centre_admin"], centre=house.other, role=Role.AGENT, languages=["fr"]
    )
    assert "/c/velden/" not in admin.get(AT).content.decode()  # an agent there sets nothing up
    add_member(
        by=None,
        staff=house.staff["centre_admin"],
        centre=house.other,
        role=Role.CENTRE_ADMIN,
        languages=["fr"],
    )
    assert 'href="/c/velden/setup/"' in admin.get(AT).content.decode()


def test_skills_are_written_as_flows_can_name_them_and_flows_are_warned_of_others(
    house: House, admin: Client
) -> None:
    row = membership(house, "agent")
    change = {"role": "agent", "languages": ["en"], "capacity": 3, "is_active": "on"}
    admin.post(f"{AT}{row.pk}/", {**change, "skills": " Legal, night  shift,, legal ، طبي"})
    row.refresh_from_db()
    assert row.skills == ["legal", "night-shift", "طبي"]
    assert "legal, night-shift, طبي" in admin.get(f"{AT}{row.pk}/").content.decode()
    assert '<span class="chip"><bdi>night-shift</bdi></span>' in admin.get(AT).content.decode()
    assert known(house.centre).skills == {"legal", "night-shift", "طبي"}
    row.is_active = False
    row.save()
    assert known(house.centre).skills == set()
