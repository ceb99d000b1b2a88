"""A beat proves that a worker takes steps, and leaves nothing in the history."""

from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.api.office import start_temporal
from workflows.beat import Silent, beat, open_pulse, pulse_id
from workflows.pulse import PulseWorkflow

PATIENCE = 20


@pytest.fixture
async def server():
    async with await start_temporal() as environment:
        yield environment


async def _length(server: WorkflowEnvironment, queue: str) -> int:
    history = await server.client.get_workflow_handle(pulse_id(queue)).fetch_history()
    return len(history.events)


async def test_a_hundred_beats_are_answered_and_leave_no_event(server: WorkflowEnvironment):
    queue = uuid4().hex
    async with Worker(server.client, task_queue=queue, workflows=[PulseWorkflow]):
        await beat(server.client, queue, PATIENCE)
        before = await _length(server, queue)
        for _ in range(100):
            await beat(server.client, queue, PATIENCE)
        assert await _length(server, queue) == before


async def test_without_a_worker_nothing_beats_and_with_the_next_it_does(server: WorkflowEnvironment):
    queue = uuid4().hex
    with pytest.raises(Silent):
        await beat(server.client, queue, 0.5)
    for _ in range(2):
        await open_pulse(server.client, queue)
        async with Worker(server.client, task_queue=queue, workflows=[PulseWorkflow]):
            await beat(server.client, queue, PATIENCE)


async def test_a_pulse_that_somebody_ended_is_opened_again(server: WorkflowEnvironment):
    queue = uuid4().hex
    async with Worker(server.client, task_queue=queue, workflows=[PulseWorkflow]):
        await beat(server.client, queue, PATIENCE)
        await server.client.get_workflow_handle(pulse_id(queue)).terminate()
        await beat(server.client, queue, PATIENCE)
