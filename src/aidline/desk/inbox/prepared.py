"""What is put into a reply, in the person's language: prepared replies with their variables filled, articles."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone, translation
from django.utils.formats import date_format

from aidline.centres.queries import Seat
from aidline.conversations.models import Conversation
from aidline.conversations.queries import draft_of
from aidline.desk.inbox.accounts import able
from aidline.flows.language import Medium
from aidline.flows.media import medium_of
from aidline.kernel import languages
from aidline.knowledge.models import ArticleText
from aidline.knowledge.queries import Canned, access_canned, access_text, canned_replies, find_articles

_LISTED = 8
_ARTICLES = 4  # at least, beside prepared replies


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`code` of a prepared reply, or `title` of an article; `id` is what a link asks for, `text` what is put in."""

    id: str
    language: str
    text: str
    shown: str
    code: str = ""
    title: str = ""


def suggestions(seat: Seat, conversation: Conversation, words: str) -> list[Suggestion]:
    """Replies first; articles where words are looked for, or where there is room."""
    language = language_of(seat, conversation)
    replies = [
        _filled(seat, conversation, one) for one in canned_replies(seat.centre, language, words, _LISTED)
    ]
    room = max(_LISTED - len(replies), _ARTICLES if words else 0)
    return [*replies, *_articles(conversation, find_articles(seat.centre, words, language, room))]


def inserted(seat: Seat, conversation: Conversation, chosen: str) -> str:
    """The draft so far with what was chosen after it: the id of a reply, or `<id of an article>.<language>`."""
    draft = draft_of(seat.staff, conversation, is_note=False)
    text = _chosen(seat, conversation, chosen)
    return "\n".join(filter(None, (draft.text if draft else "", text)))


def _chosen(seat: Seat, conversation: Conversation, chosen: str) -> str:
    key, _dot, language = chosen.partition(".")
    try:
        wanted = UUID(key)
    except ValueError:
        return ""
    if language in languages.ALL:
        text = access_text(seat, wanted, language)
        return article_words(text, short=takes_short(conversation))
    reply = access_canned(seat, wanted)
    listed = suggestions(seat, conversation, reply.code)
    return next((row.text for row in listed if row.id == str(reply.pk)), "")


def article_words(text: ArticleText, *, short: bool) -> str:
    if short and text.short:
        return text.short
    return f"{text.title}\n\n{text.body}".strip()


def takes_short(conversation: Conversation) -> bool:
    return bool(conversation.channel and medium_of(able(conversation.channel)) is Medium.SMS)


def first_name(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else ""


def _articles(conversation: Conversation, texts: Iterable[ArticleText]) -> list[Suggestion]:
    short = takes_short(conversation)
    return [
        Suggestion(
            f"{text.article_id}.{text.language}",
            text.language,
            article_words(text, short=short),
            (text.short if short else "") or text.body,
            title=text.title,
        )
        for text in texts
    ]


def _filled(seat: Seat, conversation: Conversation, reply: Canned) -> Suggestion:
    values = {
        "alias": conversation.person.alias(reply.language),
        "agent": first_name(seat.staff.name),
        "centre": seat.centre.name,
        "date": date_in(reply.language),
    }
    text = reply.filled(values)
    return Suggestion(str(reply.id), reply.language, text, text, code=reply.code)


def date_in(language: str) -> str:
    with translation.override(language if translation.check_for_language(language) else "en"):
        return date_format(timezone.localdate(), "DATE_FORMAT")


def language_of(seat: Seat, conversation: Conversation) -> str:
    return conversation.language or conversation.person.language or seat.centre.default_language
