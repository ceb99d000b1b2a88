"""The engine's time, on a machine whose own clock may be wrong:
measured again and again, and kept while nobody answers.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.beat import Silent, beat, stamp

log = structlog.get_logger("clock")

EVERY: Final = 10.0  # seconds between two measurements
LARGE: Final = timedelta(minutes=1)  # from here on a clock that differs is an alarm
_LOOK: Final = 1.0  # between looks at whether it is time to measure
_PATIENCE: Final = 3.0
_MARKED_EVERY: Final = 60.0  # a mark is an event in a history, a beat is none
_TOLERATED: Final = timedelta(seconds=1)  # round trips are no finer, and clocks that are kept differ by less
_LONGEST: Final = timedelta(seconds=10)  # an answer that took longer says too little
_STEADY: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_NO_ANSWER: Final = (OSError, TimeoutError, RPCError, RuntimeError)


def own_time() -> datetime:
    """What this machine's clock says."""
    return datetime.now(UTC)


def _steady_seconds() -> float:
    """Seconds that nobody sets, and that pass while the machine sleeps."""
    return time.clock_gettime(_STEADY)


class EngineClock:
    """Tells the engine's time: this machine's clock less what it is `ahead`, by the last measurement.

    A difference of a second is left alone. `own` tells the machine's time, `steady` seconds that nobody sets.
    """

    def __init__(
        self, own: Callable[[], datetime] = own_time, steady: Callable[[], float] = _steady_seconds
    ) -> None:
        self.ahead = timedelta(0)  # of the engine's clock
        self._own = own
        self._steady = steady
        self._learned: tuple[datetime, float] | None = None  # when, by both clocks
        self._asked_at = float("-inf")

    def __call__(self) -> datetime:
        """The engine's time now, as far as it is known."""
        return self._own() - self.ahead

    def is_sure(self) -> bool:
        """Whether the difference was measured, and nobody has set this machine's clock since."""
        if self._learned is None:
            return False
        at, steady_at = self._learned
        passed = timedelta(seconds=self._steady() - steady_at)
        return abs(self._own() - at - passed) <= 2 * _TOLERATED

    async def keep(self, client: Client, task_queue: str) -> None:
        """Measure time after time, until cancelled."""
        while True:
            if not self.is_sure() or self._steady() - self._asked_at >= EVERY:
                await self.measure(client, task_queue)
            await asyncio.sleep(_LOOK)

    async def measure(self, client: Client, task_queue: str) -> None:
        """Ask the engine once; where it does not answer, what is known stays.

        By an empty step of the worker, which leaves no event;
        by a mark where nothing is sure yet, or no worker has answered for a minute.
        """
        self._asked_at = self._steady()
        with suppress(*_NO_ANSWER):
            if not (self.is_sure() and await self._beaten(client, task_queue)):
                async with asyncio.timeout(_PATIENCE):
                    await self._learn(stamp(client, task_queue))

    async def _beaten(self, client: Client, task_queue: str) -> bool:
        """Whether a worker answered, or what is known is young enough."""
        try:
            await self._learn(beat(client, task_queue, _PATIENCE))
        except Silent:
            return self._learned is not None and self._steady() - self._learned[1] < _MARKED_EVERY
        return True

    async def _learn(self, answer: Awaitable[datetime]) -> None:
        """What was told lies between question and answer, and so does the difference."""
        asked_at, steady_at = self._own(), self._steady()
        engine_time = await answer
        answered_at, passed = self._own(), timedelta(seconds=self._steady() - steady_at)
        if passed > _LONGEST or abs(answered_at - asked_at - passed) > _TOLERATED:  # or it was set in between
            return
        least, most = asked_at - engine_time - _TOLERATED, answered_at - engine_time + _TOLERATED
        possible = [known for known in (timedelta(0), self.ahead) if least <= known <= most]
        ahead = possible[0] if possible else (least + most) / 2
        if ahead != self.ahead:
            log.warning("the clock of this machine differs from the engine's", ahead=ahead.total_seconds())
        self.ahead = ahead
        self._learned = answered_at, self._steady()
