"""What a person takes back is gone from the store too, even if its file was on the way."""

from uuid import UUID

import pytest

from aidline import vault
from aidline.channels.contract import Kind
from aidline.channels.services import create_channel
from aidline.conversations.models import Attachment, Message
from aidline.conversations.sending import Upload
from aidline.gateway import media
from aidline.kernel.ids import new_id
from factories import CONFIGS
from gateway.stage import make_centre
from gateway.test_later_names import FIRST, hear, taken_back, wrote

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def message() -> Message:
    channel = create_channel(
        by=None, centre=make_centre(), provider="signal", name="Signal", config=CONFIGS["signal"]
    )
    hear(channel, wrote("this is me"))
    return Message.objects.select_related("conversation__channel").get()


def stored(message: Message) -> UUID:
    file = new_id()
    vault.media.put(b"a face", key=message.key_id, scope=message.centre_id, media=file)
    return file


def attached(message: Message, state: Attachment.State, file: UUID | None = None) -> Attachment:
    return Attachment.objects.create(
        message=message,
        centre_id=message.centre_id,
        key_id=message.key_id,
        kind="image",
        state=state,
        media_id=file,
    )


def take_back(message: Message) -> None:
    channel = message.conversation.channel
    assert channel
    hear(channel, taken_back(FIRST))


def test_its_files_leave_the_store(message: Message) -> None:
    file = stored(message)
    row = attached(message, Attachment.State.READY, file)
    take_back(message)
    row.refresh_from_db()
    assert (row.media_id, vault.media.exists(file)) == (None, False)


def test_a_file_that_was_being_fetched_does_not_come_back(message: Message) -> None:
    row, file = attached(message, Attachment.State.PENDING), stored(message)
    take_back(message)
    media.keep(row, Upload(kind=Kind.IMAGE, media_id=file, mime="image/png", size=6, name=""))
    row.refresh_from_db()
    assert (row.state, row.media_id) == (Attachment.State.REFUSED, None)
    assert not vault.media.exists(file)
