"""值班: who is on duty is looked up where a step is given,
and known while the ledger cannot be read (DD-43).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from casework.duty_officers import DutyOfficers
from casework.outcomes import Unavailable
from domain.law.registry import DutyShift
from domain.steps.escalate import SignIssue
from domain.steps.sign import SignFor
from domain.terms.roles import Actor, Role
from storage.database import Database, open_database
from storage.rota import keep
from tests.ledgers import empty_ledger

AT = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)
NORA = Actor(person="nora", role=Role.MONITOR, unit="gov_office")
LEADER = Actor(person="dora", role=Role.DEPUTY_LEADER, unit="gov_office")
SIGN: Any = SignIssue(paper="supervision_order-1")
TONIGHT = DutyShift(unit="gov_office", person="nora", since=AT, until=AT + timedelta(hours=8))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    empty_ledger(url)
    opened = open_database(url)
    yield opened
    await opened.close()


class Outage:
    """A database that can be taken away."""

    def __init__(self, database: Database) -> None:
        self.is_down = False
        self._database = database

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Any]:
        if self.is_down:
            raise OSError("down")
        async with self._database.session() as session:
            yield session


async def test_it_is_asked_only_for_steps_of_the_rota(database: Database):
    await keep(database, (TONIGHT,), at=AT)
    officers = DutyOfficers(database)
    assert await officers.is_on_duty(SIGN, NORA, AT)
    assert not await officers.is_on_duty(SignFor(), NORA, AT)
    assert not await officers.is_on_duty(SIGN, LEADER, AT)


async def test_the_rota_read_last_holds_while_the_ledger_cannot_be_read(database: Database):
    await keep(database, (TONIGHT,), at=AT)
    outage: Any = Outage(database)
    officers = DutyOfficers(outage)
    assert await officers.is_on_duty(SIGN, NORA, AT)
    outage.is_down = True
    assert await officers.is_on_duty(SIGN, NORA, AT + timedelta(hours=7))
    assert not await officers.is_on_duty(SIGN, NORA, AT + timedelta(hours=8))


async def test_where_no_rota_is_known_only_who_needs_it_waits(database: Database):
    outage: Any = Outage(database)
    outage.is_down = True
    officers = DutyOfficers(outage)
    assert not await officers.is_on_duty(SIGN, LEADER, AT)
    with pytest.raises(Unavailable):
        await officers.is_on_duty(SIGN, NORA, AT)
