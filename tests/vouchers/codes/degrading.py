"""A picture as a scanner sees it on a cheap telephone: small, dim, out of focus, crooked, noisy, compressed.

Used by the tests (a few dozen pictures) and by the benchmark (a thousand).
"""

import io
import random
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageFilter

from aidline.vouchers.codes.code import digits, grouped, new_code
from aidline.vouchers.codes.face import Face
from aidline.vouchers.codes.token import Token, sign

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FORMATS = [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13]
BRANDS = ("#0f5257", "#a61b1b", "#f2c230", "#1b3fa6", "#111111", "#ffffff")
STEPS = (
    "Show this picture at the till.",
    "The cashier scans it and enters the amount.",
    "Use it in several parts until it is empty.",
    "Keep it to yourself: whoever has the code can spend it.",
)


@dataclass(frozen=True, slots=True)
class Harm:
    """What happened between the screen of 360 points and the scanner."""

    width: int
    blur: float
    light: float
    contrast: float
    noise: float
    turn: float
    quality: int


def face(dice: random.Random, language: str = "en", **more: object) -> Face:
    code = new_code()
    at = datetime(2026, 11, 24, tzinfo=UTC)
    token = Token(1, dice.randbytes(6), dice.randbytes(10), 1750, at, at.replace(year=2027))
    words: dict[str, object] = {
        "language": language,
        "colour": dice.choice(BRANDS),
        "brand": "Port Merin",
        "title": "Food · week 42",
        "amount": "€17.50",
        "until": "until 23 January 2027",
        "steps": STEPS,
        "bars": digits(code),
        "groups": grouped(code),
        "token": sign(PRIVATE, token),
    }
    return Face(**(words | more))  # type: ignore[arg-type]


def harm(dice: random.Random) -> Harm:
    return Harm(
        width=dice.choice((360, 375, 390, 412, 480)),
        blur=dice.uniform(0, 0.8),
        light=dice.uniform(0.35, 1),
        contrast=dice.uniform(0.45, 1),
        noise=dice.uniform(0, 8),
        turn=dice.uniform(-3, 3),
        quality=dice.choice((50, 70, 90)),
    )


def harmed(png: bytes, harm: Harm) -> Image.Image:
    """A screenshot of that width, made dim and soft, turned by the hand, saved by a messenger."""
    image = Image.open(io.BytesIO(png)).convert("RGB").convert("L")
    image = image.resize(
        (harm.width, round(image.height * harm.width / image.width)), Image.Resampling.BICUBIC
    )
    image = image.filter(ImageFilter.GaussianBlur(harm.blur))
    image = image.resize(
        (image.width * 2, image.height * 2), Image.Resampling.BILINEAR
    )  # the camera's points
    image = image.rotate(harm.turn, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    grey = np.asarray(image, np.float32)
    grey = (128 + (grey - 128) * harm.contrast) * harm.light
    grey += np.random.default_rng(7).normal(0, harm.noise, grey.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=harm.quality)
    return Image.open(out)


def found_in(image: Image.Image) -> set[str]:
    return {one.text for one in zxingcpp.read_barcodes(image, formats=FORMATS)}
