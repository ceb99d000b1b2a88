"""Notices that somebody had to hear and of which no message reached anybody:
calls that are stuck, or were never started.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.hearing import CALLED
from domain.purposes import Purpose
from storage.call_tables import CallReceiptRow
from storage.channels_on import Window, windows
from storage.receipts import CallStatus
from storage.tables import NoticeRow

STUCK_AFTER: Final = timedelta(minutes=10)  # the person on duty is called at once, at any hour
_MUST_BE_HEARD: Final = sorted(CALLED - {Purpose.REMINDER})
_DELIVERED: Final = sorted({CallStatus.SENT, CallStatus.JOINED, CallStatus.ACKNOWLEDGED, CallStatus.LAPSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A notice that waits unread in its unit's inbox, though channels are on;
    when it came there, and whether anything was tried.
    """

    incident_id: str
    event_number: int
    purpose: str
    unit: str
    sent_at: datetime
    was_tried: bool


async def undelivered(
    session: AsyncSession,
    before: datetime,
    *,
    since: datetime | None = None,
    incident_id: str | None = None,
    windows_on: Sequence[Window] | None = None,
) -> tuple[Undelivered, ...]:
    """Those that came into an inbox before an instant (and `since` another) while a channel was on,
    in their order.

    Drills call nobody; reminders need not be heard. `windows_on` are when a channel was on, where that was
    read before.
    """
    of_notice = and_(
        col(CallReceiptRow.incident_id) == col(NoticeRow.incident_id),
        col(CallReceiptRow.event_number) == col(NoticeRow.event_number),
        col(CallReceiptRow.purpose) == col(NoticeRow.purpose),
        col(CallReceiptRow.unit) == col(NoticeRow.unit),
    )
    was_tried = exists().where(of_notice)
    was_on = (
        col(NoticeRow.delivered_at).between(begin, end or before)
        for begin, end in (await windows(session) if windows_on is None else windows_on)
    )
    statement = (
        select(
            col(NoticeRow.incident_id),
            col(NoticeRow.event_number),
            col(NoticeRow.purpose),
            col(NoticeRow.unit),
            col(NoticeRow.delivered_at),
            was_tried.label("was_tried"),
        )
        .where(
            col(NoticeRow.acknowledged_at).is_(None),
            col(NoticeRow.purpose).in_(_MUST_BE_HEARD),
            col(NoticeRow.drill).is_(False),
            col(NoticeRow.delivered_at) < before,
            or_(was_tried, *was_on),
            ~exists().where(of_notice, col(CallReceiptRow.status).in_(_DELIVERED)),
        )
        .order_by(col(NoticeRow.position))
    )
    if since is not None:
        statement = statement.where(col(NoticeRow.delivered_at) >= since)
    if incident_id is not None:
        statement = statement.where(col(NoticeRow.incident_id) == incident_id)
    return tuple(
        Undelivered(
            incident_id=row.incident_id,
            event_number=row.event_number,
            purpose=row.purpose,
            unit=row.unit,
            sent_at=row.delivered_at,
            was_tried=bool(row.was_tried),
        )
        for row in await session.execute(statement)
    )
