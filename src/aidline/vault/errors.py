"""What can go wrong with keys. No message here ever carries a plaintext, a key or a ciphertext."""


class VaultError(Exception):
    pass


class RootKeyError(VaultError):
    """The root key cannot be read, is kept carelessly, or is not the one this database was sealed with."""


class NoKey(VaultError):
    """No such person or centre key was ever made."""


class KeyGone(NoKey):
    """The person's key was destroyed: what it sealed is erased for good."""


class Tampered(VaultError):
    """Not what we sealed, or not where we sealed it. Never shown as empty, never skipped silently."""


class MediaMissing(VaultError):
    """The store has no such file."""
