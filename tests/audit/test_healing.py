"""One case whose log, history and workflow disagree is brought together, and what loses is kept."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio import activity

from activities.payloads import LastDecision, RecordInput
from activities.record import Recorder
from audit.frozen.conductor_0_3 import IncidentWorkflowUntil03
from audit.healing import CaseFault, Healing, heal, place_of
from audit.rebuild import start_from_log
from audit.reconciling import Reconciled, reconcile_open
from audit.verify import verify
from domain import incident as rules
from domain.case.records import Source
from domain.case.state import Incident
from domain.steps.register import RecordConcern
from domain.terms.vocabulary import Platform
from storage import event_log
from storage.healings import HealingEntry, Phase, Side, enter, healings
from storage.installation_tables import ForkedDecisionRow
from storage.record import record
from tests.domain.cast import ALICE, Step, h, judged, registered, step
from tests.workflows.stage import INCIDENT, QUEUE, Stage, a_live_stage
from workflows.client import start
from workflows.incident import IncidentWorkflow

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")
SLOW = 600.0  # an hour of the case in six seconds: alarms are rare, and the instants of steps come soon


class Deaf(Recorder):
    """A hand that says it has recorded, and has not."""

    @activity.defn(name="record")
    async def record(self, given: RecordInput) -> LastDecision:
        return LastDecision(number=given.decisions[-1].last_number, lineage="")


def concern(text: str) -> Step:
    return step(h(m=20), ALICE, RecordConcern(text=text))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A real server, and a case that was judged; no worker runs."""
    async with a_live_stage(tmp_path, scale=SLOW) as made:
        async with made.worker():
            call = Source(at=h(), platform=Platform.HOTLINE, gist="来电")  # of which nobody asks for counts
            await made.register(registered(sources=(call,), metrics=()))
            await made.give(judged())
            await _recorded(made)
        yield made


async def _recorded(stage: Stage) -> None:
    """The log has come to where the case stands."""
    async with asyncio.timeout(60):
        while (await stage.state()).event_number != (await stage.log())[-1].last_number:
            await asyncio.sleep(0.05)


async def _folded(stage: Stage) -> Incident:
    incident: Incident | None = None
    for decided in await stage.log():
        incident = rules.apply(incident, decided)
    assert incident is not None
    return incident


async def _concerns(stage: Stage) -> list[str]:
    return [one.text for one in (await _folded(stage)).concerns]


async def _healed(stage: Stage, **more: Any) -> Healing:
    return await heal(stage.database, stage.client, QUEUE, INCIDENT, "test", **more)


async def _decided_in_the_log_alone(stage: Stage, *texts: str, proven: bool = True) -> None:
    for text in texts:
        incident = await _folded(stage)
        decided = rules.decision(incident, stage.submission(concern(text), incident), await stage.shown())
        assert decided is not None
        await record(stage.database, INCIDENT, (decided,), durable=proven)


async def _decided_in_the_history_alone(stage: Stage, *texts: str) -> None:
    async with stage.worker(recorder=Deaf(stage.database)):
        for text in texts:
            await stage.give(concern(text))


async def _moves(stage: Stage) -> None:
    """The case takes one more step, log and history agree on all, and what is due stands where it did."""
    due = {obligation.id: obligation.due_at for obligation in (await _folded(stage)).obligations}
    stage.handles[INCIDENT] = stage.client.get_workflow_handle_for(IncidentWorkflow.run, INCIDENT)
    async with stage.worker():
        await stage.give(concern("one more"))
        await _recorded(stage)
        assert (await _concerns(stage))[-1] == "one more"
        report = await verify(stage.database, stage.client)
    assert [str(difference) for difference in report.differences] == []
    assert (
        due.items()
        <= {obligation.id: obligation.due_at for obligation in (await _folded(stage)).obligations}.items()
    )


async def _entries(stage: Stage) -> list[tuple[str, tuple[str, ...]]]:
    async with stage.database.session() as session:
        return [(one.phase.value, one.faults) for one in (await healings(session, limit=9)).items]


async def _forked(stage: Stage) -> list[str]:
    async with stage.database.session() as session:
        return list((await session.execute(select(col(ForkedDecisionRow.side)))).scalars())


async def test_a_case_that_is_well_is_left_alone(stage: Stage):
    assert (await _healed(stage)).was_well
    assert await _entries(stage) == []
    await _moves(stage)


async def test_a_log_that_is_behind_is_completed_from_the_history(stage: Stage):
    await _decided_in_the_history_alone(stage, "a", "b")
    healing = await _healed(stage)
    assert (healing.faults, healing.is_started) == ((CaseFault.LOG_BEHIND,), False)
    assert healing.appended >= 2  # the clock may have decided something in between
    assert await _concerns(stage) == ["a", "b"]
    assert await _entries(stage) == [("done", ("log_behind",))]
    await _moves(stage)


async def test_what_nobody_proved_gives_way_to_the_history(stage: Stage):
    await _decided_in_the_log_alone(stage, "phantom", proven=False)
    await _decided_in_the_history_alone(stage, "a")
    healing = await _healed(stage)
    assert (healing.faults, healing.forked) == ((CaseFault.LOG_BEHIND,), 0)
    assert await _concerns(stage) == ["a"]
    await _moves(stage)


