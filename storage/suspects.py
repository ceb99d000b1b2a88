"""Cases that did not answer somebody, for the watch to look at:
named by the web, and forgotten once all is well with them.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import table
from storage.watch_tables import SuspectRow

_SUSPECT: Final = table(SuspectRow)
_INSERT: Final[dict[str, Any]] = {
    "sqlite": sqlite.insert(_SUSPECT).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_SUSPECT).on_conflict_do_nothing(),
}


async def suspect(database: Database, incident_id: str, at: datetime) -> None:
    """Name a case; one that is named already stays so. Raises the database's errors."""
    await database.write(partial(_suspect, incident_id=incident_id, at=at))


def _suspect(connection: Connection, incident_id: str, at: datetime) -> None:
    connection.execute(_INSERT[connection.dialect.name].values(incident_id=incident_id, at=at))


async def suspects(session: AsyncSession) -> set[str]:
    """The cases that are named."""
    return set((await session.execute(select(_SUSPECT.c.incident_id))).scalars())


async def forget(database: Database, incident_ids: Collection[str]) -> None:
    """Forget some of them. Raises the database's errors."""
    await database.write(partial(_forget, incident_ids=tuple(incident_ids)))


def _forget(connection: Connection, incident_ids: tuple[str, ...]) -> None:
    connection.execute(delete(_SUSPECT).where(_SUSPECT.c.incident_id.in_(incident_ids)))
