"""Setting up programmes: making, changing, copying, pausing and closing them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from aidline.audit.services import record
from aidline.centres.models import Centre, Staff
from aidline.kernel import languages
from aidline.vouchers import signing
from aidline.vouchers.models import ApprovalBand, ConsentText, Issuer, PartnerPlace, Payment, Programme, Shop
from aidline.vouchers.queries import consent_of
from aidline.vouchers.registering.form import BadForm, checked
from aidline.vouchers.states import IssuerKind, PaymentState, ProgrammeState

LIVE_PAYMENTS = (PaymentState.AWAITING, PaymentState.APPROVED, PaymentState.RUNNING, PaymentState.STOPPED)
FROZEN_WITH_MONEY = ("currency", "issuer")  # what is in the books was counted in these

# What a copy takes along: all settings, and nothing that happened.
COPIED = (
    *("titles", "issuer", "currency", "rule", "amount_cents", "most_cents", "rhythm", "payments_planned"),
    *("valid_days", "languages", "form", "texts", "brand", "ean_prefix", "four_eyes", "cooldown_hours"),
    *("invitation_days", "reminders", "reminder_hours"),
    *("keep_unanswered_days", "keep_declined_days", "keep_ended_days"),
    *("reversal_minutes", "offline_use_cents", "offline_voucher_cents", "offline_device_cents"),
    *("offline_hours", "offline_records"),
)


class Refused(Exception):
    """`code`: has_money, payments_open, not_now, not_ready, bad_form."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- making and changing ----------------------------------------------------------------------------------


@transaction.atomic
def create(*, by: Staff | None, centre: Centre, name: str, **settings: Any) -> Programme:
    """A draft that speaks the languages of its centre, paid with our own vouchers, with a consent text of ours."""
    signing.current_key(centre.pk)
    wanted = {"issuer": own_issuer(centre), "languages": list(centre.languages), **settings}
    row = Programme.objects.create(
        centre=centre, name=name, slug=_free_slug(centre, name), created_by=by, **wanted
    )
    ConsentText.objects.create(programme=row, version=1, texts=usual_consent(row), by=by)
    _told(by, "programme.create", row)
    return row


@transaction.atomic
def change(*, by: Staff, programme: Programme, changes: Mapping[str, Any]) -> Programme:
    """Only what differs is written. Raises `Refused` where money stands against it."""
    differs = {name: value for name, value in changes.items() if getattr(programme, name) != value}
    if not differs:
        return programme
    if any(name in FROZEN_WITH_MONEY for name in differs) and has_money(programme):
        raise Refused("has_money")
    if "form" in differs:
        _check_form(differs["form"])
    for name, value in differs.items():
        setattr(programme, name, value)
    programme.save(update_fields=list(differs))
    _told(by, "programme.change", programme, ",".join(sorted(differs)))
    return programme


@transaction.atomic
def copy(*, by: Staff, programme: Programme, name: str) -> Programme:
    """The same settings, partners, shops and approvals under a new name; no people and no money."""
    row = Programme.objects.create(
        centre=programme.centre,
        name=name,
        slug=_free_slug(programme.centre, name),
        created_by=by,
        **{field: getattr(programme, field) for field in COPIED},
    )
    consent = consent_of(programme)
    ConsentText.objects.create(programme=row, version=1, texts=consent.texts if consent else {}, by=by)
    ApprovalBand.objects.bulk_create(
        ApprovalBand(programme=row, from_cents=band.from_cents, approvals=band.approvals)
        for band in programme.bands.all()
    )
    PartnerPlace.objects.bulk_create(
        PartnerPlace(programme=row, partner_id=place.partner_id, quota=place.quota)
        for place in programme.partner_places.all()
    )
    row.shops.set(programme.shops.all())
    _told(by, "programme.copy", row)
    return row


@transaction.atomic
def write_consent(*, by: Staff, programme: Programme, texts: Mapping[str, str]) -> ConsentText:
    """What is agreed to from now on. Other words are a new version; who agreed before agreed to the old one."""
    known = consent_of(programme)
    if known and known.texts == texts:
        return known
    version = known.version + 1 if known else 1
    row = ConsentText.objects.create(programme=programme, version=version, texts=dict(texts), by=by)
    _told(by, "programme.consent", programme, f"version:{version}")
    return row


