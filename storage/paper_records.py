"""The decisions that name a paper: what it came of, and what became of it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.catalogue import Decision
from storage.codec import DECISION
from storage.tables import EventLogRow, ProofRow

_MOST: Final = 40  # a paper is drafted, signed, voided; other papers may cite it


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRecord:
    """A decision that names a paper, and the hash by which the log seals it."""

    decision: Decision
    hash: str


async def about(session: AsyncSession, incident_id: str, paper: str) -> list[PaperRecord]:
    """The decisions about papers that name this one of a case, in order, as far as they are proven;
    of a name that nobody gave, none.
    """
    decision = col(EventLogRow.decision)
    named = or_(
        decision.contains(f'"id":"{paper}"', autoescape=True),
        decision.contains(f'"paper":"{paper}"', autoescape=True),
    )
    of_papers = decision.contains('"kind":"paper_', autoescape=True)
    number = select(col(ProofRow.number)).where(col(ProofRow.incident_id) == incident_id)
    statement = (
        select(decision, col(EventLogRow.hash))
        .where(
            col(EventLogRow.incident_id) == incident_id,
            col(EventLogRow.last_number) <= number.scalar_subquery(),
            named,
            of_papers,
        )
        .order_by(col(EventLogRow.first_number))
        .limit(_MOST)
    )
    rows = (await session.execute(statement)).all()
    return [PaperRecord(decision=DECISION.validate_json(row.decision), hash=row.hash) for row in rows]
