"""When channels were on is read once for all cases that are audited together, not once for each."""

import pytest
from sqlalchemy import event

from audit.verify import verify
from storage.channels_on import SUBJECT
from storage.database import Database
from tests.audit.conftest import ENDED, SILENT
from tests.keys import KEYS

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def readings(database: Database, *incident_ids: str) -> tuple[int, int]:
    """How many statements an audit takes, and how many of them read the settings of channels."""
    statements: list[str] = []

    def note(*words: object) -> None:
        statements.append(f"{words[2]} {words[3]}")

    engine = database._readers.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await verify(database, None, incident_ids, keys=KEYS)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements), sum(SUBJECT in one for one in statements)


async def test_it_is_read_once_however_many_cases_are_audited(database: Database):
    one, of_one = await readings(database, ENDED)
    both, of_both = await readings(database, ENDED, SILENT)
    assert (of_one, of_both) == (1, 1)
    assert both < 2 * one
