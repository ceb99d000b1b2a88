"""Recorded histories of every release replay, and what they yield is what was recorded then."""

import base64
import json

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory

from audit.replay import replays
from tests.golden.kept import Kept, kept
from workflows.incident import IncidentWorkflow
from workflows.payloads import CaseInput

ALL = [pytest.param(one, id=f"{one.release}-{one.name}") for one in kept()]


def test_histories_are_kept():
    assert len(ALL) >= 3


@pytest.mark.parametrize("one", ALL)
async def test_a_recorded_history_replays_and_yields_the_recorded_events(one: Kept):
    async with replays() as replayer:
        testimony = await replayer.testimony(one.history)
    assert testimony.failure is None
    assert testimony.decisions == one.decisions


@workflow.defn(name="Incident", sandboxed=False)
class Reordered(IncidentWorkflow):
    """The same case, with effects started before the clock: what a careless change of the loops would do."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> None:
        await workflow.sleep(1)
        await super().run(case)


@pytest.mark.parametrize("one", ALL)
async def test_a_planted_reordering_is_caught(one: Kept):
    async with replays(Reordered) as replayer:
        testimony = await replayer.testimony(one.history)
    assert testimony.failure is not None
    assert "Nondeterminism" in testimony.failure or "nondeterminis" in testimony.failure.lower()


@pytest.mark.parametrize("one", ALL)
async def test_a_change_of_the_rules_shows_in_the_events(one: Kept):
    """A replay that passes proves too little: another reminder may replay, and then the events differ."""
    async with replays() as replayer:
        testimony = await replayer.testimony(_with_another_reminder(one))
    yielded = [decision.events for decision in testimony.decisions[1:]]
    assert testimony.failure is not None or yielded != [decision.events for decision in one.decisions[1:]]


def _with_another_reminder(one: Kept) -> WorkflowHistory:
    """The same history, begun under a law that reminds at 40 % and 89 % instead of 50 % and 90 %."""
    told = json.loads(one.text)
    (payload,) = told["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    given = json.loads(base64.b64decode(payload["data"]))
    law = given["submission"]["opening"]["law"]
    law["escalation"]["reminder_percents"] = [40, 75, 89]
    law["digest"] = "0" * 64  # equal laws are shared in memory by their digest
    payload["data"] = base64.b64encode(json.dumps(given).encode()).decode()
    return WorkflowHistory.from_json("inc-kept", json.dumps(told))
