"""The board's filters and search through the real application:
who finds what, and what an empty answer says to do.
"""

import re
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from desk.board.filters import BoardQuery, DueChoice, fits
from desk.board.page import board_page
from domain.terms.drill import DrillClock
from domain.terms.roles import Role
from storage.api_tokens import create_token
from tests.pages import stories
from tests.pages.stories import NOON
from tests.pages.telling import Story
from tests.pages.test_pages import NOW, cast, pages

CITY, WATER, BLAST, SCHOOL, DRILL = "5号", "18号", "19号", "20号", "演〔2026〕3号"


def found(text: str) -> set[str]:
    """The numbers of the incidents on a board."""
    listed = re.findall(r'<span class="caption">([舆演]〔2026〕\d+号)', text)
    return {number if number.startswith("演") else number.removeprefix("舆〔2026〕") for number in listed}


async def ask(http: httpx2.AsyncClient, query: str, **headers: str) -> set[str]:
    answer = await http.get(f"/?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return found(answer.text)


async def test_the_board_is_narrowed_by_each_filter_and_searched_by_title_and_number(tmp_path: Path):
    asked = {
        "due=overdue": {CITY},
        "due=24h": {BLAST, DRILL},
        "due=2h&drill=false": set(),
        "level=major_situation": {BLAST},
        "response_class=H24&drill=false": {BLAST},
        "unit=qingxi": {WATER},
        "key=true": {WATER, BLAST},
        "stage=registered": {SCHOOL, DRILL},
        "text=自来水": {WATER},
        "text=19号&level=": {BLAST},
        "text=自来水&level=major_situation": set(),
        "closed=true&text=自来水": set(),
    }
    async with pages(tmp_path, cast()) as (http, app):
        for query, numbers in asked.items():
            assert await ask(http, query) == numbers, query
        async with app.state.database.writing() as session:
            token = await create_token(session, "chen-jie", Role.MONITOR, "gov_office")
        office = {"Authorization": f"Bearer {token}"}
        everything = await ask(http, "", **office)
        assert SCHOOL in await ask(http, "mine=true", **office)
        assert await ask(http, "mine=true", **office) <= everything
        wrong = await http.get("/?text=%00")
        assert wrong.status_code == 422


async def test_a_drills_limit_is_judged_by_its_own_clock(tmp_path: Path):
    quick = DrillClock(epoch=NOW, origin=NOON, scale=60.0)  # 48 hours of its clock are 48 minutes
    told: list[Story] = [stories.school(NOON, drill=quick), stories.explosion(NOW - timedelta(hours=4))]
    async with pages(tmp_path, told) as (http, _):
        assert await ask(http, "due=2h") == {DRILL}
        assert await ask(http, "due=overdue") == set()


async def test_the_tiles_lead_to_what_they_count(tmp_path: Path):
    async with pages(tmp_path, cast()) as (http, _):
        board = (await http.get("/")).text
        tiles = re.findall(r'<a href="([^"]+)"><span class="tile-count">(\d+)', board)
        assert len(tiles) == 4
        for href, count in tiles:
            shown = found((await http.get(href.replace("&amp;", "&"))).text)
            assert len(shown) == int(count), href


@pytest.mark.parametrize(
    ("query", "says", "ways"),
    [
        (BoardQuery(), "目前没有在办事件", {"/register"}),
        (BoardQuery(closed=True), "没有已办结的事件", {"/"}),
        (BoardQuery(due=DueChoice.OVERDUE), "没有符合这些条件的事件", {"/"}),
        (
            BoardQuery(text="停水"),
            "在办事件中没有标题或编号含“停水”的事件",
            {"/?closed=true&text=%E5%81%9C%E6%B0%B4", "/"},
        ),
    ],
)
def test_an_empty_board_says_what_to_do(query: BoardQuery, says: str, ways: set[str]):
    made = board_page(query, (), (), NOON, None, registers=True)
    assert says in made.empty
    assert {way.href for way in made.ways_out} == ways


def test_at_the_due_second_an_answer_is_still_in_time():
    assert fits(DueChoice.TWO_HOURS, NOON, NOON)
    assert not fits(DueChoice.OVERDUE, NOON, NOON)
    assert fits(DueChoice.OVERDUE, NOON - timedelta(seconds=1), NOON)
    assert not fits(DueChoice.TWO_HOURS, NOON - timedelta(seconds=1), NOON)
    assert not fits(DueChoice.A_DAY, None, NOON)
