"""A voucher, to whoever holds its link: what is left, where it was used, the code. Nobody's name, and no one else's.

The link is the key (`delivery.links`): it is sent to the holder alone, dies when the voucher is replaced or the
number changes, and is never logged. There is no way from here to anything else of the person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aidline.centres.models import Centre
from aidline.centres.rules import public
from aidline.channels.queries import centres_with_web_chat
from aidline.kernel import languages
from aidline.kernel.clock import now
from aidline.portal.limits import Limit, connection
from aidline.portal.tongues import accepted, speaking
from aidline.vouchers.delivery.faces import face_of, picture_of
from aidline.vouchers.delivery.links import holder
from aidline.vouchers.delivery.wording import title_of
from aidline.vouchers.models import Redemption, Shop, Voucher
from aidline.vouchers.states import IssuerKind, VoucherState

MOST_USES = 50
WRONG_LINKS = Limit(60, 60)  # of one connection
PICTURES = Limit(30, 60)  # of one voucher


@dataclass(frozen=True, slots=True)
class Held:
    """A voucher in its holder's hand, in the language of the page."""

    voucher: Voucher
    token: str
    language: str

    @property
    def left_cents(self) -> int:
        """What a shop holds for a while without a network is theirs all the same."""
        return self.voucher.balance_cents + self.voucher.held_cents

    @property
    def share(self) -> int:
        """Of the bar, which is 320 wide."""
        return round(320 * self.left_cents / max(1, self.voucher.amount_cents))

    @property
    def is_over(self) -> bool:
        return self.voucher.valid_until <= now() or self.voucher.state == VoucherState.EXPIRED

    @property
    def can_be_shown(self) -> bool:
        return self.voucher.state == VoucherState.OPEN and not self.is_over

    @property
    def is_card(self) -> bool:
        """Its issuer tells what is left, and not where it was used."""
        issuer = self.voucher.programme.issuer
        return issuer is not None and issuer.kind == IssuerKind.GIFT_CARD

    @property
    def shops(self) -> QuerySet[Shop]:
        return self.voucher.programme.shops.filter(is_active=True).order_by("name")


View = Callable[[HttpRequest, Held], HttpResponse]


def _of_holder(view: View) -> Callable[..., HttpResponseBase]:
    """404 for every link that leads to no voucher, whatever the reason: in words that say what to do next."""

    def opened(request: HttpRequest, token: str) -> HttpResponse:
        voucher = holder(token)
        if voucher is None:
            return _no_voucher(request)
        held = Held(voucher, token, _language(request, voucher))
        with speaking(held.language, voucher.centre):
            return view(request, held)

    return public(require_safe(opened))


def _no_voucher(request: HttpRequest) -> HttpResponse:
    status = 404 if WRONG_LINKS.spend(connection(request.META["REMOTE_ADDR"])) else 429
    context = {"chats": list(centres_with_web_chat())}
    return render(request, "portal/wallet/no_voucher.html", context, status=status)


def _language(request: HttpRequest, voucher: Voucher) -> str:
    known = [code for code in voucher.programme.languages if code in languages.ALL]
    known = known or list(voucher.centre.languages)
    wishes = (languages.match(request.GET.get("lang", "")), voucher.registration.language, *accepted(request))
    return next((code for code in wishes if code in known), voucher.centre.default_language)


@_of_holder
def left(request: HttpRequest, held: Held) -> HttpResponse:
    uses = Redemption.objects.filter(voucher=held.voucher).select_related("shop").order_by("-at")[:MOST_USES]
    return _page(request, held, "voucher", {"uses": list(uses), "count": held.shops.count()})


@_of_holder
def code(request: HttpRequest, held: Held) -> HttpResponse:
    """To show at the till, and to read out: the letters are text as well."""
    if not held.can_be_shown:
        return _page(request, held, "voucher", {"uses": [], "count": held.shops.count()}, status=409)
    face = face_of(held.voucher, held.language)
    return _page(request, held, "code", {"face": face})


@_of_holder
def picture(_request: HttpRequest, held: Held) -> HttpResponse:
    """Drawn now, kept nowhere."""
    if not PICTURES.spend(held.token):
        return HttpResponse(status=429)
    if not held.can_be_shown:
        raise Http404
    return HttpResponse(picture_of(held.voucher), content_type="image/png")


@_of_holder
def shops(request: HttpRequest, held: Held) -> HttpResponse:
    return _page(request, held, "shops", {"shops": held.shops})


@_of_holder
def lost(request: HttpRequest, held: Held) -> HttpResponse:
    return _page(request, held, "lost", {"chats": _chats(held.voucher.centre)})


def _chats(centre: Centre) -> list[Centre]:
    return list(centres_with_web_chat().filter(pk=centre.pk))


def _page(
    request: HttpRequest, held: Held, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    common = {
        "held": held,
        "voucher": held.voucher,
        "programme": held.voucher.programme,
        "centre": held.voucher.centre,
        "title": title_of(held.voucher, held.language),
        "language": held.language,
        "token": held.token,
    }
    return render(request, f"portal/wallet/{name}.html", common | context, status=status)
