"""Whether the parts that carry the cases do what they exist for, as the watch finds them."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from storage.alarms import AlarmKind
from storage.database import Database
from storage.heartbeats import beat
from workflows.beat import Silent, answers
from workflows.beat import beat as worker_beat

NAME: Final = "watch"
_PATIENCE: Final = 4.0
_DOWN: Final = (OSError, TimeoutError, SQLAlchemyError, RPCError, RuntimeError, Silent)


async def parts_down(
    database: Database, client: Client, task_queue: str, now: datetime
) -> dict[AlarmKind, str]:
    """The parts that fail, each with the kind of its failure; of a silent engine's worker nothing is known."""
    faults = dict(
        zip(
            (AlarmKind.DATABASE, AlarmKind.TEMPORAL, AlarmKind.WORKER),
            await asyncio.gather(
                _fault(beat(database, NAME, now)),
                _fault(answers(client, _PATIENCE)),
                _fault(worker_beat(client, task_queue, _PATIENCE)),
            ),
            strict=True,
        )
    )
    if faults[AlarmKind.TEMPORAL]:
        del faults[AlarmKind.WORKER]
    return {kind: fault for kind, fault in faults.items() if fault}


async def _fault(asked: Awaitable[None]) -> str:
    """The name of what went wrong, empty when nothing did."""
    try:
        async with asyncio.timeout(_PATIENCE + 1):
            await asked
    except _DOWN as error:
        return type(error).__name__
    return ""
