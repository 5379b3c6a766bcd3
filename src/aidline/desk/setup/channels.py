"""Channels of a centre: the list, and the five steps in which one is set up."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.channels.hooks import hook_url, is_polled, proves_by_address
from aidline.channels.models import Channel
from aidline.channels.queries import access_channel, latest_delivery
from aidline.channels.registry import BadConfig, capabilities_of, made_by_us
from aidline.channels.services import (
    NotReady,
    change_channel,
    close_channel,
    create_channel,
    open_channel,
    show_secret,
)
from aidline.desk.calls.lines import voice_of
from aidline.desk.forms import posted, status_of
from aidline.desk.health.lights import states_of
from aidline.desk.setup.channel_forms import AccountForm, KeysForm
from aidline.desk.setup.steps import checks_of, overall, steps_of
from aidline.gateway import vendors


@requires(Can.SET_UP)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    states = [(state, capabilities_of(state.channel.provider)) for state in states_of(request.seat.centre)]
    return render(request, "desk/setup/channels.html", {"tab": "channels", "states": states})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    form = AccountForm(posted(request), centre=request.seat.centre)
    if request.method == "POST" and form.is_valid():
        channel = create_channel(by=request.user, centre=request.seat.centre, **form.cleaned_data)
        return redirect("setup:channel_keys", request.seat.centre.slug, channel.pk)
    return step_page(request, None, "channel", {"form": form})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    form = AccountForm(posted(request), centre=request.seat.centre, channel=row)
    if request.method == "POST" and form.is_valid():
        change_channel(by=request.user, channel=row, name=form.cleaned_data["name"])
        return redirect("setup:channel_keys", request.seat.centre.slug, row.pk)
    return step_page(request, row, "channel", {"form": form})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    form = KeysForm(posted(request), channel=row)
    if request.method == "POST" and form.is_valid() and _keep(request, row, form):
        return redirect("setup:channel_test", request.seat.centre.slug, row.pk)
    return step_page(request, row, "channel_keys", {"form": form})


def _keep(request: StaffRequest, channel: Channel, form: KeysForm) -> bool:
    try:
        change_channel(by=request.user, channel=channel, config=form.cleaned_data)
    except BadConfig as error:
        words = _(error.words) if error.words else _("Check this value.")
        form.add_error(error.field if error.field in form.fields else None, words)
    return form.is_valid()


@requires(Can.SET_UP)
@require_POST
def show(request: StaffRequest, channel: UUID, field: str) -> HttpResponseBase:
    """The answer is the page with the secret in it, and no redirect: it is shown this once."""
    row = access_channel(request.seat, channel)
    try:
        secret = show_secret(by=request.user, channel=row, field=field)
    except BadConfig:
        raise Http404 from None
    page = "channel_test" if field in made_by_us(row.provider) else "channel_keys"
    context = {"shown": field, "secret": secret, "form": KeysForm(None, channel=row)}
    return step_page(request, row, page, {**_test_of(row), **context}, status=200)


@requires(Can.SET_UP)
@require_safe
def test(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    return step_page(request, row, "channel_test", _test_of(row))


def _test_of(channel: Channel) -> dict[str, Any]:
    """An address that proves calls by a word in it is a secret, and shown like one."""
    own_page, polled = channel.provider == "webchat", is_polled(channel)
    in_address = proves_by_address(channel)
    hidden = "" if in_address else next(iter(made_by_us(channel.provider)), "")
    return {
        "callback": "" if own_page or polled else hook_url(channel),
        "in_address": in_address,
        "address_field": next(iter(made_by_us(channel.provider)), ""),
        "verify_word": "" if own_page else hidden,
        "latest": latest_delivery(channel),
        "own_page": own_page,
        "polled": polled,
        "can_probe": vendors.can_probe(channel),
        "can_register": vendors.can_register(channel),
    }


@requires(Can.SET_UP)
@require_POST
def probing(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    """Asks the vendor; its answer is the page itself, shown this once."""
    row = access_channel(request.seat, channel)
    if not vendors.can_probe(row):
        return redirect("setup:channel_test", request.seat.centre.slug, row.pk)
    return _after_asking(request, row, {"probed": vendors.probe(by=request.user, channel=row)})


@requires(Can.SET_UP)
@require_POST
def registering(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    if not vendors.can_register(row):
        return redirect("setup:channel_test", request.seat.centre.slug, row.pk)
    return _after_asking(request, row, {"registered": vendors.register(by=request.user, channel=row)})


def _after_asking(request: StaffRequest, channel: Channel, answer: dict[str, Any]) -> HttpResponseBase:
    channel.refresh_from_db()
    return step_page(request, channel, "channel_test", {**_test_of(channel), **answer}, status=200)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    if request.method == "POST":
        try:
            open_channel(by=request.user, channel=row)
        except NotReady:
            return redirect("setup:channel_keys", request.seat.centre.slug, row.pk)
        return redirect("setup:channel_open", request.seat.centre.slug, row.pk)
    return step_page(request, row, "channel_open", {})


@requires(Can.SET_UP)
@require_POST
def closing(request: StaffRequest, channel: UUID) -> HttpResponseBase:
    row = access_channel(request.seat, channel)
    close_channel(by=request.user, channel=row)
    return redirect("setup:channel_open", request.seat.centre.slug, row.pk)


def step_page(
    request: StaffRequest, channel: Channel | None, step: str, more: dict[str, Any], status: int = 0
) -> HttpResponse:
    checks = checks_of(channel) if channel else []
    context = {
        "tab": "channels",
        "channel": channel,
        "steps": steps_of(channel, step),
        "checks": checks,
        "overall": overall(checks),
        "capabilities": capabilities_of(channel.provider) if channel else None,
        "takes_calls": channel is not None and voice_of(channel) is not None,
        **more,
    }
    template = f"desk/setup/{step}.html"
    return render(request, template, context, status=status or status_of(request))
