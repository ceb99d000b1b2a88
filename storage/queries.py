"""What may be asked of the record: one incident, its events, its state as it once stood, and the lists."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.incident import evolve
from storage.event_log import RecordedEvent, decisions, events
from storage.lists import incidents, obligations
from storage.snapshots import Snapshot, snapshot
from storage.tables import IncidentRow

__all__ = [
    "RecordedEvent",
    "Snapshot",
    "decisions",
    "events",
    "incident",
    "incidents",
    "obligations",
    "state_at",
    "unarchived",
]

incident = snapshot  # its state, the number of its last event, and the hash that seals it


async def state_at(session: AsyncSession, incident_id: str, at: int | datetime) -> Incident | None:
    """The incident as it stood after the event of that number, or at that instant by when decisions were recorded.

    None for an unknown incident, before its first event, and for a number that no event has yet.
    """
    found: Incident | None = None
    for stored in await decisions(session, incident_id):
        decided = stored.decision
        if isinstance(at, datetime) and decided.now > at:
            break
        for number, event in enumerate(decided.events, start=decided.first_number):
            if isinstance(at, datetime) or number <= at:
                found = evolve(found, event)
    if found is not None and not isinstance(at, datetime) and found.event_number != at:
        return None
    return found


async def open_incidents(session: AsyncSession, *, drill: bool) -> int:
    """How many incidents are open, those of drills apart."""
    statement = (
        select(func.count())
        .select_from(IncidentRow)
        .where(col(IncidentRow.closed_at).is_(None), col(IncidentRow.drill).is_(drill))
    )
    return int((await session.execute(statement)).scalar_one())


async def unarchived(session: AsyncSession) -> Sequence[str]:
    """The ids of all incidents whose workflows must run, in the order of their registration."""
    statement = (
        select(col(IncidentRow.incident_id))
        .where(col(IncidentRow.archived_at).is_(None))
        .order_by(col(IncidentRow.position))
    )
    return (await session.execute(statement)).scalars().all()
