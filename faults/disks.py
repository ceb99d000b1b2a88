"""A small disk of its own for a folder, and filling it to the last byte."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_SIZE: Final = "160m"
_PIECES: Final = (1 << 20, 1 << 12, 1)  # bytes


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Whether the folder is a disk of its own inside, which only root may make;
    what is on it is gone at the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    is_made = _done("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder))
    try:
        yield is_made
    finally:
        if is_made:
            _done("umount", "--lazy", str(folder))


def _done(program: str, *arguments: str) -> bool:
    path = shutil.which(program)
    return (
        path is not None
        and subprocess.run([path, *arguments], capture_output=True, check=False).returncode == 0
    )


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not a byte is left on the disk of the folder inside."""
    filler = folder / "filler"
    place = os.open(filler, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for size in _PIECES:
            with suppress(OSError):
                while True:
                    os.write(place, bytes(size))
        yield
    finally:
        os.close(place)
        filler.unlink()
