"""What a start does with the records: tables made, ledger, Temporal and files tied together."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from audit.apart import Apart
from audit.installation import lost_file, tie
from audit.marking import write_marks
from settings import Settings
from storage.database import SQLITE, open_database
from storage.installation import Note
from storage.migrations import is_known, migrate, revision_of
from workflows.client import connect

Say = Callable[[str], None]


async def prepare_database(settings: Settings) -> None:
    """Bring the tables of the database up to this release.

    Raises Apart where the ledger of this folder is gone or was written by a newer release, OSError and
    SQLAlchemyError where it cannot be used.
    """
    file = ledger_file(settings)
    if file is not None and (lost := lost_file(file, settings.var_dir)) is not None:
        raise lost
    revision = await revision_of(settings.database_url)
    if revision and not is_known(revision):
        raise Apart(
            f"数据库由更新的版本写成（表结构 {revision}），{settings.release} 版用不了；请装回较新的版本，"
            "或用 huiying restore 恢复升级前的备份。",
            f"The database was written by a newer release (tables {revision}), which release {settings.release} cannot"
            " read: install the newer one again, or restore a backup of before the upgrade with huiying restore.",
        )
    await migrate(settings.database_url)


def ledger_file(settings: Settings) -> Path | None:
    """The file of the ledger; None where it is no SQLite."""
    address = make_url(settings.database_url)
    return Path(address.database) if address.drivername == SQLITE and address.database else None


async def reconcile(settings: Settings, say: Say) -> None:
    """Bring ledger, Temporal and folder together before anything works on them, and say what was out of step.

    Raises Apart where they do not belong together.
    """
    database = open_database(settings.database_url)
    try:
        client = await connect(settings.temporal_address, settings.temporal_namespace)
        tied = await tie(database, client, settings.var_dir, settings.release)
        for line in tied.said:
            say(line)
        await write_marks(database, client, settings.var_dir, Note(id=tied.id, release=settings.release))
    finally:
        await database.close()
