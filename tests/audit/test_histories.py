"""Histories on a server: archived once closed, found run by run,
and what a signal's date says of a receipt.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import LogCapture
from temporalio.client import Client

from activities import archive
from activities.archive import archive_closed, sweep
from audit.differences import DifferenceKind
from audit.verify import verify
from domain.steps.close import Archive
from storage import event_log, histories
from storage.database import Database, open_database
from storage.record import record
from tests.domain.cast import (
    ALICE,
    assigned,
    closed,
    concluded,
    h,
    handled,
    judged,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.keys import KEYS
from tests.workflows.stage import INCIDENT, Stage, a_live_stage, a_stage

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

QUICK = (judged(), assigned(), signed_for(), concluded(), published(), reported(at=h(13)), handled(at=h(14)))
ENDED = (closed(at=h(15), heat_override="已平息"), step(h(15, m=10), ALICE, Archive()))


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_live_stage(tmp_path) as stage:
        yield stage


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What archiving logs; a logger that was used before would not be heard otherwise."""
    heard = LogCapture()
    heard_by = structlog.wrap_logger(
        structlog.PrintLogger(), processors=[heard], wrapper_class=structlog.make_filtering_bound_logger(0)
    )
    monkeypatch.setattr(archive, "log", heard_by)
    return heard.entries


async def lines(stage: Stage, client: Client | None) -> list[str]:
    return [str(difference) for difference in (await verify(stage.database, client, keys=KEYS)).differences]


async def kept(live: Stage) -> set[str]:
    async with live.database.session() as session:
        return {one.content.run_id for one in await histories.histories(session, INCIDENT)}


async def test_every_run_of_a_closed_case_is_archived_once_and_audited_without_the_server(live: Stage):
    async with live.worker():
        await live.register(registered(), history_limit=50)
        await live.give([QUICK, ENDED])
        await asyncio.wait_for(live.handle.result(), 60)
    async with asyncio.timeout(60):  # lists lag behind; a run that went on anew the next has kept
        last = (await live.handle.describe()).run_id
        while last not in await kept(live):
            await archive_closed(live.client, live.database)
            await asyncio.sleep(0.2)
    assert len(await kept(live)) >= 2
    again = await archive_closed(live.client, live.database)
    assert (again.archived, again.failed) == ([], {})
    report = await verify(live.database, None, keys=KEYS)
    assert [str(difference) for difference in report.differences] == []
    assert report.cases[0].runs >= 2
    assert report.cases[0].covered_from == 1


async def test_a_case_that_runs_is_audited_from_the_server(live: Stage):
    async with live.worker():
        await live.register(registered(), history_limit=50)
        await live.give(QUICK)
        assert await lines(live, live.client) == []


async def test_a_sweep_that_fails_says_so_in_one_line_and_goes_on(
    live: Stage, tmp_path: Path, told: list[Any]
):
    class Gone(Database):
        def session(self) -> Any:
            raise OSError("gone")

    async with live.worker():
        await live.register(registered())
        await live.give([QUICK, ENDED])
        await asyncio.wait_for(live.handle.result(), 60)
    opened = open_database(f"sqlite+aiosqlite:///{tmp_path}/huiying.db")
    gone = Gone(opened.engine, opened.engine, None)
    sweeping = asyncio.create_task(sweep(live.client, gone, timedelta(milliseconds=50)))
    async with asyncio.timeout(60):
        while len(told) < 3:
            await asyncio.sleep(0.05)
    sweeping.cancel()
    await opened.close()
    assert {(line["event"], line["error"]) for line in told} == {("sweep failed", "OSError")}


async def test_a_history_that_cannot_be_kept_is_told_with_the_time_that_is_left(live: Stage, told: list[Any]):
    async with live.worker():
        await live.register(registered())
        await live.give([QUICK, ENDED])
        await asyncio.wait_for(live.handle.result(), 60)
    async with live.database.writing() as session:
        await session.execute(
            text(
                "CREATE TRIGGER full BEFORE INSERT ON archived_history BEGIN SELECT RAISE(ABORT,"
                " 'disk full'); END"
            )
        )
    async with asyncio.timeout(60):
        while not (await archive_closed(live.client, live.database)).failed:
            await asyncio.sleep(0.2)
    assert told[-1]["event"] == "history not archived"
    assert told[-1]["incident"] == INCIDENT
    assert told[-1]["hours_left"] > 20


async def test_a_receipt_long_before_its_signal_is_refused(tmp_path: Path):
    async with a_stage(tmp_path) as stage, stage.worker():
        await stage.register(registered())
        await stage.hand_over(judged())
        await stage.hand_over(replace(assigned(), lag=timedelta(minutes=5)))
        await stage.give(signed_for())
        told = (await verify(stage.database, stage.client)).differences
        number = next(
            decided.first_number for decided in await stage.log() if decided.events[0].kind == "assigned"
        )
        assert [(difference.kind, difference.number) for difference in told] == [
            (DifferenceKind.RECEIPT, number)
        ]
        assert "within 60 s" in told[0].expected


async def test_a_decision_that_the_history_never_held_is_withdrawn_and_the_case_agrees(tmp_path: Path):
    async with a_stage(tmp_path) as stage, stage.worker():
        await stage.register(registered())
        await stage.state()
        log = await stage.log()
        await stage.until(h(m=14))
        stray = replace(
            log[-1], first_number=log[-1].last_number + 1, events=log[-1].events[-1:], now=h(m=14)
        )
        # By a worker that died before its task was durable.
        await record(stage.database, INCIDENT, (stray,), durable=False)
        assert (await verify(stage.database, stage.client)).exit_status == 1
        await stage.give(judged())
        await stage.until(h(m=16))
        report = await verify(stage.database, stage.client)
        assert [str(difference) for difference in report.differences] == []
        assert report.cases[0].withdrawn == 1
        async with stage.database.session() as session:
            assert await event_log.check_chain(session, INCIDENT) == []
