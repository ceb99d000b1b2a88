"""Which rows of a list an actor may see, and along which index a list is walked.

SQLite plans without knowing how many rows a condition leaves. So the list decides, by what practice tells:
few units have a part in most incidents; few incidents are open, overdue, grave or a drill. One such condition
leads, and the others are hidden from the planner. PostgreSQL keeps statistics and is left alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.rules.permissions import SEES_ALL
from domain.terms.roles import Actor
from storage.tables import IncidentReaderRow, IncidentUnitRow

_FEW: Final = 2000  # incidents of a unit that are sooner looked up one by one than found along another way


class Passes(IntEnum):
    """How many rows pass a condition."""

    MOST = 0
    SOME = 1  # it leads where nothing better does
    FEW = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column; the first of several that does not let most rows pass leads the walk.

    `in_index` says that the column stands second in every index that leads, and narrows each.
    """

    column: Any
    test: Callable[[Any], ColumnElement[bool]]
    passes: Passes = Passes.MOST
    in_index: bool = False


@dataclass(frozen=True, slots=True)
class ReadingScope:
    """The units that must all have a part in an incident;
    `leading` is one along whose incidents the list is walked.
    """

    leading: str | None
    others: tuple[str, ...]


def units_of(actor: Actor, unit: str | None) -> tuple[str, ...]:
    """The units that must have a part: the actor's own, unless the actor sees all, and the one asked for."""
    own = () if actor.role in SEES_ALL else (actor.unit,)
    return tuple(dict.fromkeys((*own, *((unit,) if unit is not None else ()))))


async def scope(session: AsyncSession, units: tuple[str, ...], *, otherwise_led: bool) -> ReadingScope:
    """How to walk: along a unit with few incidents; else as another condition leads;
    else along any of the units.
    """
    for unit in units:
        if not otherwise_led or await _has_few(session, unit):
            return ReadingScope(leading=unit, others=tuple(other for other in units if other != unit))
    return ReadingScope(leading=None, others=units)


async def _has_few(session: AsyncSession, unit: str) -> bool:
    position = col(IncidentUnitRow.position)
    some = select(position).where(col(IncidentUnitRow.unit) == unit).limit(_FEW + 1).subquery()
    return (await session.execute(select(func.count()).select_from(some))).scalar_one() <= _FEW


def within(statement: Select[Any], units: ReadingScope, position: Any) -> Select[Any]:
    """The statement confined to incidents, named by their `position`, in which those units have a part."""
    if units.leading is not None:
        of_unit = col(IncidentUnitRow.unit) == units.leading
        statement = statement.join(IncidentUnitRow, col(IncidentUnitRow.position) == position).where(of_unit)
    for unit in units.others:
        other = aliased(IncidentUnitRow)
        statement = statement.where(exists().where(col(other.unit) == unit, col(other.position) == position))
    return statement


def unless_closed(statement: Select[Any], position: Any, person: str) -> Select[Any]:
    """The statement without incidents, named by their `position`, that are closed to other persons;
    for nobody (""), without all that are closed.
    """
    return statement.where(position.not_in(closed_to_others(person)))


def closed_to_others(person: str) -> Select[Any]:
    """The positions of incidents that are closed to named persons, of whom this is none."""
    reader, own = aliased(IncidentReaderRow), aliased(IncidentReaderRow)
    is_named = exists().where(col(own.position) == col(reader.position), col(own.person) == person)
    return select(col(reader.position)).where(~is_named)


def met(
    session: AsyncSession, statement: Select[Any], conditions: Iterable[Condition], *, led: bool
) -> Select[Any]:
    """The statement with those conditions, of which one leads unless the walk is `led` already."""
    plain = session.get_bind().dialect.name != "sqlite"
    led_from_outside = led
    for condition in conditions:
        leads = condition.passes > Passes.MOST and not led
        led = led or leads
        is_plain = plain or leads or (condition.in_index and not led_from_outside)
        column = condition.column if is_plain else hidden(condition.column)
        statement = statement.where(condition.test(column))
    return statement


def hidden(column: Any) -> ColumnElement[Any]:
    """The column as SQLite's planner finds no index for it: behind a plus sign."""
    return literal_column(f"+{column.expression.table.name}.{column.expression.name}", column.type)
