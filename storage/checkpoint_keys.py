"""The private keys that sign checkpoints: files of the folder of keys, outside the database,
for their owner alone.
"""

import os
import secrets
from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from storage.signed_notes import PrivateKey, key_id
from storage.sm2_keys import Sm2PrivateKey, is_sm2, sm2_of

SUFFIX: Final = ".signing"
Signature = Literal["ed25519", "sm2"]


class KeyUnreadable(Exception):  # noqa: N818  named for what was found
    """A key file is there and cannot be read, or its folder is not there:
    for a moment, it may be, so it is not lost.
    """


class CheckpointKeys:
    """The private keys of one folder, each under its id; further ones are made for one kind of signature."""

    def __init__(self, folder: Path, signature: Signature = "ed25519") -> None:
        self._folder, self._signature = folder, signature

    def names(self) -> list[str]:
        """The ids of the keys that are here, in order; none where the folder is not there.

        Raises KeyUnreadable.
        """
        try:
            return sorted(file.stem for file in self._folder.iterdir() if file.suffix == SUFFIX)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise KeyUnreadable(f"{self._folder}: {error.strerror}") from error

    def private(self, name: str) -> PrivateKey | None:
        """The key of an id; None where the folder is there and the key's file is not.

        Raises KeyUnreadable.
        """
        file = self._folder / f"{name}{SUFFIX}"
        try:
            content = file.read_bytes()
            key = sm2_of(content) if is_sm2(content) else load_pem_private_key(content, None)
        except FileNotFoundError as error:
            if self._folder.is_dir():
                return None
            raise KeyUnreadable(f"{self._folder}: {error.strerror}") from error
        except OSError as error:
            raise KeyUnreadable(f"{file}: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            what = str(error) if is_sm2(content) else "no private key"
            raise KeyUnreadable(f"{file}: {what}") from error
        if not isinstance(key, PrivateKey):
            raise KeyUnreadable(f"{file}: no key of Ed25519 or SM2")
        return key

    def make(self, origin: str) -> PrivateKey:
        """Make a key for a log; the disk holds it before it is handed out."""
        key = Sm2PrivateKey.generate() if self._signature == "sm2" else Ed25519PrivateKey.generate()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f"{secrets.token_hex(4)}.new"
        place = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(place, _pem(key))
            os.fsync(place)
        finally:
            os.close(place)
        part.replace(self._folder / f"{key_id(origin, key.public_key())}{SUFFIX}")
        return key


def _pem(key: PrivateKey) -> bytes:
    if isinstance(key, Sm2PrivateKey):
        return key.pem()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
