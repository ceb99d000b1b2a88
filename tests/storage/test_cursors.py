"""Cursors go where they were given, and nothing else is taken for one."""

from datetime import UTC, datetime

import pytest

from storage import lists
from storage.cursors import MOST, BadCursor, clamped, place, written
from storage.database import Database
from storage.filters import IncidentFilter, ObligationFilter
from tests.storage.cases import AUDITOR

INSTANT = datetime(2026, 9, 7, 2, 0, 0, 123456, tzinfo=UTC)


def test_a_cursor_names_the_place_it_was_written_for():
    cursor = written("due", (True, INSTANT, 7))
    assert place(cursor, "due", int, datetime, int) == (1, INSTANT, 7)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?#%")


@pytest.mark.parametrize(("asked", "given"), [(-1, 1), (0, 1), (1, 1), (MOST, MOST), (10**9, MOST)])
def test_a_page_is_neither_empty_nor_endless(asked: int, given: int):
    assert clamped(asked) == given


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "=====",
        "水",
        "null",
        "e30",
        "W10",
        "WzFd",
        written("newest", (1, 2)),
        written("due", (1,)),
        written("inbox", (1,)),
        written("newest", (2**63,)),
        "WyJuZXdlc3QiLCAiMSJd",
        "WyJuZXdlc3QiLCB0cnVlXQ",
        "WyJuZXdlc3QiLCAxLjVd",
        "W" * 5000,
    ],
)
async def test_a_cursor_that_no_list_gave_is_refused(database: Database, cursor: str):
    async with database.session() as session:
        with pytest.raises(BadCursor):
            await lists.incidents(session, IncidentFilter(), actor=AUDITOR, cursor=cursor)
        with pytest.raises(BadCursor):
            await lists.obligations(session, ObligationFilter(), actor=AUDITOR, cursor=cursor)
