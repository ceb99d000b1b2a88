"""When a part is down: never a hang, nothing acknowledged is lost, and what can still be done is done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final
from uuid import uuid4

import httpx2
import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit.verify import verify
from casework.outcomes import Unavailable
from storage.database import open_database
from tests.api.office import (
    JUDGEMENT,
    OFFICE,
    PROOF,
    TOWN,
    TOWN_CHECKER,
    TOWN_DEPUTY,
    TOWN_LEADER,
    System,
    address,
    ago,
    registration,
    start_temporal,
)
from tests.api.office import system as make_system
from tests.api.problems import problem
from worker import build_worker
from workflows.client import connect
from workflows.engine_clock import EngineClock

# A step waits 1.5 seconds for its answer, and a busy machine some more;
# what has no bound would wait for minutes.
SOON: Final = 20


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds, for a minute at most."""
    async with asyncio.timeout(60):
        while not await check():
            await asyncio.sleep(0.1)


async def stage(system: System, incident_id: str) -> str | None:
    """The stage of the incident as the ledger has it; None while it does not."""
    answer = await system.ask("GET", f"incidents/{incident_id}")
    return str(answer.json()["stage"]) if answer.status_code == 200 else None


@pytest.fixture
async def alone(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[System]:
    """A system with a task queue of its own, whose worker the test runs or does not."""
    changes = {"temporal_task_queue": uuid4().hex}
    async with make_system(tmp_path, address(temporal), **changes) as made:
        yield made


@asynccontextmanager
async def working(system: System) -> AsyncIterator[Worker]:
    """A worker with its own connections to the ledger, while inside."""
    settings = system.settings
    client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    database = open_database(settings.database_url)
    try:
        async with build_worker(client, database, settings) as worker:
            yield worker
    finally:
        await database.close()


async def test_a_step_sent_while_no_worker_runs_is_carried_out_when_one_is_back(alone: System):
    async with working(alone):
        incident_id = await alone.register()
    key, path = uuid4().hex, f"incidents/{incident_id}/judge"
    began = monotonic()
    accepted = await alone.give(path, JUDGEMENT, key=key)
    assert monotonic() - began < SOON
    assert accepted.status_code == 202, accepted.text
    content = accepted.json()
    assert (content["incident_id"], content["event_number"]) == (incident_id, None)
    assert accepted.headers["Location"] == content["look_at"] == f"/api/v1/incidents/{incident_id}"
    problem(await alone.give(path, {**JUDGEMENT, "reason": "另一"}, key=key), 422, "key_reused")
    async with working(alone):
        await until(lambda: _stands(alone, incident_id, "judged"))
        again = await alone.recorded(path, JUDGEMENT, key=key)
        assert again.status_code == 200
        kinds = [event["event"]["kind"] for event in await alone.events(incident_id)]
        assert kinds.count("judged") == 1
        assert content["command_id"] in {event["command_id"] for event in await alone.events(incident_id)}


@pytest.mark.parametrize("hours", [26, -26])
async def test_a_step_handed_over_by_a_web_with_a_wrong_clock_is_dated_by_the_engine(
    temporal: WorkflowEnvironment, tmp_path: Path, hours: int
):
    """Registered through that web, too: what was discovered just now does not lie in the engine's future."""
    wrong = EngineClock(own=lambda: datetime.now(UTC) + timedelta(hours=hours))
    changes = {"temporal_task_queue": uuid4().hex}
    async with make_system(tmp_path, address(temporal), clock=wrong, **changes) as system:
        async with working(system):
            incident_id = await system.register(discovered_at=ago(seconds=5))
        accepted = await system.give(f"incidents/{incident_id}/judge", JUDGEMENT)
        assert accepted.status_code == 202, accepted.text
        async with working(system):
            await until(lambda: _stands(system, incident_id, "judged"))
        client = await connect(
            system.settings.temporal_address, system.settings.temporal_namespace, system.settings.keys_dir
        )
        report = await verify(system.database, client, [incident_id])
        assert report.differences == ()


async def test_a_web_that_does_not_know_the_time_hands_nothing_over(
    temporal: WorkflowEnvironment, tmp_path: Path
):
    clock = EngineClock()
    changes = {"temporal_task_queue": uuid4().hex}
    async with make_system(tmp_path, address(temporal), clock=clock, **changes) as system:
        async with working(system):
            incident_id = await system.register()
        system.app.state.commands.clock = EngineClock()  # one that was never measured
        problem(await system.give(f"incidents/{incident_id}/judge", JUDGEMENT), 503, "temporal_unavailable")


async def _stands(system: System, incident_id: str, wanted: str) -> bool:
    return await stage(system, incident_id) == wanted


async def test_a_step_handed_over_and_refused_later_says_so_to_who_asks_again(alone: System):
    async with working(alone):
        incident_id = await alone.register()
    key, path = uuid4().hex, f"incidents/{incident_id}/assign"
    assert (await alone.give(path, {"first": ["qingxi"]}, key=key)).status_code == 202
    async with working(alone):

        async def told() -> bool:
            items = (await alone.ask("GET", "inbox")).json()["items"]
            return "submission_refused" in {item["notice"]["purpose"] for item in items}

        await until(told)
        problem(await alone.give(path, {"first": ["qingxi"]}, key=key), 409, "not_judged")


async def test_a_registration_without_a_worker_is_accepted_and_follows(alone: System):
    key, content = uuid4().hex, registration()
    accepted = await alone.give("incidents", content, key=key)
    assert accepted.status_code == 202, accepted.text
    async with working(alone):
        incident_id = accepted.json()["incident_id"]
        await until(lambda: _stands(alone, incident_id, "registered"))
        assert (await alone.recorded("incidents", content, key=key)).status_code == 201


async def test_readiness_names_the_worker_that_is_missing(alone: System):
    ready = await alone.ask("GET", "/readyz", None)
    assert ready.status_code == 503
    assert ready.headers["Retry-After"]
    assert ready.json()["down"] == ["worker"]


async def test_without_temporal_steps_are_refused_soon_and_the_ledger_is_still_read(tmp_path: Path):
    async with await start_temporal() as environment, make_system(tmp_path, address(environment)) as system:
        async with working(system):
            incident_id = await system.assigned()
        await environment.shutdown()
        for path, content in (("incidents", registration()), (f"incidents/{incident_id}/sign_for", {})):
            began = monotonic()
            answer = await system.give(path, content, TOWN)
            assert monotonic() - began < SOON
            told = problem(answer, 503, "temporal_unavailable")
            assert answer.headers["Retry-After"] == "2"
            assert "Idempotency-Key" in told["detail"]
        assert (await system.ask("GET", f"incidents/{incident_id}")).json()["stage"] == "assigned"
        assert (await system.ask("GET", "obligations")).status_code == 200
        problem(await system.ask("GET", f"incidents/{incident_id}/history"), 503, "temporal_unavailable")
        ready = await system.ask("GET", "/readyz", None)
        assert (ready.status_code, ready.json()["down"]) == (503, ["temporal", "worker"])


async def test_a_web_process_that_never_reached_temporal_serves_the_ledger(tmp_path: Path):
    async with make_system(tmp_path, "127.0.0.1:1") as system:
        assert (await system.ask("GET", "incidents")).status_code == 200
        problem(await system.give("incidents", registration()), 503, "temporal_unavailable")
        assert (await system.ask("GET", "/healthz", None)).status_code == 200


@asynccontextmanager
async def without_database(system: System) -> AsyncIterator[None]:
    """The ledger's file is away while inside, and no connection to it is left."""
    file = Path(system.settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    await system.database.close()
    away = file.with_suffix(".away")
    _rename(file, away)
    commands = system.app.state.commands
    system.app.state.database = open_database(system.settings.database_url)
    commands._database = commands._reader._database = system.app.state.database
    system.app.state.visibility._database = system.app.state.api_tokens._database = system.app.state.database
    try:
        yield
    finally:
        _rename(away, file)


def _rename(old: Path, new: Path) -> None:
    old.rename(new)


async def test_with_the_database_down_a_step_is_taken_and_the_record_follows(alone: System):
    async with working(alone):
        incident_id = await alone.register()
        await alone.ask("GET", "incidents", TOWN)  # known from now on
    path = f"incidents/{incident_id}/judge"
    async with without_database(alone), working(alone):
        await until(lambda: _answers(alone, incident_id))  # a busy machine may take longer than a step waits
        assert await _number(alone, path) == 4
        problem(await alone.give(path, JUDGEMENT), 409, "already_done")
        problem(await alone.give(path, JUDGEMENT, TOWN), 403, "unit_not_concerned")
        await _nothing_is_read(alone, incident_id)
    async with working(alone):
        await until(lambda: _stands(alone, incident_id, "judged"))
    await alone.app.state.database.close()


async def test_with_the_database_down_a_text_at_hand_is_compared_with_the_talking_points(alone: System):
    async with working(alone):
        incident_id = await alone.assigned()
        found = {"value": "TRUE", "finding": "情况属实", "evidence": [PROOF]}
        await alone.done(incident_id, "conclude", found, TOWN)
        await _reviewed(alone, incident_id, "draft-1", "个别人炒作，情况属实。")
        await _reviewed(alone, incident_id, "draft-2", "经核查，情况属实。")
        await alone.done(incident_id, "approve_talking_points", {"forbidden": ["个别人炒作"]}, OFFICE)
        await alone.ask("GET", "incidents", TOWN)
    path = f"incidents/{incident_id}/publish"
    out = {"published_at": ago(seconds=0), "channels": ["douyin"], "evidence": [PROOF]}
    async with without_database(alone), working(alone):
        await until(lambda: _answers(alone, incident_id))  # a busy machine may take longer than a step waits
        problem(await alone.give(path, {"draft": "draft-1", **out}, TOWN), 409, "against_talking_points")
        at_hand = alone.app.state.commands._reader._drafts
        remembered = dict(at_hand)
        at_hand.clear()  # as of a web process that has only just begun
        problem(await alone.give(path, {"draft": "draft-2", **out}, TOWN), 503, "texts_unavailable")
        at_hand.update(remembered)
        accepted = await alone.give(path, {"draft": "draft-2", **out}, TOWN)
        assert accepted.status_code == 202, accepted.text
    async with working(alone):
        await until(lambda: _is_published(alone, incident_id))
    await alone.app.state.database.close()


async def _number(system: System, path: str) -> int:
    """The number of a judgement that is taken and not yet recorded, told soon;
    a busy worker is asked again under its key.
    """
    key = uuid4().hex
    async with asyncio.timeout(60):
        while True:
            began = monotonic()
            accepted = await system.give(path, JUDGEMENT, key=key)
            assert monotonic() - began < SOON
            assert accepted.status_code == 202, accepted.text
            if (number := accepted.json()["event_number"]) is not None:
                return int(number)


async def _answers(system: System, incident_id: str) -> bool:
    """Whether a worker has read the case."""
    try:
        await system.app.state.commands.cases.live(incident_id)
    except Unavailable:
        return False
    return True


async def _is_published(system: System, incident_id: str) -> bool:
    return any(item["event"]["kind"] == "published" for item in await system.events(incident_id))


async def _reviewed(system: System, incident_id: str, draft: str, facts: str) -> None:
    text = {
        "form": "situation_notice",
        "title": "通报",
        "facts": facts,
        "measures": "已更换",
        "result": "已恢复",
    }
    await system.done(incident_id, "draft_response", {**text, "evidence": [PROOF]}, TOWN)
    for stage, actor in (("first", TOWN_CHECKER), ("second", TOWN_DEPUTY), ("final", TOWN_LEADER)):
        review = {"draft": draft, "stage": f"{stage}_review", "approved": True}
        await system.done(incident_id, "review_draft", review, actor)


async def _nothing_is_read(system: System, incident_id: str) -> None:
    """What the web says while the database is down."""
    answers: list[httpx2.Response] = [
        await system.ask("GET", "incidents"),
        await system.ask("GET", f"incidents/{incident_id}"),
        await system.give("incidents", registration()),
    ]
    for answer in answers:
        problem(answer, 503, "database_unavailable")
        assert answer.headers["Retry-After"] == "2"
    ready = await system.ask("GET", "/readyz", None)
    assert (ready.status_code, ready.json()["down"]) == (503, ["database"])
    stranger = await system.ask("GET", "incidents", headers={"Authorization": "Bearer nobody"})
    problem(stranger, 503, "database_unavailable")


async def test_with_the_ledger_locked_the_answer_comes_with_the_number_and_the_record_follows(alone: System):
    async with working(alone):
        incident_id = await alone.register()
        async with alone.database.writing() as session:
            await session.connection()  # holds the lock until the end of the block
            assert await _number(alone, f"incidents/{incident_id}/judge") == 4
        await until(lambda: _stands(alone, incident_id, "judged"))


async def test_a_case_whose_workflow_is_lost_says_who_must_act(alone: System, temporal: WorkflowEnvironment):
    async with working(alone):
        incident_id = await alone.register()
        await temporal.client.get_workflow_handle(incident_id).terminate()
        told = problem(
            await alone.give(f"incidents/{incident_id}/judge", JUDGEMENT, OFFICE), 503, "workflow_missing"
        )
        assert "huiying rebuild workflows" in told["detail"]
