"""Rows that an act of reduction names may be changed in what they say, where 0.3 or before wrote them;
no other row may.
"""

from typing import Any

import pytest
from sqlalchemy import create_engine, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.migrations import downgrade_now, migrate_now
from storage.record import record
from storage.reduced_rows import ReducedPlace, digest_of, reduced_rows_of
from storage.tables import EventLogRow, table
from tests.storage.cases import START, Case

LOG = table(EventLogRow)
ACT = text(
    "INSERT INTO reduction (position, at, incident_id, why, by, unit, reason, about, texts)"
    " VALUES (:act, :at, :case, 'retention', '', '', '', :about, 0)"
)
ENTRY = text(
    "INSERT INTO reduced_row (place, row_position, incident_id, position, sha256)"
    " VALUES ('event_log', :row, :case, :act, :sha256)"
)
CHANGED = text("UPDATE event_log SET decision = '{}' WHERE position = :row")


async def say(database: Database, statement: Any, **values: object) -> None:
    async with database.writing() as session:
        await session.execute(statement, values)


async def older_row(database: Database) -> tuple[int, str]:
    """The place and the case of a row as 0.3 wrote it: without the name of a decision."""
    await row_of_this_release(database)
    async with database.session() as session:
        row = (await session.execute(select(LOG).limit(1))).mappings().one()
    values = {**row, "position": 1_000, "incident_id": "inc-older", "lineage": None}
    await say(database, insert(LOG).values(**values))
    return 1_000, "inc-older"


async def row_of_this_release(database: Database) -> tuple[int, str]:
    """The place and the case of a row that has its name."""
    carried = Case()
    await record(database, carried.incident_id, carried.decisions)
    async with database.session() as session:
        row = (await session.execute(select(LOG).limit(1))).one()
    return row.position, carried.incident_id


async def test_a_row_of_0_3_that_an_act_names_may_be_changed(database: Database):
    row, case = await older_row(database)
    await say(database, ACT, act=7, at=START, case=case, about="rows")
    await say(database, ENTRY, row=row, case=case, act=7, sha256="x")
    await say(database, CHANGED, row=row)


@pytest.mark.parametrize(
    ("act", "about", "whose"),
    [(9, "rows", ""), (7, "", ""), (7, "rows", "another")],
    ids=["no act", "an act about something else", "an act of another case"],
)
async def test_a_row_that_an_entry_alone_names_takes_no_change(
    database: Database, act: int, about: str, whose: str
):
    row, case = await older_row(database)
    await say(database, ACT, act=7, at=START, case=whose or case, about=about)
    await say(database, ENTRY, row=row, case=case, act=act, sha256="x")
    with pytest.raises(DBAPIError, match="append-only"):
        await say(database, CHANGED, row=row)


async def test_a_row_of_this_release_takes_no_change_though_an_act_names_it(database: Database):
    row, case = await row_of_this_release(database)
    await say(database, ACT, act=7, at=START, case=case, about="rows")
    await say(database, ENTRY, row=row, case=case, act=7, sha256="x")
    with pytest.raises(DBAPIError, match="append-only"):
        await say(database, CHANGED, row=row)


async def test_a_row_may_be_reduced_again_and_is_what_the_last_act_left(database: Database):
    row, case = await older_row(database)
    for act, said in ((7, "once"), (8, "twice")):
        await say(database, ACT, act=act, at=START, case=case, about="rows")
        await say(database, ENTRY, row=row, case=case, act=act, sha256=digest_of(said))
    async with database.session() as session:
        reduced = await reduced_rows_of(session, case)
    assert (
        reduced.covers(ReducedPlace.LOG, row, "once"),
        reduced.covers(ReducedPlace.LOG, row, "twice"),
    ) == (False, True)
    with pytest.raises(DBAPIError):
        await say(database, ENTRY, row=row, case=case, act=8, sha256="x")


def test_the_way_back_keeps_what_the_last_act_left(empty_url: str):
    migrate_now(empty_url)
    engine = create_engine(make_url(empty_url.replace("+aiosqlite", "")))
    with engine.begin() as connection:
        for row, act in ((1, 7), (1, 8), (2, 7)):
            connection.execute(ENTRY, {"row": row, "case": "inc-older", "act": act, "sha256": str(act)})
    downgrade_now(empty_url, "0026")
    with engine.begin() as connection:
        left = connection.execute(text("SELECT row_position, sha256 FROM reduced_row ORDER BY row_position"))
        assert [tuple(one) for one in left] == [(1, "8"), (2, "7")]
    engine.dispose()
