"""Signs of life: by their silence the engine knows that a worker is dead,
and another takes over before its time is up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from temporalio import activity

_BEAT: Final = 3.0  # seconds between two


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Tell the engine, while it lasts, that an activity is worked on by a process that lives."""
    beats = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beats.cancel()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(_BEAT)
