"""After the loss of Temporal's store every open case goes on from the event log,
its clocks where they were.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from audit.rebuild import Rebuilt, rebuild_workflows
from audit.verify import verify
from domain.case.state import Incident
from domain.catalogue import Submission, Tick
from domain.incident import apply, decision, next_alarm
from domain.steps.close import Archive
from domain.steps.register import Opening
from domain.terms.drill import DrillClock
from storage.codec import command_digest
from storage.database import Database
from storage.record import record
from tests.domain.cast import ALICE, LAW, assigned, h, judged, registered, signed_for, step
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import INCIDENT, QUEUE, Stage, Steps, a_live_stage, a_stage, flat
from workflows.payloads import Receipt

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

MANY = 50


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A server that has lost everything, beside a ledger that has not."""
    async with a_stage(tmp_path) as made:
        yield made


async def carried(stage: Stage, incident_id: str, minutes: int, steps: Steps) -> Incident:
    """Record a case registered so many minutes after the first, as an earlier workflow left it."""
    drill = DrillClock(
        epoch=stage.drill.epoch, origin=stage.drill.origin - timedelta(minutes=minutes), scale=1.0
    )
    opening = Opening(incident_id=incident_id, number=f"演〔2026〕{minutes + 1}号", law=LAW, drill=drill)
    incident: Incident | None = None
    decisions = []
    for place, given in enumerate(flat(steps)):
        while incident and (alarm := next_alarm(incident)) and alarm <= given.at:
            if (ticked := decision(incident, Tick(), alarm)) is not None:
                incident = apply(incident, ticked)
                decisions.append(ticked)
        command = given.command(incident) if callable(given.command) and incident else given.command
        cause = Submission(
            command=command,  # type: ignore[arg-type]  # a function is asked only of a case
            actor=given.by,
            received_at=drill.real(given.at),
            command_id=f"{incident_id}/{place}",
            digest=command_digest(command),
            opening=opening if incident is None else None,
        )
        decided = decision(incident, cause, given.at)
        assert decided is not None
        incident = apply(incident, decided)
        decisions.append(decided)
    await record(stage.database, incident_id, tuple(decisions))
    assert incident is not None
    return incident


async def rebuilt(stage: Stage, environment: WorkflowEnvironment | None = None) -> Rebuilt:
    client = (environment or stage.environment).client
    done = await rebuild_workflows(stage.database, client, QUEUE)
    for incident_id in (*done.started, *done.running):
        stage.handles[incident_id] = client.get_workflow_handle(incident_id)
    return done


async def test_clocks_stand_where_they_were_to_the_second(stage: Stage):
    before = {
        f"inc-{place}": await carried(
            stage, f"inc-{place}", place, (registered(), judged(), assigned(), signed_for())
        )
        for place in range(MANY)
    }
    async with stage.worker(max_cached_workflows=MANY):
        done = await rebuilt(stage)
        assert (set(done.started), done.running, done.failed) == (set(before), [], {})
        for incident_id, incident in before.items():
            assert await stage.state(incident_id) == incident
        await stage.until(h(50))
        for incident_id in before:
            breaches = [
                (event.at, decided.now)
                for decided in await stage.log(incident_id)
                for event in decided.events
                if event.kind == "obligation_breached"
            ]
            assert [at for at, _ in breaches] == [h(48)]
            assert all(now - at == timedelta(seconds=1) for at, now in breaches)


async def test_what_fell_due_while_nothing_ran_comes_once_and_at_once(stage: Stage):
    await carried(stage, INCIDENT, 0, (registered(), judged(), assigned(), signed_for()))
    await stage.until(h(49))
    async with stage.worker():
        await rebuilt(stage)
        await stage.until(h(49, s=5))
        last = (await stage.log())[-1]
        stamps = [(event.kind, event.at) for event in last.events]
        assert isinstance(last.cause, Tick)
        assert stamps == [
            ("counts_missing", h(23)),
            ("reminder_sent", h(24)),
            ("reminder_sent", h(36)),
            ("alarm_raised", h(36)),
            ("reminder_sent", h(43, m=12)),
            ("counts_missing", h(47)),
            ("obligation_breached", h(48)),
            ("paper_drafted", h(48)),
        ]
        await stage.until(h(60))
        assert (await stage.kinds()).count("obligation_breached") == 1


async def test_commands_applied_before_take_effect_no_second_time(stage: Stage):
    await carried(stage, INCIDENT, 0, (registered(), judged()))
    await stage.until(h(1))
    async with stage.worker():
        await rebuilt(stage)
        answer = await stage.give(judged(at=h(1)), key=f"{INCIDENT}/1")
        (given,) = [one for one in await stage.log() if one.events[0].kind == "judged"]
        assert answer == Receipt(event_number=given.last_number, digest=getattr(given.cause, "digest", ""))
        assert (await stage.kinds()).count("judged") == 1


async def test_notices_are_handed_over_again_and_arrive_once(stage: Stage):
    await carried(stage, INCIDENT, 0, (registered(), judged(), assigned()))
    await stage.until(h(m=30))
    async with stage.worker():
        assert await stage.told("urban_management") == []
        await rebuilt(stage)
        await stage.until(h(m=40))
        assert sorted(await stage.told("urban_management")) == ["to_do"]


async def test_the_audit_accepts_a_case_begun_from_its_log_and_says_from_where(stage: Stage):
    incident = await carried(stage, INCIDENT, 0, (registered(), judged(), assigned()))
    await stage.until(h(m=30))
    async with stage.worker():
        await rebuilt(stage)
        await stage.give(signed_for())
        report = await verify(stage.database, stage.client)
        assert [str(difference) for difference in report.differences] == []
        assert report.cases[0].covered_from == incident.event_number + 1


async def test_a_case_that_runs_is_left_alone(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.state()
        done = await rebuilt(stage)
        assert (done.started, done.running, done.exit_status) == ([], [INCIDENT], 0)


async def test_an_archived_case_is_not_begun_again(stage: Stage):
    await carried(stage, INCIDENT, 0, (registered(), *WHOLE_COURSE, step(h(241), ALICE, Archive())))
    done = await rebuilt(stage)
    assert (done.started, done.running, done.failed) == ([], [], {})


async def test_a_case_whose_workflow_was_terminated_is_begun_again(tmp_path: Path):
    async with a_live_stage(tmp_path) as live, live.worker():
        await live.register(registered())
        await live.state()
        await live.handle.terminate()
        async with asyncio.timeout(60):  # the server may take a moment to tell of the end
            while not (started := (await rebuilt(live)).started):
                await asyncio.sleep(0.2)
        assert started == [INCIDENT]
        before = await live.kinds()
        await live.give([judged(), assigned()])
        assert "judged" in (await live.kinds())[len(before) :]  # an alarm of the quick clock may come before


async def test_a_log_that_does_not_read_is_named_and_the_others_go_on(stage: Stage):
    await carried(stage, "inc-whole", 0, (registered(),))
    await carried(stage, "inc-broken", 1, (registered(),))
    await _break(stage.database, "inc-broken")
    async with stage.worker():
        done = await rebuilt(stage)
    assert (done.started, list(done.failed), done.exit_status) == (["inc-whole"], ["inc-broken"], 1)


async def _break(database: Database, incident_id: str) -> None:
    async with database.writing() as session:
        await session.execute(text("DROP TRIGGER event_log_no_update"))
        await session.execute(
            text("UPDATE event_log SET decision = '{}' WHERE incident_id = :incident_id"),
            {"incident_id": incident_id},
        )
