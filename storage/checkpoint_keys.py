"""The private keys that sign checkpoints: files of the folder of keys, outside the database, for their owner alone."""

import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from storage.signed_notes import key_id

SUFFIX: Final = ".signing"


class CheckpointKeys:
    """The private keys of one folder, each under its id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def private(self, name: str) -> Ed25519PrivateKey | None:
        """The key of an id; None where the folder has none that is whole."""
        try:
            key = load_pem_private_key((self._folder / f"{name}{SUFFIX}").read_bytes(), None)
        except (OSError, ValueError, TypeError):
            return None
        return key if isinstance(key, Ed25519PrivateKey) else None

    def make(self, origin: str) -> Ed25519PrivateKey:
        """Make a key for a log; the disk holds it before it is handed out."""
        key = Ed25519PrivateKey.generate()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f"{secrets.token_hex(4)}.new"
        place = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(place, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            os.fsync(place)
        finally:
            os.close(place)
        part.replace(self._folder / f"{key_id(origin, key.public_key())}{SUFFIX}")
        return key
