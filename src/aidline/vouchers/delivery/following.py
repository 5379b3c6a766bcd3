"""What became of the messages: a voucher arrives by its receipt, and one that was refused takes the next way.

Looked up again and again rather than told: whatever dies in between, the next look finds it. A voucher of which no
way is left is failed, which is said to the agents; it still leaves at the person's next word, and what nobody ever
takes goes back to the budget when the voucher ends.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from aidline.conversations.models import Message
from aidline.conversations.states import MessageState
from aidline.kernel.clock import now
from aidline.vouchers.delivery.addresses import find
from aidline.vouchers.delivery.delivering import Door, Overtaken, ask, move, windows_of
from aidline.vouchers.delivery.holding import sendable
from aidline.vouchers.delivery.lines import lines_of, ways
from aidline.vouchers.models import Voucher
from aidline.vouchers.states import DeliveryState, ProgrammeState, VoucherState

AT_ONCE = 500
LOOKED_AT = timedelta(days=7)  # where no receipt ever comes, nothing is looked for longer
UNSURE = timedelta(minutes=10)  # whether it left is not known: sent again, rather twice than never
_ON_THEIR_WAY = (DeliveryState.ASKED, DeliveryState.SENT)


def follow() -> int:
    """Receipts, for good and for bad."""
    return _arrived() + _refused()


def _arrived() -> int:
    rows = _under_way(DeliveryState.SENT).filter(_message(MessageState.DELIVERED, MessageState.READ))
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    sent = Voucher.objects.filter(pk__in=ids, delivery=DeliveryState.SENT)
    return sent.update(delivery=DeliveryState.DELIVERED, delivery_at=now())


def _refused() -> int:
    """Its next way is tried at once; `delivering` says what is to be done where there is none."""
    lost = _message(MessageState.FAILED, MessageState.CANCELLED)
    unsure = _message(MessageState.UNKNOWN) & Q(delivery=DeliveryState.SENT, delivery_at__lt=now() - UNSURE)
    ids = list(_under_way(*_ON_THEIR_WAY).filter(lost | unsure).values_list("pk", flat=True)[:AT_ONCE])
    return _next_way(Voucher.objects.filter(pk__in=ids))


def _next_way(vouchers: QuerySet[Voucher]) -> int:
    here = vouchers.filter(delivery__in=_ON_THEIR_WAY, state=VoucherState.OPEN)
    return here.update(delivery=DeliveryState.WAITING, delivery_at=now(), failures=F("failures") + 1)


def _under_way(*states: DeliveryState) -> QuerySet[Voucher]:
    recent = now() - LOOKED_AT
    return Voucher.objects.filter(state=VoucherState.OPEN, delivery__in=states, delivery_at__gt=recent)


def _message(*states: MessageState) -> Q:
    return Q(Exists(Message.objects.filter(pk=OuterRef("message_id"), state__in=states)))


# --- those who were asked and say nothing ----------------------------------------------------------------


def remind() -> int:
    """As often as the programme says; then the next way. Nobody is asked about what would not be sent: not the new
    number before its cool-down is over, and nobody who is paused."""
    at = now()
    done = 0
    for hours, most in _rhythms():
        late = Voucher.objects.filter(
            sendable(at),
            delivery=DeliveryState.ASKED,
            delivery_at__lt=at - timedelta(hours=hours),
            programme__reminder_hours=hours,
            programme__reminders=most,
            programme__state=ProgrammeState.OPEN,
        )
        done += _next_way(late.filter(reminders__gte=most))
        related = ("programme__centre", "programme__issuer", "registration__address", "payment")
        again = late.filter(reminders__lt=most).select_related(*related)
        done += _ask_again(list(again.order_by("delivery_at")[:AT_ONCE]))
    return done


def _rhythms() -> set[tuple[int, int]]:
    asked = Voucher.objects.filter(state=VoucherState.OPEN, delivery=DeliveryState.ASKED)
    return set(asked.values_list("programme__reminder_hours", "programme__reminders").distinct())


def _ask_again(vouchers: Sequence[Voucher]) -> int:
    find([voucher.registration for voucher in vouchers])
    try:
        return sum(_remind_in(centre, of) for centre, of in _by_centre(vouchers))
    except Overtaken:
        return 0


def _by_centre(vouchers: Sequence[Voucher]) -> Iterable[tuple[UUID, list[Voucher]]]:
    for centre in {voucher.centre_id for voucher in vouchers}:
        yield centre, [voucher for voucher in vouchers if voucher.centre_id == centre]


@transaction.atomic
def _remind_in(centre_id: UUID, vouchers: Sequence[Voucher]) -> int:
    """Who may be written to by now gets the voucher itself, from `delivering`."""
    at, lines, windows = now(), lines_of(centre_id), windows_of(vouchers)
    asked: dict[Door, list[Voucher]] = {}
    free: list[Voucher] = []
    for voucher in vouchers:
        possible = ways(voucher.registration, lines)[voucher.failures :]
        line, address = (possible[0] if possible else None), voucher.registration.address_id
        door = (address, line.channel.pk) if line and address else None
        if line is None or door is None or line.window_open(windows.get(door), at):
            free.append(voucher)
        else:
            asked.setdefault(door, []).append(voucher)
    move(free, DeliveryState.ASKED, DeliveryState.WAITING, at)
    again = [voucher for waiting in asked.values() for voucher in waiting]
    move(again, DeliveryState.ASKED, DeliveryState.ASKED, at, reminders=F("reminders") + 1)
    ask(centre_id, asked, lines, at)
    return len(vouchers)
