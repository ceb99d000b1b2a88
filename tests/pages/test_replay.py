"""逐步回放: every step by links alone, the page of then in each, limits that passed in silence,
and the player in a browser.
"""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from casework.outcomes import NotFound
from casework.outlines import Outlines
from domain import incident as rules
from domain.catalogue import Tick
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.drill import DrillClock
from storage.inbox import acknowledge, deliver
from storage.record import record
from tests.browsing import chromium, needs_chromium
from tests.pages import stories
from tests.pages.serving import application, browsing, serving
from tests.pages.telling import Story
from tests.pages.test_as_it_stood import words_of
from tests.pages.test_browser import opened, overflow

START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
NOW = datetime(2027, 6, 1, tzinfo=UTC)
UNIT = "urban_management"


def told(hours: float = 60) -> Story:
    return stories.city_management(START, until_hours=hours)


def stopped_clock(hours: float) -> Story:
    """Assigned and signed for; then nothing was recorded until so many hours after the beginning."""
    story = told(2)
    story._take(rules.decision(story.told(), Tick(), story.at(hours)))
    return story


def end(story: Story) -> datetime:
    """When the story ends: later, limits pass of which it does not tell."""
    return story.decisions[-1].now


def part(page: str, heading: str) -> str:
    """The words of the section under a heading."""
    where = page.index(f'id="{heading}"')
    return words_of(page[page.rindex("<section", 0, where) : page.index("</section>", where)])


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


async def walked(http: httpx2.AsyncClient, address: str, rel: str) -> list[str]:
    """The pages from an address on, each by the link of the one before."""
    pages: list[str] = []
    while address:
        answer = await http.get(address)
        assert answer.status_code == 200, answer.text
        pages.append(answer.text)
        address = link(answer.text, rel)
    return pages


async def test_every_step_is_reached_by_links_and_shows_the_page_of_then(tmp_path: Path):
    story = told()
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        path = f"/incidents/{story.incident_id}/replay"
        pages = await walked(http, path, "next")
        assert len(pages) == len(story.decisions)
        back = await walked(http, f"{path}?step={len(pages)}", "prev")
        assert [part(page, "h-stop") for page in back] == [part(page, "h-stop") for page in reversed(pages)]
        for place, (page, decided) in enumerate(zip(pages, story.decisions, strict=True), start=1):
            assert f"第 {place} 步，共 {len(pages)} 步" in words_of(page)
            alone = re.search(r'href="([^"]*)">单独打开当时的事件页', page)
            assert alone is not None
            then = (await http.get(alone[1])).text
            assert f"at={decided.last_number}" in alone[1]
            for section in (
                "h-ball",
                "h-obligations",
                "h-axes",
                "h-facts",
                "h-texts",
                "h-papers",
                "h-timeline",
            ):
                assert part(page, section) == part(then, section), (place, section)
            for number in range(decided.first_number, decided.last_number + 1):
                assert f"#{number}" in part(page, "h-stop")
            assert "您现在可以办理" not in page


async def test_a_step_says_what_changed_why_and_from_which_clause(tmp_path: Path):
    story = told()
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        path = f"/incidents/{story.incident_id}/replay"
        breach = (await http.get(f"{path}?at=2026-09-09 10:00:01")).text
        assert "超时" in part(breach, "h-stop")
        assert "时限到点" in part(breach, "h-stop")
        assert "依据" in part(breach, "h-stop")
        changes = part(breach, "h-changes")
        assert "市城市管理局：48小时内予以回应 红 · 进行中" in changes
        assert "→ 超时 · 超时，仍须完成" in changes
        assert "已超时 1秒" in part(breach, "h-clocks")
        first = (await http.get(path)).text
        assert "h-changes" not in first


