"""Which units have acknowledged nothing of what they must hear, and since when:
what a call would climb for (DD-33).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.hearing import CLIMBING, GRAVE_BREACHES
from domain.purposes import Purpose
from storage.tables import NoticeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A unit of which nobody has acknowledged a notice that climbs:
    why it was sent, and the earliest since when.
    """

    unit: str
    purpose: Purpose
    since: datetime


async def unread(
    session: AsyncSession, incidents: Sequence[str], *, at: datetime | None = None
) -> dict[str, tuple[Unread, ...]]:
    """What is unread of each of the incidents, or was at a real instant, the longest first;
    those of which all is read are left out.
    """
    subject, purpose = col(NoticeRow.subject), col(NoticeRow.purpose)
    breached = or_(*(subject.startswith(f"{kind}:", autoescape=True) for kind in sorted(GRAVE_BREACHES)))
    since = func.min(col(NoticeRow.delivered_at))
    waits = col(NoticeRow.acknowledged_at).is_(None) if at is None else _waited(at)
    statement = (
        select(col(NoticeRow.incident_id), col(NoticeRow.unit), purpose, since)
        .where(
            col(NoticeRow.incident_id).in_(incidents),
            waits,
            or_(purpose.in_(sorted(CLIMBING)), and_(purpose == Purpose.BREACH, breached)),
        )
        .group_by(col(NoticeRow.incident_id), col(NoticeRow.unit), purpose)
        .order_by(since, col(NoticeRow.unit), purpose)
    )
    by_incident: dict[str, tuple[Unread, ...]] = {}
    for incident_id, unit, why, first in (await session.execute(statement)).all():
        one = Unread(unit=unit, purpose=Purpose(why), since=first)
        by_incident[incident_id] = (*by_incident.get(incident_id, ()), one)
    return by_incident


def _waited(at: datetime) -> ColumnElement[bool]:
    """What had been delivered and not been acknowledged at an instant."""
    acknowledged = col(NoticeRow.acknowledged_at)
    return and_(col(NoticeRow.delivered_at) <= at, or_(acknowledged.is_(None), acknowledged > at))
