"""The keys by which what Temporal keeps is sealed:
files of one folder, of which one is current and all open.
"""

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BYTES: Final = 32  # AES-256
_CURRENT: Final = "current"  # the file that names the key by which is sealed
_SUFFIX: Final = ".key"
_LOST: Final = ".lost"
_NAME: Final = re.compile(r"[0-9a-f]{16}")
_LOOKED_AFTER: Final = 30.0  # seconds after which a process takes up another current key
_UNKNOWN: Final = (
    1000  # names that were looked for in vain and are remembered, so that a stranger's cost no disk
)


class NoKey(Exception):  # noqa: N818  named for what is missing
    """The folder holds no current key, or not a key that it should."""


class Keyring:
    """The keys of one folder, made there at its first use; a key is read when a payload first names it.

    The folder is 0700 and its files 0600. Another process may have made a further key meanwhile:
    it is found by its name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ciphers: dict[str, AESGCM] = {}
        self._missing: dict[str, float] = {}
        self._current = ""
        self._looked_at = -_LOOKED_AFTER

    @property
    def names(self) -> frozenset[str]:
        """The names of all keys that the folder holds."""
        return frozenset(file.stem for file in self.folder.glob(f"*{_SUFFIX}") if _NAME.fullmatch(file.stem))

    @property
    def lost(self) -> frozenset[str]:
        """The names of keys that were given up."""
        return frozenset(file.stem for file in self.folder.glob(f"*{_LOST}") if _NAME.fullmatch(file.stem))

    def give_up(self, name: str) -> None:
        """Note that a key is gone for good, and take another for it.

        Raises NoKey for what is no name of a key, or of one that is here.
        """
        if not _NAME.fullmatch(name) or name in self.names:
            raise NoKey(name)
        self._write(f"{name}{_LOST}", b"")
        if self._named_current() in {"", name}:
            self.use(self.make())

    def made_at(self, name: str) -> datetime:
        """When a key was made."""
        return datetime.fromtimestamp((self.folder / f"{name}{_SUFFIX}").stat().st_mtime, UTC)

    def current(self) -> tuple[str, AESGCM]:
        """The key to seal by, and its name.

        Raises NoKey where the folder has keys and none of them is current.
        """
        if monotonic() - self._looked_at > _LOOKED_AFTER:
            self._current, self._looked_at = (
                self._named_current() or self._current or self._first(),
                monotonic(),
            )
        cipher = self.cipher(self._current)
        if cipher is None:
            raise NoKey(self._current)
        return self._current, cipher

    def cipher(self, name: str) -> AESGCM | None:
        """The key of a name; None where the folder has none."""
        known = self._ciphers.get(name)
        if known is not None or not _NAME.fullmatch(name):
            return known
        if monotonic() - self._missing.get(name, -_LOOKED_AFTER) < _LOOKED_AFTER:
            return None
        try:
            self._ciphers[name] = AESGCM((self.folder / f"{name}{_SUFFIX}").read_bytes())
        except (OSError, ValueError):
            if len(self._missing) >= _UNKNOWN:
                self._missing.clear()
            self._missing[name] = monotonic()
            return None
        return self._ciphers[name]

    def make(self) -> str:
        """Make a further key, which is not used yet; gives its name."""
        name = secrets.token_hex(8)
        self._write(f"{name}{_SUFFIX}", secrets.token_bytes(BYTES))
        return name

    def use(self, name: str) -> None:
        """Let a key be the current one. What older ones sealed, they still open."""
        self._write(_CURRENT, name.encode())
        self._current, self._looked_at = name, monotonic()

    def _first(self) -> str:
        """The first key of a folder; where two processes come at once, that of one of them."""
        if self.names:
            raise NoKey(_CURRENT)
        name = self.make()
        self._write(f"{name}.first", name.encode())
        try:
            os.link(self.folder / f"{name}.first", self.folder / _CURRENT)
        except FileExistsError:
            (self.folder / f"{name}{_SUFFIX}").unlink()
            name = self._named_current()
        finally:
            self._unlink("*.first")
        return name

    def _named_current(self) -> str:
        try:
            return (self.folder / _CURRENT).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def _write(self, name: str, content: bytes) -> None:
        """A file that nobody else may read, and that bears its name once the disk holds the whole of it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        part = self.folder / f"{name}.{secrets.token_hex(4)}.new"  # two processes may come at once
        place = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(place, content)
            os.fsync(place)
        finally:
            os.close(place)
        part.replace(self.folder / name)

    def _unlink(self, pattern: str) -> None:
        for file in self.folder.glob(pattern):
            with suppress(FileNotFoundError):
                file.unlink()


@cache
def keyring(folder: Path) -> Keyring:
    """The keys of a folder, one object for all of a process."""
    return Keyring(folder)
