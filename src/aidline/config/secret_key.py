"""The key that signs cookies and links: derived from the root key, so that there is nothing more to keep."""

import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aidline.config.environment import Environment, SettingError

PURPOSE = b"aidline signing key 1"


def secret_key(environment: Environment) -> str:
    """Without a root key (a developer's tool, the first `init`) one that ends with the process."""
    if environment.secret_key_file:
        return _from_file(environment.secret_key_file)
    root = environment.root_key_file
    return _derived(root.read_bytes()) if root else secrets.token_urlsafe(48)


def _from_file(path: Path) -> str:
    text = path.read_text("utf-8").strip()
    if len(text) < 32:
        raise SettingError(
            "AIDLINE_SECRET_KEY_FILE", "holds too short a key", "Put 32 random characters or more."
        )
    return text


def _derived(root: bytes) -> str:
    return urlsafe_b64encode(HKDF(SHA256(), 48, salt=None, info=PURPOSE).derive(root)).decode()
