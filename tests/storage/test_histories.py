"""Archived histories: byte for byte, each run once."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.histories import ArchivedHistory, History, HistoryConflict, archived_runs, histories, keep
from storage.tables import ArchivedHistoryRow

FIRST = History(
    workflow_id="inc-1",
    run_id="run-1",
    history=bytes(range(256)) * 4,
    history_json='{"events": []}',
    sdk_version="1.35.0",
    build_id="0.1.0",
)


async def kept(database: Database, workflow_id: str = "inc-1") -> list[ArchivedHistory]:
    async with database.session() as session:
        return list(await histories(session, workflow_id))


async def test_a_history_comes_back_byte_for_byte(database: Database):
    assert await keep(database, FIRST) == hashlib.sha256(FIRST.history).hexdigest()
    (found,) = await kept(database)
    assert found.content == FIRST
    assert found.sha256 == hashlib.sha256(FIRST.history).hexdigest()
    assert found.is_whole


async def test_the_same_history_is_kept_once(database: Database):
    await keep(database, FIRST)
    await keep(database, FIRST)
    assert len(await kept(database)) == 1


async def test_another_history_of_the_same_run_is_refused(database: Database):
    await keep(database, FIRST)
    with pytest.raises(HistoryConflict, match="run-1"):
        await keep(database, replace(FIRST, history=b"other"))
    assert [found.content for found in await kept(database)] == [FIRST]


async def test_every_run_of_a_workflow_is_kept_in_order(database: Database):
    runs = [replace(FIRST, run_id=f"run-{number}") for number in range(3)]
    for run in (*runs, replace(FIRST, workflow_id="inc-2", run_id="run-9")):
        await keep(database, run)
    assert [found.content for found in await kept(database)] == runs


async def test_which_runs_are_archived_is_told(database: Database):
    await keep(database, FIRST)
    async with database.session() as session:
        assert await archived_runs(session, ["run-1", "run-2"]) == {"run-1"}


async def test_an_archived_history_is_neither_changed_nor_deleted(database: Database):
    await keep(database, FIRST)

    async def change(statement) -> None:
        async with database.writing() as session:
            await session.execute(statement)

    for forbidden in (update(ArchivedHistoryRow).values(sha256="f"), delete(ArchivedHistoryRow)):
        with pytest.raises(DBAPIError, match="append-only"):
            await change(forbidden)
    assert [found.content for found in await kept(database)] == [FIRST]


async def test_bytes_changed_behind_its_back_are_noticed(database: Database):
    await keep(database, FIRST)
    guard = "DROP TRIGGER archived_history_no_update"
    if database.engine.dialect.name == "postgresql":
        guard = "ALTER TABLE archived_history DISABLE TRIGGER ALL"
    async with database.writing() as session:
        await session.execute(text(guard))
        await session.execute(update(ArchivedHistoryRow).values(history=b"other"))
    (found,) = await kept(database)
    assert not found.is_whole
