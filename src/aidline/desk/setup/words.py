"""Prepared replies and topics."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations import topics as topic_services
from aidline.conversations.models import Topic
from aidline.conversations.queries import topics_of
from aidline.conversations.topics import access_topic_to_change
from aidline.desk.forms import posted, status_of
from aidline.desk.setup.word_forms import CannedForm, TopicForm
from aidline.knowledge.models import CannedReply
from aidline.knowledge.queries import VARIABLES, access_canned, canned_replies
from aidline.knowledge.services import remove_canned, save_canned


@requires(Can.SET_UP)
@require_safe
def replies(request: StaffRequest) -> HttpResponseBase:
    centre = request.seat.centre
    found = canned_replies(centre, request.user.language, limit=500)
    return render(request, "desk/setup/replies.html", {"tab": "replies", "replies": found})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_reply(request: StaffRequest) -> HttpResponseBase:
    return _reply(request, None)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: StaffRequest, reply: UUID) -> HttpResponseBase:
    return _reply(request, access_canned(request.seat, reply))


@requires(Can.SET_UP)
@require_POST
def remove_reply(request: StaffRequest, reply: UUID) -> HttpResponseBase:
    remove_canned(by=request.user, reply=access_canned(request.seat, reply))
    return redirect("setup:replies", request.seat.centre.slug)


@requires(Can.SET_UP)
@require_safe
def topics(request: StaffRequest) -> HttpResponseBase:
    found = [(topic, topic.label(request.user.language)) for topic in topics_of(request.seat.centre)]
    return render(request, "desk/setup/topics.html", {"tab": "topics", "topics": found})


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_topic(request: StaffRequest) -> HttpResponseBase:
    return _topic(request, None)


@requires(Can.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: StaffRequest, topic: UUID) -> HttpResponseBase:
    return _topic(request, access_topic_to_change(request.seat, topic))


@requires(Can.SET_UP)
@require_POST
def remove_topic(request: StaffRequest, topic: UUID) -> HttpResponseBase:
    topic_services.remove_topic(by=request.user, topic=access_topic_to_change(request.seat, topic))
    return redirect("setup:topics", request.seat.centre.slug)


def _reply(request: StaffRequest, known: CannedReply | None) -> HttpResponseBase:
    words = {text.language: text.text for text in known.texts.all()} if known else {}
    form = CannedForm(posted(request), centre=request.seat.centre, known=known, words=words)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        save_canned(by=request.user, centre=request.seat.centre, code=code, texts=form.words(), reply=known)
        return redirect("setup:replies", request.seat.centre.slug)
    context = {"tab": "replies", "form": form, "known": known, "variables": VARIABLES}
    return render(request, "desk/setup/reply.html", context, status=status_of(request))


def _topic(request: StaffRequest, known: Topic | None) -> HttpResponseBase:
    form = TopicForm(
        posted(request), centre=request.seat.centre, known=known, words=known.labels if known else {}
    )
    if request.method == "POST" and form.is_valid():
        topic_services.save_topic(
            by=request.user,
            centre=request.seat.centre,
            code=form.cleaned_data["code"],
            labels=form.words(),
            place=form.cleaned_data["place"],
            topic=known,
        )
        return redirect("setup:topics", request.seat.centre.slug)
    context = {"tab": "topics", "form": form, "known": known}
    return render(request, "desk/setup/topic.html", context, status=status_of(request))
