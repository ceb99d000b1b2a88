"""Asking the worker for a beat: an empty workflow task through the queue,
which leaves nothing in the history and tells the time.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    GetWorkflowExecutionHistoryReverseRequest,
    ResetStickyTaskQueueRequest,
)
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from workflows.pulse import BEATS

_TASK: Final = timedelta(seconds=2)  # a task that a dead worker holds is given to another after that
_CALL: Final = timedelta(seconds=5)
_MARKS: Final = 1000  # events of one history of marks


class Silent(Exception):  # noqa: N818  named for what was heard
    """The engine answers, and no worker took the step in time."""


def pulse_id(task_queue: str) -> str:
    """The id of the one workflow that goes through a queue."""
    return f"pulse-{task_queue}"


async def open_pulse(client: Client, task_queue: str) -> None:
    """See to it that the workflow runs, and that its next task waits for no worker of before;
    raises RPCError.
    """
    await client.start_workflow(
        "Pulse",
        id=pulse_id(task_queue),
        task_queue=task_queue,
        task_timeout=_TASK,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        rpc_timeout=_CALL,
    )
    request = ResetStickyTaskQueueRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=pulse_id(task_queue))
    )
    await client.workflow_service.reset_sticky_task_queue(request, timeout=_CALL)


async def stamp(client: Client, task_queue: str, *, most: int = _MARKS) -> datetime:
    """The engine's time, as it dates a mark in the history of a workflow whose queue nobody serves.

    Raises RPCError.

    A history of `most` events is the last of its run.
    """
    name = f"marks-{task_queue}"
    await client.start_workflow(
        "Marks",
        id=name,
        task_queue=name,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal="mark",
        static_summary="Nobody carries it out: the engine dates its events, and so tells the time.",
        rpc_timeout=_CALL,
    )
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=name), maximum_page_size=1
    )
    answer = await client.workflow_service.get_workflow_execution_history_reverse(request, timeout=_CALL)
    last = answer.history.events[0]
    if last.event_id >= most:
        await client.get_workflow_handle(name).terminate(rpc_timeout=_CALL)
    return last.event_time.ToDatetime(UTC)


async def answers(client: Client, seconds: float) -> None:
    """Return once the engine has answered a call;
    raises RPCError or TimeoutError when it does not in time.
    """
    request = DescribeNamespaceRequest(namespace=client.namespace)
    async with asyncio.timeout(seconds):
        await client.workflow_service.describe_namespace(request, timeout=timedelta(seconds=seconds))


async def beat(client: Client, task_queue: str, seconds: float) -> datetime:
    """The engine's time at which a worker took an empty step;
    raises Silent when none does in time, RPCError without an engine.
    """
    try:
        async with asyncio.timeout(seconds):
            try:
                return await _step(client, task_queue, seconds)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await open_pulse(client, task_queue)
                return await _step(client, task_queue, seconds)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # which the SDK tells as if nobody had answered
            raise asyncio.CancelledError from None
        raise Silent from None


async def beats(task_queue: str, client: Client, seconds: float) -> bool:
    """Whether a worker takes an empty step within so many seconds; of an engine that does not answer, no."""
    try:
        await beat(client, task_queue, seconds)
    except (Silent, RPCError, RuntimeError):
        return False
    return True


async def _step(client: Client, task_queue: str, seconds: float) -> datetime:
    handle = client.get_workflow_handle(pulse_id(task_queue))
    try:
        await handle.execute_update("beat", rpc_timeout=timedelta(seconds=seconds))
    except WorkflowUpdateFailedError as answer:
        cause = answer.cause
        if not (isinstance(cause, ApplicationError) and cause.type == BEATS):
            raise
        (detail,) = cause.details
        if isinstance(detail, str):
            return datetime.fromisoformat(detail)
    raise Silent  # the answer is a refusal; one that does not open is no answer of ours
