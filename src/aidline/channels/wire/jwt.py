"""The JSON Web Tokens (RFC 7519) that providers want: those we sign with a key or a secret, those they sign.

Algorithms are fixed by the caller and never taken from the token.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from aidline.channels.contract import BadSignature
from aidline.channels.wire.reading import part


class BadKey(Exception):
    """Not a private key for RSA in PEM; nothing of it is in the error."""


def signed_rs256(claims: Mapping[str, Any], pem: str) -> str:
    signed = _unsigned({"typ": "JWT", "alg": "RS256"}, claims)
    return f"{signed}.{_packed(_key(pem).sign(signed.encode(), PKCS1v15(), SHA256()))}"


def signed_hs256(claims: Mapping[str, Any], secret: str, more: Mapping[str, str]) -> str:
    """`more` goes into the head."""
    signed = _unsigned({"typ": "JWT", "alg": "HS256", **more}, claims)
    return f"{signed}.{_packed(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _unsigned(head: Mapping[str, str], claims: Mapping[str, Any]) -> str:
    return ".".join(_packed(json.dumps(one).encode()) for one in (head, claims))


def _key(pem: str) -> RSAPrivateKey:
    """Forms swallow line ends, files keep them: both are read."""
    try:
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey from None
    if not isinstance(key, RSAPrivateKey):
        raise BadKey
    return key


def checked_hs256(token: str, secrets: Sequence[str]) -> dict[str, Any]:
    """The claims of a token that was signed with one of the secrets, or `BadSignature`."""
    pieces = token.split(".")
    if len(pieces) != 3:
        raise BadSignature("token")
    head, body, given = pieces
    if _object(head).get("alg") != "HS256":
        raise BadSignature("algorithm")
    signed, mark = f"{head}.{body}".encode("utf-8", "replace"), given.encode("utf-8", "replace")
    macs = [hmac.digest(secret.encode(), signed, "sha256") for secret in secrets if secret]
    good = [hmac.compare_digest(mark, _packed(mac).encode()) for mac in macs]
    if not any(good):
        raise BadSignature("token")
    return _object(body)


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _object(packed: str) -> dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(packed.encode("ascii") + b"=" * (-len(packed) % 4))
        return part(json.loads(raw.decode()))
    except (ValueError, binascii.Error, RecursionError):
        return {}