async def test_a_limit_that_passed_between_two_records_shows_so(tmp_path: Path):
    story = stopped_clock(60)
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        pages = await walked(http, f"/incidents/{story.incident_id}/replay", "next")
        silent = [
            page for page in pages if "stop-passed" in page and "“48小时内予以回应”" in part(page, "h-stop")
        ]
        assert len(silent) == 1
        assert "2026-09-09 10:00:01" in part(silent[0], "h-stop")
        assert "市城市管理局的“48小时内予以回应”到期未办，这一刻没有任何记录。" in part(silent[0], "h-stop")
        assert "已超时 1秒" in part(silent[0], "h-obligations")
        assert "绿 · 进行中，2026-09-09 10:00 到期 → 超时 · 进行中" in part(silent[0], "h-changes")
        between = await http.get(f"/incidents/{story.incident_id}/replay?at=2026-09-09T11:00")
        assert "两步之间的一刻" in between.text
        assert "已超时 1小时00分" in part(between.text, "h-obligations")


async def test_a_limit_that_passed_since_the_last_record_is_the_last_step(tmp_path: Path):
    story = told(2)
    async with (
        application(tmp_path, [story], lambda: START + timedelta(hours=49)) as app,
        browsing(app) as http,
    ):
        pages = await walked(http, f"/incidents/{story.incident_id}/replay", "next")
        assert "到期未办，这一刻没有任何记录" in part(pages[-1], "h-stop")


async def test_it_says_who_had_been_told_and_had_acknowledged_by_then(tmp_path: Path):
    story = told()
    async with application(tmp_path, [story], lambda: NOW) as app, browsing(app) as http:
        number = next(
            number
            for decided in story.decisions
            for number, event in enumerate(decided.events, start=decided.first_number)
            if event.kind == "obligation_breached" and "RESP48" in event.obligation
        )
        notice = Notice(event_number=number, purpose=Purpose.BREACH, unit=UNIT, subject=f"RESP48:{UNIT}:1")
        await deliver(app.state.database, story.incident_id, [notice], drill=False, at=story.at(48.1))
        async with app.state.database.writing() as session:
            await acknowledge(session, 1, UNIT, person="li-na", at=story.at(50))
        path = f"/incidents/{story.incident_id}/replay"
        said = {
            hours: part((await http.get(path, params={"at": story.at(hours).isoformat()})).text, "h-told")
            for hours in (48, 49, 50.5)
        }
        assert "市城市管理局" not in said[48]
        assert "市城市管理局 已超时 48小时内予以回应" in said[49]
        assert "尚未确认" in said[49]
        assert "li-na 确认" in said[50.5]


async def test_it_says_who_could_have_done_what_then(tmp_path: Path):
    story = told()
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        path = f"/incidents/{story.incident_id}/replay"
        signing = [
            any("签收" in row and "市城市管理局" in row for row in rows(page))
            for page in await walked(http, path, "next")
        ]
        kinds = [{event.kind for event in decided.events} for decided in story.decisions]
        assigned, signed = (
            next(place for place, kind in enumerate(kinds) if name in kind)
            for name in ("assigned", "signed_for")
        )
        assert signing == [assigned <= place < signed for place in range(len(kinds))]


def rows(page: str) -> list[str]:
    start = page.index('id="h-could"')
    return [words_of(row) for row in re.findall(r"<li><details id=\"could.*?</li>", page[start:], re.DOTALL)]


async def test_a_drill_is_replayed_on_its_own_clock(tmp_path: Path):
    drill = DrillClock(epoch=START, origin=START, scale=7.3)
    story = stories.school(START, drill=drill)
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        pages = await walked(http, f"/incidents/{story.incident_id}/replay", "next")
        at = [re.findall(r'id="h-stop"><time datetime="([^"]*)"', page)[0] for page in pages]
        instants = [datetime.fromisoformat(one) for one in at]
        assert instants[: len(story.decisions)] == [decided.now for decided in story.decisions]
        assert all("演练" in page for page in pages)


