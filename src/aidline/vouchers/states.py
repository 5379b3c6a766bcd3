"""States of the voucher side, and which may follow which, as data.

The statuses of a registration follow both models of the 121 Platform: the older, longer one (imported to deleted)
and the present one, so that a list can be exchanged with either (read in its source, 2026-11-22).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """Where a registration stands."""

    IMPORTED = "im", pgettext_lazy("registration", "Imported")
    INVITED = "iv", pgettext_lazy("registration", "Invited")
    STARTED = "st", pgettext_lazy("registration", "Started")
    REGISTERED = "re", pgettext_lazy("registration", "Registered")
    VERIFIED = "ve", pgettext_lazy("registration", "Verified")
    INCLUDED = "in", pgettext_lazy("registration", "Included")
    PAUSED = "pa", pgettext_lazy("registration", "Paused")
    ENDED = "en", pgettext_lazy("registration", "Ended")
    DECLINED = "de", pgettext_lazy("registration", "Declined")
    ERASED = "er", pgettext_lazy("registration", "Erased")


S = Status
NEXT: dict[Status, frozenset[Status]] = {
    S.IMPORTED: frozenset({S.INVITED, S.STARTED, S.REGISTERED, S.DECLINED, S.ENDED, S.ERASED}),
    S.INVITED: frozenset({S.STARTED, S.REGISTERED, S.DECLINED, S.ENDED, S.ERASED}),
    S.STARTED: frozenset({S.REGISTERED, S.DECLINED, S.ENDED, S.ERASED}),
    S.REGISTERED: frozenset({S.VERIFIED, S.DECLINED, S.ENDED, S.ERASED}),
    S.VERIFIED: frozenset({S.REGISTERED, S.INCLUDED, S.PAUSED, S.DECLINED, S.ENDED, S.ERASED}),
    S.INCLUDED: frozenset({S.VERIFIED, S.PAUSED, S.DECLINED, S.ENDED, S.ERASED}),
    S.PAUSED: frozenset({S.VERIFIED, S.INCLUDED, S.DECLINED, S.ENDED, S.ERASED}),
    S.ENDED: frozenset({S.INCLUDED, S.ERASED}),
    S.DECLINED: frozenset({S.REGISTERED, S.VERIFIED, S.INCLUDED, S.ERASED}),
    S.ERASED: frozenset(),
}


class LineKind(TextChoices):
    """What a carrier says of a number, where a programme lets it be asked."""

    MOBILE = "mo", pgettext_lazy("phone number", "Mobile")
    FIXED = "fi", pgettext_lazy("phone number", "Landline")
    INTERNET = "ip", pgettext_lazy("phone number", "Internet")
    OTHER = "ot", pgettext_lazy("phone number", "Something else")
    NOT_IN_USE = "no", pgettext_lazy("phone number", "Not in use")
    UNKNOWN = "un", pgettext_lazy("phone number", "The provider does not know")


class UploadState(TextChoices):
    MAPPING = "ma", pgettext_lazy("list", "Not added yet")
    WAITING = "wa", pgettext_lazy("list", "Waits")
    RUNNING = "ru", pgettext_lazy("list", "Being added")
    DONE = "do", pgettext_lazy("list", "Added")
    FAILED = "fa", pgettext_lazy("list", "Could not be read")


class ProgrammeState(TextChoices):
    DRAFT = "dr", pgettext_lazy("programme", "Draft")
    OPEN = "op", pgettext_lazy("programme", "Open")
    PAUSED = "pa", pgettext_lazy("programme", "Paused")
    CLOSED = "cl", pgettext_lazy("programme", "Closed")


class Rule(TextChoices):
    PERSON = "person", _("The same for each registration")
    MEMBER = "member", _("For each member of the household")


class Rhythm(TextChoices):
    ONCE = "once", _("Once")
    WEEKLY = "week", _("Every week")
    FORTNIGHTLY = "two", _("Every two weeks")
    MONTHLY = "month", _("Every month")


class IssuerKind(TextChoices):
    OWN = "own", _("Our own vouchers: our books are the authority")
    GIFT_CARD = "gift_card", _("Gift cards of an issuer")


class PaymentState(TextChoices):
    DRAFT = "dr", pgettext_lazy("payment", "Draft")
    AWAITING = "aw", pgettext_lazy("payment", "Waits for approval")
    APPROVED = "ap", pgettext_lazy("payment", "Approved")
    RUNNING = "ru", pgettext_lazy("payment", "Being paid")
    STOPPED = "sp", pgettext_lazy("payment", "Stopped")
    FINISHED = "fi", pgettext_lazy("payment", "Finished")
    CANCELLED = "ca", pgettext_lazy("payment", "Cancelled")


P = PaymentState
PAYMENT_NEEDS_APPROVAL = (P.APPROVED, P.RUNNING, P.STOPPED, P.FINISHED)


class PayoutState(TextChoices):
    """One person in a payment. `UNKNOWN`: the issuer was asked and we do not know what it did; it is asked again
    under the same reference until it says."""

    PENDING = "pe", pgettext_lazy("payout", "To be paid")
    ISSUING = "is", pgettext_lazy("payout", "Being issued")
    UNKNOWN = "un", pgettext_lazy("payout", "Not known")
    ISSUED = "ok", pgettext_lazy("payout", "Issued")
    FAILED = "fa", pgettext_lazy("payout", "Failed")
    LEFT_OUT = "lo", pgettext_lazy("payout", "Left out")
    CANCELLED = "ca", pgettext_lazy("payout", "Cancelled")


class VoucherState(TextChoices):
    OPEN = "op", pgettext_lazy("voucher", "Open")
    EMPTY = "em", pgettext_lazy("voucher", "Empty")
    BLOCKED = "bl", pgettext_lazy("voucher", "Blocked")
    REPLACED = "re", pgettext_lazy("voucher", "Replaced")
    EXPIRED = "ex", pgettext_lazy("voucher", "Expired")
    CANCELLED = "ca", pgettext_lazy("voucher", "Cancelled")


class DeliveryState(TextChoices):
    """How far the voucher itself has come on its way to the person. Only a human or a receipt says `DELIVERED`."""

    WAITING = "wa", pgettext_lazy("voucher", "Not sent yet")
    ASKED = "as", pgettext_lazy("voucher", "Asked to answer yes")
    RELEASED = "re", pgettext_lazy("voucher", "On its way")
    SENT = "se", pgettext_lazy("voucher", "Sent")
    DELIVERED = "de", pgettext_lazy("voucher", "Delivered")
    FAILED = "fa", pgettext_lazy("voucher", "Could not be delivered")
    PRINTED = "pr", pgettext_lazy("voucher", "Printed")


class AccountKind(TextChoices):
    """Where the cents of a programme are. A posting moves them from one account to another."""

    FUNDER = "funder", pgettext_lazy("books", "Funders")
    BUDGET = "budget", pgettext_lazy("books", "Budget")
    RESERVED = "reserved", pgettext_lazy("books", "Reserved for payments")
    OPEN = "open", pgettext_lazy("books", "Open vouchers")
    SHOP = "shop", pgettext_lazy("books", "Owed to shops")
    PAID = "paid", pgettext_lazy("books", "Paid to shops")
    ISSUER = "issuer", pgettext_lazy("books", "Spent at the issuer's shops")
    LOSS = "loss", pgettext_lazy("books", "Borne by the programme")


class PostingKind(TextChoices):
    FUNDED = "funded", pgettext_lazy("books", "Budget given")
    DEFUNDED = "defunded", pgettext_lazy("books", "Budget taken back")
    RESERVED = "reserved", pgettext_lazy("books", "Reserved")
    RELEASED = "released", pgettext_lazy("books", "Released")
    ISSUED = "issued", pgettext_lazy("books", "Issued")
    MOVED = "moved", pgettext_lazy("books", "Moved to a new voucher")
    REDEEMED = "redeemed", pgettext_lazy("books", "Used")
    REVERSED = "reversed", pgettext_lazy("books", "Reversed")
    GUARANTEED = "guaranteed", pgettext_lazy("books", "Paid beyond the voucher")
    EXPIRED = "expired", pgettext_lazy("books", "Expired")
    CANCELLED = "cancelled", pgettext_lazy("books", "Cancelled")
    SPENT = "spent", pgettext_lazy("books", "Seen spent at the issuer")
    SETTLED = "settled", pgettext_lazy("books", "Paid to the shop")
