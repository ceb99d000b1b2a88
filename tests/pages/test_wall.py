"""The wall screen through the real application: over HTTP and in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser

from domain.catalogue import Submission
from domain.steps.register import Register
from domain.terms.roles import Role
from storage.account_tables import AccountRow
from storage.accounts import create_account
from storage.api_tokens import create_token
from storage.record import record
from storage.sign_ins import ABSOLUTE, create_session, end_all
from tests.pages import stories
from tests.pages.serving import application, browsing, serving
from tests.pages.telling import Story
from tests.pages.test_browser import FAINT, ago, browser, opened, overflow, pytestmark, until

__all__ = ["browser", "pytestmark"]  # one Chromium, and none where there is none


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life and second looks within a test's patience."""
    monkeypatch.setattr("desk.wall.route.PULSE_SECONDS", 0.2)
    monkeypatch.setattr("desk.wall.route.RECHECK_SECONDS", 0.2)
    monkeypatch.setattr("desk.wall.feed.LOOK_SECONDS", 0.1)


@asynccontextmanager
async def wall(
    folder: Path, told: list[Story], port: int, **settings: object
) -> AsyncIterator[tuple[FastAPI, str]]:
    made = application(folder, told, lambda: datetime.now(UTC), **settings)
    async with made as app, serving(app, port) as address:
        yield app, address


async def tells(app: FastAPI, story: Story) -> None:
    await record(app.state.database, story.incident_id, tuple(story.decisions))


async def account(app: FastAPI, role: Role, unit: str) -> tuple[str, str]:
    """Somebody signed in: the id of the account, and what the cookie holds."""
    async with app.state.database.writing() as session:
        now = datetime.now(UTC)
        made = await create_account(
            session, login=f"{unit}.wall", name="值班", post=role, unit=unit, password_hash="-", at=now
        )
        row = await session.get(AccountRow, made.id)
        assert row is not None
        row.must_change = False
        return made.id, await create_session(session, made.id, browser="wall", at=now)


async def events(lines: AsyncIterator[str], name: str, most: int = 400) -> str:
    """The data of the next event of that name."""
    found, data = "", ""
    async for line in lines:
        most -= 1
        assert most > 0
        if line.startswith("event: "):
            found, data = line.removeprefix("event: "), ""
        elif line.startswith("data: ") or line == "data:":
            data += line[6:] + "\n"
        elif not line and found == name:
            return data
    return ""


