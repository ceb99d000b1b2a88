"""A statement changes its thread once, and what an answer reads is one consistent state all the same."""

from collections.abc import AsyncIterator

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.database import Database, open_database
from storage.record import record
from tests.storage.cases import Case

NAMES = text("SELECT name FROM sqlite_master ORDER BY name")


@pytest.fixture
async def database(sqlite: str) -> AsyncIterator[Database]:
    made = open_database(sqlite)
    yield made
    await made.close()


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went over to a connection's thread, from now on."""
    noted: list[str] = []
    over = aiosqlite.Connection._execute

    async def counted(self, work, *given, **named):
        noted.append(str(work))
        return await over(self, work, *given, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return noted


async def test_each_statement_of_a_reading_session_goes_over_once(database: Database, changes: list[str]):
    async with database.session() as session:
        await session.execute(NAMES)
    changes.clear()
    async with database.session() as session:
        for _ in range(5):
            assert (await session.execute(NAMES)).scalars().all()
    assert len(changes) == 5 + 1  # and the end of the transaction


async def test_a_session_that_asks_nothing_goes_over_not_at_all(database: Database, changes: list[str]):
    async with database.session() as session:
        await session.execute(NAMES)
    changes.clear()
    async with database.session() as session:
        await session.connection()
    assert changes == []


async def test_one_session_reads_one_state_though_another_writes_meanwhile(database: Database):
    begun, counted = Case(), text("SELECT count(*) FROM incident")
    async with database.session() as session:
        assert await session.scalar(counted) == 0
        await record(database, begun.incident_id, begun.decisions)
        assert await session.scalar(counted) == 0
    async with database.session() as session:
        assert await session.scalar(counted) == 1


async def test_what_a_statement_raises_is_raised_and_the_session_may_go_on(database: Database):
    async with database.session() as session:
        with pytest.raises(OperationalError):
            await session.execute(text("SELECT nothing FROM nowhere"))
        await session.rollback()
        assert (await session.execute(NAMES)).first() is not None
