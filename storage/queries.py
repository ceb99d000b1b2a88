"""What may be asked of the record: one incident, its events, its state as it once stood, and the lists."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import evolve
from storage.codec import DECISION
from storage.event_log import LAST, RecordedEvent, decisions, events, rows, seals_before
from storage.latest_states import LATEST
from storage.lists import incidents, obligations
from storage.snapshots import Snapshot, snapshot
from storage.tables import EventLogRow, IncidentRow

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

_NEAR: Final = 64  # decisions before the one that is asked for, among which a state may be at hand
_FEW: Final = 100  # decisions that are folded within a few milliseconds

incident = snapshot  # its state, the number of its last event, and the hash that seals it


async def state_at(session: AsyncSession, incident_id: str, at: int | datetime) -> Incident | None:
    """The incident as it stood after the event of that number, or at that instant by when decisions were recorded.

    None for an unknown incident, before its first event, and for a number that no event has yet. It is folded on from
    a state that was read or written lately where one is near, else from the first event on, and that beside the loop:
    a case of thousands of steps takes a second.
    """
    if isinstance(at, datetime):
        log = await rows(session, incident_id)
        return await folded(None, list(takewhile(lambda row: row.recorded_at <= at, log)))
    if not 0 < at <= LAST:
        return None
    base = await _near(session, incident_id, at)
    following = await rows(session, incident_id, since=base.event_number if base else 0, until=at)
    state = await folded(base, following, at)
    return state if state is not None and state.event_number == at else None


async def _near(session: AsyncSession, incident_id: str, number: int) -> Incident | None:
    """The last state up to an event that is at hand, of the decisions right before it."""
    known = LATEST.first_of(await seals_before(session, incident_id, number, _NEAR))
    return None if known is None else known[1]


async def folded(base: Incident | None, log: Sequence[EventLogRow], until: int = LAST) -> Incident | None:
    """The case after those rows of its log, up to an event, from the beginning or from a state before them."""
    if len(log) <= _FEW:
        return _fold(base, log, until)
    return await asyncio.to_thread(_fold, base, log, until)


def _fold(base: Incident | None, log: Sequence[EventLogRow], until: int) -> Incident | None:
    state = base
    for row in log:
        decision: Decision = DECISION.validate_json(row.decision)
        for number, event in enumerate(decision.events, start=decision.first_number):
            if number <= until:
                state = evolve(state, event)
    return state


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
