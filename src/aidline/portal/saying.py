"""Taking in what a visitor sends: checked, cleaned, durable before they are told so."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from aidline.channels.contract import Status
from aidline.conversations.models import Message
from aidline.conversations.sending import Upload
from aidline.conversations.states import Direction, MessageState
from aidline.gateway import cleaning, receive
from aidline.gateway.arriving import external_index
from aidline.portal import limits, wire
from aidline.portal.chats import Chat, conversation_of
from aidline.portal.forms import SayForm
from aidline.portal.lines import chosen_in
from aidline.portal.visitors import Visitor
from aidline.vault import media


@dataclass
class NotTaken(Exception):
    """Why nothing was stored, in words for the visitor, who keeps what they wrote."""

    words: str
    status: int = 400
    retry_after: int | None = None


def say(chat: Chat, visitor: Visitor, form: SayForm, *, language: str, connection: str) -> None:
    """The same client id twice is one message."""
    if not form.is_valid():
        raise NotTaken(form.first_error)
    _spend(visitor, connection)
    said = form.cleaned_data
    if is_known(chat, said["id"]):
        return
    choice = chosen_in(conversation_of(chat, visitor), said["choice"]) if said["choice"] else None
    if not (choice or said["text"] or said["file"]):
        raise NotTaken(_("This question is gone. Write your answer instead."))
    body = wire.message(
        client_id=said["id"],
        visitor=visitor.id_at(chat.centre.pk),
        text=said["text"],
        language=language,
        upload=_cleaned(chat, visitor, said["file"]),
        contact=said["contact"],
        choice=None if said["text"] or said["file"] else choice,
    )
    receive.store(chat.channel, body)


def is_known(chat: Chat, client_id: UUID) -> bool:
    index = external_index(chat.centre.pk, str(client_id))
    said = Message.objects.filter(channel_id=chat.channel.pk, direction=Direction.IN)
    return said.filter(external_index=index).exists()


def mark_seen(chat: Chat, visitor: Visitor, ids: list[UUID], status: Status) -> None:
    """Only replies of their own conversation that this tells something new about."""
    conversation = conversation_of(chat, visitor)
    if conversation is None:
        return
    earlier = [MessageState.SENT] + ([MessageState.DELIVERED] if status is Status.READ else [])
    rows = Message.objects.filter(
        conversation=conversation, direction=Direction.OUT, state__in=earlier, pk__in=ids
    )
    messages = list(rows.values_list("pk", flat=True))
    if messages:
        receive.store(chat.channel, wire.receipts(messages=messages, status=status))


def _spend(visitor: Visitor, connection: str) -> None:
    mine = limits.VISITOR_MESSAGES.spend(visitor.form_token)
    if not (mine and limits.CONNECTION_MESSAGES.spend(connection)):
        wait = limits.VISITOR_MESSAGES.seconds_left()
        words = _("That was a lot at once. What you wrote is kept: send it again in a minute.")
        raise NotTaken(words, 429, wait)


def _cleaned(chat: Chat, visitor: Visitor, file: "UploadedFile[Any] | None") -> Upload | None:
    if file is None:
        return None
    if not limits.VISITOR_FILES.spend(visitor.form_token):
        raise NotTaken(
            _("Too many files at once. Wait a few minutes."), 429, limits.VISITOR_FILES.seconds_left()
        )
    try:
        upload = cleaning.clean_upload(file.read(), file.name or "", key=chat.centre.pk, scope=chat.centre.pk)
    except cleaning.Refused as refused:
        raise NotTaken(str(refused.message)) from None
    if upload.small_id:
        media.delete(upload.small_id)  # the worker makes its own when it hands the file to the person's key
    return upload
