"""The first line of defence for files: size, kind by content, pictures made anew from pixels, sealed."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from aidline import vault
from aidline.channels.contract import Kind
from aidline.conversations.sending import Upload
from aidline.kernel import images, sniff
from aidline.kernel import text as words
from aidline.kernel.ids import new_id

LARGEST = 25 * 1024 * 1024


class Refused(Exception):
    """Why a file was not taken: `code` for the row, `message` for whoever sent it."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def clean_upload(
    content: bytes, name: str, *, key: UUID, scope: UUID, kind: Kind | None = None, largest: int = 0
) -> Upload:
    """Store a file that came from outside. `kind` is what it was sent as (a voice note is also audio)."""
    if not content:
        raise Refused("empty", _("This file is empty."))
    if len(content) > (largest or LARGEST):
        raise Refused("too_large", _("This file is too large. The limit is 25 MB."))
    if kind is Kind.VOICE and (recording := _recording(content, name, key, scope)):
        return recording
    found = sniff.sniff(content)
    if found is None:
        raise Refused(
            "kind", _("This kind of file is not taken. Send a photo, a recording, a video or a PDF.")
        )
    if found.kind == "image":
        return _picture(content, name, kind, key, scope)
    media = new_id()
    vault.media.put(content, key=key, scope=scope, media=media)
    return Upload(_kind(found.kind, kind), media, found.mime, len(content), _name(name, found.extension))


def _picture(content: bytes, name: str, kind: Kind | None, key: UUID, scope: UUID) -> Upload:
    try:
        picture = images.clean(content)
        small = images.thumbnail(content)
    except images.BadImage:
        raise Refused("broken", _("This picture cannot be read.")) from None
    media, small_id = new_id(), new_id()
    vault.media.put(picture.content, key=key, scope=scope, media=media)
    vault.media.put(small.content, key=key, scope=scope, media=small_id)
    return Upload(
        kind=Kind.STICKER if kind is Kind.STICKER else Kind.IMAGE,
        media_id=media,
        mime=picture.mime,
        size=len(picture.content),
        name=_name(name, picture.extension),
        small_id=small_id,
        width=picture.width,
        height=picture.height,
    )


def _recording(content: bytes, name: str, key: UUID, scope: UUID) -> Upload | None:
    """A voice in a WAV, as telephones bring it, made anew from its samples. None if it is not one we can read."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return None
    from aidline.kernel import sound  # with numpy: only where a recording is at hand

    try:
        voice = sound.read(content)
    except sound.NotSound:
        return None
    wav, media = sound.anew(voice), new_id()
    vault.media.put(wav, key=key, scope=scope, media=media)
    return Upload(
        kind=Kind.VOICE,
        media_id=media,
        mime="audio/wav",
        size=len(wav),
        name=_name(name, "wav"),
        seconds=max(1, round(voice.seconds)),
        peaks=tuple(sound.peaks(voice)),
    )


def _kind(found: str, sent_as: Kind | None) -> Kind:
    if found == "audio":
        return Kind.VOICE if sent_as is Kind.VOICE else Kind.AUDIO
    return Kind(found)


def _name(name: str, extension: str) -> str:
    """What the sender called it, without any path and with the ending that its content has."""
    stem = words.clean(name).replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or "file"
    return f"{stem[:80]}.{extension}"
