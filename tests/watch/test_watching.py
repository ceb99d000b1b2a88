"""The watch tells a case that is missing, fails or let a limit go by, and brings it back;
what is well it leaves alone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from temporalio import workflow
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from audit.rebuild import start_from_log
from audit.verify import verify
from channels.outgoing import Outgoing
from channels.table import Sender
from faults import hands
from storage import event_log
from storage.alarms import AlarmKind, WatchAlarm, latest_alarms, open_alarms
from storage.call_channels import keep
from storage.heartbeats import beat, heartbeats
from storage.suspects import suspects
from tests.api.office import System, address, start_temporal, system
from tests.workflows.reaching import Town
from watch import numbers, watching
from watch.cases import CaseStanding, HealingAttempt, standing
from watch.healing import Healer
from watch.parts import MUTE_SECONDS, WORKER, WatchedParts
from watch.watching import ROUND, Watch
from workflows.client import connect
from workflows.payloads import CaseInput
from workflows.pulse import PulseWorkflow

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    dynamic = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2"
    async with await start_temporal(dev_server_extra_args=["--dynamic-config-value", dynamic]) as environment:
        yield environment


@pytest_asyncio.fixture(loop_scope="module")
async def house(server: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[System]:
    """A system with a queue of its own."""
    changes = {"temporal_task_queue": uuid4().hex}
    async with system(tmp_path, address(server), **changes) as made:
        yield made


async def connected(house: System) -> Client:
    of = house.settings
    return await connect(of.temporal_address, of.temporal_namespace, of.keys_dir)


async def watch_over(house: System, round_seconds: float = ROUND) -> Watch:
    client = await connected(house)
    heal = Healer(house.database, client, house.settings.task_queue)
    return Watch(house.database, client, house.settings.task_queue, heal, round_seconds=round_seconds)


async def alarms(house: System) -> dict[str, str]:
    """The alarms that stand: kind → whom of."""
    async with house.database.session() as session:
        return {alarm.kind: alarm.subject for alarm in await open_alarms(session)}


async def history_of_alarms(house: System) -> list[WatchAlarm]:
    async with house.database.session() as session:
        return list(await latest_alarms(session))


async def look_until(
    watch: Watch, house: System, holds: Callable[[dict[str, str]], bool], seconds: float = 60
) -> None:
    """Look as the process does, only more often, until the alarms are as they should be."""
    end = monotonic() + seconds
    while True:
        await watch.look()
        if holds(found := await alarms(house)):
            return
        assert monotonic() < end, found
        await asyncio.sleep(1)


async def started_at(house: System, client: Client, incident_id: str) -> datetime:
    return (await client.get_workflow_handle(incident_id).describe()).start_time


async def test_where_all_is_well_nothing_is_said_and_the_look_is_dated(house: System):
    async with await house.worker():
        await house.register()
        watch = await watch_over(house)
        await watch.look()
        assert await history_of_alarms(house) == []
        async with house.database.session() as session:
            last = (await heartbeats(session))["watch"]
    assert datetime.now(UTC) - last.at < timedelta(seconds=30)


async def test_a_terminated_case_is_told_at_the_next_look_and_goes_on(house: System):
    async with await house.worker():
        incident_id = await house.register()
        client = await connected(house)
        await client.get_workflow_handle(incident_id).terminate()
        watch = await watch_over(house)
        await look_until(watch, house, lambda found: found.get(AlarmKind.CASE_MISSING) == incident_id)
        ready = (await house.ask("GET", "/readyz", None)).json()
        assert (ready["status"], ready["checks"]) == ("degraded", ["case_missing"])
        report = await verify(house.database, client, [incident_id])
        assert "watch" in {difference.kind for difference in report.differences}
        await look_until(watch, house, lambda found: not found)
        await house.done(incident_id, "record_concern", {"text": "夜间是否安全"})
    (alarm,) = await history_of_alarms(house)
    assert alarm.closed_at is not None
    async with house.database.session() as session:
        causes = (await session.scalars(text("SELECT DISTINCT cause FROM healing"))).all()
    assert causes == ["watch"]


async def test_a_broken_channel_stands_on_readiness_until_it_works_or_is_off(house: System):
    async with await house.worker():
        at = datetime.now(UTC)
        async with house.database.writing() as session:
            await keep(session, "mail", {}, enabled=True, at=at)
        town = Town(house.database, Sender(Outgoing()), at)
        await town.breaks()
        town.sender.close()
        await look_until(
            await watch_over(house), house, lambda found: found == {AlarmKind.CHANNEL_BROKEN: "mail"}
        )
        ready = (await house.ask("GET", "/readyz", None)).json()
        assert (ready["status"], ready["checks"]) == ("degraded", ["channel_broken"])
        async with house.database.writing() as session:
            await keep(session, "mail", {}, enabled=False, at=at)
        await look_until(await watch_over(house), house, lambda found: not found)


async def test_a_case_of_which_the_engine_does_not_say_how_it_stands_hides_no_other(
    house: System, monkeypatch: pytest.MonkeyPatch
):
    async with await house.worker():
        silent, ended = await house.register(), await house.register()
        client = await connected(house)
        await client.get_workflow_handle(ended).terminate()

        async def answer(client: Client, incident_id: str) -> CaseStanding:
            if incident_id == silent:
                raise RPCError("no answer", RPCStatusCode.DEADLINE_EXCEEDED, b"")
            return await standing(client, incident_id)

        monkeypatch.setattr(watching, "standing", answer)
        watch = await watch_over(house, round_seconds=5)
        await look_until(watch, house, lambda found: found == {AlarmKind.CASE_MISSING: ended})


async def test_a_case_that_was_never_idle_is_not_failing_when_a_task_of_it_is_tried_again(
    house: System, monkeypatch: pytest.MonkeyPatch
):
    incident_id = ""
    now = monotonic()

    async def answer(client: Client, incident_id: str) -> CaseStanding:
        task = int(now * 1e9)
        attempt = HealingAttempt(2 if now > begun + 60 else 1, task)
        faults = {AlarmKind.CASE_FAILING: "attempt 2"} if attempt.number > 1 else {}
        is_certain = not faults
        return CaseStanding(
            faults=faults,
            is_busy=True,
            is_certain=is_certain,
            attempt=attempt,
            is_running=True,
            waits_since=task,
        )

    async with await house.worker():
        incident_id = await house.register()
        begun = now
        monkeypatch.setattr(watching, "standing", answer)
        monkeypatch.setattr(watching, "monotonic", lambda: now)
        watch = await watch_over(house, round_seconds=5)
        for _ in range(20):
            await watch.look()
            assert AlarmKind.CASE_FAILING not in await alarms(house), incident_id
            now += 5


async def test_a_limit_that_went_by_unsaid_is_told_and_the_case_started_anew(house: System):
    async with await house.worker():
        incident_id = await house.register()
        client = await connected(house)
        before = await started_at(house, client, incident_id)
        earlier = datetime.now(UTC) - timedelta(minutes=2)
        async with house.database.writing() as session:
            statement = text("UPDATE obligation SET falls_at = :earlier WHERE status = 'open'")
            await session.execute(statement, {"earlier": earlier.replace(tzinfo=None).isoformat(" ")})
        watch = await watch_over(house)
        await look_until(watch, house, lambda found: found.get(AlarmKind.LIMIT_PASSED) == incident_id)
        end = monotonic() + 60
        while await started_at(house, client, incident_id) == before:
            assert monotonic() < end
            await watch.look()
            await asyncio.sleep(1)


@workflow.defn(name="Incident")
class Ailing:
    """A case whose every task fails, as one does that does not replay."""

    @workflow.run
    async def run(self, case: CaseInput) -> None:
        raise RuntimeError(f"cannot go on, as one begun anew: {case.submission is None}")


@asynccontextmanager
async def ailing(house: System) -> AsyncIterator[None]:
    client = await connected(house)
    async with Worker(
        client,
        task_queue=house.settings.task_queue,
        workflows=[Ailing, PulseWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield


async def test_a_case_whose_task_fails_is_told_and_healed_once_it_can_be(house: System):
    async with await house.worker():
        incident_id = await house.register()
    client = await connected(house)
    watch = await watch_over(house)
    async with ailing(house):
        await client.get_workflow_handle(incident_id).signal("anything")
        await look_until(watch, house, lambda found: found.get(AlarmKind.CASE_FAILING) == incident_id, 45)
    async with await house.worker():
        await look_until(watch, house, lambda found: not found, 90)
        await house.done(incident_id, "record_concern", {"text": "夜间是否安全"})


async def test_a_worker_that_is_gone_is_told_and_no_case_is_touched_for_it(house: System):
    async with await house.worker():
        incident_id = await house.register()
    client = await connected(house)
    before = await started_at(house, client, incident_id)
    watch = await watch_over(house)
    await watch.look()
    assert await alarms(house) == {AlarmKind.WORKER: ""}
    assert await started_at(house, client, incident_id) == before
    async with await house.worker():
        await look_until(watch, house, lambda found: not found)


async def test_a_case_that_nears_a_limit_of_the_engine_is_told_and_left_to_go_on(
    house: System, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(numbers, "LARGE_STATE", 100)
    async with await house.worker():
        incident_id = await house.register()
        client = await connected(house)
        before = await started_at(house, client, incident_id)
        watch = await watch_over(house, round_seconds=5)
        await look_until(watch, house, lambda found: found.get(AlarmKind.CASE_LARGE) == incident_id)
        ready = (await house.ask("GET", "/readyz", None)).json()
        assert (ready["status"], ready["checks"]) == ("degraded", ["case_large"])
        assert await started_at(house, client, incident_id) == before
        monkeypatch.setattr(numbers, "LARGE_STATE", 1_000_000)
        await look_until(watch, house, lambda found: not found)


async def concerned(house: System, incident_id: str, *texts: str) -> None:
    """Given as the answers say: one whose outcome is not known (503) is sent again with its key,
    until it is recorded.
    """
    for concern in texts:
        key, path = uuid4().hex, f"incidents/{incident_id}/record_concern"
        async with asyncio.timeout(60):
            while (answer := await house.recorded(path, {"text": concern}, key=key)).status_code == 503:
                await asyncio.sleep(0.2)
        assert answer.status_code == 200, answer.text


async def begun_again(
    house: System, client: Client, incident_id: str, task_queue: str, *, without: int
) -> None:
    """The case's workflow, started by a hand from outside on what its log held that many decisions ago."""
    async with house.database.session() as session:
        log = await event_log.decisions(session, incident_id)
    kept = log[: len(log) - without]
    await client.get_workflow_handle(incident_id).terminate()
    decisions = [one.decision for one in kept]
    await start_from_log(client, task_queue, decisions, kept[-1].lineage)


