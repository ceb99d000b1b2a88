"""The folder of the public page: each file written whole beside its place and then put there,
with its squeezed form.

Whoever serves or copies the folder while it is written, and whoever finds it after the writer was killed,
sees whole files.
"""

import gzip
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_HALF: Final = ".half-"  # what a file is called until it is whole; no server of pages serves such names
_SQUEEZED: Final = ".gz"
_WORD: Final = (
    ".written-anew"  # lies there after somebody else wrote, until the keeper has read all of it again
)
_OWN: Final = re.compile(
    r"(?:(?:index|404)\.html|feed\.atom|responses\.json|style-[0-9a-f]{16}\.css|pages/\d+\.(?:html|json)"
    r"|responses/[0-9a-f]{20}\.(?:html|json))(?:\.gz)?|(?:(?:pages|responses)/)?\.half-.*|\.written-anew"
)


class Folder:
    """The files under a path; the names are relative to it, with `/` between folders."""

    def __init__(self, path: Path, *, readable: bool = False) -> None:
        """`readable` makes what is written readable by other accounts of the machine,
        such as a web server's.
        """
        self.path = path
        self._file_mode, self._folder_mode = (0o644, 0o755) if readable else (0o600, 0o700)

    @property
    def is_free(self) -> bool:
        """Whether all that lies there may be taken away:
        nothing does, or a page that was written there before and nothing else.
        """
        try:
            names = {entry.name for entry in self.path.iterdir()}
        except FileNotFoundError:
            return True
        except NotADirectoryError:
            return False
        is_page = {"feed.atom", "responses.json", "index.html"} <= names
        return not names or (is_page and all(_OWN.fullmatch(self._name(file)) for file in self._files()))

    def leave_word(self) -> None:
        """Say to whoever keeps this folder that somebody else wrote here. Raises OSError."""
        self._make(self.path)
        (self.path / _WORD).touch(self._file_mode)

    def take_word(self) -> bool:
        """Whether somebody else wrote here since this was last asked."""
        try:
            (self.path / _WORD).unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def write(self, name: str, text: str) -> bool:
        """Put a file there, unless the same stands there already; whether it was written."""
        file, content = self.path / name, text.encode()
        if self._stands(file, content):
            return False
        self._make(file.parent)
        half, squeezed = (
            self._half(file, content),
            self._half(file, gzip.compress(content, mtime=0), _SQUEEZED),
        )
        instant = half.stat().st_mtime_ns
        os.utime(squeezed, ns=(instant, instant))  # by which a server knows that both are one text
        squeezed.replace(file.with_name(file.name + _SQUEEZED))
        half.replace(file)
        return True

    def remove(self, name: str) -> None:
        """Take a file away; one that is not there stays away."""
        for suffix in ("", _SQUEEZED):
            (self.path / f"{name}{suffix}").unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """The files that stand there, without their squeezed forms and what is half written."""
        for file in self._files():
            if not (file.name.startswith(_HALF) or file.name == _WORD or file.suffix == _SQUEEZED):
                yield self._name(file)

    def keep(self, names: Collection[str]) -> None:
        """Take away all that is not among those names: what is no longer public,
        and what a killed writer left half.
        """
        wanted = {*names, *(f"{name}{_SQUEEZED}" for name in names), _WORD}
        for file in list(self._files()):
            if self._name(file) not in wanted:
                file.unlink(missing_ok=True)

    def _name(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()

    def _files(self) -> Iterator[Path]:
        return (file for file in self.path.rglob("*") if file.is_file() or file.is_symlink())

    def _stands(self, file: Path, content: bytes) -> bool:
        """Whether that content lies there with its squeezed form, of the same instant."""
        with suppress(OSError):
            instants = {file.stat().st_mtime_ns, file.with_name(file.name + _SQUEEZED).stat().st_mtime_ns}
            return len(instants) == 1 and file.read_bytes() == content
        return False

    def _half(self, file: Path, content: bytes, suffix: str = "") -> Path:
        half = file.with_name(f"{_HALF}{os.getpid()}-{file.name}{suffix}")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, self._file_mode)
        with os.fdopen(descriptor, "wb") as opened:
            os.fchmod(descriptor, self._file_mode)
            opened.write(content)
        return half

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            if folder != self.path:
                self._make(folder.parent)
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(self._folder_mode)
