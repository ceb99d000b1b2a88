"""The units that are on the public page 公开回应, and which cases may be there:
the ledger asked for those that may have changed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.acts import ActKind, Author, record_act
from storage.reduction_tables import ReductionRow
from storage.tables import IncidentRow, IncidentUnitRow, ProofRow
from storage.unit_tables import PublicUnitRow

# Turns of proof and places of reductions are drawn before they are committed,
# so that one may show after a later one, and two cases may have the same turn; nobody waits so long.
_BEHIND: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMark:
    """How far the record had come at a look: the last turn of proof and the last reduction,
    which only ever grow, and which of the last ones were there.
    """

    turn: int = 0
    reduction: int = 0
    proven: frozenset[tuple[str, int]] = frozenset()
    reduced: frozenset[tuple[str, int]] = frozenset()


async def public_units(session: AsyncSession) -> frozenset[str]:
    """The units that are switched on."""
    return frozenset((await session.execute(select(col(PublicUnitRow.unit)))).scalars())


async def public_since(session: AsyncSession, unit: str) -> datetime | None:
    """Since when a unit is switched on; None for one that is not."""
    row = await session.get(PublicUnitRow, unit)
    return None if row is None else row.since


async def switch(session: AsyncSession, author: Author, unit: str, *, on: bool, at: datetime) -> bool:
    """Switch a unit on or off, in a session that writes, as a recorded act;
    False, and nothing is recorded, where it is so already.
    """
    row = await session.get(PublicUnitRow, unit)
    if (row is not None) == on:
        return False
    if row is None:
        session.add(PublicUnitRow(unit=unit, since=at))
    else:
        await session.delete(row)
    await session.flush()
    kind = ActKind.PUBLIC_PAGE_ON if on else ActKind.PUBLIC_PAGE_OFF
    await record_act(session, kind, author, unit, at=at)
    return True


async def mark(session: AsyncSession) -> PublicMark:
    """How far the record has come."""
    turn = (await session.execute(select(func.max(col(ProofRow.turn))))).scalar() or 0
    reduction = (await session.execute(select(func.max(col(ReductionRow.position))))).scalar() or 0
    proven, reduced = await _proven(session, turn), await _reduced(session, reduction)
    return PublicMark(turn=turn, reduction=reduction, proven=proven, reduced=reduced)


async def _proven(session: AsyncSession, turn: int) -> frozenset[tuple[str, int]]:
    statement = select(col(ProofRow.incident_id), col(ProofRow.turn)).where(
        col(ProofRow.turn) > turn - _BEHIND
    )
    return frozenset((row.incident_id, row.turn) for row in await session.execute(statement))


async def _reduced(session: AsyncSession, position: int) -> frozenset[tuple[str, int]]:
    statement = select(col(ReductionRow.incident_id), col(ReductionRow.position)).where(
        col(ReductionRow.position) > position - _BEHIND
    )
    return frozenset((row.incident_id, row.position) for row in await session.execute(statement))


async def may_be_public(
    session: AsyncSession, units: Collection[str], *, after: str = "", limit: int
) -> Sequence[str]:
    """The ids of cases that are no drills and concern one of those units,
    in the order of ids from behind one on.
    """
    concerned = select(col(IncidentUnitRow.position)).where(col(IncidentUnitRow.unit).in_(units))
    statement = (
        select(col(IncidentRow.incident_id))
        .where(
            col(IncidentRow.drill).is_(False),
            col(IncidentRow.incident_id) > after,
            col(IncidentRow.position).in_(concerned),
        )
        .order_by(col(IncidentRow.incident_id))
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def latest_of(session: AsyncSession, unit: str, *, limit: int) -> Sequence[str]:
    """The ids of cases that are no drills and concern a unit, those registered last first."""
    concerned = select(col(IncidentUnitRow.position)).where(col(IncidentUnitRow.unit) == unit)
    statement = (
        select(col(IncidentRow.incident_id))
        .where(col(IncidentRow.drill).is_(False), col(IncidentRow.position).in_(concerned))
        .order_by(col(IncidentRow.position).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def changed_since(session: AsyncSession, seen_to: PublicMark) -> set[str]:
    """The ids of cases of which something was proven, or a text reduced, since a look."""
    proven = await _proven(session, seen_to.turn) - seen_to.proven
    reduced = await _reduced(session, seen_to.reduction) - seen_to.reduced
    return {incident_id for incident_id, _ in proven | reduced}
