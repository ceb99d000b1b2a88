"""Tables that a newer release made: no command of this one works on them, and it says so."""

from typing import NoReturn

import typer
from sqlalchemy import Connection, text

from settings import Settings
from storage.database import Database
from storage.migrations import migrate, revision_of
from storage.revisions import is_known
from terminal.outcome import ERRORS, Exit

_REVISION = text("SELECT version_num FROM alembic_version")


async def require_own_tables(database: Database) -> None:
    """End the program on tables of a newer release; raises what the database raises."""
    revision = await database.read(_revision)
    if revision and not is_known(revision):
        _refuse(revision)


async def migrate_own_tables(settings: Settings) -> None:
    """Bring the tables up to this release, or end the program where a newer one made them."""
    revision = await revision_of(settings.database_url)
    if revision and not is_known(revision):
        _refuse(revision)
    await migrate(settings.database_url)


def _revision(connection: Connection) -> str:
    return connection.scalar(_REVISION) or ""


def _refuse(revision: str) -> NoReturn:
    ERRORS.print(
        f"数据库由更新的版本写成（表结构 {revision}），本版不能在上面办理：请装回较新的版本，"
        "或用 huiying restore 恢复升级前的备份。\n"
        f"A newer release wrote the database (tables {revision}): install that one again,"
        " or restore a backup of before the upgrade with huiying restore.",
        markup=False,
    )
    raise typer.Exit(Exit.REFUSED)
