"""Files too large for the database lie in a folder beside it, each under its SHA-256:
written whole or not at all, and once.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "attachments"
LARGEST_INSIDE: Final = 5 * 1024 * 1024  # bytes of a file that lies in the database itself
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_LEAVING: Final = ".leaving"  # the end of the name of a note of files that are to be removed
_CHUNK: Final = 1 << 20


class ContentGone(OSError):  # noqa: N818  named for what was found
    """The content of a file is not where it ought to lie, or is not what its SHA-256 says."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A note of the files that go with a case: where it lies, and what it says."""

    note: Path
    incident_id: str
    listed: str

    @property
    def digests(self) -> list[str]:
        """The SHA-256 of the files."""
        return [one for one in self.listed.splitlines() if _NAME.fullmatch(one)]


@dataclass(frozen=True, slots=True)
class FilesBeside:
    """The folder beside a database that is a file; its files are for their owner alone."""

    folder: Path

    def keep(self, sha256: str, content: bytes) -> None:
        """Put a file in its place and have the disk hold it; one that lies there whole stays.

        Raises OSError.
        """
        if self.is_whole(sha256, len(content)):
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place, name = tempfile.mkstemp(dir=self.folder, prefix=".")
        new = Path(name)
        try:
            with os.fdopen(place, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.folder / sha256)
        except OSError:
            with suppress(OSError):
                new.unlink()
            raise
        _flush(self.folder)

    def read(self, sha256: str) -> bytes:
        """The content with that SHA-256; raises ContentGone."""
        content = b""
        if _NAME.fullmatch(sha256):
            with suppress(OSError):
                content = (self.folder / sha256).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ContentGone(sha256)
        return content

    def is_whole(self, sha256: str, size: int) -> bool:
        """Whether a file of that SHA-256 and size in bytes lies there, read through."""
        if not self.is_there(sha256, size):
            return False
        digest = hashlib.sha256()
        try:
            with (self.folder / sha256).open("rb") as file:
                while part := file.read(_CHUNK):
                    digest.update(part)
        except OSError:
            return False
        return digest.hexdigest() == sha256

    def is_there(self, sha256: str, size: int) -> bool:
        """Whether a file of that name and size in bytes lies there, without reading it."""
        with suppress(OSError):
            return bool(_NAME.fullmatch(sha256)) and (self.folder / sha256).stat().st_size == size
        return False

    def note_leaving(self, incident_id: str, digests: Sequence[str]) -> None:
        """Note which files go with a case, before the database forgets them. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f".{hashlib.sha256(incident_id.encode()).hexdigest()[:32]}{_LEAVING}"
        with (self.folder / name).open("w", encoding="utf-8") as note:
            note.write("\n".join((incident_id, *digests)))
            note.flush()
            os.fsync(note.fileno())
        _flush(self.folder)

    def leaving(self) -> list[Leaving]:
        """The notes that stand."""
        return [
            Leaving(note, *note.read_text(encoding="utf-8", errors="replace").partition("\n")[::2])
            for note in sorted(self.folder.glob(f".*{_LEAVING}"))
        ]

    def remove(self, note: Path, digests: Sequence[str]) -> None:
        """Remove files, then the note of them. Raises OSError."""
        for digest in digests:
            (self.folder / digest).unlink(missing_ok=True)
        _flush(self.folder)
        note.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
