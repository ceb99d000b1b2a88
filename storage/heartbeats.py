"""Heartbeats in the database: a small write by which a part proves that it can still record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import table
from storage.watch_tables import HeartbeatRow

_HEARTBEAT: Final = table(HeartbeatRow)
_INSERT: Final[dict[str, Any]] = {
    "sqlite": sqlite.insert(_HEARTBEAT),
    "postgresql": postgresql.insert(_HEARTBEAT),
}


async def beat(database: Database, name: str, at: datetime) -> None:
    """Write down that a part lives; raises the database's errors."""
    await database.write(partial(_beat, name=name, at=at))


def _beat(connection: Connection, name: str, at: datetime) -> None:
    insert = _INSERT[connection.dialect.name].values(name=name, beats=1, at=at)
    more = {"beats": _HEARTBEAT.c.beats + 1, "at": insert.excluded.at}
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """How often a part has beaten, and when it last did by its own clock."""

    beats: int
    at: datetime


async def heartbeats(session: AsyncSession) -> dict[str, Heartbeat]:
    """The last heartbeat of each part."""
    rows = await session.execute(select(_HEARTBEAT.c.name, _HEARTBEAT.c.beats, _HEARTBEAT.c.at))
    return {row.name: Heartbeat(beats=row.beats, at=row.at) for row in rows}


class Listener:
    """Tells for how long a part has been silent, by the listener's own clock:
    those of others may be wrong.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._heard: dict[str, tuple[int, float]] = {}

    def silence(self, name: str, beats: int) -> float:
        """Seconds since the count was first seen as it is; zero when it has moved."""
        now = self._clock()
        before, since = self._heard.get(name, (None, now))
        if before != beats:
            since = now
        self._heard[name] = (beats, since)
        return now - since
