"""What the watch asks of event log and ledger: which cases are open, how large, which limits went by unsaid,
where a case stands.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import Status
from storage.event_log import name_of
from storage.tables import EventLogRow, IncidentRow, ObligationRow, ProofRow, SnapshotRow

_UNARCHIVED: Final = col(IncidentRow.archived_at).is_(None)


class ShownDecision(NamedTuple):
    """The last decision of a case as its workflow shows it: the number of its last event, and its name."""

    incident_id: str
    number: int
    lineage: str


async def limits_passed(session: AsyncSession, before: datetime) -> dict[str, datetime]:
    """The cases of which a limit fell before a real instant and is still taken for open,
    each with the earliest.

    One statement: `falls_at` is when the case's own clock, a drill's too, shows the due instant.
    """
    fell_at = func.min(col(ObligationRow.falls_at)).label("fell_at")
    statement = (
        select(col(IncidentRow.incident_id), fell_at)
        .join(IncidentRow, col(IncidentRow.position) == col(ObligationRow.position))
        .where(
            col(ObligationRow.status) == Status.OPEN.value, col(ObligationRow.falls_at) < before, _UNARCHIVED
        )
        .group_by(col(IncidentRow.incident_id))
    )
    return {row.incident_id: row.fell_at for row in await session.execute(statement)}


async def unarchived(session: AsyncSession) -> tuple[str, ...]:
    """Every case that has a clock, in the order of the log."""
    statement = select(col(IncidentRow.incident_id)).where(_UNARCHIVED).order_by(col(IncidentRow.position))
    return tuple((await session.execute(statement)).scalars())


async def proven_numbers(session: AsyncSession, incident_ids: Collection[str]) -> dict[str, int]:
    """Up to which event Temporal is known to hold each of these cases."""
    statement = select(col(ProofRow.incident_id), col(ProofRow.number)).where(
        col(ProofRow.incident_id).in_(incident_ids)
    )
    return {row.incident_id: row.number for row in await session.execute(statement)}


async def recorded(session: AsyncSession, figures: Collection[ShownDecision]) -> set[ShownDecision]:
    """Those of these decisions that the event log holds, under their names."""
    statement = select(
        col(EventLogRow.incident_id),
        col(EventLogRow.last_number),
        col(EventLogRow.lineage),
        col(EventLogRow.hash),
    ).where(
        tuple_(col(EventLogRow.incident_id), col(EventLogRow.last_number)).in_(
            [(one.incident_id, one.number) for one in figures]
        )
    )
    return {
        ShownDecision(row.incident_id, row.last_number, name_of(row.lineage, row.hash))
        for row in await session.execute(statement)
    }


async def states_over(session: AsyncSession, incident_ids: Collection[str], most: int) -> dict[str, int]:
    """Those of the cases whose state has more characters, which are bytes for the most part;
    each with how many.
    """
    size = func.length(col(SnapshotRow.state)).label("size")
    statement = (
        select(col(IncidentRow.incident_id), size)
        .join(SnapshotRow, col(SnapshotRow.position) == col(IncidentRow.position))
        .where(col(IncidentRow.incident_id).in_(incident_ids), size > most)
    )
    return {row.incident_id: row.size for row in await session.execute(statement)}
