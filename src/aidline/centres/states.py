"""Roles, and what each may do, as data."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    CENTRE_ADMIN = "centre_admin", _("Centre admin")
    ANALYST = "analyst", _("Analyst")
    TRANSLATOR = "translator", _("Translator")
    VOUCHER_OFFICER = "voucher_officer", _("Voucher officer")
    APPROVER = "approver", _("Approver")
    CASHIER = "cashier", _("Cashier")
    PARTNER = "partner", _("Partner")


class Can(StrEnum):
    """Rights within one centre, but for the last two, which belong to the organisation."""

    ANSWER = "answer"  # read and answer conversations
    ASSIGN_OTHERS = "assign_others"
    SEE_IDENTITY = "see_identity"  # unmask without giving a reason
    MERGE = "merge"
    BLOCK = "block"
    SEE_HEALTH = "see_health"  # channels' state, quarantined deliveries
    SET_UP = "set_up"  # centre, channels, staff, canned replies
    SEE_FIGURES = "see_figures"
    OUTREACH = "outreach"  # write broadcasts, start and stop them
    APPROVE_OUTREACH = "approve_outreach"  # of somebody else
    SUPERVISE_CALLS = "supervise_calls"  # listen, whisper, speak up, take over; each is written down
    TRANSLATE = "translate"  # single texts that an agent asks for, nothing around them
    HELP_VOUCHERS = "help_vouchers"  # state of a person's vouchers, and the five things people ask for
    SEE_REGISTRATIONS = "see_registrations"  # the people of programmes, names covered
    RUN_PROGRAMMES = "run_programmes"  # set up, verify people, prepare payments, shops, settlements
    APPROVE_PAYMENTS = "approve_payments"  # of somebody else
    SEE_BOOKS = "see_books"
    REDEEM = "redeem"  # at the till of one's own shop; sees no name
    ADD_PEOPLE = "add_people"  # to lists of one's own organisation
    SIGNED_IN = "signed_in"  # own profile and sessions
    RUN_ORGANISATION = "run_organisation"


_AGENT = frozenset({Can.ANSWER, Can.MERGE, Can.BLOCK, Can.HELP_VOUCHERS})
_SUPERVISOR = _AGENT | {
    *(Can.ASSIGN_OTHERS, Can.SEE_IDENTITY, Can.SEE_HEALTH, Can.SEE_FIGURES),
    *(Can.OUTREACH, Can.APPROVE_OUTREACH, Can.SUPERVISE_CALLS),
}

RIGHTS: dict[Role, frozenset[Can]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.CENTRE_ADMIN: _SUPERVISOR
    | {Can.SET_UP, Can.RUN_PROGRAMMES, Can.SEE_REGISTRATIONS, Can.SEE_BOOKS, Can.APPROVE_PAYMENTS},
    Role.ANALYST: frozenset({Can.SEE_FIGURES, Can.SEE_BOOKS}),
    Role.TRANSLATOR: frozenset({Can.TRANSLATE}),
    Role.VOUCHER_OFFICER: frozenset(
        {Can.RUN_PROGRAMMES, Can.SEE_REGISTRATIONS, Can.SEE_IDENTITY, Can.SEE_BOOKS, Can.HELP_VOUCHERS}
    ),
    Role.APPROVER: frozenset({Can.APPROVE_PAYMENTS, Can.SEE_REGISTRATIONS, Can.SEE_BOOKS}),
    Role.CASHIER: frozenset({Can.REDEEM}),
    Role.PARTNER: frozenset({Can.ADD_PEOPLE}),
}
