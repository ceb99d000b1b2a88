"""The two floors: the bare engine taking the same updates, alone (U) and with an empty activity each (A)."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from bench.bare import QUEUE
from bench.cases import step, submission
from bench.load import DONE, Act

U = "BareUpdate"
A = "BareActivity"
_PATIENCE = timedelta(seconds=30)


async def callers_of(client: Client, workflow: str, count_of_callers: int) -> list[Act]:
    """Callers that send updates, each to a fresh bare workflow of its own."""
    return [_caller(await _start(client, workflow)) for _ in range(count_of_callers)]


async def _start(client: Client, workflow: str) -> WorkflowHandle[object, object]:
    return await client.start_workflow(
        workflow, id=f"bare-{uuid4()}", task_queue=QUEUE, rpc_timeout=_PATIENCE
    )


def _caller(handle: WorkflowHandle[object, object]) -> Act:
    """Sends one case's steps to one workflow, in the envelope that the web process would make."""
    ordinals = count()

    async def act() -> str:
        ordinal = next(ordinals)
        now = datetime.now(UTC)
        command_id = f"{handle.id}-{ordinal}"
        command = submission(step(now, ordinal, command_id), now, command_id)
        try:
            await handle.execute_update(
                "submit", command, id=command_id, result_type=int, rpc_timeout=_PATIENCE
            )
        except RPCError as error:
            return f"error {error.status.name}"
        return DONE

    return act
