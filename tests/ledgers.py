"""Ledgers with the tables of this release and nothing in them:
migrated once in each process, then copied.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, make_url

from storage.migrations import migrate_now


def sqlite_url(file: Path) -> str:
    """The address of a SQLite file."""
    return URL.create("sqlite+aiosqlite", database=str(file)).render_as_string()


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        migrate_now(sqlite_url(file))
        return file.read_bytes()


def empty_ledger(url: str) -> str:
    """The address of a SQLite file, once it is there as `migrate_now` makes it;
    one that is there already is left as it is.
    """
    file = Path(make_url(url).database or "")
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(_migrated())
    return url
