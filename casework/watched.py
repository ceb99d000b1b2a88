"""What the watch has found, for readiness and for every page:
kept in memory, so that no page waits for it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from casework.ledger_session import reading
from casework.outcomes import Unavailable
from casework.vitals import Vitals
from storage.alarms import AlarmKind, open_alarms
from storage.database import Database
from storage.heartbeats import Listener, heartbeats

WATCH: Final = "watch"
SILENT_SECONDS: Final = 30.0  # it looks every five
_KEPT_SECONDS: Final = 3.0
_OLD_SECONDS: Final = 10.0
_WAITED_SECONDS: Final = 0.5
_ORDER: Final = (*AlarmKind, WATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The checks that fail, in a fixed order; when the watch looked last, None where none ever did;
    whether it still does.
    """

    checks: tuple[str, ...] = ()
    looked_at: datetime | None = None
    is_silent: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """What pages say; a system that is run without a watch is not told of it on each."""
        return tuple(check for check in self.checks if check != WATCH or self.looked_at is not None)


class Watching:
    """Reads alarms and the watch's heartbeat, at most every few seconds, and beside the pages that ask."""

    def __init__(self, database: Callable[[], Database], vitals: Vitals) -> None:
        self._database = database
        self._vitals = vitals
        self._listener = Listener()
        self._last = Watched()
        self._at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def now(self) -> Watched:
        """As it stands at this moment."""
        await self._read()
        return self._last

    async def lately(self) -> Watched:
        """As of a few seconds ago; waits half a second at most."""
        age = monotonic() - self._at
        if age > _KEPT_SECONDS and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read())
        if age > _OLD_SECONDS and self._reading is not None:
            await asyncio.wait({self._reading}, timeout=_WAITED_SECONDS)
        return self._last

    async def close(self) -> None:
        """End what is still being read."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        failing: set[str] = set() if await self._vitals.database_writes() else {AlarmKind.DATABASE}
        looked_at, is_silent = self._last.looked_at, self._last.is_silent
        with suppress(Unavailable):
            async with reading(self._database()) as session:
                failing |= {alarm.kind for alarm in await open_alarms(session)}
                last = (await heartbeats(session)).get(WATCH)
            looked_at = None if last is None else last.at
            is_silent = self._listener.silence(WATCH, 0 if last is None else last.beats) > SILENT_SECONDS
        if is_silent:
            failing.add(WATCH)
        checks = tuple(str(check) for check in _ORDER if check in failing)
        self._last = Watched(checks=checks, looked_at=looked_at, is_silent=is_silent)
        self._at = monotonic()
