"""The key that signs cookies and links: derived from the root key, so that there is nothing more to keep."""

import os
import secrets
from pathlib import Path

from aidline.config.environment import Environment, SettingError
from aidline.vault.root import CREDENTIAL_NAME, RootSource
from aidline.vault.root import secret_key as derived_key


def root_source(environment: Environment, credentials: str = "") -> RootSource:
    """Where the root key is: what is set here, else the credential that systemd or a container hands over."""
    passphrase = environment.root_passphrase
    if environment.root_passphrase_file:
        passphrase = environment.root_passphrase_file.read_text("utf-8").strip()
    if environment.root_key_file or passphrase:
        return RootSource(file=environment.root_key_file, passphrase=passphrase)
    credential = Path(credentials or os.environ.get("CREDENTIALS_DIRECTORY", "/nowhere")) / CREDENTIAL_NAME
    return RootSource(credential=credential if credential.exists() else None)


def secret_key(environment: Environment) -> str:
    """Without a root key (a developer's tool, the first `init`) one that ends with the process."""
    if environment.secret_key_file:
        return _from_file(environment.secret_key_file)
    source = root_source(environment)
    if source == RootSource():
        return secrets.token_urlsafe(48)
    return derived_key(source, data=environment.data)


def _from_file(path: Path) -> str:
    text = path.read_text("utf-8").strip()
    if len(text) < 32:
        raise SettingError(
            "AIDLINE_SECRET_KEY_FILE", "holds too short a key", "Put 32 random characters or more."
        )
    return text
