"""Large attachments, which lie beside the ledger: which of them it names, and their way into a backup."""

import hashlib
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

FOLDER: Final = "attachments"
_NAME: Final = re.compile(rf"{FOLDER}/[0-9a-f]{{64}}")
_TABLE: Final = "SELECT count(*) FROM sqlite_master WHERE name = 'attachment_content'"
_LARGE: Final = "SELECT sha256 FROM attachment_content WHERE size > 0 AND length(content) = 0"


def is_large(name: str) -> bool:
    """Whether a name in a manifest is that of a large attachment."""
    return _NAME.fullmatch(name) is not None


def large_files(ledger: Path) -> frozenset[str]:
    """The names, as a manifest has them, of the large attachments that a ledger names."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        if not connection.execute(_TABLE).fetchone()[0]:
            return frozenset()  # of a release that knew no attachments
        return frozenset(f"{FOLDER}/{row[0]}" for row in connection.execute(_LARGE))


def copy_large(copy: Path, beside: Path) -> tuple[list[str], list[str]]:
    """Copy from `beside` the ledger what its copy names, into the folder of the copy:
    what is there now, and what lay there not whole.
    """
    folder = copy.parent
    copied, lacking = [], []
    for name in sorted(large_files(copy)):
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        sha256 = name.removeprefix(f"{FOLDER}/")
        try:
            shutil.copyfile(beside / name, folder / name)
        except OSError:
            lacking.append(name)
            continue
        with (folder / name).open("rb") as content:
            is_whole = hashlib.file_digest(content, "sha256").hexdigest() == sha256
        if is_whole:
            copied.append(name)
        else:
            (folder / name).unlink()
            lacking.append(name)
    return copied, lacking


def keep_to_owner(folder: Path) -> None:
    """Have the disk hold all files of a folder, for their owner alone."""
    for file in folder.rglob("*"):
        if file.is_dir():
            file.chmod(0o700)
        else:
            file.chmod(0o600)
            flush(file)


def flush(file: Path) -> None:
    """Have the disk hold the content of a file."""
    with file.open("rb") as content:
        os.fsync(content.fileno())
