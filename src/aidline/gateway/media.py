"""Fetching what people sent from their provider, at once, because its addresses run out within minutes."""

import logging
from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction

from aidline import vault
from aidline.channels.contract import Fetched, GiveUp, Incoming, Kind, MediaRef, RetryLater, SendError
from aidline.channels.models import Delivery
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Attachment
from aidline.conversations.sending import Upload
from aidline.gateway.cleaning import Refused, clean_upload
from aidline.gateway.deliveries import unseal
from aidline.gateway.extras import ref_from
from aidline.gateway.lines import http_for, provider_of
from aidline.language.transcribing import want_transcription

log = logging.getLogger(__name__)

OURS = "media:"  # begins a reference to a file that lies in our own store


def fetch_attachment(payload: dict[str, str]) -> None:
    """The job `media.fetch`. Raises RetryLater to be tried again; any other end is written on the row."""
    attachment = (
        Attachment.objects.filter(pk=UUID(payload["attachment"]), state=Attachment.State.PENDING)
        .select_related("message__conversation__channel")
        .first()
    )
    if attachment is None:
        return
    ref = ref_from(attachment.source)
    try:
        upload = _bring(attachment, ref, attachment.source.get("delivery", ""))
    except Refused as refused:
        end(attachment, Attachment.State.REFUSED, refused.code)
    except RetryLater:
        raise
    except SendError as error:
        end(attachment, Attachment.State.FAILED, error.code)
    else:
        keep(attachment, upload)
        _forget_first_copy(attachment, ref)


def give_up(payload: dict[str, str]) -> None:
    """The job is dead: say on the row that the file could not be had."""
    attachment = Attachment.objects.filter(pk=UUID(payload["attachment"])).select_related("message").first()
    if attachment and attachment.state == Attachment.State.PENDING:
        end(attachment, Attachment.State.FAILED, "unreachable")


def _bring(attachment: Attachment, ref: MediaRef, delivery: str) -> Upload:
    """A file from web chat lies here already, under the key of the centre: it goes over to that of the person."""
    content = _inside(attachment, UUID(delivery), ref) if delivery else _content(attachment, ref)
    return clean_upload(
        content, attachment.name or ref.name, key=attachment.key_id, scope=attachment.centre_id, kind=ref.kind
    )


def _content(attachment: Attachment, ref: MediaRef) -> bytes:
    ours = _ours(attachment, ref)
    return _read(ours, attachment.centre_id) if ours else _fetch(attachment, ref).content


def _inside(attachment: Attachment, delivery_id: UUID, ref: MediaRef) -> bytes:
    """The webhook call brought the file itself: it is read from there once more.

    One call may bring the words of several people, and their files may bear the same names: only the message that
    this file belongs to is looked into.
    """
    delivery = Delivery.objects.select_related("channel").filter(pk=delivery_id).first()
    if delivery is None:
        raise GiveUp("gone")
    raw = unseal(sealed=bytes(delivery.sealed or b""), centre_id=delivery.centre_id, row=delivery.pk)
    events = provider_of(delivery.channel).parse(raw.body, raw.kept, delivery.received_at)
    said = (event for event in events if isinstance(event, Incoming))
    its_own = (event for event in said if event.external_id == attachment.message.external_id)
    files = (file for event in its_own for file in event.media)
    content = next((file.content for file in files if file.ref == ref.ref), None)
    if content is None:
        raise GiveUp("gone")
    return content


def _ours(attachment: Attachment, ref: MediaRef) -> UUID | None:
    """Only the web chat is our own page: of any other provider such words are those of a stranger."""
    channel = attachment.message.conversation.channel
    if channel is None or channel.provider != "webchat" or not ref.ref.startswith(OURS):
        return None
    return UUID(ref.ref.removeprefix(OURS))


def _read(media: UUID, scope: UUID) -> bytes:
    try:
        return vault.media.read(media, scope=scope)
    except vault.MediaMissing:
        raise GiveUp("gone") from None


def _forget_first_copy(attachment: Attachment, ref: MediaRef) -> None:
    if ours := _ours(attachment, ref):
        vault.media.delete(ours)


def _fetch(attachment: Attachment, ref: MediaRef) -> Fetched:
    channel = attachment.message.conversation.channel
    assert channel is not None
    with http_for(channel) as http:
        return provider_of(channel).fetch_media(http, ref)


@transaction.atomic
def keep(attachment: Attachment, upload: Upload) -> None:
    """What the person took back while it was fetched stays away."""
    pending = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.PENDING)
    if not pending.update(state=Attachment.State.READY):
        forget([upload.media_id, upload.small_id])
        return
    attachment.state = Attachment.State.READY
    attachment.kind = attachment.kind or upload.kind
    attachment.media_id, attachment.small_id = upload.media_id, upload.small_id
    attachment.mime, attachment.size = upload.mime, upload.size
    attachment.width, attachment.height = upload.width, upload.height
    attachment.seconds = upload.seconds or attachment.seconds
    attachment.peaks = list(upload.peaks)
    attachment.source_sealed = None
    attachment.save()
    if is_voicemail(attachment):
        want_transcription(attachment=attachment)
    _tell(attachment)


def is_voicemail(attachment: Attachment) -> bool:
    """Or a spoken answer to a question of a flow: neither a whole call, nor a voice note of a chat."""
    return attachment.kind == Kind.VOICE and bool((attachment.message.extra or {}).get("voicemail"))


def forget(files: Iterable[UUID | None]) -> None:
    """Once it is written that they are gone: a file must not vanish under a row that still names it."""
    for file in filter(None, files):
        transaction.on_commit(partial(vault.media.delete, file), robust=True)


@transaction.atomic
def end(attachment: Attachment, state: Attachment.State, code: str) -> None:
    pending = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.PENDING)
    pending.update(state=state, error_code=code[:40])
    _tell(attachment)


def _tell(attachment: Attachment) -> None:
    tell([Hint(attachment.centre_id, "state", attachment.message.conversation_id)])