async def test_a_case_whose_workflow_stands_behind_its_log_is_told_in_its_turn_and_started_from_it(
    house: System,
):
    async with await house.worker():
        incident_id = await house.register()
        await concerned(house, incident_id, "一", "二")
        client = await connected(house)
        await begun_again(house, client, incident_id, house.settings.task_queue, without=1)
        watch = await watch_over(house, round_seconds=5)
        await look_until(watch, house, lambda found: found.get(AlarmKind.CASE_APART) == incident_id)
        await look_until(watch, house, lambda found: not found)
        await concerned(house, incident_id, "三")
        held = (await house.ask("GET", f"/api/v1/incidents/{incident_id}")).json()["concerns"]
    assert [concern["text"] for concern in held][-3:] == ["一", "二", "三"]
    async with house.database.session() as session:
        faults = (await session.scalars(text("SELECT faults FROM healing WHERE phase = 'done'"))).all()
    assert faults == ["workflow_behind"]


async def test_a_case_whose_tasks_nobody_takes_is_named_by_the_web_told_and_brought_back(house: System):
    async with await house.worker():
        incident_id = await house.register()
        client = await connected(house)
        await begun_again(house, client, incident_id, "a queue that no worker asks", without=0)
        watch = await watch_over(house)  # whose turn comes to the case in ten minutes
        await watch.look()
        assert await alarms(house) == {}
        answer = await house.give(f"incidents/{incident_id}/record_concern", {"text": "夜间是否安全"})
        assert answer.status_code == 202
        await look_until(watch, house, lambda found: found.get(AlarmKind.CASE_FAILING) == incident_id)
        await look_until(watch, house, lambda found: not found)
        await concerned(house, incident_id, "何时公布")
        held = (await house.ask("GET", f"/api/v1/incidents/{incident_id}")).json()["concerns"]
        assert [concern["text"] for concern in held][-2:] == ["夜间是否安全", "何时公布"]
        await watch.look()
        async with house.database.session() as session:
            assert await suspects(session) == set()


