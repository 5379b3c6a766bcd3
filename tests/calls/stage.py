"""A centre with a telephone line, who works there, and what its worker does."""

from dataclasses import dataclass, field
from typing import Any

from aidline.calls.models import Call, Offer
from aidline.centres.models import Centre, Membership, Staff
from aidline.centres.queries import Seat, seat_in
from aidline.centres.states import Role
from aidline.channels.models import Channel
from aidline.channels.services import create_channel
from aidline.config.duties import AFTER_DEATH, JOBS
from aidline.gateway import call_tending, inbound, sites, talking, tickets
from aidline.jobs.models import Job
from aidline.jobs.work import run_due
from aidline.kernel.clock import now
from aidline.routing.services import phone_here, set_presence
from aidline.routing.states import PresenceState
from calls.exchange import ACCOUNT, NUMBER, TOKEN, Browser, Exchange, Phone
from factories import make_centre, make_staff

AMAL = "+447700900123"


def config(url: str) -> dict[str, str]:
    return {
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "sender": NUMBER,
        "api_key_sid": "SK00000000000000000000000000000000",
        "api_key_secret": "a key that is nobody's",
        "twiml_app_sid": "AP00000000000000000000000000000000",
        "base_url": url,
        "content_url": url,
    }


@dataclass
class Agent:
    """A member with an open desk."""

    exchange: Exchange
    staff: Staff
    membership: Membership
    centre: Centre
    browser: Browser | None = None

    @property
    def seat(self) -> Seat:
        return seat_in(self.staff, self.centre)

    def is_there(self) -> "Agent":
        set_presence(membership=self.membership, state=PresenceState.AVAILABLE)
        phone_here(membership=self.membership, here=True)
        return self

    def rings(self) -> Offer | None:
        return talking.offer_of(self.seat)

    def accept(self) -> Browser | None:
        offer = self.rings()
        ticket = talking.accept(self.seat, offer.pk) if offer else None
        return self.connect(ticket) if ticket else None

    def connect(self, ticket: talking.Ticket) -> Browser:
        identity = tickets.identity_of(self.membership)
        self.browser = Browser(self.exchange, identity, ticket.parameters()).connect()
        return self.browser


@dataclass
class House:
    centre: Centre
    channel: Channel
    exchange: Exchange
    mira: Agent
    noor: Agent
    sol: Agent  # a supervisor
    made: dict[str, Any] = field(default_factory=dict)

    def phone(self, number: str = AMAL) -> Phone:
        return Phone(self.exchange, number)

    def work(self, *, rounds: int = 4) -> None:
        """What the worker does: takes in what was told, does its jobs, looks after calls."""
        for _ in range(rounds):
            inbound.drain()
            call_tending.tend()
            Job.objects.filter(state="ready").update(run_at=now())
            run_due(JOBS, AFTER_DEATH, limit=50)
            self.exchange.go_on()

    def waiting_caller(self, number: str = AMAL) -> Phone:
        """In English, in the queue."""
        return self.phone(number).dial().press("1")

    def talk(self, number: str = AMAL) -> tuple[Phone, Call]:
        """Amal talks with Mira."""
        self.mira.is_there()
        phone = self.waiting_caller(number)
        assert self.mira.accept()
        self.work()
        return phone, Call.objects.latest("began_at")


def open_house(url: str) -> House:
    centre = make_centre(languages=["en", "ar", "fr"], default_language="en", region="GB")
    channel = create_channel(by=None, centre=centre, provider="twilio", name="Phone", config=config(url))
    exchange = Exchange(channel)
    people = [
        Agent(exchange, *make_staff(centre, role, name), centre)
        for role, name in (
            (Role.AGENT, "Mira Kessler"),
            (Role.AGENT, "Noor Haddad"),
            (Role.SUPERVISOR, "Sol Marin"),
        )
    ]
    sites.forget()
    return House(centre, channel, exchange, *people)
