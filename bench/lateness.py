"""P3: how late many deadlines of one minute are noticed, against bare timers on the same server."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from bench.bare import QUEUE
from bench.cases import opening, registration, submission
from bench.plan import Plan
from bench.system import System
from workflows.client import start

_LIMIT = timedelta(hours=48)
_AT_ONE_TIME = 8
_NOTICED = timedelta(seconds=20)  # after the last deadline, when all must have been noticed
Open = Callable[[datetime], Awaitable[WorkflowHandle[Any, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How many of the deadlines were noticed, and how late 99 % of them at most, in milliseconds."""

    deadlines: int
    noticed: int
    p99_milliseconds: float


async def measure(system: System, plan: Plan) -> tuple[Lateness, Lateness]:
    """Bare timers, then cases whose first answer is due, each within the same span of time."""
    return await _late(plan, _bare(system)), await _late(plan, _case(system))


def _bare(system: System) -> Open:
    async def opened(due_at: datetime) -> WorkflowHandle[Any, Any]:
        return await system.client.start_workflow(
            "BareTimer", due_at.timestamp(), id=f"bare-{uuid4()}", task_queue=QUEUE
        )

    return opened


def _case(system: System) -> Open:
    async def opened(due_at: datetime) -> WorkflowHandle[Any, Any]:
        incident_id, now = f"inc-{uuid4().hex[:24]}", datetime.now(UTC)
        begun = registration(due_at - _LIMIT + timedelta(minutes=1), incident_id)
        first = submission(begun, now, f"{incident_id}-0", opening(incident_id, now))
        return await start(system.client, system.settings.task_queue, first)

    return opened


async def _late(plan: Plan, opened: Open) -> Lateness:
    turns = asyncio.Semaphore(_AT_ONE_TIME)
    first = (datetime.now(UTC) + timedelta(seconds=plan.opening)).replace(microsecond=0)
    span = timedelta(seconds=plan.within)

    async def one(number: int) -> WorkflowHandle[Any, Any]:
        async with turns:
            return await opened(first + span * number / plan.deadlines)

    handles = await asyncio.gather(*(one(number) for number in range(plan.deadlines)))
    await asyncio.sleep(max((first + span - datetime.now(UTC)).total_seconds(), 0))

    async def late(handle: WorkflowHandle[Any, Any]) -> float | None:
        async with turns:
            return await _of(handle)

    noticed_at: dict[int, float] = {}
    while len(noticed_at) < len(handles):
        missing = [number for number in range(len(handles)) if number not in noticed_at]
        lateness = await asyncio.gather(*(late(handles[number]) for number in missing))
        noticed_at.update(
            (number, each) for number, each in zip(missing, lateness, strict=True) if each is not None
        )
        if datetime.now(UTC) > first + span + _NOTICED:
            break
        await asyncio.sleep(1)
    p99 = quantiles(noticed_at.values(), n=100)[-1] if len(noticed_at) > 1 else float("nan")
    return Lateness(deadlines=plan.deadlines, noticed=len(noticed_at), p99_milliseconds=p99)


async def _of(handle: WorkflowHandle[Any, Any]) -> float | None:
    """Milliseconds from the instant for which the last timer that fired was set until its task was done,
    as the server says.
    """
    due_at, late, started = None, None, {}
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            wait = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            started[event.event_id] = event.event_time.ToDatetime(UTC) + wait
        elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            due_at = started[event.timer_fired_event_attributes.started_event_id]
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED and due_at is not None:
            late = (event.event_time.ToDatetime(UTC) - due_at).total_seconds() * 1e3
            due_at = None
    return late
