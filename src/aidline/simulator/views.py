"""The Phones page: write as a person would. Only while practice is on."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_POST

from aidline.centres.rules import public
from aidline.simulator import faults, hearing, phones, postman, saying
from aidline.simulator.content import media
from aidline.simulator.forms import FAULTS, AddPhone, OrderFault, ShowPhone
from aidline.simulator.lookalikes.shapes import Fault
from aidline.simulator.models import Phone, PhoneMessage
from aidline.simulator.saying import Enclosure
from aidline.simulator.screens import EMOJI, PHOTOS, PLACES, Screen, photos, screens, web_chats
from aidline.simulator.telephone import acts

LARGEST_FILE = 8 * 1024 * 1024
PART = "X-Phone-Part"  # set by our script: answer with the changed part instead of the page
_SEEN_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")


def practice(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Public, and not there at all outside of practice."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PRACTICE:
            raise Http404
        return view(request, *args, **kwargs)

    return public(guarded)


# --- looking ---------------------------------------------------------------------------------------------


@practice
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    for phone in phones.shown():
        hearing.see(phone)
    return render(
        request,
        "simulator/phones.html",
        {
            "screens": screens(),
            "chats": web_chats(),
            "photos": photos(),
            "places": PLACES.items(),
            "emoji": EMOJI,
            "ordered": faults.ordered(),
        },
    )


@practice
@require_GET
def marks(request: HttpRequest) -> HttpResponse:
    """What changed, phone by phone; asked every second by an open page, whose phones are being looked at."""
    acts.tick()
    shown = phones.shown()
    for phone in shown:
        hearing.see(phone)
    content = json.dumps({str(phone.pk): Screen(phone).mark for phone in phones.shown()})
    etag = quote_etag(str(hash(content)))
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(content, "application/json", headers={"ETag": etag})


@practice
@require_GET
def thread(request: HttpRequest, phone_id: UUID) -> HttpResponse:
    return _thread(request, phone_of(phone_id))


@practice
@require_GET
def file(_request: HttpRequest, phone_id: UUID, message_id: UUID) -> HttpResponse:
    found = _message(phone_of(phone_id), message_id).file
    if found is None:
        raise Http404
    inline = found.mime.startswith(_SEEN_INLINE)
    response = HttpResponse(found.content, found.mime if inline else "application/octet-stream")
    response["Content-Disposition"] = "inline" if inline else "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# --- doing -----------------------------------------------------------------------------------------------


@practice
@require_POST
def say(request: HttpRequest, phone_id: UUID) -> HttpResponse:
    phone = phone_of(phone_id)
    act = _ACTS.get(request.POST.get("what", "text"), _say_text)
    act(request, phone)
    return _done(request, phone)


def _say_text(request: HttpRequest, phone: Phone) -> None:
    text = request.POST.get("text", "").strip()[:4096]
    if text:
        saying.say(phone, "text", text=text, subject=request.POST.get("subject", "").strip()[:200])


def _say_photo(request: HttpRequest, phone: Phone) -> None:
    enclosure = _upload(request) or _ready(request.POST.get("ready", "prescription"))
    kind = enclosure.mime.partition("/")[0]
    kind = kind if kind in ("image", "video", "audio") else "document"
    saying.say(phone, kind, text=request.POST.get("text", "")[:1024], enclosure=enclosure)


def _say_voice(request: HttpRequest, phone: Phone) -> None:
    saying.say(phone, "voice", enclosure=_upload(request) or _ready("voice_short"))


def _say_place(request: HttpRequest, phone: Phone) -> None:
    place = PLACES.get(request.POST.get("place", ""), PLACES["harbour"])
    saying.say(phone, "location", place=(place[0], place[1], str(place[2]), str(place[3])))


_ACTS: dict[str, Callable[[HttpRequest, Phone], None]] = {
    "text": _say_text,
    "photo": _say_photo,
    "voice": _say_voice,
    "place": _say_place,
}


def _upload(request: HttpRequest) -> Enclosure | None:
    given = request.FILES.get("file")
    if given is None or not given.size or given.size > LARGEST_FILE:
        return None
    return Enclosure(given.read(), (given.content_type or "").partition(";")[0], given.name or "")


def _ready(key: str) -> Enclosure:
    made = media.make(key if key in (*PHOTOS, "voice_short") else "prescription")
    return Enclosure(made.content, made.mime, made.name)


@practice
@require_POST
def press(request: HttpRequest, phone_id: UUID, message_id: UUID) -> HttpResponse:
    phone = phone_of(phone_id)
    message = _message(phone, message_id)
    detail = message.detail or {}
    chosen = next((one for one in detail.get("options", ()) if one[0] == request.POST.get("option")), None)
    if chosen is None:
        raise Http404
    saying.say(
        phone,
        "choice",
        choice=(chosen[0], chosen[1]),
        from_list=bool(detail.get("as_list")),
        raw_kind=message.kind if message.kind == "template" else "",
        reply_to=message.external_id,
    )
    return _done(request, phone)


@practice
@require_POST
def react(request: HttpRequest, phone_id: UUID, message_id: UUID) -> HttpResponse:
    phone = phone_of(phone_id)
    emoji = request.POST.get("emoji", "")
    if emoji in ("", *EMOJI) and Screen(phone).skin.reacts:
        saying.react(phone, _message(phone, message_id), emoji)
    return _done(request, phone)


@practice
@require_POST
def take_back(request: HttpRequest, phone_id: UUID, message_id: UUID) -> HttpResponse:
    phone = phone_of(phone_id)
    message = _message(phone, message_id)
    skin = Screen(phone).skin
    if message.own and not message.deleted and skin.reacts and skin.takes_back:
        saying.take_back(phone, message)
    return _done(request, phone)


@practice
@require_POST
def switch(_request: HttpRequest, phone_id: UUID) -> HttpResponse:
    phone = phone_of(phone_id)
    phones.set_online(phone, online=not phone.online)
    if phone.online:
        saying.send_waiting(phone)
        postman.after(0.2, lambda: hearing.arrive(phone.pk))
    return _to_phone(phone)


@practice
@require_POST
def hide(_request: HttpRequest, phone_id: UUID) -> HttpResponse:
    phones.hide(phone_of(phone_id))
    return redirect("simulator:phones")


# --- more phones, and trouble ----------------------------------------------------------------------------


@practice
def add(request: HttpRequest) -> HttpResponse:
    initial = {"number": phones.propose_number(), "language": "ar"}
    form = AddPhone(request.POST if request.method == "POST" else None, initial=initial)
    return _form_page(request, "simulator/add.html", form, {"known": ShowPhone()})


@practice
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    known = ShowPhone(request.POST)
    form = AddPhone(initial={"number": phones.propose_number()})
    if known.is_valid():
        known.save()
        return redirect("simulator:phones")
    return render(request, "simulator/add.html", {"form": form, "known": known})


@practice
def faults_page(request: HttpRequest) -> HttpResponse:
    form = OrderFault(request.POST if request.method == "POST" else None)
    ordered = [(row, FAULTS[Fault(row.fault)]) for row in faults.ordered()]
    return _form_page(request, "simulator/faults.html", form, {"ordered": ordered})


def _form_page(request: HttpRequest, template: str, form: Any, more: dict[str, Any]) -> HttpResponse:
    if isinstance(form, Form) and form.is_valid():
        form.save()  # type: ignore[attr-defined]
        return redirect("simulator:faults" if isinstance(form, OrderFault) else "simulator:phones")
    return render(request, template, {"form": form, **more}, status=400 if form.errors else 200)


# --- answers ---------------------------------------------------------------------------------------------


def phone_of(phone_id: UUID) -> Phone:
    phone = Phone.objects.filter(pk=phone_id).select_related("channel__centre").first()
    if phone is None:
        raise Http404
    return phone


def _message(phone: Phone, message_id: UUID) -> PhoneMessage:
    message = PhoneMessage.objects.filter(phone=phone, pk=message_id).select_related("file", "phone").first()
    if message is None:
        raise Http404
    message.phone = phone
    return message


def _done(request: HttpRequest, phone: Phone) -> HttpResponse:
    return _thread(request, phone_of(phone.pk)) if request.headers.get(PART) else _to_phone(phone)


def _thread(request: HttpRequest, phone: Phone) -> HttpResponse:
    screen = Screen(phone)
    response = render(request, "simulator/thread.html", {"screen": screen, "emoji": EMOJI})
    response["X-Phone-Mark"] = screen.mark
    return response


def _to_phone(phone: Phone) -> HttpResponse:
    return redirect(f"{reverse('simulator:phones')}#p-{phone.pk}")
