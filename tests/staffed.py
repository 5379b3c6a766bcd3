"""A house with people in it: two centres, and somebody in every role."""

from dataclasses import dataclass

from django.test import Client

from aidline.centres.models import Centre, Organisation, Staff
from aidline.centres.services import add_member, create_centre, create_organisation, create_staff
from aidline.centres.states import Role

PASSWORD = "a lantern by the harbour"


@dataclass(frozen=True)
class House:
    organisation: Organisation
    centre: Centre
    other: Centre
    staff: dict[str, Staff]

    def client(self, who: str) -> Client:
        """Signed in as this role of `centre`; "anonymous" is nobody."""
        client = Client(raise_request_exception=True)
        if who != "anonymous":
            client.force_login(self.staff[who])
        return client


def build() -> House:
    organisation = create_organisation(name="Harbour Aid Network")
    centre = create_centre(
        by=None, organisation=organisation, name="Port Merin", languages=["en", "ar"], time_zone="Asia/Beirut"
    )
    other = create_centre(by=None, organisation=organisation, name="Velden", languages=["fr"])
    staff = {role.value: _member(organisation, centre, role) for role in Role}
    staff["organisation_admin"] = create_staff(
        organisation=organisation,
        email="head@example.org",
        name="Hana Head",
        password=PASSWORD,
        organisation_admin=True,
    )
    return House(organisation, centre, other, staff)


def _member(organisation: Organisation, centre: Centre, role: Role) -> Staff:
    staff = create_staff(
        organisation=organisation, email=f"{role}@example.org", name=f"Mira {role.title()}", password=PASSWORD
    )
    add_member(by=None, staff=staff, centre=centre, role=role, languages=["en", "ar"])
    return staff
