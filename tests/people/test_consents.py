"""Who may be written to: a random story of yes, no, STOP and START, and the one query that must agree with it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db.models import CharField, Value

from aidline.channels.models import Channel
from aidline.people import rules
from aidline.people.consents import note_consent, withdraw_all, write_wording
from aidline.people.models import Address, Consent, OptOut, Wording
from aidline.people.services import opt_in, opt_out
from aidline.people.states import NEEDS_YES, NO_CONSENT, OPTED_OUT, Evidence, Purpose
from factories import make_centre, make_channel, make_person

pytestmark = pytest.mark.django_db
STEPS = 250


@dataclass
class Story:
    """What is really meant, kept beside the database in the simplest way."""

    addresses: list[Address]
    channels: list[Channel]
    wording: Wording
    said: dict[tuple[UUID, str], bool] = field(default_factory=dict)
    stopped: set[tuple[UUID, UUID]] = field(default_factory=set)
    ended: set[UUID] = field(default_factory=set)  # who had agreed to service when they said STOP

    def expected(self, address: Address, channel: Channel, purpose: Purpose) -> str:
        if (address.pk, channel.pk) in self.stopped:
            return OPTED_OUT
        agreed = self.said.get((address.pk, purpose.value), purpose not in NEEDS_YES)
        return "" if agreed else NO_CONSENT

    def step(self, dice: random.Random) -> None:
        address, channel = dice.choice(self.addresses), dice.choice(self.channels)
        act: Callable[[random.Random, Address, Channel], None] = dice.choice(
            [self.says, self.says, self.says, self.stops, self.starts]
        )
        act(dice, address, channel)

    def says(self, dice: random.Random, address: Address, _channel: Channel) -> None:
        purpose, given = dice.choice([Purpose.OUTREACH, Purpose.SERVICE]), dice.random() < 0.6
        note_consent(
            by=None, address=address, purpose=purpose, given=given, source=Evidence.WORD, wording=self.wording
        )
        self.said[(address.pk, purpose.value)] = given
        if purpose is Purpose.SERVICE:
            self.ended.discard(address.pk)

    def stops(self, _dice: random.Random, address: Address, channel: Channel) -> None:
        opt_out(address_id=address.pk, channel_id=channel.pk, source="word")
        self.stopped.add((address.pk, channel.pk))
        for key in [key for key, yes in self.said.items() if key[0] == address.pk and yes]:
            self.said[key] = False
            self.ended |= {address.pk} if key[1] == Purpose.SERVICE else set()

    def starts(self, _dice: random.Random, address: Address, channel: Channel) -> None:
        opt_in(address_id=address.pk, channel_id=channel.pk)
        if (address.pk, channel.pk) in self.stopped and address.pk in self.ended:
            self.said[(address.pk, Purpose.SERVICE.value)] = True
            self.ended.discard(address.pk)
        self.stopped.discard((address.pk, channel.pk))


def story() -> Story:
    centre = make_centre()
    wording = write_wording(by=None, centre=centre, purpose=Purpose.OUTREACH, texts={"en": "News?"})
    channels = [make_channel(centre, "simulator", name) for name in ("one", "two")]
    return Story([make_person(centre)[1] for _ in range(5)], channels, wording)


def differences(told: Story) -> Iterator[str]:
    for channel in told.channels:
        for purpose in (Purpose.OUTREACH, Purpose.SERVICE, Purpose.TEST):
            refused = rules.refusal(address="pk", channel=Value(channel.pk), purpose=Value(purpose.value))
            found = dict(Address.objects.annotate(refused=refused).values_list("pk", "refused"))
            for address in told.addresses:
                wanted = told.expected(address, channel, purpose)
                if found[address.pk] != wanted:
                    yield f"{purpose}: {found[address.pk]!r} instead of {wanted!r}"


@pytest.mark.parametrize("seed", range(4))
def test_the_query_always_says_what_was_said_last(seed: int) -> None:
    dice, told = random.Random(seed), story()
    for _ in range(STEPS):
        told.step(dice)
    assert list(differences(told)) == []


def test_a_query_that_takes_the_first_word_for_the_last_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    dice, told = random.Random(1), story()
    for _ in range(STEPS):
        told.step(dice)
    really = rules.Subquery
    monkeypatch.setattr(rules, "Subquery", lambda said: really(said.model.objects.none().values("given")[:1]))
    assert list(differences(told))
    monkeypatch.setattr(rules, "refusal", lambda **_: Value("", output_field=CharField()))
    assert list(differences(told))


def test_nothing_that_was_said_is_ever_changed() -> None:
    told = story()
    dice = random.Random(3)
    seen: dict[int, tuple[object, ...]] = {}
    for _ in range(60):
        told.step(dice)
        rows = {row[0]: row for row in Consent.objects.values_list("pk", "given", "at", "source", "wording")}
        assert all(rows[pk] == row for pk, row in seen.items())
        seen = rows
    assert len(seen) > 20


def test_a_stop_is_a_no_only_to_what_was_agreed_to() -> None:
    told = story()
    address, channel = told.addresses[0], told.channels[0]
    assert withdraw_all(address_id=address.pk, source="word") == 0
    note_consent(by=None, address=address, purpose=Purpose.OUTREACH, given=True, source=Evidence.FORM)
    opt_out(address_id=address.pk, channel_id=channel.pk, source="word")
    opt_out(address_id=address.pk, channel_id=told.channels[1].pk, source="word")
    assert list(Consent.objects.order_by("pk").values_list("given", flat=True)) == [True, False]
    assert OptOut.objects.count() == 2


def test_start_puts_back_what_they_had_begun_and_no_news() -> None:
    """Who once said yes to it is no worse off than who never said anything."""
    told = story()
    address, channel = told.addresses[0], told.channels[0]
    for purpose in (Purpose.OUTREACH, Purpose.SERVICE):
        note_consent(
            by=None,
            address=address,
            purpose=purpose,
            given=True,
            source=Evidence.FORM,
            wording=told.wording,
            language="en",
        )
    opt_out(address_id=address.pk, channel_id=channel.pk, source="word")
    opt_in(address_id=address.pk, channel_id=channel.pk)
    assert [refused(address, channel, p) for p in (Purpose.SERVICE, Purpose.OUTREACH)] == ["", NO_CONSENT]
    again = Consent.objects.latest("pk")
    assert (again.wording, again.language, again.source) == (told.wording, "en", "word")
    note_consent(by=None, address=address, purpose=Purpose.SERVICE, given=False, source=Evidence.STAFF)
    opt_out(address_id=address.pk, channel_id=channel.pk, source="word")
    opt_in(address_id=address.pk, channel_id=channel.pk)
    assert refused(address, channel, Purpose.SERVICE) == NO_CONSENT


def refused(address: Address, channel: Channel, purpose: Purpose) -> str:
    why = rules.refusal(address="pk", channel=Value(channel.pk), purpose=Value(purpose.value))
    return str(Address.objects.annotate(refused=why).get(pk=address.pk).refused)
