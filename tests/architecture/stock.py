"""One example of everything a view can be asked for, in each of two centres."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.utils import timezone
from PIL import Image

from aidline import vault
from aidline.calls import legs, starting
from aidline.calls.models import Call, Leg, Offer
from aidline.calls.states import OfferKind
from aidline.calls.states import Stage as CallStage
from aidline.centres.models import Centre, HoursException, Membership, Staff, StaffSession
from aidline.centres.services import add_member, create_staff, invite
from aidline.centres.states import Role
from aidline.channels.contract.voice import Part
from aidline.channels.models import Channel, Delivery, Template
from aidline.channels.services import create_channel, open_channel
from aidline.conversations.models import Attachment, Conversation, Message, SavedFilter, Tag
from aidline.conversations.states import Direction, MessageState
from aidline.conversations.topics import save_topic
from aidline.desk.flows.starting import starter
from aidline.flows.models import Flow
from aidline.flows.recordings import save_recording
from aidline.flows.services import create_flow, publish
from aidline.jobs.models import Job
from aidline.jobs.states import State
from aidline.kernel import melody
from aidline.kernel.ids import new_id
from aidline.knowledge.articles import ArticleWords, save_article, save_category
from aidline.knowledge.models import Article, Category
from aidline.knowledge.services import save_canned
from aidline.language.human import ask_translator
from aidline.language.models import Transcription
from aidline.language.services import change_engine, save_term
from aidline.language.transcriber import change_transcriber
from aidline.outreach.models import Broadcast
from aidline.outreach.plan import Plan, Words
from aidline.outreach.services import write_broadcast
from aidline.people.arrivals import Arrival, fresh_person, resolve
from aidline.people.consents import write_wording
from aidline.people.models import Address, Person
from aidline.people.services import merge
from aidline.people.states import Purpose
from architecture.voucher_stock import things as voucher_things
from staffed import House, build

WHATSAPP = {
    "phone_number_id": "1",
    "waba_id": "2",
    "access_token": "token",
    "app_secret": "secret",
    "verify_token": "word",
}


TELEPHONE = {
    "account_sid": "AC00000000000000000000000000000000",
    "auth_token": "token",
    "sender": "+447700900610",
    "twiml_app_sid": "AP00000000000000000000000000000000",
    "api_key_sid": "SK00000000000000000000000000000000",
    "api_key_secret": "secret",
    "base_url": "http://127.0.0.1:1",
}


@dataclass(frozen=True)
class Stock:
    """`things` by the name they have in addresses; what belongs to one member is in `own`."""

    centre: Centre
    things: dict[str, str]

    def of(self, name: str, who: Staff | None) -> str:
        if name == "session":
            return _session(who)
        of_a_member = {"saved": _saved, "call": _call, "offer": _offer}
        return of_a_member[name](self.centre, who) if name in of_a_member else self.things[name]


@dataclass(frozen=True)
class World:
    house: House
    own: Stock
    other: Stock
    organisation: dict[str, str]


def fill() -> World:
    house = build()
    _colleague(house)
    return World(house, _stock(house.centre, house), _stock(house.other, house), _of_organisation(house))


def _colleague(house: House) -> None:
    """Somebody works in the other centre, and nobody of the table does."""
    staff = create_staff(organisation=house.organisation, email="far@example.org", name="Far Away")
    add_member(by=None, staff=staff, centre=house.other, role=Role.AGENT, languages=["fr"])


def _of_organisation(house: House) -> dict[str, str]:
    invitation, _ = invite(by=None, organisation=house.organisation, email="admin@example.org")
    job = Job.objects.create(kind="media.fetch", state=State.DEAD)
    return {
        "invitation": str(invitation.pk),
        "staff": str(house.staff["agent"].pk),
        "job": str(job.pk),
    }


def _stock(centre: Centre, house: House) -> Stock:
    member = Membership.objects.filter(centre=centre, role=Role.AGENT).get()
    channel = create_channel(by=None, centre=centre, provider="whatsapp_cloud", name="WA", config=WHATSAPP)
    create_channel(by=None, centre=centre, provider="webchat", name="Chat", config={})
    conversation, address = _conversation(centre, channel, member)
    message = _message(conversation, MessageState.FAILED)
    invitation, _ = invite(
        by=None, organisation=house.organisation, email="new@example.org", centre=centre, role=Role.AGENT
    )
    change_engine(by=None, centre=centre, url="http://127.0.0.1:1", key="", is_on=True, seconds=1, into="en")
    change_transcriber(
        by=None, centre=centre, url="http://127.0.0.1:1", key="", model="m", is_on=True, seconds=5
    )
    asked = ask_translator(by=member.staff, message=message, source="en", language="ar")
    attachment = _attachment(message)
    rows = {
        "conversation": conversation,
        "address": address,
        "message": message,
        "attachment": attachment,
        "transcription": _transcription(attachment),
        "tag": _tag(conversation),
        "merge": _merge(conversation.person, member.staff),
        "channel": channel,
        "line": _line(centre),
        "delivery": _delivery(channel),
        "member": member,
        "invitation": invitation,
        "reply": save_canned(by=None, centre=centre, code="hello", texts={"en": "Hello"}),
        "template": _template(channel),
        "person": fresh_person(centre_id=centre.pk),
        "broadcast": _broadcast(centre, channel),
        "translation": asked,
        "work": asked,
        "term": save_term(by=None, centre=centre, word="Lantern Street", forms={"ar": "شارع الفانوس"}),
        "category": _category(centre, "empty"),
        "article": _article(centre),
        "special": HoursException.objects.create(centre=centre, day=date(2099, 1, 1)),
        "prompt": save_recording(
            by=None,
            centre=centre,
            name="welcome",
            language=centre.languages[0],
            words="Welcome",
            wav=melody.tone(),
        ),
        "flow": _flow(centre),
        "topic": save_topic(by=None, centre=centre, code="food", labels={"en": "Food"}),
    }
    things = {name: str(row.pk) for name, row in rows.items()}
    return Stock(
        centre,
        {
            **things,
            **voucher_things(centre, conversation.person),
            "what": "block",
            "which": "how_much",
            "field": "verify_token",
            "purpose": "outreach",
            "centre": centre.slug,
            "outcome": "answered",
            "step": "about",
            "group": "paused",
            "kind": "message",
            "number": "1",
            "name": "welcome",
            "language": centre.languages[0],
        },
    )


def _flow(centre: Centre) -> Flow:
    draft = starter(centre, "welcome", "Welcome")
    flow = create_flow(by=None, centre=centre, slug="welcome", title="Welcome", draft=draft)
    publish(by=None, flow=flow)
    return flow


def _category(centre: Centre, code: str) -> Category:
    return save_category(by=None, centre=centre, code=code, titles={"en": code})


def _article(centre: Centre) -> Article:
    words = {"en": ArticleWords("Clinic", "At the harbour.")}
    return save_article(
        by=None,
        centre=centre,
        category=_category(centre, "health"),
        slug="clinic",
        texts=words,
        is_published=True,
    )


def _conversation(centre: Centre, channel: Channel, member: Membership) -> tuple[Conversation, Address]:
    known = resolve([Arrival(centre.pk, (("phone", "+447700900123"),), "en")])[0]
    conversation = Conversation.objects.create(
        centre=centre,
        channel=channel,
        person_id=known.person_id,
        address_id=known.id,
        assignee=member,
        language="en",
        window_until=timezone.now() + timedelta(hours=5),
    )
    return conversation, Address.objects.get(pk=known.id)


def _message(conversation: Conversation, state: MessageState) -> Message:
    message = Message(
        id=new_id(),
        centre_id=conversation.centre_id,
        conversation=conversation,
        channel_id=conversation.channel_id,
        key_id=conversation.person_id,
        seq=1,
        direction=Direction.OUT,
        kind="text",
        state=state,
        at=timezone.now(),
    )
    message.text = "hello"
    message.save()
    conversation.last_seq, conversation.last_message_id = 1, message.pk
    conversation.save()
    return message


def _attachment(message: Message) -> Attachment:
    media = new_id()
    vault.media.put(_png(), key=message.key_id, scope=message.centre_id, media=media)
    attachment = Attachment(
        id=new_id(),
        message=message,
        centre_id=message.centre_id,
        key_id=message.key_id,
        kind="image",
        state=Attachment.State.READY,
        media_id=media,
        small_id=media,
        mime="image/png",
        size=len(_png()),
    )
    attachment.name = "photo.png"
    attachment.save()
    return attachment


def _transcription(attachment: Attachment) -> Transcription:
    return Transcription.objects.create(
        attachment=attachment,
        message=attachment.message,
        centre_id=attachment.centre_id,
        key_id=attachment.key_id,
        state="f",
    )


def _png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "PNG")
    return content.getvalue()


def _tag(conversation: Conversation) -> Tag:
    tag = Tag(id=new_id(), centre=conversation.centre, index=uuid4().bytes)
    tag.name = "urgent"
    tag.save()
    conversation.tags.add(tag)
    return tag


def _merge(person: Person, by: Staff) -> object:
    return merge(by=by, kept=person, gone=fresh_person(centre_id=person.centre_id))


def _template(channel: Channel) -> Template:
    return Template.objects.create(
        channel=channel,
        family="hello",
        name="hello",
        language="en",
        state=Template.State.APPROVED,
        body="Hello again",
    )


def _broadcast(centre: Centre, channel: Channel) -> Broadcast:
    """Written by somebody who is in no table, so that each role may do with it what its right says."""
    author = create_staff(
        organisation=centre.organisation, email=f"author@{centre.slug}.example.org", name="Ada Author"
    )
    texts = {"en": "May we send you news?", centre.languages[0]: "May we send you news?"}
    write_wording(by=author, centre=centre, purpose=Purpose.OUTREACH, texts=texts)
    plan = Plan(title="Water", channels=(channel.pk,), words=(Words("en", text="Water is back."),))
    return write_broadcast(by=author, centre=centre, plan=plan)


def _delivery(channel: Channel) -> Delivery:
    return Delivery.objects.create(
        channel=channel,
        centre_id=channel.centre_id,
        shard=0,
        key=uuid4().bytes,
        received_at=timezone.now(),
        state=Delivery.State.QUARANTINED,
        error="Malformed",
    )


def _session(who: Staff | None) -> str:
    if who is None:
        return str(UUID(int=0))
    return str(StaffSession.objects.create(staff=who, session_key=uuid4().hex).pk)


def _saved(centre: Centre, who: Staff | None) -> str:
    if who is None:
        return str(UUID(int=0))
    row = SavedFilter(id=new_id(), staff=who, centre=centre)
    row.name = "mine"
    row.save()
    return str(row.pk)


def _line(centre: Centre) -> Channel:
    line = create_channel(by=None, centre=centre, provider="twilio", name="Phone", config=TELEPHONE)
    open_channel(by=None, channel=line)
    return line


def _call(centre: Centre, who: Staff | None) -> str:
    """In which this member talks; somebody's from elsewhere is talked in by nobody."""
    member = Membership.objects.filter(centre=centre, staff=who).first()
    known = Leg.objects.filter(membership=member, membership__isnull=False).first()
    if known:
        return str(known.call_id)
    call = _new_call(centre, CallStage.CONNECTED)
    if member:
        legs.join(_there(legs.invite(call, Part.AGENT, member)))
    return str(call.pk)


def _there(leg: Leg | None) -> Leg:
    assert leg
    return leg


def _new_call(centre: Centre, stage: CallStage) -> Call:
    line = Channel.objects.get(centre=centre, provider="twilio")
    talk = Conversation.objects.create(
        centre=centre, channel=line, person=fresh_person(centre_id=centre.pk), language="en"
    )
    call = starting.new_call(
        conversation=talk,
        channel_id=line.pk,
        external_id=f"CA{uuid4().hex}",
        at=timezone.now(),
        language="en",
    )
    call.stage, call.wait_since = stage, timezone.now()
    starting.keep(call)
    return call


def _offer(centre: Centre, who: Staff | None) -> str:
    member = Membership.objects.filter(centre=centre, staff=who).first()
    if member is None:
        return str(UUID(int=0))
    found, _ = Offer.objects.get_or_create(
        membership=member,
        defaults={
            "call": _new_call(centre, CallStage.QUEUED),
            "kind": OfferKind.RING,
            "deadline": timezone.now() + timedelta(hours=1),
        },
    )
    return str(found.pk)
