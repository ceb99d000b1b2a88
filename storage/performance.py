"""How units answered: the answers that came due within a span, unit by unit, from the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import RESPONSE_KINDS, Status
from storage.tables import IncidentRow, ObligationRow

_NOT_ANSWERED_FOR: Final = (Status.SUPERSEDED, Status.VOID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A statutory answer that a unit owed; `fulfilled_at` None while it is still owed."""

    incident_id: str
    number: str
    title: str
    unit: str
    status: Status
    clock_start: datetime
    due_at: datetime
    fulfilled_at: datetime | None

    @property
    def is_on_time(self) -> bool:
        """Whether it was given in time, or proved so later."""
        return self.status in {Status.ON_TIME, Status.ON_TIME_LATE_EVIDENCE}


async def answers(
    session: AsyncSession,
    *,
    first: datetime,
    end: datetime,
    units: Sequence[str] | None,
    office: str,
    drill: bool,
) -> list[Answer]:
    """The statutory answers due from `first` on and before `end`, of some units or of all (None).

    What nobody was assigned to by its due instant is the office's. Duties that fell away or were replaced count for
    nobody, nor do units that were named only after the due instant. Drills are counted apart or not at all.
    """
    duty, unit = ObligationRow, col(ObligationRow.unit)
    statement = (
        select(
            col(IncidentRow.incident_id),
            col(IncidentRow.number),
            col(IncidentRow.title),
            unit,
            col(duty.status),
            col(duty.clock_start),
            col(duty.due_at),
            col(duty.fulfilled_at),
        )
        .join(IncidentRow, col(IncidentRow.position) == col(duty.position))
        .where(
            col(duty.kind).in_(sorted(RESPONSE_KINDS)),
            col(duty.due_at) >= first,
            col(duty.due_at) < end,
            col(duty.scored).is_(True),
            col(duty.drill).is_(drill),
            col(duty.status).not_in(_NOT_ANSWERED_FOR),
        )
        .order_by(col(duty.due_at), col(duty.position), col(duty.ordinal))
    )
    if units is not None:
        theirs = [unit.in_(units), *((unit.is_(None),) if office in units else ())]
        statement = statement.where(or_(*theirs))
    found = (await session.execute(statement)).all()
    return [
        Answer(
            incident_id=row.incident_id,
            number=row.number,
            title=row.title,
            unit=row.unit or office,
            status=Status(row.status),
            clock_start=row.clock_start,
            due_at=row.due_at,
            fulfilled_at=row.fulfilled_at,
        )
        for row in found
    ]
