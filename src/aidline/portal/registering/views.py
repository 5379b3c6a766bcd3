"""The form a person registers with, by a link of their own. Every page works without JavaScript, in under 60 KB.

The secret in the address does what a cookie against forged forms would do: whoever does not know it can post nothing.
"""

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from aidline.centres.models import Centre
from aidline.centres.rules import public
from aidline.channels.queries import centres_with_web_chat
from aidline.kernel import languages, phones, speech
from aidline.kernel.text import clean
from aidline.portal.limits import Limit
from aidline.portal.registering import steps as pages
from aidline.portal.registering.aloud import words_of
from aidline.portal.registering.steps import CONSENT, REVIEW, YOU, Step
from aidline.portal.tongues import accepted, of_screen, speaking
from aidline.vouchers.models import Invite, Programme
from aidline.vouchers.receipt_codes import grouped_receipt
from aidline.vouchers.registering import filling, words
from aidline.vouchers.registering.filling import Draft, LinkClosed
from aidline.vouchers.registering.form import answers, word
from aidline.vouchers.registering.invitations import opened

SHOWN_FOR = 30 * 60  # seconds: the receipt, to the browser that has just handed in the form
_SHOWN = signing.TimestampSigner(salt="aidline.portal.registering")
_COOKIE = "aidline-registered"
LISTENS = Limit(60, 300)

STATUS = {"unknown": 404, "programme": 403}


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invite = filling.open_link(token)
        page = _Page(request, token, invite)
        with speaking(page.language, page.centre):
            return _taken(page) if request.method == "POST" else _shown(page)
    except LinkClosed as closed:
        return _closed(request, token, closed)


@public
@require_safe
def listen(request: HttpRequest, token: str) -> HttpResponse:
    """What stands on the page, read aloud: made when it is asked for, kept nowhere."""
    try:
        page = _Page(request, token, filling.open_link(token))
    except LinkClosed:
        raise Http404 from None
    if not LISTENS.spend(token):
        return HttpResponse(status=429)
    with speaking(page.language, page.centre):
        said = words_of(page.programme, page.step(), page.language)
    try:
        return HttpResponse(speech.read(said, page.language), content_type="audio/wav")
    except speech.NoSpeech:
        raise Http404 from None


class _Page:
    """One look at the form: whose it is, in which language, and what was said so far."""

    def __init__(self, request: HttpRequest, token: str, invite: Invite) -> None:
        self.request, self.token, self.invite = request, token, invite
        self.registration = invite.registration
        self.programme: Programme = invite.registration.programme
        self.centre: Centre = self.programme.centre
        self.draft: Draft = filling.draft_of(invite)
        self.language = _language(request, self.tongues, self.draft.language or self.registration.language)

    @property
    def tongues(self) -> list[str]:
        return [code for code in self.programme.languages if code in languages.ALL] or list(
            self.centre.languages
        )

    @property
    def steps(self) -> list[Step]:
        return pages.steps_of(self.programme)

    def step(self) -> Step:
        wanted = str(self.request.POST.get("step") or self.request.GET.get("step", ""))
        return pages.current(self.steps, self.draft, wanted)

    def url(self, step: str) -> str:
        query = {"step": step, "lang": self.language}
        return reverse("portal:registering:form", args=[self.token], query=query)


def _language(request: HttpRequest, known: list[str], kept: str) -> str:
    """The one asked for, the one chosen before or given by a list, the browser's, the programme's first."""
    asked = languages.match(request.POST.get("lang") or request.GET.get("lang", ""))
    wishes = (asked, kept, *accepted(request), *known)
    return next((code for code in wishes if code in known), "en")


# --- showing ---------------------------------------------------------------------------------------------


def _shown(page: _Page) -> HttpResponse:
    if page.request.GET.get("step") == "language":
        return _render(page, "portal/registering/languages.html", {"back": page.url("")})
    opened(page.invite)
    return _step(page, page.step())


def _step(
    page: _Page,
    step: Step,
    *,
    given: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
) -> HttpResponse:
    steps = page.steps
    earlier = pages.before(steps, step)
    name = step.code if step.code in (CONSENT, YOU, REVIEW) else "questions"
    context = {
        "steps": steps,
        "step": step,
        "place": steps.index(step) + 1,
        "done": [one.code for one in steps[: steps.index(step)]],
        "back": page.url(earlier.code) if earlier else "",
        "faults": faults or {},
        **_contents(page, step, given, faults or {}),
    }
    return _render(page, f"portal/registering/{name}.html", context, status=422 if faults else 200)


def _contents(
    page: _Page, step: Step, given: Mapping[str, Any] | None, faults: Mapping[str, str]
) -> dict[str, Any]:
    draft, fallback = page.draft, page.centre.default_language
    known = page.registration.phone
    if step.code == CONSENT:
        return {"consent": _consent_text(page), "asked": [one for one in page.steps if one.fields]}
    if step.code == YOU:
        typed = given or {"name": draft.name, "phone": draft.phone or ""}
        return {"typed": typed, "known": phones.mask(known) if known else "", "keeps": draft.phone is None}
    if step.code == REVIEW:
        phone = pages.shown_phone(draft, known)
        return {"lines": pages.lines(page.steps, draft, page.language, fallback, phone)}
    said = draft.answers if given is None else given
    asked = pages.questions(step.fields, page.language, given=said, faults=dict(faults), fallback=fallback)
    return {"questions": asked}


def _consent_text(page: _Page) -> str:
    consent = filling.consent_for(page.programme)
    return word(consent.texts, page.language, page.centre.default_language) if consent else ""


