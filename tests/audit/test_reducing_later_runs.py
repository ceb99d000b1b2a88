"""A case that 0.3 began and a later release went on with:
what the public said goes from rows, plain runs and sealed ones.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory
from temporalio.converter import WorkflowSerializationContext

from activities.archive import as_kept, lacks
from audit.differences import DifferenceKind
from audit.rebuild import start_from_log
from audit.reducing import clear_ledger
from audit.reducing_rows import sweep_rows
from audit.verify import verify
from bench.processes import free_settings
from domain.case.records import Source
from domain.steps.close import Archive
from domain.steps.register import AddSource
from domain.terms.instants import months_after
from domain.terms.vocabulary import Platform
from storage import event_log, histories
from storage.database import Database, open_database
from storage.proof import prove_whole
from storage.sealing_keys import enter_keys
from storage.tables import EventLogRow, table
from terminal.texts import reduce_texts
from tests.audit.test_reducing import forms, holding, keys_in
from tests.audit.test_reducing_rows import Server
from tests.domain.cast import ALICE, h, registered, step
from tests.keys import KEYS
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import INCIDENT, QUEUE, Stage, a_database, a_stage
from workflows.converter import SQUEEZED, read, with_json
from workflows.opening import opened_history
from workflows.payloads import CaseInput
from workflows.sealing import Sealing, is_sealed, opened, sealed_anew

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

GIST, ASKED = "canary-张某某被物业打伤-4f1d", "canary-物业公司何时赔偿-77aa"
SOURCES = (Source(at=h(), platform=Platform.DOUYIN, gist=GIST),)
SAID = step(h(m=12), ALICE, AddSource(source=Source(at=h(), platform=Platform.WEIBO, gist=ASKED)))
BEFORE = 3  # steps of the course that the earlier release took


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A case that was ended in the middle and begun anew from its log, as an upgrade does;
    and when its posts are due.
    """
    folder = tmp_path_factory.mktemp("older")
    return folder, asyncio.run(lived(folder))


async def lived(folder: Path) -> datetime:
    async with a_stage(folder) as stage, stage.worker():
        await stage.register(registered(sources=SOURCES))
        await stage.give((SAID, *WHOLE_COURSE[:BEFORE]))
        await _recorded(stage)
        await stage.handle.terminate()
        await _keep(stage)
        async with stage.database.session() as session:
            name = (await event_log.decisions(session, INCIDENT, unproven=True))[-1].lineage
        stage.handles[INCIDENT] = await start_from_log(stage.client, QUEUE, await stage.log(), name)
        await stage.give((*WHOLE_COURSE[BEFORE:], step(h(241), ALICE, Archive())))
        await asyncio.wait_for(stage.handle.result(), 60)
        await _keep(stage)
        return stage.drill.real(months_after(h(241), 6))


async def _recorded(stage: Stage) -> None:
    """The log has come to where the case stands."""
    async with asyncio.timeout(60):
        while (await stage.state()).event_number != (await stage.log())[-1].last_number:
            await asyncio.sleep(0.05)


async def _keep(stage: Stage) -> None:
    history = await stage.handle.fetch_history()
    await histories.keep(stage.database, as_kept(history, history.run_id))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(tmp_path) as opened:
        yield opened


async def copied(folder: Path, database: Database, *, but: int | None = None) -> list[WorkflowHistory]:
    """The case as an upgrade left it: what the first run decided without names, that run in clear;
    gives the runs.

    Of the runs the archive lacks one, `but`.
    """
    source = open_database(f"sqlite+aiosqlite:///{folder}/huiying.db")
    async with source.session() as session:
        rows = [dict(row) for row in (await session.execute(select(table(EventLogRow)))).mappings()]
        first, second = await histories.histories(session, INCIDENT)
    await source.close()
    runs = [_run(first), _run(second)]
    carried = _number_carried(runs[1])
    older = [row | {"lineage": None} if row["last_number"] <= carried else row for row in rows]
    await database.write(lambda connection: connection.execute(insert(table(EventLogRow)), older))
    runs[0] = opened_history(runs[0], KEYS)
    for number, run in enumerate(runs):
        if number != but:
            await histories.keep(database, as_kept(run, run.run_id))
    await database.write(partial(prove_whole, incident_id=INCIDENT))
    return runs


def _run(archived: histories.ArchivedHistory) -> WorkflowHistory:
    return WorkflowHistory(INCIDENT, list(History.FromString(archived.content.history).events))


def _number_carried(run: WorkflowHistory) -> int:
    began = opened_history(run, KEYS).events[0].workflow_execution_started_event_attributes
    incident = read(began.input.payloads[0], CaseInput).incident
    assert incident is not None
    return int(incident.event_number)


