"""Recorded calls of every release replay; a call that would now go another way is caught."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from settings import Settings
from tests.golden.record_calls import COURSES, FOLDER
from workflows.call import CallWorkflow
from workflows.converter import converter

KEPT = sorted(FOLDER.glob("*.json"))


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


async def replay(text: str) -> None:
    """Replay an opened history, in the sandbox; raises where it goes another way."""
    replayer = Replayer(
        workflows=[CallWorkflow], data_converter=converter(), workflow_runner=SandboxedWorkflowRunner()
    )
    await replayer.replay_workflow(WorkflowHistory.from_json("call-kept", text))


def test_this_release_is_recorded():
    release = Settings().release
    assert {file.stem for file in KEPT} >= {f"{release}-{name}" for name in COURSES}


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
async def test_a_recorded_call_replays(file: Path):
    await replay(text_of(file))


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
async def test_a_timer_that_is_now_missing_is_caught(file: Path):
    told = json.loads(text_of(file))
    at = next(
        at for at, event in enumerate(told["events"]) if event["eventType"] == "EVENT_TYPE_TIMER_STARTED"
    )
    del told["events"][at]
    for number, event in enumerate(told["events"], start=1):
        event["eventId"] = str(number)
    with pytest.raises(Exception, match=r"(?i)nondeterminism|machine"):
        await replay(json.dumps(told))
