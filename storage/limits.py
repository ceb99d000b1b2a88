"""What the watch asks of the ledger: which cases are open, how large, and which limits went by without a word of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import Status
from storage.tables import IncidentRow, ObligationRow, SnapshotRow

_UNARCHIVED: Final = col(IncidentRow.archived_at).is_(None)


async def limits_passed(session: AsyncSession, before: datetime) -> dict[str, datetime]:
    """The cases of which a limit fell before a real instant and is still taken for open, each with the earliest.

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


async def states_over(session: AsyncSession, incident_ids: Sequence[str], most: int) -> dict[str, int]:
    """Those of the cases whose state has more characters, which are bytes for the most part; each with how many."""
    size = func.length(col(SnapshotRow.state)).label("size")
    statement = (
        select(col(IncidentRow.incident_id), size)
        .join(SnapshotRow, col(SnapshotRow.position) == col(IncidentRow.position))
        .where(col(IncidentRow.incident_id).in_(incident_ids), size > most)
    )
    return {row.incident_id: row.size for row in await session.execute(statement)}


async def unarchived(session: AsyncSession) -> tuple[str, ...]:
    """Every case that has a clock, in the order of the log."""
    statement = select(col(IncidentRow.incident_id)).where(_UNARCHIVED).order_by(col(IncidentRow.position))
    return tuple((await session.execute(statement)).scalars())
