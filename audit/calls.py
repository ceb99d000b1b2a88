"""Messages that had to be heard and reached nobody, as an audit finds them."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from audit.differences import Difference, DifferenceKind
from storage.undelivered import STUCK_AFTER, undelivered


async def call_differences(session: AsyncSession, incident_id: str) -> list[Difference]:
    """Each notice of an incident that somebody must hear, that nobody has acknowledged,
    and of which no message went out.
    """
    return [
        Difference(
            incident_id=incident_id,
            number=one.event_number,
            kind=DifferenceKind.CALL,
            expected=f"{one.purpose} of {one.sent_at.isoformat()} delivered to {one.unit}",
            actual="tried and taken by nobody" if one.was_tried else "no message",
        )
        for one in await undelivered(session, datetime.now(UTC) - STUCK_AFTER, incident_id=incident_id)
    ]
