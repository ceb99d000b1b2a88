"""Reductions: texts that are no more, each with when and why;
the entry and the text's going are one transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.reduction_tables import ReducedTextRow, ReductionRow
from storage.tables import table

ROWS: Final = "rows"  # what an act is about that took words out of rows of 0.3 and before


class ReductionCause(StrEnum):
    """Why a text was reduced."""

    RETENTION = "retention"  # the months that the regulation sets were over
    PERSON = "person"  # by the office, for the sake of the person whom it is about
    CORRECTED = "corrected"  # nothing was reduced: the office noted what is right instead
    KEY_GONE = "key_gone"  # its key was destroyed by a reduction that the ledger, being older, does not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """One act: `by`, `unit` and `reason` where a person did it."""

    at: datetime
    incident_id: str
    why: ReductionCause
    by: str = ""
    unit: str = ""
    reason: str = ""
    about: str = ""
    texts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """When a text was reduced, and why."""

    at: datetime
    why: ReductionCause


_REDUCED: Final = (
    select(col(ReducedTextRow.reference), col(ReductionRow.at), col(ReductionRow.why))
    .join(ReductionRow, col(ReductionRow.position) == col(ReducedTextRow.position))
    .where(col(ReducedTextRow.incident_id) == bindparam("incident_id"))
)
_NAMED: Final = _REDUCED.where(col(ReducedTextRow.reference).in_(bindparam("references", expanding=True)))
_AT_ONE_TIME: Final = 5_000


def enter(connection: Connection, act: Reduction, references: Collection[str]) -> int:
    """Enter an act, with which its texts go; gives how many went,
    passing over those that were reduced before.
    """
    fresh = set(references) - reduced_in(connection, act.incident_id, references).keys()
    return enter_act(connection, act, fresh)[1] if fresh else 0


def enter_act(connection: Connection, act: Reduction, references: Collection[str]) -> tuple[int, int]:
    """Enter an act with texts that were not reduced before, or with none;
    gives its position, and how many went.
    """
    fresh = sorted(references)
    if connection.dialect.name == "sqlite":  # what is taken out is overwritten in the file, and not let lie
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    values = {name: getattr(act, name) for name in act.__slots__} | {
        "why": act.why.value,
        "texts": len(fresh),
    }
    entry = insert(table(ReductionRow)).values(**values).returning(table(ReductionRow).c.position)
    position = connection.execute(entry).scalar_one()
    rows = [{"incident_id": act.incident_id, "reference": name, "position": position} for name in fresh]
    if rows:
        connection.execute(insert(table(ReducedTextRow)), rows)
    return position, len(fresh)


def note(connection: Connection, act: Reduction) -> None:
    """Enter an act by which nothing goes."""
    values = {name: getattr(act, name) for name in act.__slots__} | {"why": act.why.value, "texts": 0}
    connection.execute(insert(table(ReductionRow)).values(**values))


def reduced_in(connection: Connection, incident_id: str, references: Collection[str]) -> dict[str, Reduced]:
    """Those of a case's texts that were reduced."""
    names = list(references)
    reduced: dict[str, Reduced] = {}
    for first in range(0, len(names), _AT_ONE_TIME):
        named = {"incident_id": incident_id, "references": names[first : first + _AT_ONE_TIME]}
        reduced |= {row.reference: _reduced(row) for row in connection.execute(_NAMED, named)}
    return reduced


async def reduced_of(session: AsyncSession, incident_id: str) -> dict[str, Reduced]:
    """All texts of a case that were reduced."""
    rows = await session.execute(_REDUCED, {"incident_id": incident_id})
    return {row.reference: _reduced(row) for row in rows}


async def reductions_of(session: AsyncSession, incident_id: str) -> Sequence[Reduction]:
    """What was reduced in a case, the oldest first."""
    statement = (
        select(ReductionRow)
        .where(col(ReductionRow.incident_id) == incident_id)
        .order_by(col(ReductionRow.position))
    )
    return [_act(row) for row in (await session.execute(statement)).scalars()]


async def reduced_by_act(session: AsyncSession) -> Sequence[tuple[Reduction, list[str]]]:
    """Every act with the references of its texts, the oldest first."""
    statement = select(ReducedTextRow).order_by(col(ReducedTextRow.position))
    references: dict[int, list[str]] = {}
    for row in (await session.execute(statement)).scalars():
        references.setdefault(row.position, []).append(row.reference)
    acts = (await session.execute(select(ReductionRow).order_by(col(ReductionRow.position)))).scalars()
    return [(_act(row), references.get(row.position, [])) for row in acts]


def _reduced(row: Any) -> Reduced:
    return Reduced(at=row.at, why=ReductionCause(row.why))


def _act(row: ReductionRow) -> Reduction:
    return Reduction(
        at=row.at,
        incident_id=row.incident_id,
        why=ReductionCause(row.why),
        by=row.by,
        unit=row.unit,
        reason=row.reason,
        about=row.about,
        texts=row.texts,
    )
