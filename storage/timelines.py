"""The log of a case from its end: its latest decisions, the few that moved a limit, and those of a kind."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.catalogue import Decision
from storage.codec import DECISION
from storage.tables import EventLogRow, ProofRow, moved_limits

_MOST_MOVED: Final = 300


async def latest(
    session: AsyncSession, incident_id: str, *, limit: int, before: int | None = None
) -> list[Decision]:
    """The decisions whose first events come before the number `before`,
    at most `limit` of the last, in order.
    """
    statement = (
        select(EventLogRow)
        .where(col(EventLogRow.incident_id) == incident_id, _proven(incident_id))
        .order_by(col(EventLogRow.first_number).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(EventLogRow.first_number) < before)
    return _decisions((await session.execute(statement)).scalars().all())


async def that_moved_limits(
    session: AsyncSession, incident_id: str, known: Sequence[Decision]
) -> list[Decision]:
    """The decisions before those known that opened, reopened or moved an obligation, in order."""
    first = known[0].first_number if known else 1
    if first <= 1:
        return []
    moved = text(f"({moved_limits(session.get_bind().dialect.name)})")
    statement = (
        select(EventLogRow)
        .where(col(EventLogRow.incident_id) == incident_id, col(EventLogRow.first_number) < first, moved)
        .order_by(col(EventLogRow.first_number).desc())
        .limit(_MOST_MOVED)
    )
    return _decisions((await session.execute(statement)).scalars().all())


async def with_events(
    session: AsyncSession, incident_id: str, kinds: Iterable[str], *, limit: int, until: int | None = None
) -> list[Decision]:
    """The decisions that hold an event of one of the kinds, up to the number `until`,
    at most `limit` of the last, in order.
    """
    holds = (col(EventLogRow.decision).contains(f'"kind":"{kind}"') for kind in kinds)
    statement = (
        select(EventLogRow)
        .where(col(EventLogRow.incident_id) == incident_id, _proven(incident_id), or_(*holds))
        .order_by(col(EventLogRow.first_number).desc())
        .limit(limit)
    )
    if until is not None:
        statement = statement.where(col(EventLogRow.first_number) <= until)
    return _decisions((await session.execute(statement)).scalars().all())


def _proven(incident_id: str) -> Any:
    """Readers stop where Temporal is known to hold the case."""
    number = select(col(ProofRow.number)).where(col(ProofRow.incident_id) == incident_id)
    return col(EventLogRow.last_number) <= number.scalar_subquery()


def _decisions(rows: Sequence[EventLogRow]) -> list[Decision]:
    return [DECISION.validate_json(row.decision) for row in reversed(rows)]
