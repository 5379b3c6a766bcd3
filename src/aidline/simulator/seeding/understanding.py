"""How the demo's centres understand people: a translation server, a glossary, a translator, and what was translated.

The server of the demo cannot be called before the demo runs, so the day is translated here, by the same phrase book.
"""

from datetime import timedelta
from functools import partial

from django.db.models import QuerySet

from aidline.centres.models import Centre
from aidline.centres.states import Role
from aidline.conversations.models import Message
from aidline.conversations.states import ConversationState, Direction
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.language import human
from aidline.language.glossary import Term, translated
from aidline.language.libretranslate import NAME
from aidline.language.models import Engine, Translation
from aidline.language.services import change_engine, save_term
from aidline.language.states import State, Way
from aidline.language.transcriber import change_transcriber
from aidline.simulator import hooks
from aidline.simulator.content import shapes
from aidline.simulator.content.phrases import say_in
from aidline.simulator.lookalikes.libretranslate import NAMES
from aidline.simulator.seeding.network import World

INTO = "en"


def understand(world: World, network: shapes.Network) -> None:
    terms = [Term(word, forms) for word, forms in network.glossary.items()]
    for centre in world.centres.values():
        _set_up(centre, terms)
        for message in _foreign(centre):
            _translate(message, centre, terms)
    _ask(network)


def _set_up(centre: Centre, terms: list[Term]) -> None:
    url = f"{hooks.public_url()}/look-alike/libretranslate"
    engine = change_engine(by=None, centre=centre, url=url, key="", is_on=True, seconds=5, into=INTO)
    pairs = {code: sorted(NAMES) for code in NAMES}
    Engine.objects.filter(pk=engine.pk).update(pairs=pairs, pairs_at=now())
    hears = f"{hooks.public_url()}/look-alike/speech"
    change_transcriber(by=None, centre=centre, url=hears, key="", model="practice", is_on=True, seconds=20)
    for term in terms:
        save_term(by=None, centre=centre, word=term.word, forms=term.forms)


def _foreign(centre: Centre) -> QuerySet[Message]:
    rows = Message.objects.filter(centre_id=centre.pk, direction=Direction.IN, language__in=NAMES)
    rows = rows.exclude(language=INTO).exclude(conversation__state=ConversationState.CLOSED)
    return rows.filter(text_sealed__isnull=False, deleted_at=None)


def _translate(message: Message, centre: Centre, terms: list[Term]) -> None:
    """What the phrase book does not know is left for the running demo to try."""
    if not say_in(message.text, INTO):
        return
    made = translated(message.text, terms, message.language, INTO, partial(_said, target=INTO))
    row = Translation(id=new_id(), message=message, centre=centre, key_id=message.key_id, way=Way.ENGINE)
    row.source, row.language, row.state, row.engine = message.language, INTO, State.DONE, NAME
    row.asked_at = row.at = message.at + timedelta(seconds=1)
    row.text = made.text
    row.save(force_insert=True)


def _said(texts: list[str], target: str) -> list[str]:
    return [say_in(text, target) or text for text in texts]


def _ask(network: shapes.Network) -> None:
    """One text waits for a translator: the server does not offer its language."""
    spoken = {code for member in network.staff if _translates(member) for code in member.languages}
    rows = Message.objects.filter(direction=Direction.IN, language__in=spoken - set(NAMES))
    rows = rows.filter(text_sealed__isnull=False, conversation__state=ConversationState.OPEN)
    message = rows.filter(conversation__assignee__isnull=False).order_by("-at").first()
    if message and message.conversation.assignee:
        by = message.conversation.assignee.staff
        human.ask_translator(by=by, message=message, source=message.language, language=INTO)


def _translates(member: shapes.Member) -> bool:
    return any(post.role == Role.TRANSLATOR for post in member.posts)
