"""A broadcast to oneself, before anybody else gets it. Marked as a test and counted nowhere."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Value
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from aidline.audit.services import record
from aidline.centres.models import Staff
from aidline.conversations.models import Conversation
from aidline.conversations.unasked import Unasked, write_unasked
from aidline.kernel.clock import now
from aidline.kernel.ids import new_id
from aidline.outreach.composing import Composed, Composer, Line
from aidline.outreach.models import Broadcast, TestAllowance
from aidline.outreach.plan import read
from aidline.outreach.services import CannotSend
from aidline.people.arrivals import Arrival, Known, resolve
from aidline.people.models import Address
from aidline.people.rules import refusal
from aidline.people.states import Purpose

MOST_TESTS = 20  # of one broadcast: it is no way round the audience
MOST_A_DAY = 10  # of one member, whatever they are tests of: nor round who approves and who agreed
DAY = timedelta(days=1)


@transaction.atomic
def send_test(*, by: Staff, broadcast: Broadcast, line: Line, value: str, language: str) -> None:
    """To an address of the member's own. Who asked us to stop there gets no test either."""
    counted = Broadcast.objects.filter(pk=broadcast.pk, tests__lt=MOST_TESTS)
    if not counted.update(tests=F("tests") + 1):
        raise CannotSend(_("Those were enough tests. Copy the broadcast to test more."))
    _use_up(by)
    scheme = line.able.schemes[0].value
    (known,) = resolve([Arrival(broadcast.centre_id, ((scheme, value),), language)])
    _refuse_stopped(known, line)
    made = _made(broadcast, line, known, language)
    write_unasked(
        centre_id=broadcast.centre_id, purpose=Purpose.TEST, said=[_unasked(line, known, made)], at=now()
    )
    record(
        by=by,
        action="broadcast.test",
        object_type="broadcast",
        object_id=broadcast.pk,
        centre=broadcast.centre_id,
    )


def _use_up(by: Staff) -> None:
    """A test that is refused later on is not counted: its transaction is undone."""
    at = now()
    TestAllowance.objects.get_or_create(staff=by, defaults={"since": at})
    row = TestAllowance.objects.filter(staff=by)
    row.filter(since__lte=at - DAY).update(since=at, used=0)
    if not row.filter(used__lt=MOST_A_DAY).update(used=F("used") + 1):
        raise CannotSend(_("You have sent enough tests for today."))


def _refuse_stopped(known: Known, line: Line) -> None:
    refused = refusal(address="pk", channel=Value(line.channel.pk), purpose=Value(Purpose.TEST))
    if Address.objects.filter(pk=known.id).annotate(refused=refused).exclude(refused="").exists():
        raise CannotSend(_("This address asked not to be written to."))


def _made(broadcast: Broadcast, line: Line, known: Known, language: str) -> Composed:
    composer = Composer(broadcast.centre, read(broadcast.title, broadcast.plan_json))
    talks = Conversation.objects.filter(address=known.id, channel=line.channel, window_until__isnull=False)
    until = talks.order_by("-window_until").values_list("window_until", flat=True).first()
    made = composer.compose(language, line.channel.pk, window_open=line.window_open(until, now()))
    if not isinstance(made, Composed):
        raise CannotSend(_("Nobody would get anything here: %(why)s.") % {"why": made.label})
    return made


def _unasked(line: Line, known: Known, made: Composed) -> Unasked:
    with override(made.language):
        mark = gettext("Test")
    free = made.extra is None
    return Unasked(
        message_id=new_id(),
        person_id=known.person_id,
        address_id=known.id,
        channel_id=line.channel.pk,
        language=made.language,
        kind=made.kind.value,
        text=f"[{mark}] {made.text}" if free else made.text,
        extra=made.extra,
        window_until=None if line.able.reply_window is None else now(),
    )
