"""Migrations make exactly the tables of the code, on both databases, once, and survive being interrupted."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from storage import migrations
from storage.database import alive, open_database
from storage.migrations import migrate, migrate_now
from storage.record import record
from storage.revisions import head, revisions
from storage.tables import APPEND_ONLY
from tests.ledgers import sqlite_url
from tests.storage.cases import Case

T = TypeVar("T")
# How each database searches texts: the FTS5 table with those that SQLite keeps behind it,
# and an index of PostgreSQL.
SEARCH = {
    "incident_grams",
    *(f"incident_grams_{part}" for part in ("config", "data", "idx")),
    "incident_text_grams",
}
CHECKOUT = Path(__file__).parents[2]


def seen(url: str, look: Callable[[Connection], T]) -> T:
    """What a look at the database by an ordinary connection gives."""
    engine = create_engine(make_url(url.replace("+aiosqlite", "")))
    try:
        with engine.connect() as connection:
            return look(connection)
    finally:
        engine.dispose()


def tables(url: str) -> set[str]:
    return seen(url, lambda connection: set(inspect(connection).get_table_names()))


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": lambda name, *_: name not in SEARCH}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, SQLModel.metadata))


def test_each_revision_gives_its_file_the_name_and_the_last_has_the_highest():
    scripts = ScriptDirectory(str(CHECKOUT / "storage" / "migrations"))
    assert sorted(script.revision for script in scripts.walk_revisions()) == [*revisions()]
    assert scripts.get_current_head() == head()


def test_migrations_make_exactly_the_tables_of_the_code(url: str):
    assert seen(url, differences) == []


def test_a_difference_would_be_seen(url: str):
    def with_one_more(connection: Connection) -> list[object]:
        connection.execute(text("ALTER TABLE incident ADD COLUMN more INTEGER"))
        return differences(connection)

    assert len(seen(url, with_one_more)) == 1


def test_what_is_appended_to_is_guarded(url: str):
    sqlite = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
    postgresql = (
        "SELECT event_object_table FROM information_schema.triggers WHERE action_statement NOT LIKE"
        " '%count_answer%'"
        " AND action_statement NOT LIKE '%let_reduced%' AND action_statement NOT LIKE '%refuse_reduced%'"
    )

    def guarded(connection: Connection) -> set[str]:
        return set(connection.scalars(text(sqlite if connection.dialect.name == "sqlite" else postgresql)))

    assert seen(url, guarded) == set(APPEND_ONLY)


async def test_a_second_run_changes_nothing(empty_url: str):
    await migrate(empty_url)
    first = tables(empty_url)
    await migrate(empty_url)
    assert tables(empty_url) == first
    assert seen(empty_url, differences) == []


async def test_two_threads_migrate_at_once(empty_url: str):
    await asyncio.gather(migrate(empty_url), migrate(empty_url))
    assert seen(empty_url, differences) == []


async def test_two_processes_migrate_at_once(empty_url: str):
    program = "import sys; from storage.migrations import migrate_now; migrate_now(sys.argv[1])"
    arguments = (sys.executable, "-c", program, empty_url)
    processes = [await asyncio.create_subprocess_exec(*arguments, cwd=CHECKOUT) for _ in range(2)]
    assert await asyncio.gather(*(process.wait() for process in processes)) == [0, 0]
    assert seen(empty_url, differences) == []


def test_the_way_back_leaves_nothing_behind(empty_url: str):
    migrate_now(empty_url)
    migrations.downgrade_now(empty_url, "base")
    assert tables(empty_url) == {"alembic_version"}
    migrate_now(empty_url)
    assert seen(empty_url, differences) == []


def test_a_migration_that_fails_in_the_middle_leaves_the_database_as_it_was(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("alembic.op.create_index", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        migrate_now(empty_url)
    assert tables(empty_url) == set()
    monkeypatch.undo()
    migrate_now(empty_url)
    assert seen(empty_url, differences) == []


async def test_a_database_at_another_revision_is_not_alive(url: str):
    database = open_database(url)
    try:
        assert await alive(database)
        async with database.writing() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
        assert not await alive(database)
    finally:
        await database.close()


def test_a_folder_that_is_missing_is_made(tmp_path: Path):
    file = tmp_path / "new" / "深 #%?.db"
    migrate_now(sqlite_url(file))
    assert file.exists()


def test_a_file_that_cannot_be_opened_is_said_to_be_so(tmp_path: Path):
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(OperationalError, match="unable to open"):
        migrate_now(sqlite_url(tmp_path / "folder.db"))


async def test_migrating_does_not_stop_the_loop(empty_url: str):
    migration = asyncio.create_task(migrate(empty_url))
    turns = 0
    while not migration.done():
        turns += 1
        await asyncio.sleep(0.001)
    await migration
    assert turns > 1


def test_there_is_one_head():
    assert head()


async def test_lists_sort_after_the_upgrade_as_a_case_that_is_recorded_anew(empty_url: str):
    migrate_now(empty_url)
    cases = [
        Case("1").assign(),
        Case("2").withdraw(),
        Case("3").overdue(),
        Case("4").close(),
        Case("5").archive(),
    ]
    database = open_database(empty_url)
    for case in cases:
        await record(database, case.incident_id, case.decisions)
    ranks = text("SELECT owed_due_at, due_rank FROM incident ORDER BY position")
    recorded = seen(empty_url, lambda connection: connection.execute(ranks).all())
    async with database.writing() as session:
        await session.execute(text("UPDATE incident SET owed_due_at = NULL, due_rank = 0"))
    await database.close()
    migrations.downgrade_now(empty_url, "0025")
    migrate_now(empty_url)
    assert seen(empty_url, lambda connection: connection.execute(ranks).all()) == recorded
