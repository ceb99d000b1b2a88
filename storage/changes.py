"""Whether anything was proven since: a mark to compare, one look along a key however large the record is."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.tables import ProofRow

Mark = int
_PROVEN = select(func.max(col(ProofRow.turn)))


async def mark(session: AsyncSession) -> Mark:
    """How far the record has come, as readers see it; 0 for none."""
    return (await session.scalar(_PROVEN)) or 0
