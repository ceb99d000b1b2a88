"""Hands of others at the engine: what anybody who reaches it may do to a case,
without a line of the house's own code.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from temporalio.api.command.v1 import (
    CancelTimerCommandAttributes,
    Command,
    StartTimerCommandAttributes,
)
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import CommandType, EventType, TaskQueueKind
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    ResetStickyTaskQueueRequest,
    RespondWorkflowTaskCompletedRequest,
)
from temporalio.client import Client

_WHO: Final = "a hand from outside"
_CALL: Final = timedelta(seconds=5)
_POLL: Final = timedelta(seconds=20)
_GIVEN_UP: Final = 60.0
_YEAR: Final = Duration(seconds=365 * 86_400)

Answer = Callable[[PollWorkflowTaskQueueResponse], Command]


async def end(client: Client, incident_id: str) -> None:
    """Terminate the workflow, as by the engine's own pages."""
    await client.get_workflow_handle(incident_id).terminate(_WHO)


def another_timer(_: PollWorkflowTaskQueueResponse) -> Command:
    """A command that the conductor never gives: no worker of the house can replay the case from there on."""
    return Command(
        command_type=CommandType.COMMAND_TYPE_START_TIMER,
        start_timer_command_attributes=StartTimerCommandAttributes(
            timer_id=_WHO, start_to_fire_timeout=_YEAR
        ),
    )


def no_timer(task: PollWorkflowTaskQueueResponse) -> Command:
    """Takes the case's clock away: nothing fails, nothing waits, and no limit is ever noticed by it."""
    started = EventType.EVENT_TYPE_TIMER_STARTED
    timers = [
        event.timer_started_event_attributes.timer_id
        for event in task.history.events
        if event.event_type == started
    ]
    return Command(
        command_type=CommandType.COMMAND_TYPE_CANCEL_TIMER,
        cancel_timer_command_attributes=CancelTimerCommandAttributes(timer_id=timers[-1]),
    )


async def answer(client: Client, task_queue: str, incident_id: str, command: Answer) -> None:
    """Have the case do something, and answer its task in place of the worker,
    which must not run meanwhile.
    """
    await client.workflow_service.reset_sticky_task_queue(
        ResetStickyTaskQueueRequest(
            namespace=client.namespace, execution=WorkflowExecution(workflow_id=incident_id)
        ),
        timeout=_CALL,
    )
    await client.get_workflow_handle(incident_id).signal("unknown to the case")
    async with asyncio.timeout(_GIVEN_UP):
        task = await _task_of(client, task_queue, incident_id)
    await client.workflow_service.respond_workflow_task_completed(
        RespondWorkflowTaskCompletedRequest(
            namespace=client.namespace, task_token=task.task_token, commands=[command(task)], identity=_WHO
        ),
        timeout=_CALL,
    )


async def _task_of(client: Client, task_queue: str, incident_id: str) -> PollWorkflowTaskQueueResponse:
    """The next task of the case; those of others are left to time out."""
    request = PollWorkflowTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue, kind=TaskQueueKind.TASK_QUEUE_KIND_NORMAL),
        identity=_WHO,
    )
    while True:
        task = await client.workflow_service.poll_workflow_task_queue(request, timeout=_POLL)
        if task.workflow_execution.workflow_id == incident_id:
            return task