async def test_the_chosen_steps_are_a_report(tmp_path: Path):
    story = stopped_clock(60)
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        path = f"/incidents/{story.incident_id}/replay"
        pages = await walked(http, path, "next")
        report = (await http.get(f"{path}/report")).text
        assert re.findall(r'id="s(\d+)"', report) == [str(place) for place in range(1, len(pages) + 1)]
        for place, page in enumerate(pages, start=1):
            where = report.index(f'id="s{place}"')
            step = words_of(report[where : report.index("</section>", where)])
            for change in re.findall(r"<ins>([^<]*)</ins>", page):
                assert html.unescape(change) in step
            for what in re.findall(r'class="stop-silent">([^<]*)<', page):
                assert what in step
        some = (await http.get(f"{path}/report?first=3&last=5")).text
        assert re.findall(r'id="s(\d+)"', some) == ["3", "4", "5"]
        marked = (await http.get(f"{path}/report?only=marked")).text
        standing_out = [
            place for place, page in enumerate(pages, start=1) if "badge-warn" in part_of_stop(page)
        ]
        assert re.findall(r'id="s(\d+)"', marked) == [str(place) for place in standing_out]
        for query in ("first=99", "first=5&last=4"):
            refused = await http.get(f"{path}/report?{query}")
            assert (refused.status_code, "没有这一时刻" in refused.text) == (404, True)


async def test_a_report_says_who_had_been_told_and_had_acknowledged_by_each_step(tmp_path: Path):
    story = told()
    async with application(tmp_path, [story], lambda: NOW) as app, browsing(app) as http:
        first = story.decisions[0].first_number
        late = Notice(event_number=first, purpose=Purpose.BREACH, unit=UNIT, subject=f"RESP48:{UNIT}:1")
        never = replace(late, unit="county_office")
        await deliver(app.state.database, story.incident_id, [late, never], drill=False, at=story.at(0.01))
        async with app.state.database.writing() as session:
            await acknowledge(session, 1, UNIT, person="qiu-ya", at=story.at(50))
        path = f"/incidents/{story.incident_id}/replay/report"
        report = await reported(http, path)
        assert "市城市管理局" in report[1]
        assert "qiu-ya 确认" in report[1]
        assert "尚未确认" in report[1]
        before, *_, after = (words for place, words in sorted(report.items()) if place > 1)
        assert "通知送达 2 条，已确认 0 条" in before
        assert "通知送达 2 条，已确认 1 条；尚未确认：" in after
        assert "市城市管理局" not in after[after.index("尚未确认") :]
        then = await reported(http, path, at=story.at(49).isoformat())
        assert "qiu-ya" not in "".join(then.values())
        english = await http.get(path, headers={"Accept-Language": "en"})
        assert english.status_code == 200


async def reported(http: httpx2.AsyncClient, path: str, **query: str) -> dict[int, str]:
    """What a report says at each of its steps."""
    page = (await http.get(path, params=query)).text
    return {
        int(place): words_of(step)
        for place, step in re.findall(r'<h2 id="s(\d+)">(.*?)</section>', page, re.DOTALL)
    }


async def test_a_report_begins_at_any_step_of_a_case_that_went_on_meanwhile(tmp_path: Path):
    story, longer = told(2), told(60)
    async with application(tmp_path, [story], lambda: end(longer)) as app, browsing(app) as http:
        path = f"/incidents/{story.incident_id}/replay"
        assert (await http.get(path)).status_code == 200  # from here on the state of then is at hand
        await record(app.state.database, story.incident_id, tuple(longer.decisions))
        for first in range(1, len(longer.decisions) + 1):
            report = await http.get(f"{path}/report?first={first}&last={first}")
            assert report.status_code == 200, first
            assert f"#{longer.decisions[first - 1].last_number}" in report.text


