"""Keys and sealed values. `from aidline import vault`, then `vault.seal`, `vault.open`, `vault.blind_index`.

Settings the vault reads:

- `AIDLINE_ROOT_KEY_SOURCE`: `vault.root.RootSource(file=…)`, or `credential=…`, or `passphrase=…`; one only.
  The credential is `$CREDENTIALS_DIRECTORY/aidline-root-key`.
- `AIDLINE_DATA`: folder (Path); a key file inside it is refused.
- `AIDLINE_MEDIA`: folder, or `s3://bucket/prefix?endpoint=…&region=…` and the usual `AWS_*` variables.
- `AIDLINE_SPOOL`: folder (Path); `keys.snapshot` lies in it, beside the spooled deliveries.
- `SECRET_KEY` may be made with `vault.root.secret_key(source, data=…)`.

At the start of a process: `vault.check_root()` (raises `RootKeyError`, worded for the operator), then
`vault.warm()`, which loads all centre keys, so that sealing deliveries needs no database afterwards.
"""

from aidline.vault import media
from aidline.vault.custody import check_root
from aidline.vault.errors import KeyGone, MediaMissing, NoKey, RootKeyError, Tampered, VaultError
from aidline.vault.keyring import ring
from aidline.vault.rotation import rotate_root
from aidline.vault.sealing import (
    blind_index,
    destroy_person_key,
    new_person_key,
    new_person_keys,
    new_scope_key,
    open,
    prefetch_person_keys,
    seal,
)
from aidline.vault.snapshot import load_snapshot, write_snapshot

warm = ring.warm
clear = ring.clear

__all__ = [
    "KeyGone",
    "MediaMissing",
    "NoKey",
    "RootKeyError",
    "Tampered",
    "VaultError",
    "blind_index",
    "check_root",
    "clear",
    "destroy_person_key",
    "load_snapshot",
    "media",
    "new_person_key",
    "new_person_keys",
    "new_scope_key",
    "open",
    "prefetch_person_keys",
    "rotate_root",
    "seal",
    "warm",
    "write_snapshot",
]
