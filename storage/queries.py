"""What may be asked of the record: one incident, its events, its state as it once stood, and the lists."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import evolve
from storage.codec import DECISION
from storage.event_log import (
    LAST,
    RecordedEvent,
    decisions,
    events,
    rows,
    seals_before,
)
from storage.latest_states import LATEST
from storage.lists import incidents, obligations
from storage.past_states import PAST, SealedState
from storage.snapshots import Snapshot, snapshot
from storage.tables import EventLogRow, IncidentRow, ProofRow

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
FEW: Final = 100  # decisions that are folded within a few milliseconds
AT_ONE_TIME: Final = 256  # decisions that are read and folded before anything else gets its turn

incident = snapshot  # its state, the number of its last event, and the hash that seals it


async def state_at(session: AsyncSession, incident_id: str, number: int) -> Incident | None:
    """The incident as it stood after the event of that number; None for one that the log does not hold.

    It is folded on from a state at hand, beside the loop. Of a case of thousands of steps that takes a second
    the first time; what was folded is kept on the way (`storage/past_states.py`).
    """
    if not 0 < number <= LAST:
        return None
    base = await nearest(session, incident_id, number)
    is_there = False
    while not is_there:
        following = await next_rows(session, incident_id, base, number)
        base = await folded(base, following, number)
        is_there = len(following) < AT_ONE_TIME
    return base.state if base is not None and base.number == number else None


async def number_at(session: AsyncSession, incident_id: str, at: datetime) -> int:
    """The number of the last event of all that were recorded by an instant;
    0 where none was, or of an unknown incident.
    """
    statement = select(func.min(col(EventLogRow.first_number))).where(
        col(EventLogRow.incident_id) == incident_id, col(EventLogRow.recorded_at) > at
    )
    proven = select(col(ProofRow.number)).where(col(ProofRow.incident_id) == incident_id)
    last: int = (await session.execute(proven)).scalar() or 0
    next_first: int | None = (await session.execute(statement)).scalar()
    return last if next_first is None else min(last, next_first - 1)


async def nearest(session: AsyncSession, incident_id: str, number: int) -> SealedState | None:
    """The last state up to an event that is at hand and whose seal stands in the log; None for none."""
    seals = await seals_before(session, incident_id, number, _NEAR)
    if (latest := LATEST.first_of(seals)) is not None:
        return SealedState(state=latest[1], hash=latest[0])
    base = PAST.before(incident_id, number)
    if base is None:
        return None
    if await stands(session, base):
        return base
    PAST.forget(incident_id)
    return None


async def stands(session: AsyncSession, sealed: SealedState) -> bool:
    """Whether the log still has the decision of a state under its seal: a healing takes some away."""
    return list(await seals_before(session, sealed.state.incident_id, sealed.number, 1)) == [sealed.hash]


async def next_rows(
    session: AsyncSession, incident_id: str, base: SealedState | None, number: int
) -> Sequence[EventLogRow]:
    """The rows of the log after a state up to an event, so many at most as are folded at one time."""
    since = base.number if base else 0
    return await rows(session, incident_id, since=since, until=number, limit=AT_ONE_TIME)


async def folded(
    base: SealedState | None, log: Sequence[EventLogRow], until: int = LAST
) -> SealedState | None:
    """The case after those rows of its log, up to an event,
    from the beginning or from a state before them.
    """
    if len(log) <= FEW:
        return _fold(base, log, until)
    return await asyncio.to_thread(_fold, base, log, until)


def _fold(base: SealedState | None, log: Sequence[EventLogRow], until: int) -> SealedState | None:
    sealed = base
    for row in log:
        state = sealed.state if sealed else None
        decision: Decision = DECISION.validate_json(row.decision)
        for number, event in enumerate(decision.events, start=decision.first_number):
            if number <= until:
                state = evolve(state, event)
        if state is None:
            continue
        sealed = SealedState(state=state, hash=row.hash)
        if row.last_number <= until:
            PAST.keep(sealed)
    return sealed


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
