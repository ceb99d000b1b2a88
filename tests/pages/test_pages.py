"""The pages through the real application over a real ledger."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from domain.terms.drill import DrillClock
from domain.terms.roles import Role
from settings import Settings
from storage.api_tokens import create_token
from storage.database import open_database
from storage.regulation_text import sentences
from tests.pages import stories
from tests.pages.serving import application, browsing
from tests.pages.stories import NOON
from tests.pages.telling import Story
from words.cards import cards

NOW = NOON + timedelta(hours=60)
PAYLOAD = "<script>document.title='x'</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def now() -> datetime:
    return NOW


def cast() -> list[Story]:
    """One incident of each sort as they stand at NOW."""
    drill = DrillClock(epoch=NOW - timedelta(minutes=5), origin=NOON, scale=60.0)
    return [
        stories.city_management(NOON, until_hours=60),
        stories.tap_water(NOW - timedelta(hours=24)),
        stories.explosion(NOW - timedelta(hours=4)),
        stories.school(NOW - timedelta(hours=1)),
        stories.school(NOON, drill=drill),
    ]


@asynccontextmanager
async def pages(
    folder: Path, told: list[Story], address: str = "http://127.0.0.1", **settings: object
) -> AsyncIterator[tuple[httpx2.AsyncClient, FastAPI]]:
    async with application(folder, told, now, **settings) as app, browsing(app, address) as browser:
        yield browser, app


async def test_the_board_lists_open_incidents_by_remaining_time(tmp_path: Path):
    async with pages(tmp_path, cast()) as (browser, _):
        answer = await browser.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    titles = re.findall(r'<a href="/incidents/inc-[0-9a-f]{24}">([^<]+)</a>', answer.text)
    assert titles[0] == "城管执法暂扣摊贩商品引发争议"
    assert len(titles) == 5
    assert "已超时 12小时00分" in answer.text
    assert "已超时 3小时00分" in answer.text
    assert "演练 · 时钟 ×60" in answer.text
    assert "<noscript>" in answer.text


async def test_the_board_shows_drills_alone_or_what_is_real(tmp_path: Path):
    async with pages(tmp_path, cast()) as (browser, _):
        real = (await browser.get("/?drill=false")).text
        drills = (await browser.get("/?drill=true")).text
    assert "演〔2026〕3号" not in real
    assert real.count("<tr role") == 5
    assert "演〔2026〕3号" in drills
    assert drills.count("<tr role") == 2


async def test_closed_incidents_have_a_list_of_their_own(tmp_path: Path):
    told = [stories.city_management(NOW - timedelta(hours=400)), stories.school(NOW - timedelta(hours=1))]
    async with pages(tmp_path, told) as (browser, _):
        closed = (await browser.get("/?closed=true")).text
        still_open = (await browser.get("/")).text
    assert "舆〔2026〕5号" in closed
    assert "舆〔2026〕20号" not in closed
    assert "舆〔2026〕5号" not in still_open


async def test_an_empty_ledger_says_how_to_begin(tmp_path: Path):
    async with pages(tmp_path, []) as (browser, _):
        answer = await browser.get("/")
    assert answer.status_code == 200
    assert "目前没有在办事件" in answer.text


async def test_a_long_board_goes_on_on_the_next_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desk.board.route.ROWS", 2)
    found: list[str] = []
    async with pages(tmp_path, cast()) as (browser, _):
        path: str | None = "/"
        while path:
            text = (await browser.get(path)).text
            found += re.findall(r'href="(/incidents/inc-[0-9a-f]{24})"', text)
            more = re.search(r'<p class="pager"><a href="([^"]+)">', text)
            path = more[1].replace("&amp;", "&") if more else None
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize("which", range(5))
async def test_every_obligation_shows_its_clause_and_computation(tmp_path: Path, which: int):
    story = cast()[which]
    async with pages(tmp_path, [story]) as (browser, _):
        text = (await browser.get(f"/incidents/{story.incident_id}")).text
    made = cards(story.told(), NOW, sentences("gaoan-2020"))
    assert len(story.told().obligations) >= 1
    for item in (*made.owed, *made.done, *made.lapsed):
        assert item.clause is not None
        assert f'id="clause-{item.id}"' in text
        assert item.computation in text
        assert item.clause.sentence in text


async def test_the_page_shows_its_freshness_and_its_parts(tmp_path: Path):
    story = stories.city_management(NOON, until_hours=60)
    async with pages(tmp_path, [story]) as (browser, _):
        text = (await browser.get(f"/incidents/{story.incident_id}")).text
    assert f"台账记到第 {story.told().event_number} 号记录" in text
    for heading in ("现由谁办", "时限任务", "时间线", "等级", "基本情况", "文稿与公布", "文书", "考评得分"):
        assert re.search(rf"<h2[^>]*>{heading}</h2>", text)
    assert '<time datetime="2026-09-09T10:00:00+08:00">2026-09-09 10:00</time>' in text


async def test_a_drill_is_marked_in_title_head_and_ground(tmp_path: Path):
    story = cast()[4]
    async with pages(tmp_path, [story]) as (browser, _):
        text = (await browser.get(f"/incidents/{story.incident_id}")).text
    assert "<title>【演练】某校食堂饭菜质量投诉" in text
    assert '<body class="drill">' in text
    assert "本件为演练，不计入台账数字和考评" in text


async def test_hostile_text_stays_text_on_both_pages(tmp_path: Path):
    story = stories.hostile(NOW - timedelta(hours=3), PAYLOAD)
    async with pages(tmp_path, [story]) as (browser, _):
        board = (await browser.get("/")).text
        incident = (await browser.get(f"/incidents/{story.incident_id}")).text
    assert "&lt;script&gt;" in board
    assert incident.count("&lt;script&gt;") >= 15
    for text in (board, incident):
        assert "<script>document" not in text
        assert "<img" not in text
        assert "{{7*7}}" in text
        assert 'href="javascript:' not in text.lower()


async def test_an_incident_that_is_not_there_is_said_in_both_languages(tmp_path: Path):
    async with pages(tmp_path, cast()) as (browser, _):
        unknown = await browser.get("/incidents/inc-000000000000000000000000")
        nonsense = await browser.get("/incidents/%3Cscript%3E")
        nowhere = await browser.get("/no/such/page")
        program = await browser.get("/no/such/page", headers={"Accept": "application/json"})
    for answer in (unknown, nonsense, nowhere):
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert "返回在办事件" in answer.text
        assert '<div lang="en">' in answer.text
    assert program.status_code == 404
    assert program.headers["content-type"] == "application/problem+json"


async def test_a_question_that_makes_no_sense_gets_a_page(tmp_path: Path):
    async with pages(tmp_path, []) as (browser, _):
        for query in ("cursor=zzz", "drill=perhaps", f"cursor={'x' * 400}"):
            answer = await browser.get(f"/?{query}")
            assert answer.status_code == 422
            assert answer.headers["content-type"].startswith("text/html")


async def test_a_lost_ledger_is_said_with_when_to_come_back(tmp_path: Path):
    async with pages(tmp_path, cast()) as (browser, app):
        await app.state.database.close()
        (tmp_path / "huiying.db").rename(tmp_path / "away.db")
        answer = await browser.get("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-type"].startswith("text/html")


async def test_without_temporal_the_ledger_is_shown_under_a_banner(tmp_path: Path):
    async with pages(tmp_path, cast()) as (browser, _):
        answer = await browser.get("/")
    assert answer.status_code == 200
    assert "时限引擎（Temporal 或其工作进程）暂时没有应答" in answer.text
    assert "城管执法暂扣摊贩商品引发争议" in answer.text


async def test_nothing_may_come_from_outside_or_stay_in_a_cache(tmp_path: Path):
    async with pages(tmp_path, cast()) as (browser, _):
        answer = await browser.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["cache-control"] == "no-store"
    assert re.findall(r"(?:src|href)=\"(?!/|#)[^\"]*\"", answer.text) == []
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert re.findall(r"<script(?![^>]* src=)", answer.text) == []


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("http://board.example", {}),
        ("http://127.0.0.1.board.example", {}),
        ("http://127.0.0.1", {"Host": "[::1"}),
        ("http://127.0.0.1", {"Host": ""}),
        ("http://127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}),
        ("http://127.0.0.1", {"Authorization": "Bearer hy_wrong"}),
    ],
)
async def test_only_this_machines_own_browser_reads_without_a_token(
    tmp_path: Path, host: str, headers: dict[str, str]
):
    async with pages(tmp_path, cast(), host) as (browser, _):
        answer = await browser.get("/", headers=headers)
    assert "城管" not in answer.text
    if "Authorization" in headers:
        assert answer.status_code == 401
        assert "请重新登录" in answer.text
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?after=%2F")


@pytest.mark.parametrize("host", ["localhost", "[::1]"])
async def test_this_machine_has_more_names_than_one(tmp_path: Path, host: str):
    async with pages(tmp_path, [], f"http://{host}:8000") as (browser, _):
        assert (await browser.get("/")).status_code == 200


async def test_closed_pages_ask_this_machine_too(tmp_path: Path):
    async with pages(tmp_path, cast(), pages_open=False) as (browser, _):
        assert (await browser.get("/")).headers["location"] == "/sign-in?after=%2F"


def test_pages_are_closed_unless_somebody_opens_them():
    assert not Settings().pages_open


async def test_a_token_shows_its_units_own_incidents_alone(tmp_path: Path):
    told = cast()
    async with pages(tmp_path, told) as (browser, app):
        database = open_database(app.state.settings.database_url)
        async with database.writing() as session:
            token = await create_token(session, "wang-fang", Role.HANDLER, "qingxi")
        await database.close()
        shown = {"Authorization": f"Bearer {token}"}
        board = (await browser.get("/", headers=shown)).text
        own = await browser.get(f"/incidents/{told[1].incident_id}", headers=shown)
        others = await browser.get(f"/incidents/{told[0].incident_id}", headers=shown)
    assert "青溪镇自来水" in board
    assert "城管执法" not in board
    assert own.status_code == 200
    assert others.status_code == 404
