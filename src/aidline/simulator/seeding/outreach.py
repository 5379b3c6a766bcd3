"""What the demo's people agreed to; a broadcast of yesterday with its report, and one that waits for approval."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from aidline.centres.models import Centre
from aidline.channels.models import Channel
from aidline.conversations.models import Conversation, Message
from aidline.conversations.states import MessageState
from aidline.gateway.arriving import external_index
from aidline.kernel import clock
from aidline.outreach.models import Broadcast
from aidline.outreach.plan import Plan, Words
from aidline.outreach.release import tend
from aidline.outreach.services import approve_broadcast, start_broadcast, submit_broadcast, write_broadcast
from aidline.people.arrivals import Arrival, resolve
from aidline.people.consents import note_consent, note_consents, write_wording
from aidline.people.models import Address, Wording
from aidline.people.services import opt_out
from aidline.people.states import Evidence, Purpose
from aidline.simulator.seeding.network import World

CENTRE, AUTHOR, APPROVER = "port-merin", "jo", "samira"
LISTED = 96  # numbers that a partner brought on paper, with their consent
LONG_AGO, YESTERDAY = timedelta(days=40), timedelta(hours=26)

QUESTION = {
    "en": "May Harbour Aid Network send you news about help in Port Merin, at most once a week? STOP ends it.",
    "fr": "Harbour Aid Network peut-il vous envoyer des nouvelles sur l'aide à Port Merin, au plus une fois par "
    "semaine ? STOP y met fin.",
    "ar": "هل تسمح لشبكة Harbour Aid بأن ترسل لك أخبارًا عن المساعدات في بورت ميرين، مرة في الأسبوع على الأكثر؟ "
    "كلمة «قف» تنهي ذلك.",
    "uk": "Чи можна надсилати вам новини про допомогу в Порт-Мерін, не частіше разу на тиждень? "
    "СТОП — і ми припинимо.",
}
WATER = {
    "en": "Harbour Aid: the water point at the north gate is open again from Friday, 8 to 18. "
    "STOP ends these messages.",
    "fr": "Harbour Aid : le point d'eau de la porte nord rouvre vendredi, de 8 h à 18 h. "
    "STOP met fin aux messages.",
    "ar": "هاربر إيد: نقطة المياه عند البوابة الشمالية تعمل من جديد ابتداءً من الجمعة، من 8 إلى 18. للإيقاف أرسل: قف",
    "uk": "Harbour Aid: пункт води біля північної брами знову працює з п'ятниці, 8–18. СТОП — і ми не писатимемо.",
}
CLINIC = {
    "en": "Harbour Aid: the clinic vaccinates children on Tuesday and Wednesday, 9 to 14. Bring the yellow card "
    "if you have one. STOP ends these messages.",
    "ar": "هاربر إيد: العيادة تطعّم الأطفال يومي الثلاثاء والأربعاء، من 9 إلى 14. أحضروا البطاقة الصفراء إن وُجدت. "
    "للإيقاف أرسل: قف",
    "fr": "Harbour Aid : la clinique vaccine les enfants mardi et mercredi, de 9 h à 14 h. Apportez la carte jaune "
    "si vous en avez une. STOP met fin aux messages.",
}
# What became of the messages, again and again in this order.
_FATES = (*(MessageState.DELIVERED,) * 11, MessageState.SENT, MessageState.FAILED, MessageState.DELIVERED)
_CODES = cycle(("30003", "30005", "30006"))


def reach_out(world: World, base: datetime) -> None:
    centre = world.centres[CENTRE]
    with clock.starting_at(base - LONG_AGO):
        wording = _agree(world, centre)
    with clock.starting_at(base - YESTERDAY):
        _water(world, centre)
    _clinic(world, centre)
    _said_yes_on_the_desk(world, wording)


def _agree(world: World, centre: Centre) -> Wording:
    wording = write_wording(by=world.staff[APPROVER], centre=centre, purpose=Purpose.OUTREACH, texts=QUESTION)
    spoken = cycle(("ar", "ar", "fr", "en", "uk"))
    arrivals = [
        Arrival(centre.pk, (("phone", f"+3363998{8000 + number:04d}"),), next(spoken))
        for number in range(LISTED)
    ]
    known = resolve(arrivals)
    asked = [one.id for one in known[: LISTED - 6]]
    note_consents(by=world.staff[APPROVER], wording=wording, address_ids=asked, language="ar")
    return wording


def _water(world: World, centre: Centre) -> None:
    sms = Channel.objects.get(centre=centre, provider="twilio")
    stopped = Address.objects.filter(consents__isnull=False, person__centre=centre)[:2]
    for address in stopped:
        opt_out(address_id=address.pk, channel_id=sms.pk, source=Evidence.WORD)
    quick = {"pace": 0, "quiet_from": "00:00", "quiet_until": "00:00"}  # yesterday went by at once
    broadcast = _written(world, centre, "Water at the north gate", WATER, (sms,), **quick)
    approve_broadcast(by=world.staff[APPROVER], broadcast=broadcast)
    start_broadcast(by=world.staff[AUTHOR], broadcast=broadcast)
    while tend():
        queued = Message.objects.filter(state=MessageState.QUEUED, purpose=Purpose.OUTREACH)
        _settle(list(queued))
    tend()


def _settle(messages: Iterable[Message]) -> None:
    """As if a provider had taken them and told what became of each."""
    fates = cycle(_FATES)
    for place, message in enumerate(messages):
        state = MessageState.UNKNOWN if place == 20 else next(fates)
        _keep(message, state)


def _keep(message: Message, state: MessageState) -> None:
    message.state, message.due_at, message.attempts = state, None, 1
    message.external_id = f"SM{message.pk.hex}"
    message.external_index = external_index(message.centre_id, message.external_id)
    if state is MessageState.FAILED:
        message.error_code = next(_CODES)
    elif state is not MessageState.UNKNOWN:
        message.sent_at = message.at + timedelta(seconds=2)
        message.delivered_at = message.at + timedelta(seconds=5) if state is MessageState.DELIVERED else None
    message.save()


def _clinic(world: World, centre: Centre) -> None:
    channels = Channel.objects.filter(centre=centre, provider__in=("twilio", "whatsapp_cloud"))
    _written(world, centre, "Vaccination days", CLINIC, tuple(channels.order_by("name")))


def _written(
    world: World,
    centre: Centre,
    title: str,
    texts: dict[str, str],
    channels: Sequence[Channel],
    **more: Any,
) -> Broadcast:
    """By the supervisor, and handed in."""
    plan = Plan(
        title=title,
        channels=tuple(channel.pk for channel in channels),
        words=tuple(Words(language, text=text) for language, text in texts.items()),
        **more,
    )
    broadcast = write_broadcast(by=world.staff[AUTHOR], centre=centre, plan=plan)
    submit_broadcast(by=world.staff[AUTHOR], broadcast=broadcast)
    return broadcast


def _said_yes_on_the_desk(world: World, wording: Wording) -> None:
    """Some of those who wrote today were asked, and a few of them said yes."""
    talks = Conversation.objects.filter(
        centre=wording.centre, channel__provider="whatsapp_cloud", last_in_at__isnull=False
    ).select_related("address")
    sources = cycle((Evidence.STAFF, Evidence.WORD, Evidence.FORM))
    for address in dict.fromkeys(talk.address for talk in talks.order_by("pk")[:9] if talk.address):
        source = next(sources)
        note_consent(
            by=world.staff[AUTHOR] if source is Evidence.STAFF else None,
            address=address,
            purpose=Purpose.OUTREACH,
            given=True,
            source=source,
            wording=wording,
            language="ar",
        )
