"""The stream of what happened in all cases is walked by places, however many there are."""

from sqlalchemy import text
from sqlalchemy.dialects import sqlite as dialect

from storage.database import open_database
from storage.event_stream import leaves_between


async def test_a_window_is_found_by_its_places_and_not_by_looking_through_the_log(sqlite: str):
    statement = leaves_between(1000, 1400).compile(
        dialect=dialect.dialect(), compile_kwargs={"literal_binds": True}
    )
    database = open_database(sqlite)
    try:
        async with database.session() as session:
            plan = [row.detail for row in await session.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]
    finally:
        await database.close()
    assert len(plan) == 1
    assert "USING INTEGER PRIMARY KEY" in plan[0]
