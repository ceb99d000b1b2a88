"""Recorded histories of every release replay, and what they yield is what was recorded then."""

import base64
import json
import re

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from audit.replay import replays
from settings import Settings
from tests.golden.courses import COURSES
from tests.golden.kept import Kept, kept
from tests.golden.record import REHEARSED
from tests.golden.reordered import Reordered, ReorderedUntil03

ALL = [pytest.param(one, id=f"{one.release}-{one.name}") for one in kept()]
DECIDED = [pytest.param(one, id=f"{one.release}-{one.name}") for one in kept() if one.decisions]
PLAIN = next(one for one in kept() if one.name == "P1" and one.release == Settings().release)


def test_this_release_is_recorded():
    recorded = {re.sub(r"-\d$", "", one.name) for one in kept() if one.release == Settings().release}
    assert recorded == {*REHEARSED, *COURSES}


@pytest.mark.parametrize("one", ALL)
async def test_a_recorded_history_replays_and_yields_the_recorded_events(one: Kept):
    async with replays(runner=SandboxedWorkflowRunner()) as replayer:
        result = await replayer.replay(one.history)
    assert result.failure is None
    assert result.decisions == one.decisions


@pytest.mark.parametrize(
    "one", DECIDED
)  # where nothing was decided, nothing was sent that could change places
async def test_a_planted_reordering_is_caught(one: Kept):
    async with replays(Reordered, ReorderedUntil03, SandboxedWorkflowRunner()) as replayer:
        result = await replayer.replay(one.history)
    assert result.is_cut_differently or "nondeterminism" in (result.failure or "").lower()


async def test_events_of_a_history_that_changed_places_are_caught():
    events = list(PLAIN.history.events)
    at = next(at for at, event in enumerate(events) if event.HasField("timer_started_event_attributes"))
    events[at].event_id, events[at + 1].event_id = at + 2, at + 1
    events[at], events[at + 1] = events[at + 1], events[at]
    async with replays(runner=SandboxedWorkflowRunner()) as replayer:
        result = await replayer.replay(WorkflowHistory(workflow_id="inc-kept", events=events))
    assert result.failure is not None


async def test_an_edited_text_replays_and_shows_in_the_events():
    told = json.loads(PLAIN.text)
    accepted = [
        event["workflowExecutionUpdateAcceptedEventAttributes"]
        for event in told["events"]
        if "workflowExecutionUpdateAcceptedEventAttributes" in event
    ][-1]
    (payload,) = accepted["acceptedRequest"]["input"]["args"]["payloads"]
    given = json.loads(base64.b64decode(payload["data"]))
    given["actor"]["person"] = "somebody else"
    payload["data"] = base64.b64encode(json.dumps(given).encode()).decode()
    async with replays(runner=SandboxedWorkflowRunner()) as replayer:
        result = await replayer.replay(WorkflowHistory.from_json("inc-kept", json.dumps(told)))
    assert result.failure is None
    assert result.decisions != PLAIN.decisions


async def test_a_change_of_the_rules_shows():
    """A replay that passes proves too little: another reminder may replay, and then the events differ."""
    async with replays(runner=SandboxedWorkflowRunner()) as replayer:
        result = await replayer.replay(_with_another_reminder(PLAIN))
    yielded = [decision.events for decision in result.decisions[1:]]
    assert result.failure is not None or yielded != [decision.events for decision in PLAIN.decisions[1:]]


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
