"""Whether what somebody must hear leaves the house:
channels that are broken, places that take no checkpoint, and messages that reach nobody.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from storage import checkpoint_outcomes
from storage.alarms import AlarmKind, Matter
from storage.call_channels import enabled, health
from storage.undelivered import STUCK_AFTER, undelivered

_EVERY: Final = 15.0  # seconds
_LOOKED_BACK: Final = timedelta(days=3)  # what nobody minded for longer is for the audit
CALLS: Final = frozenset({AlarmKind.CHANNEL_BROKEN, AlarmKind.CALL_STUCK, AlarmKind.CHECKPOINT_STUCK})


class Calls:
    """Looks at receipts and inboxes every so often, and says in between what it found last."""

    def __init__(self) -> None:
        self._looked_at = -_EVERY
        self._wrong: dict[Matter, str] = {}

    async def wrong(self, session: AsyncSession, now: datetime, tick: float) -> dict[Matter, str]:
        """What is wrong with channels (by name) and with calls (by case); `tick` is monotonic, in seconds."""
        if tick - self._looked_at >= _EVERY:
            self._wrong = await _wrong(session, now)
            self._looked_at = tick
        return self._wrong


async def _wrong(session: AsyncSession, now: datetime) -> dict[Matter, str]:
    wrong: dict[Matter, str] = {}
    for name in await enabled(session):
        fared = await health(session, name)
        if fared.is_broken:
            wrong[AlarmKind.CHANNEL_BROKEN, name] = f"{fared.failures} failures, the last {fared.detail}"
    places = await (await session.connection()).run_sync(checkpoint_outcomes.failing, now=now)
    wrong |= {(AlarmKind.CHECKPOINT_STUCK, place.value): detail for place, detail in places.items()}
    waiting = await undelivered(session, now - STUCK_AFTER, since=now - _LOOKED_BACK)
    for case in dict.fromkeys(one.incident_id for one in waiting):
        own = [one for one in waiting if one.incident_id == case]
        wrong[AlarmKind.CALL_STUCK, case] = f"{len(own)} unheard, the first of {own[0].sent_at.isoformat()}"
    return wrong
