"""值班表: the rota in the database; what a file says of a unit and a time stands in place of what was
held of these.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.registry import DutyShift
from storage.acts import ActKind, Author, record_on
from storage.database import Database
from storage.tables import table
from storage.unit_tables import DutyShiftRow

_SHIFT = table(DutyShiftRow)


async def keep(
    database: Database, shifts: tuple[DutyShift, ...], *, at: datetime, author: Author | None = None
) -> None:
    """Put shifts in place of those of the same units that begin between the first and the end
    of the last of them.

    All of it or nothing; an author's is recorded as an act.
    """
    await database.write(partial(_keep, shifts=shifts, at=at, author=author))


def _keep(connection: Connection, shifts: tuple[DutyShift, ...], at: datetime, author: Author | None) -> None:
    for unit, own in _by_unit(shifts):
        begins, ends = min(one.since for one in own), max(one.until for one in own)
        replaced = (_SHIFT.c.unit == unit) & (_SHIFT.c.since >= begins) & (_SHIFT.c.since < ends)
        connection.execute(delete(_SHIFT).where(replaced))
        connection.execute(insert(_SHIFT), [_columns(one, at) for one in own])
        if author is not None:
            after = {"shifts": str(len(own)), "begins": begins.isoformat(), "ends": ends.isoformat()}
            record_on(connection, kind=ActKind.ROTA_IMPORTED, author=author, subject=unit, at=at, after=after)


def _columns(shift: DutyShift, at: datetime) -> dict[str, object]:
    return {
        "unit": shift.unit,
        "person": shift.person,
        "since": shift.since,
        "until": shift.until,
        "imported_at": at,
    }


def _by_unit(shifts: Iterable[DutyShift]) -> Iterator[tuple[str, list[DutyShift]]]:
    units: dict[str, list[DutyShift]] = {}
    for one in shifts:
        units.setdefault(one.unit, []).append(one)
    yield from units.items()


async def shifts_from(session: AsyncSession, unit: str, at: datetime) -> tuple[DutyShift, ...]:
    """The shifts of a unit that are not over at an instant, in their order."""
    rows = await session.execute(
        select(DutyShiftRow)
        .where(col(DutyShiftRow.unit) == unit, col(DutyShiftRow.until) > at)
        .order_by(col(DutyShiftRow.since), col(DutyShiftRow.person))
    )
    return tuple(
        DutyShift(unit=row.unit, person=row.person, since=row.since, until=row.until)
        for row in rows.scalars()
    )


async def is_on_duty(session: AsyncSession, unit: str, person: str, at: datetime) -> bool:
    """Whether a person is on duty for a unit at an instant, by the rota."""
    shifts = await shifts_from(session, unit, at)
    return any(one.person == person and one.covers(at) for one in shifts)


async def add(database: Database, shift: DutyShift, *, at: datetime) -> None:
    """Put one shift in beside the others, for a drill; no act is recorded."""
    await database.write(lambda connection: connection.execute(insert(_SHIFT), [_columns(shift, at)]))


async def remove(database: Database, shift: DutyShift) -> None:
    """Take such a shift out again."""
    await database.write(partial(_remove, shift=shift))


def _remove(connection: Connection, shift: DutyShift) -> None:
    same = (_SHIFT.c.unit == shift.unit) & (_SHIFT.c.person == shift.person)
    connection.execute(delete(_SHIFT).where(same & (_SHIFT.c.since == shift.since)))
