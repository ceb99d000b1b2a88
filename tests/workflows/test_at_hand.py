"""Records that stay at hand: the activity gets the case's own, and nothing is kept."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.payloads import LastDecision, RecordInput
from activities.record import Recorder
from domain.catalogue import Decision, Submission
from faults.fuzz.run import histories
from faults.judging.replaying import replaying
from tests.domain.cast import assigned, judged, registered
from tests.workflows.stage import INCIDENT, Stage
from tests.workflows.unsteady import Unsteady
from workflows import at_hand
from workflows.at_hand import AtHand, waiting
from workflows.hosting import hosting
from workflows.incident import IncidentWorkflow
from workflows.unburdened import UnburdenedRunner

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


class Watched(Recorder):
    """Notes which decisions came, and whether inside the task that took them."""

    seen: list[tuple[bool, int]]

    @activity.defn(name="record")
    async def record(self, request: RecordInput) -> LastDecision:
        self.seen.append((activity.info().is_local, len(request.decisions)))
        return await super().record(request)


class Last(ActivityInboundInterceptor):
    """The end of the chain: answers with what it was given."""

    def __init__(self) -> None:
        super().__init__(cast("ActivityInboundInterceptor", None))

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  the SDK's name
        return input.args[0]


async def _executed(argument: object, *, is_local: bool) -> Any:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, is_local=is_local)
    inbound = AtHand().intercept_activity(Last())
    order = ExecuteActivityInput(fn=Recorder.record, args=[argument], executor=None, headers={})
    return await environment.run(inbound.execute_activity, order)


async def test_a_record_comes_whole_to_its_activity_and_is_let_go_of(stage: Stage):
    recorder = Watched(stage.database)
    recorder.seen = []
    async with stage.worker(recorder, workflow_runner=UnburdenedRunner(), interceptors=[AtHand()]):
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        log = await stage.log()
    assert [decided.cause.kind for decided in log] == ["submission"] * 3
    assert {count > 0 for _, count in recorder.seen} == {True}
    assert any(is_local for is_local, _ in recorder.seen)
    assert waiting() == 0


async def test_a_record_that_failed_at_hand_travels_whole_by_the_ordinary_activity(stage: Stage):
    recorder = Unsteady(stage.database)
    async with stage.worker(recorder, workflow_runner=UnburdenedRunner(), interceptors=[AtHand()]):
        await stage.register(registered())
        recorder.down = True
        await stage.give(judged())
        recorder.down = False
        await stage.give(assigned())
        log = await stage.log()
    assert recorder.failed >= 1
    assert [decided.first_number for decided in log] == sorted({decided.first_number for decided in log})
    assert [decided.cause.command.kind for decided in log] == ["register", "judge", "assign"]
    assert waiting() == 0


async def test_a_slip_whose_case_was_let_go_of_fails_and_is_not_recorded_as_nothing():
    with pytest.raises(ApplicationError, match="gone"):
        await _executed(RecordInput(incident_id="no such", decisions=()), is_local=True)


async def test_what_an_ordinary_activity_is_given_stays_as_it_came():
    slip = RecordInput(incident_id="inc-1", decisions=())
    assert await _executed(slip, is_local=False) is slip


class LetGo(AtHand):
    """Lets go of every record before its activity comes for it, as a case does that leaves the memory."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  the SDK's name
        return _Emptying(super().intercept_activity(next))


class _Emptying(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  the SDK's name
        if activity.info().is_local:
            at_hand._PARCELS.clear()
        return await super().execute_activity(input)


class Slow(Recorder):
    """Each record takes a while, so that other cases come between; notes those that came whole."""

    local: int = 0

    @activity.defn(name="record")
    async def record(self, request: RecordInput) -> LastDecision:
        assert request.decisions
        if activity.info().is_local:
            self.local += 1
            await asyncio.sleep(0.2)
        return await super().record(request)


async def _recorded(stage: Stage, incident_id: str, count: int) -> list[str]:
    """What the steps in the log were, once it holds so many: a record whose case left the memory follows."""
    async with asyncio.timeout(60):
        while len(steps := _steps(await stage.log(incident_id))) < count:
            await asyncio.sleep(0.05)
    return steps


def _steps(log: list[Decision]) -> list[str]:
    return [decided.cause.command.kind for decided in log if isinstance(decided.cause, Submission)]


async def _replays(stage: Stage, incident_id: str) -> None:
    """A replay decides what stands in the log, and nothing else."""
    async with replaying(IncidentWorkflow) as replays:
        decided: dict[int, Decision] = {}
        for run in await histories(stage.client, incident_id):
            replayed = await replays.replay(incident_id, run.events)
            assert replayed.failure is None
            decided |= replayed.decisions
    log = await stage.log(incident_id)
    assert decided == {decision.first_number: decision for decision in log}
    firsts = [decision.first_number for decision in log]
    assert firsts == sorted(set(firsts))


async def test_a_record_that_is_not_at_hand_is_taken_from_the_case(stage: Stage):
    recorder = Watched(stage.database)
    recorder.seen = []
    async with stage.worker(recorder, workflow_runner=UnburdenedRunner(), interceptors=[LetGo()]):
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        assert await _recorded(stage, INCIDENT, 3) == ["register", "judge", "assign"]
    assert not any(is_local for is_local, _ in recorder.seen)
    await _replays(stage, INCIDENT)
    assert waiting() == 0


async def test_cases_that_drive_each_other_from_memory_lose_no_record(live: Stage):
    """The worker keeps one case of three; records are slow, so that one leaves with a record at hand."""
    recorder, ids = Slow(live.database), (INCIDENT, "inc-2", "inc-3")
    async with live.worker(recorder, max_cached_workflows=1, **hosting()):
        await asyncio.gather(*(live.register(registered(), incident_id) for incident_id in ids))
        for step in (judged(), assigned()):
            await asyncio.gather(*(live.give(step, incident_id) for incident_id in ids))
        for incident_id in ids:
            assert await _recorded(live, incident_id, 3) == ["register", "judge", "assign"]
    assert recorder.local >= len(ids)
    for incident_id in ids:
        await _replays(live, incident_id)
    assert waiting() == 0
