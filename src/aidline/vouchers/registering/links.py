"""The secret in an invitation's address: whoever has it can answer the form once. Kept as a hash, and sealed."""

import hashlib
import secrets

from django.conf import settings

HIDDEN = "••••••"  # stands for the token wherever a text with it is kept
_BYTES = 15  # 120 bits, 20 letters: an SMS has little room


def new_token() -> str:
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def url(token: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}/r/{token}/"
