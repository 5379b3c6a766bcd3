"""A voucher in a photo. The picture is made anew from its pixels before anything looks for a code in it."""

import io

import zxingcpp
from PIL import Image

from aidline.kernel.images import BadImage, clean

MOST_BYTES = 15 * 1024 * 1024
_KINDS = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13)
_FORMATS = zxingcpp.BarcodeFormats(_KINDS)


def code_in(content: bytes) -> str:
    """Empty where there is none. The square code first: it says most."""
    if len(content) > MOST_BYTES:
        return ""
    try:
        picture = clean(content)
    except BadImage:
        return ""
    with Image.open(io.BytesIO(picture.content)) as image:
        found = zxingcpp.read_barcodes(image.convert("L"), formats=_FORMATS)
    texts = sorted((one.text for one in found if one.valid and one.text), key=len, reverse=True)
    return texts[0] if texts else ""