def _render(page: _Page, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    common = {
        "programme": page.programme,
        "title": words.title(page.programme, page.language),
        "why": words.own(page.programme, "why", page.language),
        "centre": page.centre,
        "language": page.language,
        "screen": of_screen(page.language, page.centre),
        "tongues": [(code, languages.name(code), languages.direction(code)) for code in page.tongues],
        "token": page.token,
        "reads": speech.is_there() and speech.quality(page.language) is not speech.Quality.NONE,
        "until": words.day(page.invite.expires_at, page.centre),
    }
    return render(page.request, template, common | context, status=status)


# --- taking in -------------------------------------------------------------------------------------------


def _taken(page: _Page) -> HttpResponse:
    step, done = page.step(), str(page.request.POST.get("do", ""))
    if done == "decline":
        filling.decline(page.invite)
        return _render(page, "portal/registering/declined.html", {"again": page.url(CONSENT)})
    if step.code == CONSENT:
        return _agreed(page, step) if done == "agree" else _step(page, step)
    if step.code == REVIEW:
        return _handed_in(page) if done == "hand-in" else _step(page, step)
    faults = _you(page) if step.code == YOU else _answers(page, step)
    if faults:
        return _step(page, step, given=page.request.POST, faults=faults)
    return _onward(page, step)


def _agreed(page: _Page, step: Step) -> HttpResponse:
    page.draft.language = page.language
    consent = filling.consent_for(page.programme)
    filling.agree(page.invite, page.draft, consent=consent, language=page.language)
    return _see_other(page.url(pages.after(page.steps, step).code))


def _onward(page: _Page, step: Step) -> HttpResponse:
    page.draft.language = page.language
    page.draft.seen = list(dict.fromkeys([*page.draft.seen, step.code]))
    filling.save(page.invite, page.draft)
    return _see_other(page.url(pages.after(page.steps, step).code))


def _you(page: _Page) -> dict[str, str]:
    """Name and number. A number that is typed counts, whatever else is ticked."""
    posted = page.request.POST
    name = " ".join(clean(str(posted.get("name", "")), pages.LONGEST_NAME).split())
    typed = clean(str(posted.get("phone", "")), 40).strip()
    keeps = posted.get("which") == "known" and bool(page.registration.phone)
    number = phones.normalise(typed, page.centre.region) if typed else None
    faults = {} if name else {"name": str(pages.FAULTS["missing"])}
    if typed and number is None:
        faults["phone"] = str(pages.FAULTS["not_a_phone"])
    elif not (typed or keeps or posted.get("which") == "none"):
        faults["phone"] = str(pages.FAULTS["missing"])
    if not faults:
        page.draft.name, page.draft.phone = name, (None if keeps and not typed else number or "")
    return faults


def _answers(page: _Page, step: Step) -> dict[str, str]:
    given = {name: str(value) for name, value in page.request.POST.items()}
    kept, faults = answers(step.fields, given, region=page.centre.region)
    for one in step.fields:
        page.draft.answers.pop(one.code, None)
    page.draft.answers |= kept
    return faults


def _handed_in(page: _Page) -> HttpResponse:
    try:
        registration = filling.hand_in(page.invite)
    except filling.Incomplete:
        return _see_other(page.url(""))
    answer = _see_other(reverse("portal:registering:form", args=[page.token], query={"lang": page.language}))
    secure = page.request.is_secure()
    answer.set_cookie(
        _COOKIE,
        _SHOWN.sign(registration.pk.hex),
        max_age=SHOWN_FOR,
        path=reverse("portal:registering:form", args=[page.token]),
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


# --- links that open no form -----------------------------------------------------------------------------


def _closed(request: HttpRequest, token: str, closed: LinkClosed) -> HttpResponse:
    """Why, and what to do next; to the browser that has just handed in the form, the receipt."""
    invite = closed.invite
    if invite is None:
        return _closed_page(request, closed.why, "unknown", None)
    page = _Page(request, token, invite)
    with speaking(page.language, page.centre):
        if closed.why == "used" and _has_just_registered(request, invite):
            return _receipt(page)
        return _closed_page(request, closed.why, closed.why, page)


def _closed_page(request: HttpRequest, why: str, name: str, page: _Page | None) -> HttpResponse:
    chats = list(centres_with_web_chat())
    if page:
        chats = [centre for centre in chats if centre.pk == page.centre.pk]
    centre = page.centre if page else None
    context = {"why": name, "chats": chats, "message": _reason(name), "centre": centre}
    status = STATUS.get(why, 410)
    return render(request, "portal/registering/closed.html", context, status=status)


def _reason(why: str) -> str:
    match why:
        case "used":
            return _("You have registered with this link already. There is nothing more to do here.")
        case "expired":
            return _("This link is too old. Write to us, and we send you a new one.")
        case "revoked":
            return _("A newer link was sent to you. Look for the last message from us.")
        case "programme":
            return _("Nobody can register just now. What you have typed is kept; try the same link later.")
        case "ended":
            return _("This registration is over. Write to us if you have a question.")
        case _:
            return _("We do not know this link. Look whether it is all there, or write to us.")


def _has_just_registered(request: HttpRequest, invite: Invite) -> bool:
    try:
        shown = _SHOWN.unsign(request.COOKIES.get(_COOKIE, ""), max_age=SHOWN_FOR)
    except signing.BadSignature:
        return False
    return shown == invite.registration_id.hex


def _receipt(page: _Page) -> HttpResponse:
    receipt = grouped_receipt(page.registration.receipt)
    return _render(page, "portal/registering/receipt.html", {"receipt": receipt})
