"""Opening the database: what may be written when, what is refused, and how it ends."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.pool import Pool
from sqlmodel import col

from storage.api_tokens import create_token
from storage.database import Database, alive, open_database
from storage.queries import incident
from storage.record import record
from storage.tables import CallerRow, DrawnNumberRow, table
from tests.ledgers import sqlite_url
from tests.storage.cases import OFFICE, Case
from tests.storage.conftest import PostgreSQL

CHECKOUT = Path(__file__).parents[2]


def numbered(ordinal: int) -> dict[str, object]:
    return {"command_id": f"c{ordinal}", "drill": False, "year": 2026, "ordinal": ordinal}


async def numbers(database: Database) -> list[int]:
    async with database.session() as session:
        statement = select(col(DrawnNumberRow.ordinal)).order_by(col(DrawnNumberRow.ordinal))
        return list((await session.execute(statement)).scalars())


async def test_a_reading_session_cannot_write(database: Database):
    async with database.session() as session:
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            await create_token(session, OFFICE.person, OFFICE.role, OFFICE.unit)


async def test_connections_that_many_read_over_at_one_time_are_kept(sqlite: str):
    opened: list[object] = []
    database, together = open_database(sqlite), asyncio.Barrier(12)

    def note(connection: object, _: object) -> None:
        opened.append(connection)

    async def read() -> None:
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
            await together.wait()

    event.listen(Pool, "connect", note)
    try:
        for _ in range(3):
            await asyncio.gather(*(read() for _ in range(12)))
    finally:
        event.remove(Pool, "connect", note)
        await database.close()
    assert len(opened) == 12


async def test_a_writing_session_commits_at_its_end(database: Database):
    async with database.writing() as session:
        await session.execute(insert(table(DrawnNumberRow)), numbered(1))
    assert await numbers(database) == [1]


async def test_a_writing_session_left_by_an_error_leaves_nothing(database: Database):
    async def write_and_fail() -> None:
        async with database.writing() as session:
            await session.execute(insert(table(DrawnNumberRow)), numbered(1))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    assert await numbers(database) == []


async def test_works_that_wait_together_are_all_done(database: Database):
    def writing(ordinal: int):
        def do(connection: Connection) -> int:
            connection.execute(insert(table(DrawnNumberRow)), numbered(ordinal))
            return ordinal

        return do

    results = await asyncio.gather(*(database.write(writing(ordinal)) for ordinal in range(100)))
    assert results == list(range(100))
    assert await numbers(database) == list(range(100))


async def test_a_work_that_fails_among_others_fails_alone(database: Database):
    def writing(ordinal: int):
        def do(connection: Connection) -> int:
            connection.execute(insert(table(DrawnNumberRow)), numbered(ordinal))
            if ordinal % 7 == 3:
                raise LookupError(str(ordinal))
            return ordinal

        return do

    works = (database.write(writing(ordinal)) for ordinal in range(50))
    results = await asyncio.gather(*works, return_exceptions=True)
    for ordinal, result in enumerate(results):
        assert isinstance(result, LookupError) if ordinal % 7 == 3 else result == ordinal
    assert await numbers(database) == [ordinal for ordinal in range(50) if ordinal % 7 != 3]


async def test_an_instant_without_a_zone_is_refused(database: Database):
    naive = datetime(2026, 9, 7, 10, 0)  # noqa: DTZ001  what must be refused
    with pytest.raises(StatementError, match="without a zone"):
        async with database.session() as session:
            await session.execute(select(CallerRow).where(col(CallerRow.created_at) == naive))


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=5))])
async def test_an_instant_comes_back_in_utc_to_the_microsecond(database: Database, zone: timezone):
    instant = datetime(2026, 9, 7, 23, 59, 59, 123456, tzinfo=zone)
    row = CallerRow(
        id="1",
        token_hash="h",
        person="p",
        role="handler",
        unit="u",
        created_at=instant,
        used_at=None,
        revoked_at=None,
    )
    async with database.writing() as session:
        session.add(row)
    async with database.session() as session:
        found = (await session.execute(select(col(CallerRow.created_at)))).scalar_one()
        assert found == instant
        assert found.utcoffset() == timedelta(0)
        earlier = select(col(CallerRow.id)).where(
            col(CallerRow.created_at) < instant + timedelta(microseconds=1)
        )
        assert (await session.execute(earlier)).scalars().all() == ["1"]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///file.db",
        "mysql://host/x",
        "postgresql://x/y",
    ],
)
def test_an_address_of_another_kind_is_refused(url: str):
    with pytest.raises(ValueError, match="neither a SQLite file nor PostgreSQL"):
        open_database(url)


def test_a_refusal_does_not_tell_the_password():
    with pytest.raises(ValueError, match="neither") as refused:
        open_database("mysql://user:hidden@host/x")
    assert "hidden" not in str(refused.value)


async def test_a_file_that_is_gone_is_an_error_and_not_made_anew(tmp_path: Path):
    file = tmp_path / "gone.db"
    database = open_database(sqlite_url(file))
    try:
        assert not await alive(database)
        with pytest.raises(OperationalError, match="unable to open"):
            await record(database, Case().incident_id, Case().decisions)
    finally:
        await database.close()
    assert not file.exists()


async def test_a_server_that_is_down_is_not_alive(tmp_path: Path):
    database = open_database(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    try:
        assert not await alive(database)
    finally:
        await database.close()


async def test_a_database_without_tables_is_not_alive(empty_url: str):
    if empty_url.startswith("sqlite"):
        empty = sqlite3.connect(empty_url.partition(":///")[2])
        empty.execute("VACUUM")
        empty.close()
    database = open_database(empty_url)
    try:
        assert not await alive(database)
    finally:
        await database.close()


async def test_a_file_held_by_another_is_waited_for_less_than_half_a_second(sqlite: str):
    case = Case()
    database = open_database(sqlite)
    holder = sqlite3.connect(sqlite.partition(":///")[2], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        started = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            await record(database, case.incident_id, case.decisions)
        assert 0.3 < time.monotonic() - started < 4.5  # the library's own patience is five seconds
        assert await alive(database)
        holder.execute("ROLLBACK")
        assert await record(database, case.incident_id, case.decisions) == case.state.event_number
    finally:
        holder.close()
        await database.close()


async def test_sqlite_is_set_up_to_lose_nothing(sqlite: str):
    database = open_database(sqlite)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 400}

    def settings(connection: Connection) -> dict[str, object]:
        return {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}

    try:
        assert await database.write(settings) == wanted
        async with database.writing() as session:
            assert await (await session.connection()).run_sync(settings) == wanted
    finally:
        await database.close()


async def test_what_is_read_in_one_session_belongs_together(sqlite: str):
    database = open_database(sqlite)
    case = Case().publish()
    try:
        await record(database, case.incident_id, case.decisions[:2])
        async with database.session() as session:
            before = await incident(session, case.incident_id)
            await record(database, case.incident_id, case.decisions)
            again = await incident(session, case.incident_id)
        assert before == again
    finally:
        await database.close()


async def test_a_server_that_comes_back_is_used_again(postgresql: PostgreSQL, migrated_postgresql: str):
    database = open_database(postgresql.new_database(migrated_postgresql))
    case = Case().publish()
    try:
        await record(database, case.incident_id, case.decisions[:2])
        async with database.writing() as session:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            others = text(f"{cut} AND pid <> pg_backend_pid()")
            await session.execute(others)
        assert await record(database, case.incident_id, case.decisions) == case.state.event_number
    finally:
        await database.close()


def test_a_process_that_closed_its_database_ends(sqlite: str):
    program = """
