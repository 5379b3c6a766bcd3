"""Who takes part in a programme: partners with how many people they may add, shops, and keys for other programs."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.queries import Seat
from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.desk.forms import posted
from aidline.desk.programmes.forms import NameField, chosen, number
from aidline.desk.programmes.pages import page
from aidline.vouchers import programmes
from aidline.vouchers.api_keys import make_key, revoke_key
from aidline.vouchers.models import ApiKey, Programme, Shop
from aidline.vouchers.partners import set_places
from aidline.vouchers.queries import access_programme, partners_of


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = PlacesForm(posted(request), seat=request.seat, programme=row)
    if request.method == "POST" and form.is_valid():
        set_places(by=request.user, programme=row, quotas=form.quotas())
        messages.success(request, _("Saved."))
        return redirect("programmes:places", request.seat.centre.slug, row.pk)
    return page(request, row, "places", {"form": form})


@requires(Can.RUN_PROGRAMMES)
@require_http_methods(["GET", "HEAD", "POST"])
def shops(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = ShopsForm(posted(request), programme=row)
    if request.method == "POST" and form.is_valid():
        programmes.choose_shops(by=request.user, programme=row, shops=form.chosen())
        messages.success(request, _("Saved."))
        return redirect("programmes:shops", request.seat.centre.slug, row.pk)
    return page(request, row, "shops", {"form": form})


@requires(Can.RUN_PROGRAMMES)
@require_safe
def keys(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    return _keys(request, row, KeyForm(None, seat=request.seat))


@requires(Can.RUN_PROGRAMMES)
@require_POST
def new_key(request: StaffRequest, programme: UUID) -> HttpResponseBase:
    """The answer is the page with the key, and no redirect: it is shown this once and kept nowhere."""
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    form = KeyForm(request.POST, seat=request.seat)
    if not form.is_valid():
        return _keys(request, row, form)
    name, partner = form.cleaned_data["name"], form.partners.get(form.cleaned_data["partner"])
    _, token = make_key(by=request.user, name=name, programme=row, partner=partner)
    answer = _keys(request, row, KeyForm(None, seat=request.seat), {"token": token, "token_for": name})
    answer.status_code = 200
    return answer


@requires(Can.RUN_PROGRAMMES)
@require_POST
def revocation(request: StaffRequest, programme: UUID, key: UUID) -> HttpResponseBase:
    row = access_programme(request.seat, programme, Can.RUN_PROGRAMMES)
    known = ApiKey.objects.filter(pk=key, programme=row).first()
    if known is None:
        raise Http404
    revoke_key(by=request.user, key=known)
    return redirect("programmes:keys", request.seat.centre.slug, row.pk)


def _keys(
    request: StaffRequest, row: Programme, form: "KeyForm", more: dict[str, Any] | None = None
) -> HttpResponse:
    names = dict(partners_of(request.seat).values_list("pk", "name"))
    rows = row.api_keys.filter(revoked_at=None).order_by("-created_at")
    known = [(key, names.get(key.partner_id, "") if key.partner_id else "") for key in rows]
    return page(request, row, "keys", {"form": form, "keys": known, **(more or {})})


class PlacesForm(forms.Form):
    def __init__(self, data: Any, *, seat: Seat, programme: Programme) -> None:
        super().__init__(data)
        known = dict(programme.partner_places.values_list("partner_id", "quota"))
        self.partners = [one for one in partners_of(seat) if one.is_active or one.pk in known]
        for one in self.partners:
            self.fields[f"in_{one.pk}"] = forms.BooleanField(
                label=one.name, required=False, initial=one.pk in known
            )
            quota = number(gettext_lazy("People at most"), 1_000_000, gettext_lazy("0: no limit."))
            quota.initial = known.get(one.pk, 0)
            quota.required = False
            self.fields[f"quota_{one.pk}"] = quota

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"in_{one.pk}"], self[f"quota_{one.pk}"]) for one in self.partners]

    def quotas(self) -> dict[UUID, int]:
        given = self.cleaned_data
        return {one.pk: given[f"quota_{one.pk}"] or 0 for one in self.partners if given[f"in_{one.pk}"]}


class ShopsForm(forms.Form):
    shops = forms.MultipleChoiceField(
        label=gettext_lazy("Shops that take these vouchers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, programme: Programme) -> None:
        there = programme.shops.all()
        super().__init__(data, initial={"shops": [str(one.pk) for one in there]})
        rows = Shop.objects.filter(centre=programme.centre_id).order_by("name", "pk")
        self.rows = {str(one.pk): one for one in rows if one.is_active or one in there}
        field = self.fields["shops"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(pk, f"{one.name}, {one.place}".strip(", ")) for pk, one in self.rows.items()]

    def chosen(self) -> list[Shop]:
        return [self.rows[pk] for pk in self.cleaned_data["shops"]]


class KeyForm(forms.Form):
    name = NameField(label=pgettext_lazy("of a thing", "Name"), help_text=gettext_lazy("Such as Kobo."))
    partner = chosen(
        gettext_lazy("In whose name it adds people"),
        (),
        required=False,
        help_text=gettext_lazy("Its limit counts, and it sees them in its counts."),
    )

    def __init__(self, data: Any, *, seat: Seat) -> None:
        super().__init__(data)
        self.partners = {str(one.pk): one for one in partners_of(seat).filter(is_active=True)}
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Our own")), *((pk, one.name) for pk, one in self.partners.items())]
