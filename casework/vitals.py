"""Whether database, Temporal and worker do what they exist for: a write, an answer, an empty step;
asked seldom, known to all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from casework.incident_workflow import IncidentWorkflowClient
from casework.outcomes import Unavailable
from storage.database import Database, alive
from storage.heartbeats import beat
from workflows.engine_clock import own_time

KEPT_SECONDS: Final = 2.0
BEAT_SECONDS: Final = 3.0
_WRITE_SECONDS: Final = 2.0
_TRIES: Final = 3  # a write that meets another one's lock is no sign of a database that is locked


class Vitals:
    """The parts as of two seconds ago at most; whoever asks at one time, anybody may, asks once."""

    def __init__(self, database: Callable[[], Database], cases: IncidentWorkflowClient) -> None:
        self._database = database
        self._cases = cases
        self._asking = asyncio.Lock()
        self._parts: dict[str, bool] = {}
        self._until = 0.0
        self._trying = asyncio.Lock()
        self._takes_writes = False
        self._tried_until = 0.0

    async def parts(self) -> dict[str, bool]:
        """Which of database, Temporal and worker do their work."""
        async with self._asking:
            if monotonic() >= self._until:
                database, (temporal, worker) = await asyncio.gather(self.database_writes(), self._engine())
                self._parts = {"database": database, "temporal": temporal, "worker": worker}
                self._until = monotonic() + KEPT_SECONDS
            return self._parts

    async def database_writes(self) -> bool:
        """Whether the database takes a write."""
        async with self._trying:
            if monotonic() >= self._tried_until:
                self._takes_writes = await self._writes()
                self._tried_until = monotonic() + KEPT_SECONDS
            return self._takes_writes

    async def _writes(self) -> bool:
        database = self._database()
        if not await alive(database):
            return False
        for _ in range(_TRIES):
            try:
                async with asyncio.timeout(_WRITE_SECONDS / _TRIES):
                    # By this machine's own clock, by which the watch tells that it is wrong.
                    await beat(database, "web", own_time())
            except (OSError, TimeoutError, SQLAlchemyError):
                continue
            return True
        return False

    async def _engine(self) -> tuple[bool, bool]:
        """Whether Temporal answers, and whether a worker takes steps;
        of a silent engine's worker nothing is known.
        """
        answers, beats = await asyncio.gather(
            _holds(self._cases.engine_answers()), _holds(self._cases.worker_beats(BEAT_SECONDS))
        )
        return answers, answers and beats


async def _holds(answer: Awaitable[bool]) -> bool:
    try:
        return await answer
    except Unavailable:
        return False
