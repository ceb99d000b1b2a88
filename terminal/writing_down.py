"""What is done at the terminal, as the audit book has it."""

import asyncio
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from settings import Settings
from storage.audit_book import BookDeed, BookEntry, append
from storage.database import Database, open_database
from terminal.machine_user import machine_user
from terminal.outcome import ERRORS
from terminal.own_tables import require_own_tables


async def write_down(
    database: Database, command: str, *, deed: BookDeed = BookDeed.TERMINAL, subject: str = "", **detail: str
) -> None:
    """Write a command down before it is carried out, with this machine's user;
    raises what the database raises, and ends the program on tables of a newer release.
    """
    await require_own_tables(database)
    await _write_down(database, command, deed, subject, detail)


async def _write_down(
    database: Database, command: str, deed: BookDeed, subject: str, detail: dict[str, str]
) -> None:
    said = {"command": command, **detail}
    entry = BookEntry(at=datetime.now(UTC), deed=deed, origin=machine_user(), subject=subject, detail=said)
    await database.write(partial(append, entries=[entry]))


async def try_to_write_down(
    settings: Settings, command: str, *, deed: BookDeed = BookDeed.TERMINAL, subject: str = "", **detail: str
) -> bool:
    """The same for what must also work on a ledger that takes no entry (an audit, a backup):
    says so, and goes on.
    """
    database = open_database(settings.database_url)
    try:
        await _write_down(database, command, deed, subject, detail)
    except (OSError, SQLAlchemyError):
        ERRORS.print(
            "本次操作没有记入审计簿：台账此刻写不进去。 Not written down in the audit book:"
            " the ledger takes no entry now."
        )
        return False
    finally:
        await database.close()
    return True


def try_to_write_down_now(
    settings: Settings, command: str, *, deed: BookDeed, subject: str = "", **detail: str
) -> bool:
    """As `try_to_write_down`, for a command that has no loop of its own."""
    return asyncio.run(try_to_write_down(settings, command, deed=deed, subject=subject, **detail))
