"""Words for filters, acts and reasons."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aidline.vouchers.verification.acts import Act

NEEDS = {
    "pair": _("May be listed twice"),
    "second": _("Waits for a second check"),
    "held": _("Number changed, no payment yet"),
    "phone": _("Without a phone"),
}
ACTS = {
    Act.VERIFY: pgettext_lazy("registration", "Verify"),
    Act.INCLUDE: pgettext_lazy("registration", "Include"),
    Act.PAUSE: pgettext_lazy("registration", "Pause"),
    Act.END: pgettext_lazy("registration", "End"),
    Act.DECLINE: pgettext_lazy("registration", "Decline"),
    Act.ERASE: pgettext_lazy("registration", "Erase"),
}
EXPLAINED = {
    Act.VERIFY: _("Somebody has looked: the person is who they say, and is on the list once."),
    Act.INCLUDE: _("From the next payment on they get vouchers."),
    Act.PAUSE: _("They get no more vouchers until they are included again. Vouchers they have stay good."),
    Act.END: _("They get no more vouchers. Vouchers they have stay good."),
    Act.DECLINE: _("They were not accepted, or did not want to."),
    Act.ERASE: _(
        "Name, number and answers are destroyed for good. What was paid stays in the books, without a name."
    ),
}
PAIR_REASONS = {
    "phone": _("the same telephone"),
    "name": _("the same name"),
    "similar": _("a name that looks or sounds alike"),
    "elsewhere": _("in another programme"),
}
WHY = {
    "upload": _("from a list"),
    "api": _("from a form elsewhere"),
    "form": _("by the person"),
    "desk": _("at the desk"),
    "walkin": _("at the desk"),
    "duplicate": _("was listed twice"),
    "undo": _("taken back"),
    "retention": _("kept long enough"),
    "invitation": _("by an invitation"),
    "invited": _("by an invitation"),
    "bulk": _("many at once"),
}
