"""How a worker carries cases: what each process that does so has, the system's and those of the faults."""

from collections.abc import Sequence
from typing import TypedDict

from temporalio.worker import Interceptor, WorkflowRunner

from workflows.at_hand import AtHand
from workflows.unburdened import Unburdened, UnburdenedRunner


class Hosting(TypedDict):
    """Arguments of the SDK's worker, by its names."""

    workflow_runner: WorkflowRunner
    interceptors: Sequence[Interceptor]
    max_workflow_task_external_storage_concurrency: int


def hosting() -> Hosting:
    """For a worker of cases and of their records.

    Cases run without the SDK's sandbox, which costs some 45 KB a case and 0.8 ms a step:
    what it would find, the contracts forbid and the replays of the tests, which run inside it, show.
    """
    return Hosting(
        workflow_runner=UnburdenedRunner(),
        interceptors=[Unburdened(), AtHand()],
        max_workflow_task_external_storage_concurrency=1,  # none is used; more makes a task of each payload
    )
