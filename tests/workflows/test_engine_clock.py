"""The engine's time is told on a machine whose own clock is wrong,
and what was measured is kept while nobody answers.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.api.office import start_temporal
from workflows.beat import pulse_id, stamp
from workflows.engine_clock import EngineClock
from workflows.pulse import PulseWorkflow

WRONG = [timedelta(hours=26), timedelta(hours=-26)]
NEAR = timedelta(seconds=5)


@pytest.fixture
async def server():
    async with await start_temporal() as environment:
        yield environment


class Machine:
    """A machine whose clock is wrong by so much, and whose steady seconds pass as they do."""

    def __init__(self, wrong: timedelta) -> None:
        self.wrong = wrong

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.wrong

    def clock(self) -> EngineClock:
        return EngineClock(own=self)


def off(clock: EngineClock) -> timedelta:
    return abs(clock() - datetime.now(UTC))


async def length(client: Client, queue: str) -> int:
    return len((await client.get_workflow_handle(pulse_id(queue)).fetch_history()).events)


@pytest.mark.parametrize("wrong", WRONG)
async def test_without_any_worker_the_engines_time_is_learned_by_a_mark(
    server: WorkflowEnvironment, wrong: timedelta
):
    clock = Machine(wrong).clock()
    assert not clock.is_sure()
    await clock.measure(server.client, uuid4().hex)
    assert clock.is_sure()
    assert off(clock) < NEAR


async def test_with_a_worker_it_is_measured_again_and_again_without_an_event(server: WorkflowEnvironment):
    queue, machine = uuid4().hex, Machine(timedelta(hours=-26))
    clock = machine.clock()
    await clock.measure(server.client, queue)
    async with Worker(server.client, task_queue=queue, workflows=[PulseWorkflow]):
        await clock.measure(server.client, queue)
        before = await length(server.client, queue)
        for _ in range(20):
            await clock.measure(server.client, queue)
        assert await length(server.client, queue) == before
    assert off(clock) < NEAR


async def test_a_clock_that_is_set_is_doubted_until_it_is_measured_anew(server: WorkflowEnvironment):
    queue, machine = uuid4().hex, Machine(timedelta(0))
    clock = machine.clock()
    await clock.measure(server.client, queue)
    assert (clock.is_sure(), clock.ahead) == (True, timedelta(0))
    machine.wrong = timedelta(hours=26)
    assert not clock.is_sure()
    await clock.measure(server.client, queue)
    assert clock.is_sure()
    assert off(clock) < NEAR


async def test_what_is_known_stays_while_the_engine_is_down():
    machine = Machine(timedelta(hours=26))
    async with await start_temporal() as server:
        clock = machine.clock()
        await clock.measure(server.client, "any")
        gone = server.client
    await clock.measure(gone, "any")
    assert clock.is_sure()
    assert off(clock) < NEAR


async def test_a_clock_that_is_right_is_left_alone(server: WorkflowEnvironment):
    clock = EngineClock()
    await clock.measure(server.client, uuid4().hex)
    assert clock.ahead == timedelta(0)


async def test_the_marks_of_years_do_not_make_one_history_without_end(
    server: WorkflowEnvironment,
):
    queue = uuid4().hex
    stamps = [await stamp(server.client, queue, most=5) for _ in range(12)]
    assert stamps == sorted(stamps)
    history = await server.client.get_workflow_handle(f"marks-{queue}").fetch_history()
    assert len(history.events) <= 6


async def test_who_keeps_the_time_can_be_stopped_while_no_worker_answers(server: WorkflowEnvironment):
    queue, clock = uuid4().hex, EngineClock()
    await clock.measure(server.client, queue)
    for _ in range(3):
        asking = asyncio.create_task(clock.measure(server.client, queue))
        await asyncio.sleep(0.5)  # within the beat
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
