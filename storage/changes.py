"""Whether anything was recorded since: a mark to compare, one look along two keys however large the record is."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.tables import EventLogRow, WithdrawnDecisionRow

Mark = tuple[int, int]
_RECORDED = select(func.max(col(EventLogRow.position)))
_WITHDRAWN = select(func.max(col(WithdrawnDecisionRow.position)))


async def mark(session: AsyncSession) -> Mark:
    """How far the record has come: its last decision, and the last one taken out of it; 0 for none."""
    return (await session.scalar(_RECORDED)) or 0, (await session.scalar(_WITHDRAWN)) or 0
