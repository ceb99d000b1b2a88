"""P6: what one open incident held in the worker's cache costs in memory, against a bare workflow."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from bench.bare import QUEUE
from bench.cases import opening, registration, submission, under_way
from bench.floors import U
from bench.plan import Plan
from bench.processes import BenchProgram, settled_kilobytes
from bench.system import BARE_WORKER, WORKER, System
from workflows.client import start
from workflows.incident import IncidentWorkflow

Open = Callable[[int], Awaitable[None]]
_AT_ONE_TIME = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFigures:
    """Kilobytes per case held: its worker's own memory (USS), and what it holds with the shared (RSS)."""

    cases: int
    own_kilobytes: float
    resident_kilobytes: float


async def bare(system: System, plan: Plan) -> MemoryFigures:
    """A worker that holds bare workflows, each having taken as many updates as an incident on its way."""

    async def open_one(_: int) -> None:
        handle = await system.client.start_workflow(U, id=f"bare-{uuid4()}", task_queue=QUEUE)
        for ordinal, step in enumerate(under_way()):
            now = datetime.now(UTC)
            command_id = f"{handle.id}-{ordinal}"
            await handle.execute_update("submit", submission(step, now, command_id), id=command_id)

    return await _held(system.start("bare worker", BARE_WORKER), open_one, plan)


async def incidents(system: System, plan: Plan) -> MemoryFigures:
    """A worker that holds incidents on their way to their unit: verified, judged, assigned, signed for."""
    queue = system.settings.task_queue

    async def open_one(_: int) -> None:
        incident_id = f"inc-{uuid4().hex[:24]}"
        now = datetime.now(UTC)
        first = submission(registration(now, incident_id), now, f"{incident_id}-0", opening(incident_id, now))
        handle = await start(system.client, queue, first)
        for ordinal, step in enumerate(under_way(), start=1):
            now = datetime.now(UTC)
            command_id = f"{incident_id}-{ordinal}"
            await handle.execute_update(
                IncidentWorkflow.submit, submission(step, now, command_id), id=command_id
            )

    return await _held(system.start("worker", WORKER), open_one, plan)


async def _held(worker: BenchProgram, open_one: Open, plan: Plan) -> MemoryFigures:
    """What the cases cost, once a third as many have shown the worker all its code and filled its pools."""
    cases = plan.cases
    try:
        await _open(open_one, cases // 3)
        own, resident = await _memory(worker, plan.settle)
        await _open(open_one, cases)
        own_after, resident_after = await _memory(worker, plan.settle)
    finally:
        worker.stop()
    return MemoryFigures(
        cases=cases,
        own_kilobytes=(own_after - own) / cases,
        resident_kilobytes=(resident_after - resident) / cases,
    )


async def _open(open_one: Open, count: int) -> None:
    turns = asyncio.Semaphore(_AT_ONE_TIME)

    async def in_turn(ordinal: int) -> None:
        async with turns:
            await open_one(ordinal)

    await asyncio.gather(*(in_turn(ordinal) for ordinal in range(count)))


async def _memory(worker: BenchProgram, settle: float) -> tuple[int, int]:
    own = await asyncio.to_thread(settled_kilobytes, worker, settle)
    return own, worker.resident_kilobytes()
