"""The organisation, its centres, staff, channels and prepared words."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from aidline.centres.models import Centre, Membership, Organisation, Staff
from aidline.centres.services import add_member, create_centre, create_organisation, create_staff
from aidline.centres.states import Role
from aidline.channels.models import Channel, Template
from aidline.channels.services import create_channel
from aidline.conversations.models import Topic
from aidline.kernel.clock import now
from aidline.knowledge.services import save_canned
from aidline.routing.models import Presence
from aidline.routing.states import PresenceState
from aidline.simulator import hooks
from aidline.simulator.content import load, shapes
from aidline.simulator.office import approved_forms
from aidline.simulator.vendors import VENDORS

FIRST_DAY = timedelta(days=90)  # the centres are that old


@dataclass(slots=True)
class World:
    """The rows behind the keys of the content."""

    organisation: Organisation
    centres: dict[str, Centre] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    members: dict[tuple[str, str], Membership] = field(default_factory=dict)  # (centre, member)
    topics: dict[tuple[str, str], Topic] = field(default_factory=dict)  # (centre, code)


def found(network: shapes.Network) -> World:
    world = World(create_organisation(name=network.organisation))
    for centre in network.centres:
        _found_centre(world, centre, network)
    for member in network.staff:
        _hire(world, member)
    return world


def _found_centre(world: World, shape: shapes.Centre, network: shapes.Network) -> None:
    centre = create_centre(
        by=None,
        organisation=world.organisation,
        name=shape.name,
        slug=shape.slug,
        time_zone=shape.time_zone,
        languages=list(shape.languages),
        default_language=shape.default_language,
        region=shape.region,
        hours=dict(shape.hours),
        texts={use: dict(texts) for use, texts in shape.texts.items()},
    )
    world.centres[shape.slug] = centre
    for channel in shape.channels:
        world.channels[channel.key] = _open_channel(centre, channel)
    for place, topic in enumerate(network.topics):
        world.topics[(shape.slug, topic.code)] = Topic.objects.create(
            centre=centre, code=topic.code, labels=dict(topic.labels), place=place
        )
    for canned in shape.canned:
        save_canned(by=None, centre=centre, code=canned.code, texts=canned.texts)


# --- channels --------------------------------------------------------------------------------------------


def _open_channel(centre: Centre, shape: shapes.Channel) -> Channel:
    channel = create_channel(
        by=None,
        centre=centre,
        provider=shape.provider,
        name=shape.name,
        config=config_of(shape),
    )
    if shape.account == "whatsapp":
        Template.objects.bulk_create(_templates(channel))
    return channel


def config_of(shape: shapes.Channel) -> Mapping[str, str]:
    if shape.provider == "webchat":
        return {"secret": secrets.token_urlsafe(24)}
    vendor = VENDORS[shape.provider]
    number = (
        "whatsapp:" if shape.provider == "twilio" and shape.account == "whatsapp" else ""
    ) + shape.number
    calls = vendor.demo_calls() if vendor.demo_calls and shape.account == "voice" else {}
    return {**vendor.demo(number, f"{hooks.public_url()}/look-alike/{vendor.path}"), **calls}


def _templates(channel: Channel) -> list[Template]:
    """As the provider will list them at the next look: Twilio names a template by its id."""
    known = {template.name: template for template in load().network.templates}
    return [
        Template(
            channel=channel,
            name=form.id if channel.provider == "twilio" else form.name,
            language=form.language,
            state=Template.State.APPROVED,
            category=form.category.lower(),
            body=form.body,
            parameters=list(form.parameters),
            family=form.name,
            buttons=list(form.buttons),
            examples=dict(known[form.name].examples),
            fields={name: {"label": label} for name, label in known[form.name].labels.items()},
            external_id=form.id,
        )
        for form in approved_forms()
    ]


# --- staff -----------------------------------------------------------------------------------------------


def _hire(world: World, shape: shapes.Member) -> None:
    staff = create_staff(
        organisation=world.organisation,
        email=shape.email,
        name=shape.name,
        language=shape.language,
        organisation_admin=shape.organisation_admin,
    )
    world.staff[shape.key] = staff
    for post in shape.posts:
        world.members[(post.centre, shape.key)] = add_member(
            by=None,
            staff=staff,
            centre=world.centres[post.centre],
            role=Role(post.role),
            languages=list(shape.languages),
            capacity=post.capacity,
        )


def seat(world: World, network: shapes.Network) -> None:
    """Everybody has stepped out for a moment: what they hold stays theirs, and nothing new is given to them.

    `seen_at` lies ahead, or the first look at the desk would find a centre that all have left.
    """
    until = now() + timedelta(days=30)
    for shape in network.staff:
        for post in shape.posts:
            membership = world.members[(post.centre, shape.key)]
            state = PresenceState.AWAY if shape.available else PresenceState.OFFLINE
            Presence.objects.create(membership=membership, state=state, seen_at=until)
