"""The registry of units in the database: persons and channels, replaced unit by unit,
looked up when they are needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.registry import Channel, ChannelStatus, Part, UnitPerson
from storage.acts import ActKind, Author, record_on
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


async def keep(database: Database, roster: Roster, *, at: datetime, author: Author | None = None) -> None:
    """Put a roster in place of what is held of its units, all of it or nothing;
    an author's is recorded as an act.
    """
    await database.write(partial(_keep, roster=roster, at=at, author=author))


def _keep(connection: Connection, roster: Roster, at: datetime, author: Author | None) -> None:
    for entries, its_table in ((roster.persons, _PERSON), (roster.channels, _CHANNEL)):
        connection.execute(delete(its_table).where(its_table.c.unit.in_(roster.units)))
        if entries:
            connection.execute(insert(its_table), [columns(one) | {"imported_at": at} for one in entries])
    if author is None:
        return
    for unit in roster.units:
        counts = {
            "persons": str(sum(one.unit == unit for one in roster.persons)),
            "channels": str(sum(one.unit == unit for one in roster.channels)),
        }
        record_on(
            connection, kind=ActKind.REGISTRY_IMPORTED, author=author, subject=unit, at=at, after=counts
        )


def columns(entry: UnitPerson | Channel) -> dict[str, Any]:
    """An entry of the registry as its row holds it."""
    return {
        field.name: value.value if isinstance(value := getattr(entry, field.name), StrEnum) else value
        for field in fields(entry)
    }


async def persons(session: AsyncSession) -> tuple[UnitPerson, ...]:
    """All persons of the registry, those of the past and the future too, in the order of the files."""
    rows = (await session.execute(select(UnitPersonRow).order_by(col(UnitPersonRow.position)))).scalars()
    return tuple(person_of(row) for row in rows)


def person_of(row: UnitPersonRow) -> UnitPerson:
    """The person of a row."""
    return UnitPerson(
        unit=row.unit,
        part=Part(row.part),
        person=row.person,
        name=row.name,
        phone=row.phone,
        since=row.since,
        until=row.until,
    )


async def channels(session: AsyncSession) -> tuple[Channel, ...]:
    """All channels of the registry, in the order of the files."""
    rows = (await session.execute(select(ChannelRow).order_by(col(ChannelRow.position)))).scalars()
    return tuple(channel_of(row) for row in rows)


def channel_of(row: ChannelRow) -> Channel:
    """The channel of a row."""
    return Channel(
        unit=row.unit,
        platform=row.platform,
        name=row.name,
        followers=row.followers,
        status=ChannelStatus(row.status),
        verified=row.verified,
    )


def staffed(connection: Connection, units: Iterable[str], day: date) -> set[tuple[str, str]]:
    """Which roles are filled in which units on a day; a backup stands in as monitor."""
    rows = connection.execute(_SERVING, {"units": list(units), "day": day}).all()
    return {(unit, Part(part).role.value) for unit, part in rows}