async def test_cases_that_are_worked_on_are_never_taken_for_parted(house: System):
    async with await house.worker():
        incident_id = await house.register()
        watch = await watch_over(house, round_seconds=5)
        looking = asyncio.create_task(look_until(watch, house, lambda _: False, 100))
        for ordinal in range(40):
            await concerned(house, incident_id, f"第 {ordinal} 问")
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
    assert await history_of_alarms(house) == []


async def test_a_worker_that_takes_steps_and_records_nothing_is_asked_for_anew(house: System):
    now, client = (
        [0.0],
        await connected(house),
    )
    parts = WatchedParts(house.database, client, house.settings.task_queue, clock=lambda: now[0])
    async with await house.worker():
        for _ in range(2):
            await beat(house.database, WORKER, datetime.now(UTC))
            assert await parts.down(datetime.now(UTC)) == {}
            now[0] += MUTE_SECONDS + 1
        assert await parts.down(datetime.now(UTC)) == {AlarmKind.WORKER: "records nothing"}
        assert parts.asks == {WORKER: "records nothing"}
        await beat(house.database, WORKER, datetime.now(UTC))
        assert await parts.down(datetime.now(UTC)) == {}
        assert parts.asks == {}


async def test_a_case_that_no_worker_can_replay_is_begun_anew_and_the_audit_says_so_without_a_difference(
    house: System,
):
    async with await house.worker():
        incident_id = await house.register()
        await concerned(house, incident_id, "一")
    client = await connected(house)
    await hands.answer(client, house.settings.task_queue, incident_id, hands.another_timer)
    async with await house.worker():
        await client.get_workflow_handle(incident_id).signal("unknown to the case")
        watch = await watch_over(house)
        await look_until(watch, house, lambda found: found.get(AlarmKind.CASE_FAILING) == incident_id)
        await look_until(watch, house, lambda found: not found)
        await concerned(house, incident_id, "二")
        report = await verify(house.database, client, [incident_id])
    assert [str(difference) for difference in report.differences] == []
    assert "does not replay" in " ".join(report.cases[0].notes)
