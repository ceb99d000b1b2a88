"""The clock of a case: timers to the second, whatever else fails; continue-as-new, drills, and the end."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import UnsandboxedWorkflowRunner

from domain.case.records import Source
from domain.case.state import Incident
from domain.catalogue import Tick
from domain.incident import next_alarm
from domain.steps.close import Archive
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, Platform
from tests.domain.cast import (
    ALICE,
    UNIT,
    assigned,
    h,
    judged,
    on,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.keys import KEYS
from tests.workflows.ailing import Ailing
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import Stage, a_stage
from tests.workflows.unsteady import Unsteady
from workflows.converter import read
from workflows.opening import opened_history

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def test_what_falls_due_is_stamped_with_its_instant_and_noticed_within_a_second(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        await stage.until(h(50))
        ticks = [decided for decided in await stage.log() if isinstance(decided.cause, Tick)]
        stamped = [(event.kind, event.at, decided.now) for decided in ticks for event in decided.events]
        assert ("reminder_sent", h(24), h(24)) in stamped
        assert ("obligation_breached", h(48), h(48, s=1)) in stamped
        assert all(timedelta(0) <= noticed - at <= timedelta(seconds=1) for _, at, noticed in stamped)


@pytest.mark.parametrize(("seconds", "status"), [(0, "on_time"), (2, "breached")])
async def test_a_deed_at_the_due_second_is_on_time_and_one_after_it_is_not(
    stage: Stage, seconds: int, status: str
):
    async with stage.worker():
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        await stage.give(signed_for(at=h(m=50, s=seconds)))  # the order was to be signed for by 10:50
        await stage.until(h(2))
        obligation = next(
            obligation
            for obligation in (await stage.state()).obligations
            if obligation.kind is ObligationKind.SIGN
        )
        assert (obligation.due_at, obligation.status) == (h(m=50), status)
        assert (await stage.kinds()).count("obligation_breached") == (status == "breached")


async def test_the_clock_waits_while_nothing_is_owed_and_takes_up_what_a_later_step_brings(stage: Stage):
    call = Source(at=h(), platform=Platform.HOTLINE, gist="来电")  # of which nobody counts how it spreads
    async with stage.worker():
        await stage.register(registered(sources=(call,)))
        await stage.give(WHOLE_COURSE[:-1])
        await stage.until(h(100))
        assert next_alarm(await stage.state()) is None
        await stage.give(rejudged(h(101), grade=EmergencyGrade.MAJOR))
        due = next(
            obligation.due_at
            for obligation in (await stage.state()).obligations
            if obligation.kind is ObligationKind.PUB24
        )
        await stage.until(due + timedelta(minutes=1))
        last = (await stage.log())[-1]
        assert "obligation_breached" in [event.kind for event in last.events]


async def test_with_the_database_failing_the_clock_goes_on_and_the_record_follows(tmp_path: Path):
    # An hour of the case takes 3.6 s of the server: there a failing activity is tried again in wall time.
    async with a_stage(tmp_path, scale=1000) as stage:
        recorder = Unsteady(stage.database)
        async with stage.worker(recorder):
            await stage.register(registered())
            await stage.give([judged(), assigned()])
            recorded = (await stage.log())[-1].last_number
            recorder.down = True
            await stage.give(signed_for())  # a step needs no database either
            await stage.until(h(50))
            assert recorder.failed > 1
            assert (await stage.log())[-1].last_number == recorded
            assert _kinds_of(await stage.state(), "breached") == {ObligationKind.RESP48}
            assert "breach" in await stage.told(UNIT)
            recorder.down = False
            await stage.until(h(60))
            log = await stage.log()
            assert log[-1].last_number == (await stage.state()).event_number > recorded
            assert all(after.first_number == before.last_number + 1 for before, after in pairwise(log))


def _kinds_of(case: Incident, status: str) -> set[ObligationKind]:
    return {obligation.kind for obligation in case.obligations if obligation.status == status}


async def test_a_scaled_drill_clock_falls_due_by_its_own_time(tmp_path: Path):
    async with a_stage(tmp_path, scale=3600) as stage, stage.worker():
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        began = await stage.environment.get_current_time()
        await stage.until(h(49))
        assert await stage.environment.get_current_time() - began < timedelta(minutes=1)
        ticks = [decided for decided in await stage.log() if isinstance(decided.cause, Tick)]
        breach = next(decided for decided in ticks if decided.events[0].at == h(48))
        assert breach.events[0].kind == "obligation_breached"
        assert h(48) < breach.now < h(48) + timedelta(minutes=10)  # 3600 times a tenth of a second


async def test_an_archived_case_ends_its_workflow(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.give([WHOLE_COURSE, step(h(241), ALICE, Archive())])
        await asyncio.wait_for(stage.handle.result(), 60)
        assert (await stage.kinds())[-1] == "archived"


async def test_a_closed_case_is_archived_by_the_clock_after_thirty_days_on_a_working_day(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.give(WHOLE_COURSE)
        await asyncio.wait_for(stage.handle.result(), 60)
        last = (await stage.log())[-1]
        assert isinstance(last.cause, Tick)
        assert last.events[-1].at == on("10-19", "23:59:59")  # the thirtieth day is a Saturday


async def test_a_dead_follower_fails_the_task_and_leaves_the_case_running(stage: Stage):
    async with stage.worker(workflow_runner=UnsandboxedWorkflowRunner(), workflows=[Ailing]):
        await stage.register(registered())
        assert await _failure_of_a_task(stage) == "what follows a decision died"
        last = (await stage.handle.fetch_history()).events[-1]
        assert last.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED


async def _failure_of_a_task(stage: Stage) -> str:
    async with asyncio.timeout(60):
        while True:
            history = opened_history(await stage.handle.fetch_history(), KEYS)
            for event in history.events:
                failure = event.workflow_task_failed_event_attributes.failure
                if failure.HasField("encoded_attributes"):
                    return str(read(failure.encoded_attributes, dict)["message"])
            await asyncio.sleep(0.1)
