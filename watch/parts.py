"""Whether the parts that carry the cases do what they exist for, as the watch finds them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from storage.alarms import AlarmKind
from storage.database import Database
from storage.heartbeats import Listener, beat, heartbeats
from workflows.beat import Silent, answers
from workflows.beat import beat as worker_beat

NAME: Final = "watch"
WORKER: Final = "worker"  # as its heartbeat and the supervisor call it
MUTE_SECONDS: Final = 20.0  # it writes its heartbeat every five
_PATIENCE: Final = 4.0
_DOWN: Final = (OSError, TimeoutError, SQLAlchemyError, RPCError, RuntimeError, Silent)


class WatchedParts:
    """Database, engine and worker, asked at each look;
    `asks` names processes that live and do not do their work.
    """

    def __init__(
        self, database: Database, client: Client, task_queue: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self.asks: dict[str, str] = {}
        self._database = database
        self._client = client
        self._task_queue = task_queue
        self._clock = clock
        self._worker = Listener(clock)

    async def down(self, now: datetime) -> dict[AlarmKind, str]:
        """The parts that fail, each with the kind of its failure;
        of a silent engine's worker nothing is known.
        """
        faults = dict(
            zip(
                (AlarmKind.DATABASE, AlarmKind.TEMPORAL, AlarmKind.WORKER),
                await asyncio.gather(
                    _fault(beat(self._database, NAME, now)),
                    _fault(answers(self._client, _PATIENCE)),
                    _fault(worker_beat(self._client, self._task_queue, _PATIENCE)),
                ),
                strict=True,
            )
        )
        self.asks = {}
        if any(faults.values()):
            self._worker = Listener(self._clock)  # it could not write meanwhile, or is only just there again
        elif await self._is_mute():
            faults[AlarmKind.WORKER] = self.asks[WORKER] = "records nothing"
        if faults[AlarmKind.TEMPORAL]:
            del faults[AlarmKind.WORKER]
        return {kind: fault for kind, fault in faults.items() if fault}

    async def _is_mute(self) -> bool:
        """Whether a worker that takes steps has long not written, though the database takes writes."""
        try:
            async with self._database.session() as session:
                last = (await heartbeats(session)).get(WORKER)
        except _DOWN:
            return False
        return last is not None and self._worker.silence(WORKER, last.beats) > MUTE_SECONDS


async def _fault(answer: Awaitable[object]) -> str:
    """The name of what went wrong, empty when nothing did."""
    try:
        async with asyncio.timeout(_PATIENCE + 1):
            await answer
    except _DOWN as error:
        return type(error).__name__
    return ""
