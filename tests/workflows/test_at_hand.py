"""Records that stay at hand: the activity gets the case's own, and nothing is kept."""

from dataclasses import replace
from typing import Any, cast

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.payloads import LastDecision, RecordInput
from activities.record import Recorder
from tests.domain.cast import assigned, judged, registered
from tests.workflows.stage import Stage
from tests.workflows.unsteady import Unsteady
from workflows.at_hand import AtHand, waiting
from workflows.unburdened import UnburdenedRunner

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


class Watched(Recorder):
    """Notes which decisions came, and whether inside the task that took them."""

    seen: list[tuple[bool, int]]

    @activity.defn(name="record")
    async def record(self, given: RecordInput) -> LastDecision:
        self.seen.append((activity.info().is_local, len(given.decisions)))
        return await super().record(given)


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