@transaction.atomic
def set_bands(*, by: Staff, programme: Programme, bands: Iterable[tuple[int, int]]) -> None:
    """(from this total on, so many approvals); later ones of the same total win."""
    wanted = dict(bands)
    if wanted == dict(programme.bands.values_list("from_cents", "approvals")):
        return
    programme.bands.all().delete()
    ApprovalBand.objects.bulk_create(
        ApprovalBand(programme=programme, from_cents=cents, approvals=approvals)
        for cents, approvals in wanted.items()
    )
    _told(by, "programme.change", programme, "bands")


@transaction.atomic
def choose_shops(*, by: Staff, programme: Programme, shops: Sequence[Shop]) -> None:
    if {shop.pk for shop in shops} == set(programme.shops.values_list("pk", flat=True)):
        return
    programme.shops.set(shops)
    _told(by, "programme.change", programme, "shops")


# --- states -----------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, by: Staff, programme: Programme) -> None:
    """Opens a draft, or goes on after a pause."""
    if missing(programme):
        raise Refused("not_ready")
    _move(by, programme, (ProgrammeState.DRAFT, ProgrammeState.PAUSED), ProgrammeState.OPEN)


@transaction.atomic
def pause(*, by: Staff, programme: Programme) -> None:
    """Nobody is invited and nothing is paid; vouchers that people hold stay good."""
    _move(by, programme, (ProgrammeState.OPEN,), ProgrammeState.PAUSED)


@transaction.atomic
def close(*, by: Staff, programme: Programme) -> None:
    """For good; only once no payment is under way."""
    if Payment.objects.filter(programme=programme, state__in=LIVE_PAYMENTS).exists():
        raise Refused("payments_open")
    states = (ProgrammeState.DRAFT, ProgrammeState.OPEN, ProgrammeState.PAUSED)
    _move(by, programme, states, ProgrammeState.CLOSED)


def _move(by: Staff, programme: Programme, before: Sequence[str], after: ProgrammeState) -> None:
    rows = Programme.objects.filter(pk=programme.pk, state__in=before)
    if not rows.update(state=after):
        raise Refused("not_now")
    programme.state = after
    _told(by, "programme.state", programme, f"state:{after.value}")


def missing(programme: Programme) -> list[str]:
    """Codes of what a programme needs before it can be opened: amount, languages, issuer, consent, budget."""
    consent = consent_of(programme)
    agreed = consent.texts if consent else {}
    wants = {
        "amount": programme.amount_cents > 0,
        "languages": bool(programme.languages),
        "issuer": programme.issuer is not None and programme.issuer.is_active,
        "consent": bool(agreed) and all(agreed.get(code) for code in programme.languages),
        "budget": programme.budget_cents >= programme.amount_cents,
    }
    return [code for code, there in wants.items() if not there]


def has_money(programme: Programme) -> bool:
    """Whether anything stands in its books."""
    return programme.postings.exists()


# --- words and names --------------------------------------------------------------------------------------


def usual_consent(programme: Programme) -> dict[str, str]:
    """Our own wording, in those of its languages in which we have one."""
    return {code: _usual_consent(code) for code in programme.languages if code in languages.INTERFACE}


def _usual_consent(code: str) -> str:
    with translation.override(code):
        return _(
            "I agree that what I write here is used to decide about vouchers and to send them to me. I can take this "
            "back at any time: then my data is erased and I get no more vouchers. Saying no changes nothing else."
        )


def own_issuer(centre: Centre) -> Issuer:
    """Our own vouchers, for which every centre has one row."""
    known = Issuer.objects.filter(centre=centre, kind=IssuerKind.OWN).order_by("created_at").first()
    return known or Issuer.objects.create(centre=centre, kind=IssuerKind.OWN, name=_("Our own vouchers"))


def _free_slug(centre: Centre, name: str) -> str:
    base = slugify(name)[:34] or "programme"
    taken = set(Programme.objects.filter(centre=centre, slug__startswith=base).values_list("slug", flat=True))
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug


def _check_form(form: Sequence[Mapping[str, Any]]) -> None:
    try:
        checked(form)
    except BadForm:
        raise Refused("bad_form") from None


def _told(by: Staff | None, action: str, programme: Programme, fields: str = "") -> None:
    record(
        by=by,
        action=action,
        object_type="programme",
        object_id=programme.pk,
        centre=programme.centre_id,
        fields=fields[:200],
    )
