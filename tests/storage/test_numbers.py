"""Numbers: one per registration, in series of their own for years and drills."""

import asyncio
import hashlib

from storage.database import Database, open_database
from storage.numbers import draw, incident_id


async def test_numbers_follow_each_other(database: Database):
    drawn = [await draw(database, f"c{n}", year=2026, drill=False) for n in range(3)]
    assert [one.number for one in drawn] == ["舆〔2026〕1号", "舆〔2026〕2号", "舆〔2026〕3号"]


async def test_drills_and_years_have_series_of_their_own(database: Database):
    series = [(2026, False), (2026, True), (2027, False), (2026, True)]
    drawn = [await draw(database, f"c{n}", year=year, drill=drill) for n, (year, drill) in enumerate(series)]
    assert [one.number for one in drawn] == [
        "舆〔2026〕1号",
        "演〔2026〕1号",
        "舆〔2027〕1号",
        "演〔2026〕2号",
    ]


async def test_the_same_registration_draws_the_same_number_even_in_the_next_year(database: Database):
    first = await draw(database, "c1", year=2026, drill=False)
    await draw(database, "c2", year=2026, drill=False)
    assert await draw(database, "c1", year=2026, drill=False) == first
    assert await draw(database, "c1", year=2027, drill=False) == first


async def test_ten_senders_of_one_registration_draw_one_number(database: Database):
    drawn = await asyncio.gather(*(draw(database, "c1", year=2026, drill=False) for _ in range(10)))
    assert len(set(drawn)) == 1
    assert (await draw(database, "c2", year=2026, drill=False)).number == "舆〔2026〕2号"


async def test_two_processes_never_draw_the_same_number(url: str, database: Database):
    other = open_database(url)
    try:
        draws = (draw((database, other)[n % 2], f"c{n}", year=2026, drill=False) for n in range(60))
        numbers = [drawn.number for drawn in await asyncio.gather(*draws)]
    finally:
        await other.close()
    assert set(numbers) == {f"舆〔2026〕{n}号" for n in range(1, 61)}


async def test_the_id_comes_from_the_command_alone(database: Database):
    drawn = await draw(database, "c1", year=2026, drill=True)
    assert drawn.incident_id == incident_id("c1") == "inc-" + hashlib.sha256(b"c1").hexdigest()[:24]
