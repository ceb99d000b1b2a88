"""Turns at what takes a core for a while: one for each case, few at one time, and few who wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from casework.outcomes import Unavailable

_PAUSE: Final = 0.02  # seconds


class Turns:
    """So many turns at one time, of one case never two; so many wait, for so many seconds.

    Waiting is looking again: what belongs to a loop would not outlast it, and a process may have several,
    one after another.
    """

    def __init__(self, part: str, *, most: int, waiting: int, patience: float) -> None:
        self._part = part
        self._most, self._most_waiting, self._patience = most, waiting, patience
        self._under_way: set[str] = set()
        self._waiting = 0

    @asynccontextmanager
    async def of(self, case: str) -> AsyncIterator[None]:
        """A turn at a case; raises Unavailable where too many wait already, and where none comes in time."""
        if self._is_free(case):
            self._under_way.add(case)
        else:
            await self._wait(case)
        try:
            yield
        finally:
            self._under_way.discard(case)

    def _is_free(self, case: str) -> bool:
        return case not in self._under_way and len(self._under_way) < self._most

    async def _wait(self, case: str) -> None:
        if self._waiting >= self._most_waiting:
            raise Unavailable(self._part)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                while not self._is_free(case):  # noqa: ASYNC110  see above: an event belongs to a loop
                    await asyncio.sleep(_PAUSE)
                self._under_way.add(case)
        except TimeoutError:
            raise Unavailable(self._part) from None
        finally:
            self._waiting -= 1
