"""Rows and histories that 0.3 recorded, reduced: seals and links stay, the words are gone,
and the audit says so.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlmodel import col
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from activities.archive import as_kept
from audit.differences import DifferenceKind
from audit.reducing import clear_ledger
from audit.reducing_rows import Older, reduce_rows, rewritten, sweep_rows
from audit.verify import verify
from domain.steps.close import Archive
from domain.terms.instants import months_after
from storage import event_log, histories
from storage.database import Database, open_database
from storage.proof import prove_whole
from storage.reductions import ROWS, Reduction, ReductionCause
from storage.tables import EventLogRow, table
from tests.audit.older_rows import lines_of, put_in
from tests.audit.test_reducing import holding
from tests.domain.cast import ALICE, h, registered, step
from tests.golden.kept import Kept, kept
from tests.keys import KEYS
from tests.storage.cases import START
from tests.workflows.course import WHOLE_COURSE
from tests.workflows.stage import a_database, a_stage
from workflows.converter import converter
from workflows.opening import opened_history

CHANGED = (
    "UPDATE event_log SET decision = replace(decision, 'qingxi', 'x')"
    " WHERE position IN (SELECT row_position FROM reduced_row WHERE place = 'event_log')"
)
BESIDE = 1_000_000
LONG = 5  # characters by which a text is told from others in a file
# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

RECORDED = [one for one in kept() if one.release == "0.3.0" and not one.name.startswith("continued")]


def said(one: Kept) -> set[str]:
    """What the public said in a recorded case."""
    words: set[str] = set()

    def look(value: object) -> None:
        if isinstance(value, list):
            for item in value:
                look(item)
        elif isinstance(value, dict):
            words.update(str(value["gist"]) for _ in range("gist" in value))
            words.update(str(value["text"]) for _ in range("audience" in value))
            for item in value.values():
                look(item)

    file = Path(__file__).parents[1] / "golden" / one.release / f"{one.name}.decisions.jsonl"
    look([json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()])
    return words - {""}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(tmp_path) as opened:
        yield opened


async def recorded(database: Database, one: Kept, lineage: str | None = None) -> str:
    """A case as 0.3 left it: its rows, proven, and its history in the archive; gives its id.

    With a name, of a later release.
    """
    incident_id = await put_in(database, one.decisions, lines_of(one), lineage)
    history = WorkflowHistory(incident_id, one.history.events)
    await histories.keep(database, as_kept(history, history.run_id))
    return incident_id


async def without_words(database: Database, incident_id: str) -> Older:
    async with database.session() as session:
        return await rewritten(session, incident_id, KEYS)


def act_of(incident_id: str) -> Reduction:
    return Reduction(at=START, incident_id=incident_id, why=ReductionCause.RETENTION, about=ROWS)


async def links(database: Database) -> list[tuple[str, str]]:
    async with database.session() as session:
        statement = select(col(EventLogRow.previous_hash), col(EventLogRow.hash))
        return [(row[0], row[1]) for row in await session.execute(statement)]


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in RECORDED])
async def test_what_0_3_sealed_is_reduced_with_seal_and_links_and_all_else_verifies(
    database: Database, tmp_path: Path, one: Kept
):
    incident_id = await recorded(database, one)
    before, sealed = await verify(database, None), await links(database)
    words = said(one)
    assert words
    older = await without_words(database, incident_id)
    assert await reduce_rows(database, older, act_of(incident_id)) == len(older.references) == len(words)
    assert await clear_ledger(database)
    report = await verify(database, None)
    assert {one.kind for one in before.differences} <= {
        DifferenceKind.SUBMISSION
    }  # a course's digests are made up
    assert set(report.differences) <= set(before.differences)
    assert any("no longer provable" in note for note in report.cases[0].notes)
    assert await links(database) == sealed
    assert holding(tmp_path, *(word for word in words if len(word) >= LONG)) == set()


async def reduced(database: Database) -> str:
    """The id of a recorded case that was reduced."""
    incident_id = await recorded(database, RECORDED[0])
    await reduce_rows(database, await without_words(database, incident_id), act_of(incident_id))
    return incident_id


async def test_a_reduced_row_that_is_changed_is_found(database: Database):
    await reduced(database)
    await database.write(partial(_said, statement=CHANGED))
    await database.write(
        partial(_said, statement="UPDATE archived_history SET history = CAST(history || x'00' AS BLOB)")
    )
    kinds = {one.kind for one in (await verify(database, None)).differences}
    assert {DifferenceKind.CHAIN, DifferenceKind.ARCHIVE} <= kinds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event_log SET hash = 'x'",
        "UPDATE event_log SET recorded_at = '2020-01-01'",
        "UPDATE archived_history SET sha256 = 'x'",
        "DELETE FROM event_log",
        "DELETE FROM reduced_row",
        "UPDATE reduced_row SET sha256 = 'x'",
    ],
)
async def test_seal_links_and_entry_of_a_reduced_row_take_no_change(database: Database, statement: str):
    await reduced(database)
    with pytest.raises(Exception, match="append-only"):
        await database.write(partial(_said, statement=statement))


async def test_a_row_that_no_entry_names_takes_no_change(database: Database):
    await recorded(database, RECORDED[0])
    for statement in ("UPDATE event_log SET decision = '{}'", "UPDATE archived_history SET history = x'00'"):
        with pytest.raises(Exception, match="append-only"):
            await database.write(partial(_said, statement=statement))


ENTERED = """INSERT INTO reduced_row (place, row_position, incident_id, position, sha256)
    SELECT '{0}', position, '{1}', {2}, '{3}' FROM {0}"""
ACT = """INSERT INTO reduction (position, at, incident_id, why, by, unit, reason, about, texts)
    VALUES (7, '2030-01-01', '{}', 'retention', '', '', '', '{}', 0)"""
FORGED_LOG = "UPDATE event_log SET decision = replace(decision, 'accountable', 'assisting')"
FORGED_HISTORY = "UPDATE archived_history SET history = x'00'"


async def say(database: Database, *statements: str) -> None:
    for statement in statements:
        await database.write(partial(_said, statement=statement))


@pytest.mark.parametrize(
    ("named", "case", "about", "lineage"),
    [(9, "", "rows", None), (7, "another", "rows", None), (7, "", "texts", None), (7, "", "rows", "of-0.4")],
    ids=["no act", "an act of another case", "an act about something else", "a row of this release"],
)
async def test_an_entry_alone_neither_lets_a_row_be_changed_nor_stands_in_for_its_seal(
    database: Database, named: int, case: str, about: str, lineage: str | None
):
    incident_id = await recorded(database, RECORDED[0], lineage)
    async with database.session() as session:
        (row, *_) = await event_log.rows(session, incident_id, unproven=True)
        (archived,) = await histories.histories(session, incident_id)
    forged = sha256(row.decision.replace("accountable", "assisting").encode()).hexdigest()
    await say(
        database,
        ACT.format(case or incident_id, about),
        ENTERED.format("event_log", incident_id, named, forged),
        ENTERED.format("archived_history", incident_id, named, sha256(b"\0").hexdigest()),
    )
    for statement in (FORGED_LOG, FORGED_HISTORY):
        with pytest.raises(Exception, match="append-only"):
            await say(database, statement)
    await say(
        database, "DROP TRIGGER event_log_no_update", "DROP TRIGGER archived_history_no_update", FORGED_LOG
    )
    await say(database, FORGED_HISTORY)
    kinds = {(one.kind, one.number) for one in (await verify(database, None)).differences}
    assert (DifferenceKind.CHAIN, 1) in kinds
    async with database.session() as session:
        assert not (await histories.histories(session, incident_id))[0].is_whole
    assert archived.is_whole


async def test_what_an_act_reduced_is_noted_though_it_counts_no_texts(database: Database):
    incident_id = await recorded(database, RECORDED[0])
    await say(
        database,
        ACT.format(incident_id, "rows"),
        ENTERED.format("event_log", incident_id, 7, "0" * 64),
    )
    (case,) = (await verify(database, None)).cases
    assert any(note.startswith("reduced on") and "no longer provable" in note for note in case.notes)


def _said(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


class Server:
    """A server that is asked to forget runs; `runs` are those that it has."""

    namespace = "default"
    data_converter = converter(KEYS)

    def __init__(self, *runs: WorkflowHistory) -> None:
        self.runs = runs
        self.forgotten: list[str] = []

    @property
    def workflow_service(self) -> "Server":
        return self

    def get_workflow_handle(self, _: str, run_id: str) -> "Server":
        (self.asked,) = (run for run in self.runs if run.run_id == run_id)
        return self

    async def fetch_history(self, **_: object) -> WorkflowHistory:
        return self.asked

    async def list_workflows(self, query: str, **_: object) -> AsyncIterator[Any]:
        for run in self.runs:
            yield SimpleNamespace(id=run.workflow_id, run_id=run.run_id)

    async def delete_workflow_execution(self, request: Any, **_: object) -> None:
        self.forgotten.append(request.workflow_execution.run_id)


async def test_a_sweep_reduces_what_is_archived_for_its_months_and_lets_the_server_forget_it(
    made: tuple[Path, datetime], database: Database
):
    """A case that was archived, as a release that sealed nothing would have left it."""
    due_at = made[1]
    await copied(made[0], database)
    server: Any = Server()
    early = await sweep_rows(database, server, due_at - timedelta(days=40))
    assert (early.cases, server.forgotten) == (0, [])
    assert (await sweep_rows(database, None, due_at)).cases == 0
    swept = await sweep_rows(database, server, due_at)
    assert (swept.cases, swept.failed, len(server.forgotten)) == (1, {}, 1)
    assert swept.texts > 0
    again = await sweep_rows(database, server, due_at)
    assert (again.cases, again.failed) == (0, {})
    report = await verify(database, None)
    assert report.differences == ()


async def test_a_case_that_does_not_verify_is_not_reduced(made: tuple[Path, datetime], database: Database):
    await copied(made[0], database, ("accountable", "assisting"))
    server: Any = Server()
    swept = await sweep_rows(database, server, made[1])
    assert (swept.cases, list(swept.failed.values()), server.forgotten) == (0, ["differs"], [])


DAMAGED = {
    "no history": b"\xff",
    "an empty history": b"",
    "no JSON in a row": "{",
    "nested without end": "[" * 100_000,
    "no row of UTF-8": '{"text": "\\ud800"}',
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
async def test_a_damaged_case_is_named_and_the_others_are_reduced(
    made: tuple[Path, datetime], database: Database, damage: str | bytes
):
    broken = await damaged(made[0], database, damage)
    await copied(made[0], database)
    server: Any = Server()
    swept = await sweep_rows(database, server, made[1])
    assert (list(swept.failed), swept.cases) == ([broken], 1)


async def damaged(folder: Path, database: Database, damage: str | bytes) -> str:
    """Another such case, of which a row or the history reads no more; gives its id."""
    source = open_database(f"sqlite+aiosqlite:///{folder}/huiying.db")
    async with source.session() as session:
        rows = [dict(row) for row in (await session.execute(select(table(EventLogRow)))).mappings()]
    await source.close()
    before, broken = event_log.GENESIS, f"{rows[0]['incident_id']}0"
    for row in rows:
        content = row["decision"].replace(f'"{rows[0]["incident_id"]}"', f'"{broken}"')
        row |= {"decision": content, "previous_hash": before, "hash": event_log.seal(before, content)}
        row |= {"incident_id": broken, "lineage": None, "position": row["position"] + 1_000}
        before = row["hash"]
    await database.write(lambda connection: connection.execute(insert(table(EventLogRow)), rows))
    await database.write(partial(prove_whole, incident_id=broken))
    is_of_history = isinstance(damage, bytes)
    kept_bytes = damage if isinstance(damage, bytes) else b""
    history = histories.History(
        workflow_id=broken, run_id=broken, history=kept_bytes, history_json="", sdk_version="", build_id=""
    )
    await histories.keep(database, history)
    if not is_of_history:
        await say(database, "DROP TRIGGER event_log_no_update")
        statement = text("UPDATE event_log SET decision = :damage WHERE position = :at")
        values = {"damage": damage, "at": rows[0]["position"]}
        await database.write(lambda connection: connection.execute(statement, values))
    return broken


async def copied(
    folder: Path, database: Database, forged: tuple[str, str] = ("", ""), *, beside: bool = False
) -> None:
    """The rows of an archived case without the names of decisions, `forged` in one word,
    and its history in clear.

    In a ledger that has cases of this release, `beside` them:
    its rows have other places, and it was begun before there were keys.
    """
    source = open_database(f"sqlite+aiosqlite:///{folder}/huiying.db")
    async with source.session() as session:
        rows = [dict(row) for row in (await session.execute(select(table(EventLogRow)))).mappings()]
        (archived,) = await histories.histories(session, rows[0]["incident_id"])
    await source.close()
    events = list(History.FromString(archived.content.history).events)
    plain = opened_history(WorkflowHistory(archived.content.workflow_id, events), KEYS)
    if beside:
        plain.events[0].event_time.FromDatetime(datetime(2000, 1, 1, tzinfo=UTC))
    without_names = [
        {
            **row,
            "position": row["position"] + BESIDE * beside,
            "lineage": None,
            "decision": row["decision"].replace(*forged) if forged[0] else row["decision"],
        }
        for row in rows
    ]
    await database.write(lambda connection: connection.execute(insert(table(EventLogRow)), without_names))
    await histories.keep(database, as_kept(plain, plain.run_id))
    await database.write(partial(prove_whole, incident_id=rows[0]["incident_id"]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """An archived case, its texts in its decisions; and when its posts are due."""
    folder = tmp_path_factory.mktemp("older")
    return folder, asyncio.run(lived(folder))


async def lived(folder: Path) -> datetime:
    async with a_stage(folder) as stage, stage.worker():
        await stage.register(registered())
        await stage.give((*WHOLE_COURSE, step(h(241), ALICE, Archive())))
        await asyncio.wait_for(stage.handle.result(), 60)
        history = await stage.handle.fetch_history()
        await histories.keep(stage.database, as_kept(history, history.run_id))
        return stage.drill.real(months_after(h(241), 6))
