"""What an audit counts as standing in the sealed log, of a case that no history covers from the beginning."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from audit.restarts import decisions_sealed
from storage.database import Database
from tests.audit.forger import Forger
from tests.audit.national import a_database, a_house


@pytest.fixture
async def of_two(tmp_path: Path) -> AsyncIterator[tuple[Database, Forger]]:
    """A database of two cases whose decisions are sealed, and whoever has its file in hand."""
    database, forger = await a_database(tmp_path)
    await a_house(database, tmp_path)
    yield database, forger
    await database.close()


async def counted(database: Database, incident_id: str, first: int) -> int:
    async with database.session() as session:
        return await (await session.connection()).run_sync(decisions_sealed, incident_id, first)


async def test_a_decision_stands_in_the_sealed_log_only_as_it_was_sealed(of_two: tuple[Database, Forger]):
    database, forger = of_two
    ((incident_id, last),) = forger.run(
        "SELECT incident_id, max(last_number) FROM event_log GROUP BY 1 LIMIT 1"
    )
    ((decisions,),) = forger.run("SELECT count(*) FROM event_log WHERE incident_id = ?", incident_id)
    assert await counted(database, incident_id, last + 1) == decisions > 0
    assert await counted(database, incident_id, 1) == 0
    forger.run(
        "UPDATE event_log SET hash = ? WHERE incident_id = ? AND first_number = 1", "0" * 64, incident_id
    )
    assert await counted(database, incident_id, last + 1) == decisions - 1
