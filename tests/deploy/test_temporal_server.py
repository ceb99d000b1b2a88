"""The embedded Temporal server from its wheel: it starts, keeps histories,
and serves no file of another version.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionRequest
from temporalio.service import RPCError, RPCStatusCode

from deploy import temporal_server
from deploy.child import Child
from deploy.log_file import LogFile
from deploy.startup_errors import StartupError
from settings import Settings

ACCEPTED = UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
VERSION = "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Child]:
    settings.var_dir.mkdir()
    child = Child("temporal", temporal_server.command(settings), LogFile(settings.var_dir / "log"), print)
    await child.start()
    yield child
    await child.stop(10)


async def test_it_starts_with_its_namespace_and_keeps_closed_histories_for_ten_years(
    settings: Settings, server: Child
):
    async with asyncio.timeout(60):
        client = await temporal_server.until_healthy(settings)
    assert await temporal_server.retention(client) == timedelta(days=1)
    await temporal_server.keep_histories(client, settings.temporal_retention)
    assert await temporal_server.retention(client) == timedelta(hours=87600)


async def test_the_retention_outlives_a_killed_server(settings: Settings, server: Child):
    async with asyncio.timeout(60):
        client = await temporal_server.until_healthy(settings)
        await temporal_server.keep_histories(client, settings.temporal_retention)
        assert server.process is not None
        server.process.kill()
        await server.process.wait()
        client = await temporal_server.until_healthy(settings)
    assert await temporal_server.retention(client) == timedelta(hours=87600)


async def test_an_update_that_would_stall_its_case_is_refused_at_the_door(settings: Settings, server: Child):
    async with asyncio.timeout(60):
        client = await temporal_server.until_healthy(settings)
        handle = await client.start_workflow("Incident", id="case", task_queue="nobody")
        for size, answer in (
            (1_500_000, {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}),
            (2_500_000, {RPCStatusCode.RESOURCE_EXHAUSTED}),
        ):
            request = UpdateWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=handle.id),
                request=Request(
                    meta=Meta(update_id=str(size)),
                    input=Input(name="submit", args=Payloads(payloads=[Payload(data=b"x" * size)])),
                ),
                wait_policy=WaitPolicy(lifecycle_stage=ACCEPTED),
            )
            with pytest.raises(RPCError) as refused:
                await client.workflow_service.update_workflow_execution(request, timeout=timedelta(seconds=2))
            assert refused.value.status in answer


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::"])  # noqa: S104  what the web is to listen on
def test_it_listens_on_this_machine_alone(settings: Settings, host: str):
    words = temporal_server.command(settings.model_copy(update={"host": host, "temporal_ui": True}))
    assert words[words.index("--ip") + 1] == words[words.index("--ui-ip") + 1] == "127.0.0.1"


def test_its_own_pages_are_off_unless_asked_for(settings: Settings):
    assert "--headless" in temporal_server.command(settings)


def test_the_installed_version_is_told():
    assert temporal_server.installed_version() == VERSION


def test_the_version_is_written_beside_a_new_file(tmp_path: Path):
    temporal_server.claim_file(tmp_path, VERSION)
    (tmp_path / "temporal.db").write_bytes(b"")
    temporal_server.claim_file(tmp_path, VERSION)
    assert (tmp_path / "temporal.version").read_text(encoding="utf-8") == f"{VERSION}\n"


@pytest.mark.parametrize("written", ["temporal version 1.6.2", ""])
def test_a_file_of_another_or_unknown_version_is_refused_and_left_alone(tmp_path: Path, written: str):
    (tmp_path / "temporal.db").write_bytes(b"")
    (tmp_path / "temporal.version").write_text(written, encoding="utf-8")
    with pytest.raises(StartupError, match="rebuild workflows") as refused:
        temporal_server.claim_file(tmp_path, VERSION)
    assert (tmp_path / "temporal.version").read_text(encoding="utf-8") == written
    assert "\n" not in str(refused.value)


def test_a_missing_server_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(StartupError, match="make setup"):
        temporal_server.program()
