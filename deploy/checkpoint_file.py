"""The last checkpoint of a backup, in a file beside that of the keys:
kept elsewhere, it proves what there was.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from deploy import key_file

_SUFFIX: Final = ".checkpoint.txt"
_KEYS: Final = "SELECT note FROM checkpoint_key ORDER BY position"
_LAST: Final = "SELECT note FROM checkpoint ORDER BY position DESC LIMIT 1"


def beside(backup: Path) -> Path:
    """Where it stands: beside the file of the keys, under the name of the backup."""
    keys = key_file.beside(backup)
    return keys.with_name(keys.name.removesuffix(".keys.tar") + _SUFFIX)


def write(ledger: Path, into: Path) -> bool:
    """Write the announcements of keys and the last checkpoint of a ledger in SQLite; whether there is one.

    They stand as in a file of checkpoints. What stands in the file already, as of a backup that was killed,
    stays before it.
    """
    try:
        with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as connection:
            notes = [row[0] for statement in (_KEYS, _LAST) for row in connection.execute(statement)]
            signed = connection.execute(_LAST).fetchone()
    except sqlite3.Error:  # of a release that did not sign
        return False
    if signed is None:
        return False
    there = into.read_text(encoding="utf-8", errors="replace") if into.exists() else ""
    place = os.open(into, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(place, "wb") as file:
        between = "\n\n\n" if there and not there.endswith("\n\n") else ""
        file.write((between + "".join(f"{note}\n" for note in notes if note not in there)).encode())
        file.flush()
        os.fsync(file.fileno())
    return True
