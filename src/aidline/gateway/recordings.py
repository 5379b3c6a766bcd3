"""The job `calls.recording`: fetched, cleaned, sealed; then deleted at the provider, until it is gone."""

import logging
from uuid import UUID

from django.db import transaction

from aidline.calls.models import Recording
from aidline.channels.contract import Kind, RetryLater, SendError
from aidline.channels.contract.voice import Records
from aidline.conversations.live import Hint, tell
from aidline.conversations.models import Attachment
from aidline.gateway import media
from aidline.gateway.cleaning import Refused, clean_upload
from aidline.gateway.lines import http_for
from aidline.gateway.sites import NoTelephone, Site, site_of

log = logging.getLogger(__name__)

LARGEST = 64 * 1024 * 1024  # more than an hour
State = Recording.State


def bring(payload: dict[str, str]) -> None:
    """Raises `RetryLater`; a file that cannot be had is told of on its row, and the try to delete it goes on."""
    row = Recording.objects.select_related("call", "message").filter(pk=UUID(payload["recording"])).first()
    if row is None or row.state not in (State.TOLD, State.FETCHED):
        return
    try:
        site = site_of(row.call.channel_id)
    except NoTelephone:
        return
    if row.state == State.TOLD:
        _fetch(site, row)
    if row.state == State.FETCHED:
        _delete(site, row)


def _fetch(site: Site, row: Recording) -> None:
    """Done once it is here, or nobody wants it any more. What could not be had stays at the provider: it is the
    only copy of what somebody said."""
    Attachment.objects.filter(message=row.message, state=Attachment.State.FAILED).update(
        state=Attachment.State.PENDING, error_code=""
    )
    attachment = Attachment.objects.filter(message=row.message, state=Attachment.State.PENDING).first()
    if attachment is None or _bring(site, row, attachment):
        _mark(row, State.TOLD, State.FETCHED)


def _bring(site: Site, row: Recording, attachment: Attachment) -> bool:
    provider: object = site.provider
    try:
        assert isinstance(provider, Records)
        with http_for(site.channel) as http:
            content = provider.fetch_recording(http, row.ref).content
        upload = clean_upload(
            content, "voice.wav", key=row.key_id, scope=row.centre_id, kind=Kind.VOICE, largest=LARGEST
        )
    except RetryLater:
        raise
    except (SendError, Refused) as problem:
        media.end(attachment, Attachment.State.FAILED, problem.code)
        return False
    media.keep(attachment, upload)
    return True


def _delete(site: Site, row: Recording) -> None:
    provider: object = site.provider
    if not isinstance(provider, Records):
        return
    try:
        with http_for(site.channel) as http:
            provider.delete_recording(http, row.ref)
    except RetryLater:
        raise
    except SendError as error:
        log.error("a recording could not be deleted at the provider: %s", error.code)
        return  # stays FETCHED: counted in health, and tried again every hour
    _mark(row, State.FETCHED, State.DELETED)


def _mark(row: Recording, before: State, after: State) -> None:
    if Recording.objects.filter(pk=row.pk, state=before).update(state=after):
        row.state = after


@transaction.atomic
def give_up(payload: dict[str, str]) -> None:
    """Told on the row while it is tried on, hour after hour."""
    row = Recording.objects.filter(pk=UUID(payload["recording"]), state=State.TOLD).first()
    attachment = Attachment.objects.filter(message=row.message, state="p").first() if row else None
    if attachment:
        tell([Hint(attachment.centre_id, "health")])