async def _archived(database: Database) -> list[WorkflowHistory]:
    async with database.session() as session:
        return [_run(one) for one in await histories.histories(session, INCIDENT)]


def _said(runs: list[WorkflowHistory]) -> set[str]:
    """Which words of the public a run holds for who has the keys."""
    texts = [opened_history(run, KEYS).to_json() for run in runs]
    return {
        words
        for words in (GIST, ASKED)
        for text in texts
        if any(form.decode() in text for form in forms(words))
    }


async def _kinds(database: Database) -> set[DifferenceKind]:
    return {one.kind for one in (await verify(database, None, keys=KEYS)).differences}


async def test_what_a_later_release_went_on_with_is_reduced_in_its_sealed_run_too(
    made: tuple[Path, datetime], database: Database, tmp_path: Path
):
    server: Any = Server(*await copied(made[0], database))
    assert await _kinds(database) == set()
    assert _said((await _archived(database))[1:]) == {GIST, ASKED}
    swept = await sweep_rows(database, server, made[1])
    assert (swept.cases, swept.texts, swept.failed, len(server.forgotten)) == (1, 2, {}, 2)
    assert await clear_ledger(database)
    runs = await _archived(database)
    assert _said(runs) == set()
    assert is_sealed(runs[1].events[0].workflow_execution_started_event_attributes.input.payloads[0])
    assert holding(tmp_path, GIST, ASKED) == set()
    report = await verify(database, None, keys=KEYS)
    assert report.differences == ()
    assert any("no longer provable" in note for note in report.cases[0].notes)
    assert (await sweep_rows(database, server, made[1])).cases == 0


async def test_a_run_that_the_server_alone_has_is_archived_first(
    made: tuple[Path, datetime], database: Database
):
    server: Any = Server(*await copied(made[0], database, but=1))
    swept = await sweep_rows(database, server, made[1])
    assert (swept.cases, swept.failed, server.forgotten) == (0, {}, [])


async def test_a_run_of_a_stranger_under_the_same_id_holds_nothing_up(
    made: tuple[Path, datetime], database: Database
):
    plain, _ = await copied(made[0], database)
    strange = WorkflowHistory(
        INCIDENT, [type(event).FromString(event.SerializeToString()) for event in plain.events]
    )
    strange.events[0].workflow_execution_started_event_attributes.original_execution_run_id = "of a stranger"
    await enter_keys(database, {"0" * 16: datetime(2000, 1, 1, tzinfo=UTC)})
    server: Any = Server(strange)
    assert await lacks(server, database, INCIDENT) is False


async def test_the_terminal_says_what_waits_for_the_engine(
    made: tuple[Path, datetime], database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    await copied(made[0], database)
    nobody = free_settings(tmp_path)
    settings = nobody.model_copy(update={"keys_dir": keys_in(tmp_path / "keys").folder})
    assert await reduce_texts(settings, dry_run=True, now=made[1]) == 0
    assert "1 incidents with records of 0.3" in capsys.readouterr().out
    assert await reduce_texts(settings, dry_run=False, now=made[1]) == 1
    assert "1 incidents with records of 0.3 wait" in capsys.readouterr().out
    assert _said(await _archived(database)) == {GIST, ASKED}


@pytest.mark.parametrize("lost", [0, 1])
async def test_a_case_of_which_a_run_is_lost_is_reduced_and_the_loss_is_told_as_before(
    made: tuple[Path, datetime], database: Database, tmp_path: Path, lost: int
):
    await copied(made[0], database, but=lost)
    before = await _kinds(database)
    server: Any = Server()
    swept = await sweep_rows(database, server, made[1])
    assert (swept.cases, swept.failed) == (1, {})
    assert await clear_ledger(database)
    assert _said(await _archived(database)) == set()
    assert holding(tmp_path, GIST, ASKED) == set()
    assert await _kinds(database) == before


async def test_a_grown_case_is_changed_inside_its_seal_and_what_a_stranger_sent_is_left():
    inside = WorkflowSerializationContext(namespace="huiying", workflow_id=INCIDENT)
    grown = Payload(metadata={"encoding": SQUEEZED.encode()}, data=zlib.compress(b"ab" * 9))
    (there,) = await Sealing(KEYS).with_context(inside).encode([grown])
    changed = sealed_anew(
        there, KEYS, INCIDENT, lambda one: with_json(one, lambda data: data.replace(b"a", b""))
    )
    assert zlib.decompress(opened(changed, KEYS, INCIDENT).data) == b"b" * 9
    assert sealed_anew(there, KEYS, INCIDENT, lambda one: one) == there
    assert sealed_anew(grown, KEYS, INCIDENT, lambda _: Payload()) == grown