import asyncio, sys
from storage.database import alive, open_database
async def main():
    database = open_database(sys.argv[1])
    assert await alive(database)
    await database.write(lambda connection: None)
    await database.close()
asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", program, sqlite], cwd=CHECKOUT, check=True, timeout=120)


def test_a_record_is_there_after_the_process_is_killed(sqlite: str):
    program = """
import asyncio, os, signal, sys
from storage.database import open_database
from storage.record import record
from tests.storage.cases import Case
async def main():
    database = open_database(sys.argv[1])
    case = Case().close()
    for decided in case.decisions:
        print(await record(database, case.incident_id, (decided,)), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, sqlite],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    acknowledged = int(ended.stdout.split()[-1])
    stored = sqlite3.connect(sqlite.partition(":///")[2])
    try:
        assert stored.execute("SELECT max(last_number) FROM event_log").fetchone() == (acknowledged,)
        assert stored.execute("SELECT event_number FROM incident").fetchone() == (acknowledged,)
    finally:
        stored.close()


async def test_what_was_handed_over_to_the_writing_thread_is_written_before_closing(sqlite: str):
    database = open_database(sqlite)
    case = Case().close()
    recording = asyncio.create_task(record(database, case.incident_id, case.decisions))
    await asyncio.sleep(0)
    await asyncio.gather(database.close(), recording)
    assert recording.result() == case.state.event_number


async def test_closing_twice_is_closing_once(database: Database):
    assert await alive(database)
    await database.close()
    await database.close()


async def test_what_is_read_by_a_work_is_of_one_state_and_writes_nothing(database: Database):
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await database.read(lambda connection: connection.execute(text("CREATE TABLE other (a int)")))
    counts = await asyncio.gather(*(database.read(_two_reads) for _ in range(20)))
    assert set(counts) == {(0, 0)}


def _two_reads(connection: Connection) -> tuple[int, int]:
    numbers_drawn = text("SELECT count(*) FROM drawn_number")
    return connection.scalar(numbers_drawn) or 0, connection.scalar(numbers_drawn) or 0