async def test_a_workflow_that_is_behind_is_started_from_the_log(stage: Stage):
    await _decided_in_the_log_alone(stage, "a", "b")
    healing = await _healed(stage)
    assert (healing.faults, healing.is_started) == ((CaseFault.WORKFLOW_BEHIND,), True)
    await _moves(stage)
    assert await _concerns(stage) == ["a", "b", "one more"]


async def test_of_two_proven_records_the_longer_log_wins_and_the_other_is_kept(stage: Stage):
    await _decided_in_the_history_alone(stage, "history")
    await _decided_in_the_log_alone(stage, "log", "log too")
    healing = await _healed(stage)
    assert (healing.faults, healing.is_started) == ((CaseFault.FORK,), True)
    assert healing.forked >= 1  # the clock may have decided something in between
    assert await _forked(stage) == [Side.HISTORY] * healing.forked
    await _moves(stage)
    assert await _concerns(stage) == ["log", "log too", "one more"]


async def test_of_two_proven_records_the_longer_history_wins_and_the_other_is_kept(stage: Stage):
    await _decided_in_the_history_alone(stage, "history", "history too")
    await _decided_in_the_log_alone(stage, "log")
    healing = await _healed(stage)
    assert (healing.faults, healing.forked, healing.is_started) == ((CaseFault.FORK,), 1, False)
    assert await _forked(stage) == [Side.LOG]
    await _moves(stage)
    assert await _concerns(stage) == ["history", "history too", "one more"]


async def test_a_fork_is_kept_once_however_often_it_is_looked_at(stage: Stage):
    await _decided_in_the_history_alone(stage, "history")
    await _decided_in_the_log_alone(stage, "log", "log too")
    await _healed(stage)
    kept = await _forked(stage)  # with what the clock may have decided beside it
    assert kept
    assert (await _healed(stage)).was_well
    assert await _forked(stage) == kept


async def test_what_was_handed_to_a_case_that_was_ended_is_handed_over_again(stage: Stage):
    waiting = stage.submission(concern("waiting"), await _folded(stage))
    await stage.handle.signal("submit_later", waiting)
    await stage.handle.terminate()
    healing = await _healed(stage)
    assert (healing.faults, healing.handed_over) == ((CaseFault.WORKFLOW_ENDED,), 1)
    await _moves(stage)
    assert sorted(await _concerns(stage)) == ["one more", "waiting"]


async def test_a_healing_that_was_broken_off_is_finished_at_the_next_start(stage: Stage):
    described = await stage.handle.describe()
    await stage.handle.signal("submit_later", stage.submission(concern("waiting"), await _folded(stage)))
    begun = HealingEntry(
        incident_id=INCIDENT,
        cause="test",
        phase=Phase.BEGUN,
        faults=(),
        log_number=0,
        history_number=0,
        run_id=described.run_id,
    )
    await enter(stage.database, begun)
    await stage.handle.terminate()
    async with stage.database.session() as session:
        log = await event_log.decisions(session, INCIDENT, unproven=True)
    await start_from_log(stage.client, QUEUE, [one.decision for one in log], log[-1].lineage)
    done = await _reconciled(stage)
    assert [(one.faults, one.handed_over) for one in done.healed] == [((CaseFault.UNFINISHED,), 1)]
    await _moves(stage)
    assert sorted(await _concerns(stage)) == ["one more", "waiting"]
    assert (await _reconciled(stage)).healed == []


async def _reconciled(stage: Stage) -> Reconciled:
    async with place_of(stage.database, stage.client, QUEUE) as place:
        return await reconcile_open(place, "test")


async def test_a_registration_on_the_queue_of_another_release_is_started_on_this_one(stage: Stage):
    await stage.handle.terminate()
    opened = (await stage.log())[0].cause
    assert opened.kind == "submission"
    await start(stage.client, "elsewhere", opened, again=True)
    async with stage.database.session() as session:
        assert len(await event_log.decisions(session, INCIDENT)) == 2
    healing = await _healed(stage)
    assert healing.is_started
    await _moves(stage)


async def test_a_start_heals_what_is_out_of_step_and_nothing_else(stage: Stage):
    async with stage.worker():
        await stage.register(registered(h(m=6)), "inc-2")
        await stage.state("inc-2")
        async with asyncio.timeout(60):
            while not await stage.log("inc-2"):
                await asyncio.sleep(0.05)
    await stage.handle.terminate()
    async with asyncio.timeout(60):  # the server's lists follow a moment later
        while not (done := await _reconciled(stage)).healed:
            await asyncio.sleep(0.1)
    assert [one.incident_id for one in done.healed] == [INCIDENT]
    assert (done.well, done.failed) == (1, [])
    assert (await _reconciled(stage)).healed == []


async def test_a_case_of_an_earlier_release_is_started_under_this_order_of_commands(tmp_path: Path):
    async with a_live_stage(tmp_path, scale=SLOW) as stage:
        async with stage.worker(workflows=[IncidentWorkflowUntil03]):
            await stage.register(registered())
            async with asyncio.timeout(60):
                while not await stage.log():
                    await asyncio.sleep(0.05)
        incident = await _folded(stage)
        await stage.handle.signal("submit_later", stage.submission(concern("waiting"), incident))
        healing = await _healed(stage)
        assert (healing.faults, healing.handed_over) == ((CaseFault.OLDER_RELEASE,), 1)
        await _moves(stage)
        assert "waiting" in await _concerns(stage)
