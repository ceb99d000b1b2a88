"""The one timer of a case, set to the instant at which the rules next need the clock."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.incident import whole
from domain.terms.drill import DrillClock

# Timers are cut to milliseconds: one more, or they fire before their instant.
_MILLISECOND = timedelta(milliseconds=1)


class AlarmClock:
    """Armed for one instant at a time; `has_rung` once that is reached, until it is armed again."""

    def __init__(self, rung: Callable[[], None]) -> None:
        self.has_rung = False
        self.armed_for: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._rung = rung

    def arm(self, alarm: datetime | None, now: datetime, drill: DrillClock | None) -> None:
        """Set the timer to `alarm` (the case's clock; None for none), where it is not so already."""
        if self._timer is not None:
            if alarm == self.armed_for:
                return
            self._timer.cancel()
        self._timer, self.armed_for, self.has_rung = None, alarm, False
        if alarm is None:
            return
        if alarm <= whole(now):
            self.has_rung = True
            return
        wait = ((alarm - now) / drill.scale if drill else alarm - now) + _MILLISECOND
        self._timer = asyncio.get_running_loop().call_later(wait.total_seconds(), self._ring)

    def _ring(self) -> None:
        self._timer, self.has_rung = None, True
        self._rung()
