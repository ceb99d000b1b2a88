"""Whether the workflow engine answers, asked with a short time-out and at most once every few seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from casework.outcomes import Unavailable

KEPT_SECONDS: Final = 3.0
ASKED_SECONDS: Final = 0.7  # a page must not wait for an engine that is down


class Pulse:
    """Asks `ask` (True when a worker takes steps; raises Unavailable when Temporal is down)
    and keeps the answer a while.
    """

    def __init__(self, ask: Callable[[], Awaitable[bool]], *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._ask = ask
        self._kept_seconds = kept_seconds
        self._asking = asyncio.Lock()
        self._answer = False
        self._until = 0.0

    async def beats(self) -> bool:
        """Whether steps are being taken, as of a few seconds ago at most; readers at one time ask once."""
        async with self._asking:
            if monotonic() >= self._until:
                self._answer = await self._asked()
                self._until = monotonic() + self._kept_seconds
            return self._answer

    async def _asked(self) -> bool:
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                return await self._ask()
        except (Unavailable, TimeoutError):
            return False
