"""Histories that the engine cuts otherwise on replay:
what broke 0.3 is found, and the case proved by its log.
"""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from audit.frozen.conductor_0_3 import IncidentWorkflowUntil03
from audit.replay import replays
from faults.judging.cutter import as_far_as_complete, cuts
from faults.judging.replaying import replaying
from settings import Settings
from tests.golden.kept import Kept
from tests.golden.kept import kept as recorded
from workflows.converter import prepare
from workflows.incident import IncidentWorkflow

HISTORIES = Path(__file__).parent / "histories"
BATCHED = sorted(HISTORIES.glob("batched-*"))
CURRENT = [
    pytest.param(one, id=one.name)
    for one in recorded()
    if one.release == Settings().release and one.name.startswith(("continued", "silence"))
]


@pytest.fixture(autouse=True)
def _readers() -> None:
    """Built outside a task, of which they would take more than the two seconds it has on a busy machine."""
    prepare()


def kept(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json("inc-kept", file.read_text(encoding="utf-8"))


async def test_the_stuck_history_of_the_field_is_named_as_cut_differently():
    async with replays(runner=SandboxedWorkflowRunner()) as replayer:
        result = await replayer.replay(kept(HISTORIES / "stuck-0.3.0.history.json"))
    assert result.is_cut_differently
    assert result.failure is None


@pytest.mark.parametrize("file", BATCHED, ids=lambda file: file.name.partition(".history")[0])
async def test_the_cutter_finds_the_batching_of_0_3_in_a_history_that_replays(file: Path):
    events = as_far_as_complete(kept(file).events)
    async with replaying(IncidentWorkflowUntil03) as replays:
        assert (await replays.replay("inc-kept", events)).failure is None
        merged = [cut for cut in cuts(events) if "ahead" in cut.name]
        found = [(await replays.replay("inc-kept", cut.events)).failure for cut in merged]
    assert any("activity id" in (failure or "").lower() for failure in found)


@pytest.mark.parametrize("one", CURRENT)
async def test_a_recorded_history_of_this_release_replays_however_it_is_cut(one: Kept):
    events = as_far_as_complete(one.history.events)
    decided = {decision.first_number: decision for decision in one.decisions}
    lengthening = not one.name.startswith("continued")  # its case goes on anew at a given length
    async with replaying(IncidentWorkflow) as replays:
        for cut in [*cuts(events, lengthening=lengthening)][::3]:
            replayed = await replays.replay("inc-kept", cut.events)
            assert replayed.failure is None, cut.name
            if not cut.is_open:
                assert replayed.decisions.items() <= decided.items(), cut.name