async def test_a_change_in_an_incident_reaches_the_screen_without_reload(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    async with wall(tmp_path, [stories.school(ago(1))], free_port()) as (app, address):
        page, seen = await opened(browser, f"{address}/wall", 1366)
        await until(page, "document.getElementById('wall-state').textContent === '实时更新'")
        await page.evaluate("window.same = 1")
        await tells(app, stories.city_management(ago(60), until_hours=60))
        await until(page, "document.querySelectorAll('.wall-row').length === 2")
        first = page.locator(".wall-row").first
        assert await page.evaluate("window.same") == 1
        assert "is-overdue" in (await first.get_attribute("class") or "")
        assert "超时" in await first.inner_text()
        assert "市城市管理局" in await first.inner_text()
        assert seen.errors == []
        assert await page.evaluate(FAINT) == []
        assert {url.startswith(address + "/") for url in seen.requests} == {True}
        await page.context.close()


async def test_nobody_scrolls_on_a_wall_and_a_phone_reads_it_too(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("desk.wall.route.LISTED", 12)
    told = [schooled(number) for number in range(14)]
    async with wall(tmp_path, told, free_port()) as (_, address):
        page, _ = await opened(browser, f"{address}/wall", 1366)
        await until(page, "document.getElementById('wall-page').textContent.startsWith('第 1/')")
        tall = "document.documentElement.scrollHeight - document.documentElement.clientHeight"
        assert await page.evaluate(tall) <= 0
        below = """[...document.querySelectorAll('.wall-row:not([hidden])')]
            .filter((row) => row.getBoundingClientRect().bottom > innerHeight).length"""
        assert await page.evaluate(below) == 0
        assert "另有 2 件未列出" in await page.locator("#wall-screen").inner_text()
        await page.set_viewport_size({"width": 360, "height": 740})
        await until(page, "document.querySelectorAll('.wall-row:not([hidden])').length === 12")
        assert await overflow(page) <= 0
        await page.context.close()


def schooled(number: int) -> Story:
    story, began = Story(f"school-{number}", ago(20 - number)), stories.school(ago(20 - number))
    opened_by = began.decisions[0].cause
    assert isinstance(opened_by, Submission)
    assert isinstance(opened_by.command, Register)
    return story.registers(0.1, opened_by.command, number=f"舆〔2026〕{number}号")


async def test_a_countdown_runs_on_server_time_though_the_clock_here_is_wrong_and_set_anew(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    async with wall(tmp_path, [stories.school(ago(47.5))], free_port()) as (_, address):
        context = await browser.new_context()
        page = await context.new_page()
        await page.add_init_script(
            "window.wrong = 3 * 864e5; const now = Date.now; Date.now = () => now() + window.wrong;"
        )
        await page.goto(f"{address}/wall")
        await until(page, "document.querySelector('.countdown').textContent.startsWith('还剩 29分')")
        await page.evaluate("window.wrong = -5 * 864e5")
        await until(page, "document.querySelector('.countdown').textContent.startsWith('还剩 29分')")
        clock = await page.locator("[data-clock]").inner_text()
        shown = datetime.strptime(f"{clock} +0800", "%Y-%m-%d %H:%M:%S %z")
        assert abs(shown - datetime.now(UTC)) < timedelta(seconds=3)
        await context.close()


async def test_who_is_signed_out_elsewhere_sees_nothing_any_more(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = stories.school(ago(1))
    async with wall(tmp_path, [story], free_port(), pages_open=False) as (app, address):
        of, secret = await account(app, Role.CITY_LEADER, "city_government")
        context = await browser.new_context()
        await context.add_cookies([{"name": "huiying_session", "value": secret, "url": address}])
        page = await context.new_page()
        await page.goto(f"{address}/wall")
        await page.get_by_text("某校食堂饭菜质量投诉").wait_for()
        assert "本次登录有效至" in await page.locator(".wall-foot").inner_text()
        async with app.state.database.writing() as session:
            await end_all(session, of, why="revoked", at=datetime.now(UTC))
        await page.get_by_text("登录已结束，大屏已停止显示").wait_for(timeout=30000)
        assert await page.locator(".wall-row").count() == 0
        assert await page.get_by_role("link", name="重新登录").is_visible()
        await context.close()


async def test_a_lost_server_is_said_and_the_screen_comes_back_by_itself(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    port = free_port()
    async with application(tmp_path, [stories.school(ago(1))], lambda: datetime.now(UTC)) as app:
        async with serving(app, port) as address:
            page, _ = await opened(browser, f"{address}/wall", 1366, clock=True)
            began = monotonic()
        assert monotonic() - began < 60  # open streams, which have no end, hold nobody up
        await page.clock.fast_forward(26000)
        await page.get_by_text("与服务器失去联系，正在重连").wait_for(timeout=30000)
        assert await page.get_by_text("某校食堂饭菜质量投诉").is_visible()
        async with serving(app, port):
            await page.get_by_text("实时更新", exact=True).wait_for(timeout=30000)
        await page.context.close()


async def test_a_unit_sees_its_own_incidents_alone_on_the_stream(
    tmp_path: Path, free_port: Callable[[], int]
):
    told = [stories.city_management(ago(60), until_hours=60), stories.tap_water(ago(24))]
    async with wall(tmp_path, told, free_port()) as (app, address), httpx2.AsyncClient(timeout=60) as http:
        async with app.state.database.writing() as session:
            token = await create_token(session, "wang-fang", Role.HANDLER, "qingxi")
        headers = {"Authorization": f"Bearer {token}"}
        async with http.stream("GET", f"{address}/wall/stream", headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            screen = await events(answer.aiter_lines(), "screen")
    assert "青溪镇自来水" in screen
    assert "城管执法" not in screen


async def test_a_stream_counts_as_use_and_ends_at_the_absolute_limit(tmp_path: Path):
    clock = Clock()
    made = application(tmp_path, [stories.school(ago(1))], clock.now, pages_open=False)
    async with made as app, browsing(app) as http:
        _, secret = await account(app, Role.CITY_LEADER, "city_government")
        http.cookies.set("huiying_session", secret)
        while clock.ahead + timedelta(minutes=20) < ABSOLUTE:
            clock.ahead += timedelta(minutes=20)
            assert (await http.get("/wall")).status_code == 200
        clock.ahead = ABSOLUTE + timedelta(seconds=1)
        assert (await http.get("/wall/stream")).headers["location"].startswith("/sign-in")


class Clock:
    """The server's clock, put ahead."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def test_a_person_has_six_screens_at_most_and_a_stream_that_nobody_reads_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("desk.wall.route.UNREAD_SECONDS", 0.5)
    never = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await never.wait()
        return {}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await never.wait()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "method": "GET",
        "scheme": "http",
        "path": "/wall/stream",
        "raw_path": b"/wall/stream",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }
    async with application(tmp_path, [], lambda: datetime.now(UTC)) as app, browsing(app) as http:
        streams = [asyncio.create_task(app(dict(scope), receive, send)) for _ in range(6)]  # type: ignore[arg-type]  # plain functions
        while app.state.wall.viewers < 6:
            await asyncio.sleep(0.02)
        refused = await http.get("/wall/stream")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "10"
        async with asyncio.timeout(8):
            await asyncio.gather(*streams)
        assert app.state.wall.viewers == 0
