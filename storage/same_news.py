"""What whoever hears of many units was told already:
the same news of one case, from the call of another unit.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.ids import of_any_unit
from storage.call_tables import CallReceiptRow
from storage.called_notices import CalledNotice
from storage.receipts import CallStatus, ReceiptEntry
from storage.tables import IncidentRow, NoticeRow, ObligationRow

ONE_NEWS: Final = timedelta(minutes=10)  # between notices that are one message
_DIED: Final = timedelta(minutes=2)  # after which a message of which nothing is known is not waited for
_COUNT: Final = frozenset({CallStatus.SENT, CallStatus.ACKNOWLEDGED})


class News(StrEnum):
    """Whether a person has the news from another message."""

    NEW = "new"
    UNDER_WAY = "under_way"  # another message that tells it is being sent
    TOLD = "told"


async def news_for(session: AsyncSession, begun: ReceiptEntry, notice: CalledNotice) -> News:
    """Whether the person of a message that is to begin has its news from the call of another notice,
    on the same rung.

    One news is what one event tells several units of one thing; and, within ten minutes,
    what each of several units owes alike: the same kind for the same cause, due at the same instant.
    """
    statement = (
        select(
            col(CallReceiptRow.attempt),
            col(CallReceiptRow.status),
            col(CallReceiptRow.at),
            col(CallReceiptRow.event_number),
            col(NoticeRow.subject),
            col(ObligationRow.due_at),
        )
        .join(
            NoticeRow,
            and_(
                col(NoticeRow.incident_id) == col(CallReceiptRow.incident_id),
                col(NoticeRow.event_number) == col(CallReceiptRow.event_number),
                col(NoticeRow.purpose) == col(CallReceiptRow.purpose),
                col(NoticeRow.unit) == col(CallReceiptRow.unit),
            ),
        )
        .outerjoin(IncidentRow, col(IncidentRow.incident_id) == col(NoticeRow.incident_id))
        .outerjoin(
            ObligationRow,
            and_(
                col(ObligationRow.position) == col(IncidentRow.position),
                col(ObligationRow.id) == col(NoticeRow.subject),
            ),
        )
        .where(
            col(CallReceiptRow.incident_id) == begun.incident_id,
            col(CallReceiptRow.purpose) == begun.purpose,
            col(CallReceiptRow.person) == begun.person,
            col(CallReceiptRow.rung) == begun.rung,
            (col(CallReceiptRow.unit) != begun.unit)
            | (col(CallReceiptRow.event_number) != begun.event_number),
            col(NoticeRow.delivered_at).between(notice.sent_at - ONE_NEWS, notice.sent_at + ONE_NEWS),
        )
    )
    rows = [
        row
        for row in await session.execute(statement)
        if (row.event_number == begun.event_number and row.subject == notice.subject)
        or _is_owed_alike(row.subject, row.due_at, notice)
    ]
    if any(row.status in _COUNT for row in rows):
        return News.TOLD
    ended = {row.attempt for row in rows if row.status != CallStatus.BEGUN}
    is_under_way = any(row.attempt not in ended and begun.at < row.at + _DIED for row in rows)
    return News.UNDER_WAY if is_under_way else News.NEW


def _is_owed_alike(subject: str, due_at: datetime | None, notice: CalledNotice) -> bool:
    """Whether two notices name obligations of two units that differ in nothing but the unit."""
    kind, cause = of_any_unit(subject)
    is_of_another = bool(kind) and subject != notice.subject
    return is_of_another and (kind, cause) == of_any_unit(notice.subject) and due_at == notice.due_at
