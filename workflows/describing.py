"""How the workflow of a case stands at the server: described without a worker,
and without a question to the case itself.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple, TypeVar

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
)
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey

T = TypeVar("T", int, str)
_PATIENCE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Described:
    """What the server says of the latest run of a case."""

    raw: DescribeWorkflowExecutionResponse

    @property
    def run_id(self) -> str:
        """The run."""
        return self.raw.workflow_execution_info.execution.run_id

    @property
    def status(self) -> WorkflowExecutionStatus | None:
        """Whether it runs, or how it ended; None for what this release does not know."""
        number = self.raw.workflow_execution_info.status
        return WorkflowExecutionStatus(number) if number else None

    @property
    def task_queue(self) -> str:
        """The queue that its tasks go through."""
        return self.raw.workflow_execution_info.task_queue

    def shown(self, key: SearchAttributeKey[T]) -> T | None:
        """The value of a search attribute of a plain type;
        None where it was never set, or is not set any more.
        """
        payload = self.raw.workflow_execution_info.search_attributes.indexed_fields.get(key.name)
        if payload is None or not payload.data:
            return None
        value: T | None = json.loads(payload.data)
        return value


async def described(client: Client, incident_id: str, patience: timedelta = _PATIENCE) -> Described:
    """Describe the latest run of a case; raises RPCError, NOT_FOUND where there is none.

    Asked plainly: the SDK reads all search attributes along, and stumbles over an instant that was unset.
    """
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=incident_id)
    )
    return Described(
        await client.workflow_service.describe_workflow_execution(request, retry=True, timeout=patience)
    )


class QueueBacklog(NamedTuple):
    """The tasks of a queue that no worker has taken: how many, and for how many seconds the oldest waits."""

    tasks: int
    seconds: float


async def backlog(client: Client, task_queue: str, patience: timedelta = _PATIENCE) -> QueueBacklog:
    """What waits in the queue of all cases, as of some seconds ago; raises RPCError."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        report_stats=True,
    )
    description = await client.workflow_service.describe_task_queue(request, timeout=patience)
    age = description.stats.approximate_backlog_age.ToTimedelta()
    return QueueBacklog(description.stats.approximate_backlog_count, age.total_seconds())
