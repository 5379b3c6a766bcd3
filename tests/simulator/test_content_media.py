"""Files made by code must be what they say, or the media path is tried with something no phone sends."""

import io

import pytest
from PIL import Image

from aidline.simulator.content import load, media

START = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "audio/ogg": b"OggS",
    "application/pdf": b"%PDF-1.4",
}
GPS = 0x8825


@pytest.mark.parametrize("key", media.names())
def test_a_file_starts_as_its_type_does_and_is_small(key: str) -> None:
    file = media.make(key)
    assert file.content.startswith(START[file.mime])
    assert len(file.content) < 200_000


def test_the_day_uses_every_file_and_no_other() -> None:
    used = {turn.media for person in load().people for turn in person.talk.turns if turn.media}
    assert used == set(media.names())


def test_one_photo_carries_a_place_so_that_its_loss_can_be_seen() -> None:
    tagged = [
        key
        for key in media.names()
        if media.make(key).mime == "image/jpeg"
        and Image.open(io.BytesIO(media.make(key).content)).getexif().get_ifd(GPS)
    ]
    assert tagged == ["door"]


def test_every_page_of_a_voice_note_has_its_right_checksum() -> None:
    content = media.make("voice_short").content
    pages = [b"OggS" + rest for rest in content.split(b"OggS")[1:]]
    assert len(pages) == 2 + 12  # two headers, then half a second each
    for page in pages:
        unsigned = page[:22] + bytes(4) + page[26:]
        assert int.from_bytes(page[22:26], "little") == _crc(unsigned)


def test_a_pdf_says_where_its_objects_begin() -> None:
    content = media.make("pdf_lease").content
    table = content[int(content.split(b"startxref\n")[1].split()[0]) :]
    places = [int(line.split()[0]) for line in table.split(b"\n")[3:8]]
    assert [content[place:].split(b"\n")[0] for place in places] == [b"%d 0 obj" % n for n in range(1, 6)]


def _crc(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value
