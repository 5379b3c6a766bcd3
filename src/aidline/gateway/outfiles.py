"""Addresses under which a provider that fetches files by itself (Twilio's MediaUrl) gets one attachment.

Whoever has the address has the file, so it lives for minutes, is never logged and names nothing but a row. It
ends like the file's name, as ".jpg": Viber takes no address that ends otherwise (read 2026-11-24).
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

LIFE = timedelta(minutes=10)
_SIGNER = signing.TimestampSigner(salt="aidline.gateway.outfiles")
_ENDING = re.compile(r"\.[a-z0-9]{1,5}\Z")


def public_url(attachment_id: UUID, name: str = "") -> str:
    ending = _ENDING.search(name.lower())
    return str(settings.PUBLIC_URL).rstrip("/") + sign(attachment_id) + (ending.group() if ending else "")


def sign(attachment_id: UUID) -> str:
    """The path; valid from now on for `LIFE`."""
    return f"/out/{_SIGNER.sign(urlsafe_b64encode(attachment_id.bytes).decode())}"


def unsign(token: str) -> UUID | None:
    """None for what we did not sign, or did too long ago."""
    try:
        signed = token.partition(".")[0]
        return UUID(bytes=urlsafe_b64decode(_SIGNER.unsign(signed, max_age=LIFE)))
    except (signing.BadSignature, ValueError):
        return None
