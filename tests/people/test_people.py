"""One person, many addresses: found in every form, asked about when in doubt, joined and parted again."""

import pytest

from aidline.audit.models import Entry
from aidline.conversations.models import Conversation, Message
from aidline.conversations.services import block_person, end_blocks, merge_people, undo_merge
from aidline.gateway import inbound
from aidline.kernel.clock import now
from aidline.people.arrivals import Arrival, resolve
from aidline.people.models import Address, Likeness, Merge, Person
from aidline.people.services import CannotMerge, answer_likeness, unmask
from gateway.stage import arrive, body, make_agent, make_centre, make_channel, make_organisation, text_message

pytestmark = pytest.mark.django_db(transaction=True)

NINTH = "+5511961234567"
OLD_FORM = "+551161234567"


def arrived(centre_id: object, *senders: tuple[str, str]) -> Person:
    known = resolve([Arrival(centre_id, senders)])[0]  # type: ignore[arg-type]
    return Person.objects.get(pk=known.person_id)


def test_the_forms_of_one_brazilian_number_are_one_person_with_two_addresses() -> None:
    centre = make_centre()
    assert arrived(centre.pk, ("phone", NINTH)) == arrived(centre.pk, ("phone", OLD_FORM))
    assert Address.objects.count() == 2


def test_when_a_number_may_be_either_of_two_people_staff_are_asked() -> None:
    """Argentina: with 9 and without are two people here; a third form arrives and is nobody's for now."""
    centre = make_centre()
    first = arrived(centre.pk, ("whatsapp_user", "AR.one"))
    second = arrived(centre.pk, ("whatsapp_user", "AR.two"))
    arrived(centre.pk, ("whatsapp_user", "AR.one"), ("phone", NINTH))
    Address.objects.filter(scheme="phone").update(person=first)
    both = arrived(centre.pk, ("whatsapp_user", "AR.two"), ("phone", NINTH))
    assert both == second
    likeness = Likeness.objects.get()
    assert {likeness.person, likeness.other} == {first, second}
    assert likeness.reason == "two_addresses"
    assert Address.objects.get(scheme="phone").person == first

    staff, _ = make_agent(centre, "Mira")
    answer_likeness(by=staff, likeness=likeness, same=False)
    arrived(centre.pk, ("whatsapp_user", "AR.two"), ("phone", NINTH))
    assert Likeness.objects.count() == 1  # not asked again


def test_a_user_id_without_a_number_and_later_with_one_is_one_person() -> None:
    centre = make_centre()
    first = arrived(centre.pk, ("whatsapp_user", "US.13491"))
    assert arrived(centre.pk, ("phone", "+447700900123"), ("whatsapp_user", "US.13491")) == first
    assert arrived(centre.pk, ("phone", "+447700900123")) == first


def test_the_same_number_in_two_centres_is_two_people_that_share_nothing() -> None:
    organisation = make_organisation()
    one, two = make_centre(organisation), make_centre(organisation, "lindervaart")
    assert arrived(one.pk, ("phone", "+447700900123")) != arrived(two.pk, ("phone", "+447700900123"))
    indexes = [bytes(address.index) for address in Address.objects.all()]
    assert indexes[0] != indexes[1]


def two_writers() -> tuple[Person, Person]:
    channel = make_channel(make_centre())
    for n in (1, 2):
        arrive(channel, body(text_message(f"44770090012{n}", f"I am {n}", f"wamid.{n}")))
    inbound.drain()
    one = Message.objects.get(seq=1, conversation__address__in=Address.objects.all()[:1]).conversation.person
    return one, Person.objects.exclude(pk=one.pk).get()


def test_merging_moves_everything_and_undoing_moves_it_back() -> None:
    kept, gone = two_writers()
    staff, _ = make_agent(kept.centre, "Mira")
    merge = merge_people(by=staff, kept=kept, gone=gone)
    assert Conversation.objects.filter(person=kept).count() == 2
    assert Address.objects.filter(person=kept).count() == 2
    assert sorted(m.text for m in Message.objects.all()) == ["I am 1", "I am 2"]

    # What comes after the merge stays with the person who is kept.
    channel = Conversation.objects.first().channel  # type: ignore[union-attr]
    number = Address.objects.exclude(pk__in=kept.addresses.none()).get(pk=merge.moved["addresses"][0]).value
    arrive(channel, body(text_message(number[1:], "after", "wamid.3")))  # type: ignore[arg-type]
    inbound.drain()
    assert Message.objects.get(seq=2).conversation.person == kept

    undo_merge(by=staff, merge=merge)
    assert Conversation.objects.filter(person=gone).count() == 1
    assert Address.objects.filter(person=gone).count() == 1
    assert sorted(m.text for m in Message.objects.all()) == ["I am 1", "I am 2", "after"]
    undo_merge(by=staff, merge=merge)  # twice is once
    assert Merge.objects.get().undone_at is not None


def test_people_of_two_centres_are_never_merged() -> None:
    organisation = make_organisation()
    one, two = make_centre(organisation), make_centre(organisation, "lindervaart")
    staff, _ = make_agent(one, "Mira")
    with pytest.raises(CannotMerge):
        merge_people(
            by=staff,
            kept=arrived(one.pk, ("phone", "+447700900123")),
            gone=arrived(two.pk, ("phone", "+447700900123")),
        )


def test_showing_a_number_is_recorded_with_the_field_and_never_the_value() -> None:
    centre = make_centre()
    person = arrived(centre.pk, ("phone", "+447700900123"))
    staff, _ = make_agent(centre, "Mira")
    shown = unmask(by=staff, address=person.addresses.get(), reason="must be called back")
    assert shown == "+447700900123"
    entry = Entry.objects.get(action="address.show")
    assert (entry.actor_id, entry.object_id, entry.fields) == (staff.pk, person.pk, "address.value")
    assert b"called back" not in bytes(entry.reason_sealed or b"")


def test_a_blocked_persons_messages_are_kept_and_come_back_when_the_block_ends() -> None:
    kept, _ = two_writers()
    staff, _ = make_agent(kept.centre, "Mira")
    block_person(by=staff, person=kept, until=now().replace(year=2099), reason="abuse")
    number = kept.addresses.get().value
    channel = Conversation.objects.get(person=kept).channel
    arrive(channel, body(text_message(number[1:], "still here", "wamid.9")))  # type: ignore[arg-type]
    inbound.drain()
    conversation = Conversation.objects.get(person=kept)
    assert conversation.hidden
    assert Message.objects.filter(conversation=conversation).count() == 2

    Person.objects.update(blocked_until=now())
    assert end_blocks() >= 1
    conversation.refresh_from_db()
    assert not conversation.hidden
