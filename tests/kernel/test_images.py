"""A picture that went through us shows what it showed, and carries nothing else."""

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from aidline.kernel import images

SECRETS = (b"CANARY-COMMENT", b"CANARY-XMP", b"CANARY-MAKER", b"CANARY-TEXT", b"CANARY-TRAILER")
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>CANARY-XMP</x:xmpmeta>"
SIZE = (120, 80)


def drawn(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Red at the top left, so that turns can be told apart."""
    image = Image.new(mode, size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), fill="red")
    return image


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x010F] = "CANARY-MAKER"
    data[0x0112] = orientation
    data.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    return data


def saved(image: Image.Image, form: str, **extra: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **extra)
    return out.getvalue()


def jpeg(orientation: int = 1) -> bytes:
    options = {"exif": exif(orientation), "comment": b"CANARY-COMMENT", "xmp": XMP, "quality": 95}
    return saved(drawn(), "JPEG", **options) + b"CANARY-TRAILER"


def png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "CANARY-COMMENT")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Author", "CANARY-TEXT", zip=True)
    return saved(drawn(), "PNG", exif=exif(), pnginfo=texts) + b"CANARY-TRAILER"


def gif() -> bytes:
    frames = [drawn().convert("P"), Image.new("P", SIZE, 0)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=b"CANARY-COMMENT")


def webp() -> bytes:
    return saved(drawn(), "WEBP", lossless=True, exif=exif(), xmp=XMP)


def avif() -> bytes:
    return saved(drawn(), "AVIF", quality=95, exif=exif(), xmp=XMP)


MADE: dict[str, Callable[[], bytes]] = {"jpeg": jpeg, "png": png, "gif": gif, "webp": webp, "avif": avif}


def left_over(after: bytes) -> list[bytes]:
    """Metadata that survived, by our marks and by what Pillow can still find."""
    with Image.open(io.BytesIO(after)) as image:
        image.load()
        found = [mark for mark in SECRETS if mark in after]
        found += [
            name.encode()
            for name in image.info
            if name not in ("jfif", "jfif_version", "jfif_unit", "jfif_density")
        ]
        return found + ([b"EXIF"] if image.getexif() else [])


@pytest.mark.parametrize("form", MADE)
@pytest.mark.parametrize("make", [images.clean, images.thumbnail])
def test_nothing_but_the_pixels_survives(form: str, make: Callable[[bytes], images.Picture]) -> None:
    before = MADE[form]()
    assert left_over(before), "the test picture carries nothing to remove"

    after = make(before)
    assert left_over(after.content) == []
    assert (after.width, after.height) == SIZE
    assert looks_alike(after.content, drawn())


def test_the_check_above_catches_a_plain_resave() -> None:
    """What Pillow does on its own: the JPEG comment comes through."""
    with Image.open(io.BytesIO(jpeg())) as image:
        assert left_over(saved(image, "JPEG")) == [b"CANARY-COMMENT", b"comment"]


def looks_alike(content: bytes, expected: Image.Image) -> bool:
    with Image.open(io.BytesIO(content)) as image:
        got = image.convert("RGB")
    corners = [(2, 2), (image.width - 3, 2), (2, image.height - 3), (image.width - 3, image.height - 3)]
    pairs = [(got.getpixel(at), expected.getpixel(at)) for at in corners]
    return got.size == expected.size and all(
        abs(a - b) < 40 for one, other in pairs for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize(
    ("form", "mime", "extension"),
    [("jpeg", "image/jpeg", "jpg"), ("png", "image/png", "png"), ("gif", "image/png", "png"),
     ("webp", "image/jpeg", "jpg"), ("avif", "image/jpeg", "jpg")],
)  # fmt: skip
def test_the_result_is_jpeg_or_png(form: str, mime: str, extension: str) -> None:
    picture = images.clean(MADE[form]())

    assert (picture.mime, picture.extension) == (mime, extension)
    assert picture.size == len(picture.content)


# EXIF 2.32, table of 4.6.4: where the first row and column are shown.
RED_CORNER = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
              5: "top left", 6: "top right", 7: "bottom right", 8: "bottom left"}  # fmt: skip


@pytest.mark.parametrize("orientation", RED_CORNER)
def test_a_turned_photo_is_turned_for_good(orientation: int) -> None:
    picture = images.clean(jpeg(orientation))
    with Image.open(io.BytesIO(picture.content)) as image:
        width, height = image.size
        places = {"top left": (9, 9), "top right": (width - 9, 9),
                  "bottom left": (9, height - 9), "bottom right": (width - 9, height - 9)}  # fmt: skip
        red = [name for name, at in places.items() if image.getpixel(at)[1] < 60]

    assert red == [RED_CORNER[orientation]]
    assert (width, height) == (SIZE if orientation < 5 else SIZE[::-1])


def test_see_through_stays_see_through() -> None:
    sticker = Image.new("RGBA", SIZE, (255, 0, 0, 0))
    for form in ("PNG", "WEBP"):
        picture = images.clean(saved(sticker, form))
        with Image.open(io.BytesIO(picture.content)) as image:
            assert picture.mime == "image/png"
            assert image.convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_pictures_of_every_kind_are_taken(mode: str) -> None:
    grey = (
        Image.new("I;16", SIZE, 40_000)
        if mode == "I;16"
        else Image.new("RGB", SIZE, (156, 156, 156)).convert(mode)
    )
    content = saved(grey, "JPEG" if mode == "CMYK" else "PNG")

    with Image.open(io.BytesIO(images.clean(content).content)) as image:
        level = image.convert("L").getpixel((20, 20))
    assert level in (range(145, 170) if mode != "1" else (0, 255))


def test_the_first_frame_of_an_animation_is_shown() -> None:
    frames = [drawn(), Image.new("RGB", SIZE, "blue")]
    animated = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)

    assert looks_alike(images.clean(animated).content, drawn())


def test_a_large_photo_is_made_smaller_and_a_thumbnail_small() -> None:
    content = saved(drawn((6000, 3000)), "JPEG")

    assert images.clean(content).width == images.LONGEST_SIDE
    assert images.clean(content).height == images.LONGEST_SIDE // 2
    assert images.thumbnail(content).width == images.THUMBNAIL_SIDE


# --- what is refused ---


@pytest.mark.parametrize("form", MADE)
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_a_cut_off_picture_is_refused(form: str, share: float) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    content = saved(noise, form.upper())

    with pytest.raises(images.BadImage):
        images.clean(content[: int(len(content) * share)])


def png_of(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


BOMBS = {
    "50,000 x 50,000 png": png_of(50_000, 50_000, zlib.compress(b"\0" * 1000)),
    "just too large": png_of(8001, 5000, zlib.compress(b"\0" * 8002 * 5000)),
    "no pixels": png_of(0, 10, zlib.compress(b"")),
    "gif screen": b"GIF89a" + b"\xff\xff" * 2 + bytes(3) + b",\0\0\0\0\xff\xff\xff\xff\0\2\2\0\0;",
    "text": b"GIF89a/*\0" + b"*/=1;alert(1)",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "bmp": saved(drawn(), "BMP"),
    "tiff": saved(drawn(), "TIFF"),
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_and_strangers_are_refused(name: str) -> None:
    with pytest.raises(images.BadImage):
        images.clean(BOMBS[name])


def test_a_jpeg_with_endless_scans_is_refused() -> None:
    content = saved(drawn(), "JPEG", progressive=True)
    scan = content.index(b"\xff\xda")
    assert images.clean(content)

    with pytest.raises(images.BadImage, match="scans"):
        images.clean(content[:scan] + content[scan:-2] * 200 + content[-2:])


@hypothesis_settings(max_examples=150, deadline=None)
@given(data=st.data(), form=st.sampled_from(sorted(MADE)))
def test_damage_is_refused_or_cleaned_and_never_anything_else(data: st.DataObject, form: str) -> None:
    content = bytearray(MADE[form]())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=12)):
        content[at] = data.draw(st.integers(0, 255))
    with suppress(images.BadImage):
        assert left_over(images.clean(bytes(content)).content) == []
