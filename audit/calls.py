"""Messages that had to be heard and reached nobody, as an audit finds them."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from audit.differences import Difference, DifferenceKind
from storage.channels_on import WindowsOnce
from storage.undelivered import STUCK_AFTER, undelivered


async def call_differences(
    session: AsyncSession, incident_id: str, windows: WindowsOnce | None = None
) -> list[Difference]:
    """Each notice of an incident that somebody must hear, that nobody has acknowledged,
    and of which no message went out. Whoever goes through many hands over when channels were on.
    """
    before = datetime.now(UTC) - STUCK_AFTER
    windows_on = await (windows or WindowsOnce()).of(session)
    stuck = await undelivered(session, before, incident_id=incident_id, windows_on=windows_on)
    return [
        Difference(
            incident_id=incident_id,
            number=one.event_number,
            kind=DifferenceKind.CALL,
            expected=f"{one.purpose} of {one.sent_at.isoformat()} delivered to {one.unit}",
            actual="tried and taken by nobody" if one.was_tried else "no message",
        )
        for one in stuck
    ]
