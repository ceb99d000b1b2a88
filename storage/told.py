"""What units had been told of a case by an instant, and who had acknowledged it by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.purposes import Purpose
from storage.tables import NoticeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeThen:
    """A notice that a unit had by then; `acknowledged_at` and `acknowledged_by` are empty where nobody had
    seen to it yet.
    """

    event_number: int
    unit: str
    purpose: Purpose
    subject: str
    delivered_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str


async def notices_by(
    session: AsyncSession, incident_id: str, at: datetime, limit: int
) -> tuple[Sequence[NoticeThen], int]:
    """The notices of a case that had been delivered by a real instant, the latest first, at most `limit`;
    and how many there were.
    """
    by_then = (col(NoticeRow.incident_id) == incident_id) & (col(NoticeRow.delivered_at) <= at)
    count = (await session.execute(select(func.count()).select_from(NoticeRow).where(by_then))).scalar_one()
    statement = select(NoticeRow).where(by_then).order_by(col(NoticeRow.position).desc()).limit(limit)
    rows = (await session.execute(statement)).scalars().all()
    return [_then(row, at) for row in rows], int(count)


def _then(row: NoticeRow, at: datetime) -> NoticeThen:
    is_seen = row.acknowledged_at is not None and row.acknowledged_at <= at
    return NoticeThen(
        event_number=row.event_number,
        unit=row.unit,
        purpose=Purpose(row.purpose),
        subject=row.subject,
        delivered_at=row.delivered_at,
        acknowledged_at=row.acknowledged_at if is_seen else None,
        acknowledged_by=(row.acknowledged_by or "") if is_seen else "",
    )
