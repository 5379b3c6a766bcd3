"""Partners and issuers of a centre."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.models import Membership
from aidline.centres.queries import Seat, members_of
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can, Role
from aidline.desk.forms import posted, status_of
from aidline.desk.programmes.forms import NameField, number
from aidline.vouchers.models import Issuer, Partner, PartnerMember
from aidline.vouchers.partners import place_member, save_issuer, save_partner
from aidline.vouchers.queries import access_issuer, access_partner, issuers_of, partners_of
from aidline.vouchers.states import IssuerKind


@requires(Can.RUN_PROGRAMMES)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    context = {"partners": partners_of(request.seat).prefetch_related("members"), "section": "partners"}
    return render(request, "desk/programmes/partners.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    return _partner(request, None)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: StaffRequest, partner: UUID) -> HttpResponseBase:
    return _partner(request, access_partner(request.seat, partner))


def _partner(request: StaffRequest, row: Partner | None) -> HttpResponseBase:
    form = PartnerForm(posted(request), seat=request.seat, partner=row)
    if request.method == "POST" and form.is_valid():
        _save(request, row, form)
        messages.success(request, _("Saved."))
        return redirect("programmes:partners", request.seat.centre.slug)
    context = {"form": form, "partner": row, "section": "partners"}
    return render(request, "desk/programmes/partner.html", context, status=status_of(request))


def _save(request: StaffRequest, row: Partner | None, form: "PartnerForm") -> None:
    given = form.cleaned_data
    saved = save_partner(
        by=request.user,
        centre=request.seat.centre,
        name=given["name"],
        is_active=given["is_active"],
        partner=row,
    )
    for pk, member in form.rows.items():
        if pk in given["members"]:
            place_member(by=request.user, membership=member, partner=saved)
        elif pk in form.initial["members"]:
            place_member(by=request.user, membership=member)


@requires(Can.RUN_PROGRAMMES)
@require_safe
def issuers(request: StaffRequest) -> HttpResponseBase:
    context = {"issuers": issuers_of(request.seat), "section": "issuers"}
    return render(request, "desk/programmes/issuers.html", context)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_issuer(request: StaffRequest) -> HttpResponseBase:
    return _issuer(request, None)


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def issuer(request: StaffRequest, issuer: UUID) -> HttpResponseBase:
    return _issuer(request, access_issuer(request.seat, issuer))


def _issuer(request: StaffRequest, row: Issuer | None) -> HttpResponseBase:
    form = IssuerForm(posted(request), issuer=row)
    if request.method == "POST" and form.is_valid():
        save_issuer(by=request.user, centre=request.seat.centre, changes=form.changes(), issuer=row)
        messages.success(request, _("Saved."))
        return redirect("programmes:issuers", request.seat.centre.slug)
    context = {"form": form, "issuer": row, "section": "issuers"}
    return render(request, "desk/programmes/issuer.html", context, status=status_of(request))


class PartnerForm(forms.Form):
    name = NameField(label=pgettext_lazy("of a thing", "Name"))
    is_active = forms.BooleanField(label=gettext_lazy("May add people"), required=False, initial=True)
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Members who work for it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Members with the role of a partner; each works for one."),
    )

    def __init__(self, data: Any, *, seat: Seat, partner: Partner | None) -> None:
        self.rows = {str(one.pk): one for one in _free_members(seat, partner)}
        initial: dict[str, Any] = {"members": []}
        if partner:
            there = PartnerMember.objects.filter(partner=partner).values_list("membership_id", flat=True)
            initial = {"name": partner.name, "is_active": partner.is_active, "members": list(map(str, there))}
        super().__init__(data, initial=initial)
        field = self.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(pk, one.staff.name) for pk, one in self.rows.items()]


def _free_members(seat: Seat, partner: Partner | None) -> list[Membership]:
    """With the role, and not with another partner."""
    others = PartnerMember.objects.exclude(partner=partner) if partner else PartnerMember.objects.all()
    taken = set(others.values_list("membership_id", flat=True))
    return [one for one in members_of(seat.centre, [Role.PARTNER]) if one.pk not in taken]


class IssuerForm(forms.Form):
    """Keys are written, never shown: an empty one stays as it is."""

    name = NameField(label=pgettext_lazy("of a thing", "Name"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=IssuerKind.choices,
        widget=forms.Select(attrs={"class": "input"}),
    )
    base_url = forms.URLField(
        label=gettext_lazy("Address of its interface"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=400,
        widget=forms.PasswordInput(attrs={"class": "input ltr", "autocomplete": "new-password"}),
    )
    product = forms.CharField(
        label=gettext_lazy("Product"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As the issuer calls the card."),
        widget=forms.TextInput(attrs={"class": "input ltr", "autocomplete": "off"}),
    )
    most_at_once = number(
        gettext_lazy("Cards asked for at the same time, at most"),
        200,
        gettext_lazy("Fewer are asked for by themselves when the issuer is slow."),
        least=1,
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, data: Any, *, issuer: Issuer | None) -> None:
        self.issuer = issuer
        self.known = (issuer.config or {}) if issuer else {}
        names = ("name", "kind", "base_url", "most_at_once", "is_active")
        initial = {name: getattr(issuer, name) for name in names} if issuer else {"is_active": True}
        initial = {"most_at_once": 32, "product": self.known.get("product", ""), **initial}
        super().__init__(data, initial=initial)
        self.fields["kind"].disabled = issuer is not None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == IssuerKind.GIFT_CARD:
            has_key = cleaned.get("key") or self.known.get("key")
            for name, there in (("base_url", cleaned.get("base_url")), ("key", has_key)):
                if not there and name not in self.errors:
                    self.add_error(name, _("The issuer needs it."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("name", "kind", "base_url", "most_at_once", "is_active")
        changes: dict[str, Any] = {name: given[name] for name in names}
        if given["kind"] == IssuerKind.GIFT_CARD:
            key = given["key"] or self.known.get("key", "")
            changes["config"] = {"key": key, "product": given["product"]}
        return changes
