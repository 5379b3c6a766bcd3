"""The articles of a centre: by category, by words, one of them. `for`: the conversation they are read for."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aidline.centres.rules import StaffRequest, requires
from aidline.centres.states import Can
from aidline.conversations.models import Conversation
from aidline.conversations.queries import access_conversation
from aidline.desk.inbox.contexts import reply_state
from aidline.desk.inbox.prepared import article_words, language_of, takes_short
from aidline.kernel import languages
from aidline.kernel.text import segments
from aidline.knowledge.models import ArticleText
from aidline.knowledge.queries import access_text, all_articles, find_articles, languages_of, titled

MOST = 200


@requires(Can.ANSWER)
@require_safe
def index(request: StaffRequest) -> HttpResponseBase:
    conversation = _for(request)
    language = _language(request, conversation)
    words = request.GET.get("q", "").strip()
    centre = request.seat.centre
    found = find_articles(centre, words, language, MOST) if words else all_articles(centre, language)
    context = {
        "conversation": conversation,
        "language": language,
        "languages": [(code, languages.name(code)) for code in centre.languages],
        "words": words,
        "groups": [(None, found)] if words and found else _by_category(request, found, language),
        "may_write": request.seat.can(Can.SET_UP),
    }
    return render(request, "desk/articles/index.html", context)


@requires(Can.ANSWER)
@require_safe
def article(request: StaffRequest, article: UUID) -> HttpResponseBase:
    conversation = _for(request)
    text = access_text(request.seat, article, _language(request, conversation))
    centre = request.seat.centre
    context = {
        "conversation": conversation,
        "text": text,
        "category": titled(text.article.category, request.user.language, centre.default_language),
        "languages": [(code, languages.name(code)) for code in languages_of(text)],
        "short": segments(text.short) if text.short else None,
        "may_reply": bool(conversation and reply_state(conversation) == "open"),
        "takes_short": bool(conversation and takes_short(conversation)),
        "whole": article_words(text, short=False),
        "may_write": request.seat.can(Can.SET_UP),
    }
    return render(request, "desk/articles/article.html", context)


def _for(request: StaffRequest) -> Conversation | None:
    try:
        return access_conversation(request.seat, UUID(request.GET["for"]))
    except (KeyError, ValueError):
        return None


def _language(request: StaffRequest, conversation: Conversation | None) -> str:
    """The one asked for, the person's, or that of who reads."""
    asked = request.GET.get("language", "")
    if asked in languages.ALL:
        return asked
    return language_of(request.seat, conversation) if conversation else request.user.language


def _by_category(
    request: StaffRequest, texts: list[ArticleText], language: str
) -> list[tuple[Any, list[ArticleText]]]:
    fallback = request.seat.centre.default_language
    groups = groupby(texts, key=lambda text: text.article.category)
    return [(titled(category, language, fallback), list(found)) for category, found in groups]
