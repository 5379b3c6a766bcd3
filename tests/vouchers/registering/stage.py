"""A programme with a form, somebody on its list, and their link."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.vouchers.models import ConsentText, Programme, Registration
from aidline.vouchers.registering.invitations import link_for
from aidline.vouchers.registrations import NewPerson, make
from aidline.vouchers.states import ProgrammeState
from factories import make_centre, make_channel

FORM: list[dict[str, Any]] = [
    {
        "code": "household",
        "type": "number",
        "required": True,
        "labels": {"en": "How many are you?", "ar": "كم عددكم؟"},
        "helps": {"en": "Count those who eat with you."},
        "whys": {"en": "The amount depends on it."},
        "most": 20,
    },
    {
        "code": "place",
        "type": "choice",
        "required": False,
        "labels": {"en": "Where do you live?", "ar": "أين تسكن؟"},
        "options": [
            {"code": "harbour", "labels": {"en": "Harbour", "ar": "الميناء"}},
            {"code": "hill", "labels": {"en": "Hill"}},
        ],
    },
]
PHONE = "+447700900123"


@dataclass
class Stage:
    centre: Centre
    programme: Programme
    registration: Registration
    client: Client = field(default_factory=Client)

    @property
    def link(self) -> str:
        """The path of a fresh link."""
        return "/" + link_for(by=None, registration=self.registration).split("/", 3)[3]

    def again(self) -> Registration:
        self.registration.refresh_from_db()
        return self.registration

    def answer(self, path: str, step: str, do: str = "next", **given: str) -> Any:
        return self.client.post(path, {"step": step, "do": do, "lang": "en", **given})

    def fill(self, path: str, **you: str) -> None:
        """Up to the last look."""
        self.answer(path, "consent", "agree")
        self.answer(path, "you", **{"name": "Amira Haddad", "which": "known", **you})
        self.answer(path, "q1", household="4", place="harbour")

    def hand_in(self, path: str) -> Any:
        return self.answer(path, "review", "hand-in")


def build(**more: Any) -> Stage:
    centre = make_centre()
    settings = {
        "titles": {"en": "Food for families", "ar": "غذاء للعائلات"},
        "languages": ["en", "ar"],
        "state": ProgrammeState.OPEN,
        "form": FORM,
        "texts": {"why": {"en": "The city pays for it."}},
        **more,
    }
    programme = Programme.objects.create(centre=centre, slug="food", name="Food 2026", **settings)
    ConsentText.objects.create(
        programme=programme,
        version=1,
        texts={"en": "We keep your name and number.", "ar": "نحتفظ باسمك ورقمك."},
    )
    return Stage(centre, programme, listed(programme))


def listed(programme: Programme, name: str = "From A List", phone: str = PHONE, **more: Any) -> Registration:
    new = NewPerson(name=name, phone=phone, key=f"{name} {phone}", **more)
    made = make(by=None, programme=programme, partner=None, rows=[new], why="upload")
    return Registration.objects.select_related("programme__centre").get(pk=made.id)


def sms(centre: Centre) -> Channel:
    return make_channel(centre, "africastalking", "SMS")
