"""How a case stands is told whatever its search attributes are, unset ones among them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import SearchAttributeUpdate
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from storage.alarms import AlarmKind
from tests.api.office import address, start_temporal
from watch import cases
from watch.cases import standing
from workflows.client import connect
from workflows.describing import Described, backlog, described
from workflows.search_attributes import EVENT_NUMBER, LINEAGE, NEXT_DUE


@workflow.defn(name="Incident")
class Settled:
    """A case that had a limit, and has none any more."""

    @workflow.run
    async def run(self) -> None:
        workflow.upsert_search_attributes([NEXT_DUE.value_set(datetime(2026, 11, 29, tzinfo=UTC))])
        await workflow.sleep(0.1)
        shown: list[SearchAttributeUpdate[Any]] = [
            NEXT_DUE.value_unset(),
            EVENT_NUMBER.value_set(7),
            LINEAGE.value_set("a" * 32),
        ]
        workflow.upsert_search_attributes(shown)
        await workflow.wait_condition(lambda: False)


async def test_a_case_whose_limit_was_unset_is_described(tmp_path: Path):
    async with await start_temporal() as server:
        await _described(server, tmp_path)


async def test_what_waits_in_the_queue_is_counted_and_timed(tmp_path: Path):
    async with await start_temporal() as server:
        client = await connect(address(server), server.client.namespace, tmp_path)
        queue = uuid4().hex
        assert await backlog(client, queue) == (0, 0)
        for _ in range(3):
            await client.start_workflow("Incident", id=uuid4().hex, task_queue=queue)
        while (waiting := await backlog(client, queue)).seconds == 0:
            await asyncio.sleep(0.2)
        assert waiting.tasks == 3


async def _described(server: WorkflowEnvironment, tmp_path: Path) -> None:
    client = await connect(address(server), server.client.namespace, tmp_path)
    queue, incident_id = uuid4().hex, uuid4().hex
    async with Worker(
        client, task_queue=queue, workflows=[Settled], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        await client.start_workflow("Incident", id=incident_id, task_queue=queue)
        while (await described(client, incident_id)).shown(EVENT_NUMBER) is None:
            pass
        told = await standing(client, incident_id)
    assert told.is_running
    assert (told.figure, told.faults) == ((incident_id, 7, "a" * 32), {})


def _events(raw: DescribeWorkflowExecutionResponse, number: int) -> None:
    raw.workflow_execution_info.history_length = number


def _bytes(raw: DescribeWorkflowExecutionResponse, number: int) -> None:
    raw.workflow_execution_info.history_size_bytes = number


def _activities(raw: DescribeWorkflowExecutionResponse, number: int) -> None:
    for _ in range(number):
        raw.pending_activities.add()


@pytest.mark.parametrize(
    ("grow", "share", "said"),
    [
        (_events, 30_720, "30721 events"),  # of 51,200
        (_bytes, 30 * 1024 * 1024, "31457281 bytes"),  # of 50 MB
        (_activities, 1_200, "1201 activities"),  # of 2,000
    ],
)
async def test_over_three_fifths_of_a_limit_of_the_engine_a_case_is_large(
    monkeypatch: pytest.MonkeyPatch,
    grow: Callable[[DescribeWorkflowExecutionResponse, int], None],
    share: int,
    said: str,
):
    async def shown(*_: object) -> None:
        """No decision is named yet."""

    monkeypatch.setattr(cases, "_shown", shown)
    for number, faults in ((share, {}), (share + 1, {AlarmKind.CASE_LARGE: said})):
        raw = DescribeWorkflowExecutionResponse()
        raw.workflow_execution_info.status = WorkflowExecutionStatus.RUNNING.value  # type: ignore[assignment]
        grow(raw, number)

        async def answer(*_: object, raw: DescribeWorkflowExecutionResponse = raw) -> Described:
            return Described(raw)

        monkeypatch.setattr(cases, "described", answer)
        assert (await standing(Mock(), "inc-1")).faults == faults
