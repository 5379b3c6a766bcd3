"""The key that signs cookies and links: derived from the root key, so that there is nothing more to keep."""

import secrets
from pathlib import Path

from aidline.config.environment import Environment, SettingError
from aidline.vault.root import RootSource
from aidline.vault.root import secret_key as derived_key


def secret_key(environment: Environment, root: RootSource) -> str:
    """Without a root key (a developer's tool, the first `init`) one that ends with the process."""
    if environment.secret_key_file:
        return _from_file(environment.secret_key_file)
    if root == RootSource():
        return secrets.token_urlsafe(48)
    return derived_key(root, data=environment.data)


def _from_file(path: Path) -> str:
    text = path.read_text("utf-8").strip()
    if len(text) < 32:
        raise SettingError(
            "AIDLINE_SECRET_KEY_FILE", "holds too short a key", "Put 32 random characters or more."
        )
    return text
