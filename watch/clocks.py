"""Clocks of processes that differ from the engine's: told by the dates of their heartbeats,
and of the watch's own by itself.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from storage.heartbeats import Heartbeat
from watch.parts import NAME
from workflows.engine_clock import LARGE, EngineClock

_CERTAIN: Final = 2  # heartbeats in turn: one may have been written before the machine slept


class Clocks:
    """Compares heartbeats with the engine's time as `clock` tells it."""

    def __init__(self, clock: EngineClock) -> None:
        self._clock = clock
        self._beats: dict[str, int] = {}
        self._looks: dict[str, int] = {}
        self._by: dict[str, timedelta] = {}

    def wrong(self, heartbeats: Mapping[str, Heartbeat]) -> dict[str, str] | None:
        """Name → by how many seconds its clock is ahead, of those a minute and more from the engine's;
        None while that is not known.

        Of a process that has not beaten since the last look, what was known stays.
        """
        if not self._clock.is_sure():
            return None
        for name, heartbeat in heartbeats.items():
            if name != NAME and self._beats.get(name) not in {None, heartbeat.beats}:
                self._note(name, heartbeat.at - self._clock())
            self._beats[name] = heartbeat.beats
        wrong = {name: by for name, by in self._by.items() if self._looks[name] >= _CERTAIN}
        if abs(self._clock.ahead) >= LARGE:
            wrong[NAME] = self._clock.ahead
        return {name: f"{by.total_seconds():+.0f}" for name, by in wrong.items()}

    def _note(self, name: str, by: timedelta) -> None:
        self._looks[name] = self._looks.get(name, 0) + 1 if abs(by) >= LARGE else 0
        self._by[name] = by
