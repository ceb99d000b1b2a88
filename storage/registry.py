"""The registry of units in the database: persons and channels, replaced unit by unit, looked up when they are needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.registry import Channel, ChannelKind, ChannelStatus, Part, UnitPerson
from storage.database import Database
from storage.tables import table
from storage.unit_tables import ChannelRow, UnitPersonRow

_PERSON, _CHANNEL = table(UnitPersonRow), table(ChannelRow)
_SERVING = (
    select(col(UnitPersonRow.unit), col(UnitPersonRow.part))
    .where(
        col(UnitPersonRow.unit).in_(bindparam("units", expanding=True)),
        col(UnitPersonRow.since) <= bindparam("day"),
        col(UnitPersonRow.until).is_(None) | (col(UnitPersonRow.until) >= bindparam("day")),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What a file of the registry says: the units it speaks of, and their persons and channels."""

    units: tuple[str, ...]
    persons: tuple[UnitPerson, ...]
    channels: tuple[Channel, ...]


async def keep(database: Database, roster: Roster, *, at: datetime) -> None:
    """Put a roster in place of what is held of its units, all of it or nothing."""
    await database.write(partial(_keep, roster=roster, at=at))


def _keep(connection: Connection, roster: Roster, at: datetime) -> None:
    persons = [
        {
            "unit": one.unit,
            "part": one.part.value,
            "person": one.person,
            "name": one.name,
            "phone": one.phone,
            "since": one.since,
            "until": one.until,
            "imported_at": at,
        }
        for one in roster.persons
    ]
    channels = [
        {
            "unit": one.unit,
            "platform": one.platform.value,
            "name": one.name,
            "followers": one.followers,
            "status": one.status.value,
            "imported_at": at,
        }
        for one in roster.channels
    ]
    for rows, held in ((persons, _PERSON), (channels, _CHANNEL)):
        connection.execute(delete(held).where(held.c.unit.in_(roster.units)))
        if rows:
            connection.execute(insert(held), rows)


async def persons(session: AsyncSession) -> tuple[UnitPerson, ...]:
    """All persons of the registry, those of the past and the future too, in the order of the files."""
    rows = (await session.execute(select(UnitPersonRow).order_by(col(UnitPersonRow.position)))).scalars()
    return tuple(
        UnitPerson(
            unit=row.unit,
            part=Part(row.part),
            person=row.person,
            name=row.name,
            phone=row.phone,
            since=row.since,
            until=row.until,
        )
        for row in rows
    )


async def channels(session: AsyncSession) -> tuple[Channel, ...]:
    """All channels of the registry, in the order of the files."""
    rows = (await session.execute(select(ChannelRow).order_by(col(ChannelRow.position)))).scalars()
    return tuple(
        Channel(
            unit=row.unit,
            platform=ChannelKind(row.platform),
            name=row.name,
            followers=row.followers,
            status=ChannelStatus(row.status),
        )
        for row in rows
    )


def staffed(connection: Connection, units: Iterable[str], day: date) -> set[tuple[str, str]]:
    """Which roles are filled in which units on a day; a backup stands in as monitor."""
    rows = connection.execute(_SERVING, {"units": list(units), "day": day}).all()
    return {(unit, Part(part).role.value) for unit, part in rows}