def part_of_stop(page: str) -> str:
    start = page.index('class="stop-when"')
    return page[start : page.index("</p>", start)]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("step=0", 422, ("不合要求", "not as required")),
        ("step=99999", 404, ("没有这一时刻", "did not stand at that time")),
        ("at=yesterday", 422, ("看不出是哪一时刻", "Not a time that can be read")),
        ("at=2020-01-01", 404, ("没有这一时刻", "did not stand at that time")),
        ("at=2099-01-01", 404, ("没有这一时刻", "did not stand at that time")),
        ("at=9999", 404, ("没有这一时刻", "did not stand at that time")),
    ],
)
async def test_a_step_that_there_is_not_is_refused_in_words(
    tmp_path: Path, query: str, status: int, said: tuple[str, str]
):
    story = told(2)
    async with application(tmp_path, [story], lambda: end(story)) as app, browsing(app) as http:
        for language, words in zip(("zh-CN", "en"), said, strict=True):
            http.cookies.set("huiying_language", language)
            answer = await http.get(f"/incidents/{story.incident_id}/replay?{query}")
            assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert (await http.get(f"/incidents/inc-{'f' * 24}/replay")).status_code == 404


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        yield launched


async def until_at(page: Page, position: int) -> None:
    """Wait until the page shows a step."""
    end = monotonic() + 10
    while await page.get_attribute("#stop", "data-position") != str(position):
        assert monotonic() < end, (position, page.url)
        await asyncio.sleep(0.05)


@needs_chromium
async def test_the_player_moves_by_keys_slider_and_by_itself(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = told(49)
    total = len(story.decisions)
    async with (
        application(tmp_path, [story], lambda: end(story)) as app,
        serving(app, free_port()) as address,
    ):
        path = f"{address}/incidents/{story.incident_id}/replay"
        page, seen = await opened(browser, path, 1366)
        for key, position in (
            ("ArrowRight", 2),
            ("ArrowRight", 3),
            ("ArrowLeft", 2),
            ("End", total),
            ("ArrowRight", total),
            ("Home", 1),
        ):
            await page.keyboard.press(key)
            await until_at(page, position)
        assert page.url.endswith("?step=1")
        await page.fill("#player-range", "5")
        await until_at(page, 5)
        assert "第 5 步" in str(await page.get_attribute("#player-range", "aria-valuetext"))
        await page.click("a[rel=next]")
        await until_at(page, 6)
        assert await page.evaluate("document.activeElement.rel") == "next"
        await page.select_option("#player-speed", "800")
        await page.click("#player-play")
        await until_at(page, 8)
        await page.click("#player-play")
        assert await page.get_attribute("#player-play", "aria-pressed") == "false"
        left = await page.inner_text(".countdown >> nth=0")
        await asyncio.sleep(1.2)
        assert await page.inner_text(".countdown >> nth=0") == left  # a time that is past does not run
        assert seen.errors == []


@needs_chromium
async def test_it_fits_a_phone_with_scripts_and_without(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = told()
    async with (
        application(tmp_path, [story], lambda: end(story)) as app,
        serving(app, free_port()) as address,
    ):
        for step in (1, len(story.decisions) // 2, len(story.decisions)):
            for script in (True, False):
                path = f"{address}/incidents/{story.incident_id}/replay?step={step}"
                page, seen = await opened(browser, path, 360, javascript=script)
                if script:
                    unfold = "document.querySelectorAll('details').forEach((item) => { item.open = true })"
                    await page.evaluate(unfold)
                    assert await overflow(page) <= 0
                assert await page.is_visible("#player") is script
                assert seen.errors == []
                await page.context.close()


async def test_an_outline_is_kept_and_carried_on_and_given_up_where_the_log_is_another(tmp_path: Path):
    story, longer = told(2), told(60)
    async with application(tmp_path, [story], lambda: end(longer)) as app:
        outlines, database = Outlines(), app.state.database
        first = await outlines.of(database, story.incident_id)
        assert await outlines.of(database, story.incident_id) is first
        await record(database, story.incident_id, tuple(longer.decisions))
        second = await outlines.of(database, story.incident_id)
        assert second.stops[: len(first.stops)] == first.stops
        assert [stop.number for stop in second.stops] == [one.last_number for one in longer.decisions]
        outlines._outlines[story.incident_id] = replace(second, bases=(replace(second.last, hash="another"),))
        assert (await outlines.of(database, story.incident_id)).last == second.last
        with pytest.raises(NotFound):
            await outlines.of(database, "inc-" + "0" * 24)
