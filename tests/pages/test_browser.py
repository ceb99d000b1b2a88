"""The pages in a real Chromium: nothing overflows, runs wild, comes from outside or goes unsaid."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from domain.terms.drill import DrillClock
from tests.browsing import chromium, needs_chromium
from tests.pages import stories
from tests.pages.serving import application, serving
from tests.pages.telling import Story
from words.language import Language, speak
from words.wording import remaining

pytestmark = [pytest.mark.asyncio(loop_scope="module"), needs_chromium]
WIDTHS = (1366, 360)
PAYLOAD = "<script>window.ran=1</script>\"'><img src=x onerror=window.ran=1><svg onload=window.ran=1>"


def ago(hours: float) -> datetime:
    """An instant so many hours ago, as the server's clock tells."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours)


def cast() -> list[Story]:
    drill = DrillClock(epoch=ago(0.1), origin=ago(1), scale=60.0)
    return [
        stories.city_management(ago(60), until_hours=60),
        stories.tap_water(ago(24)),
        stories.explosion(ago(4)),
        stories.school(ago(47.5)),
        stories.school(ago(1), drill=drill),
    ]


@dataclass
class Seen:
    """What a browser reported while it was looked at."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this file; each page has a context of its own."""
    async with chromium() as launched:
        yield launched


@asynccontextmanager
async def site(folder: Path, told: list[Story], port: int) -> AsyncIterator[str]:
    async with application(folder, told, lambda: datetime.now(UTC)) as app, serving(app, port) as address:
        yield address


async def opened(
    browser: Browser, address: str, width: int, *, javascript: bool = True, clock: bool = False
) -> tuple[Page, Seen]:
    """A page of a width at an address, and what it reports; with a clock that the test can put forward."""
    context = await browser.new_context(
        viewport={"width": width, "height": 768},
        java_script_enabled=javascript,
        timezone_id="America/New_York",
    )
    page, seen = await context.new_page(), Seen()
    if clock:
        await page.clock.install()
    page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    await page.goto(address)
    return page, seen


async def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


async def until(page: Page, claim: str) -> None:
    """Wait until a claim holds on the page, 8 seconds at most; its policy lets nobody wait inside."""
    end = monotonic() + 8
    while not await page.evaluate(claim):
        assert monotonic() < end, claim
        await asyncio.sleep(0.1)


async def test_both_pages_fit_a_desk_and_a_phone_and_call_nobody_else(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    told = cast()
    async with site(tmp_path, told, free_port()) as address:
        for path in ("/", *(f"/incidents/{story.incident_id}" for story in told), "/no/such/page"):
            for width in WIDTHS:
                page, seen = await opened(browser, address + path, width)
                await page.evaluate(
                    "document.querySelectorAll('details').forEach((item) => { item.open = true })"
                )
                assert await overflow(page) <= 0, (path, width)
                assert [error for error in seen.errors if "404" not in error] == [], path
                assert {url.startswith(address + "/") for url in seen.requests} == {True}
                await page.context.close()


# Each text and the ground it stands on, as WCAG 2.2 reckons their contrast.
FAINT = """() => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = parts(color).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (item) => {
        for (let at = item; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if ((parts(color)[3] ?? 1) > 0) return color;
        }
        return "rgb(255, 255, 255)";
    };
    const found = [];
    for (const item of document.querySelectorAll("body *")) {
        const says = [...item.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!says || !item.checkVisibility() || item.closest("noscript, [aria-hidden=true]")) continue;
        const style = getComputedStyle(item), size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        const [high, low] = [light(style.color), light(ground(item))].sort((one, other) => other - one);
        const contrast = (high + 0.05) / (low + 0.05);
        if (contrast < (large ? 3 : 4.5))
            found.push(`${item.className} ${contrast.toFixed(2)} ${item.textContent.trim()}`);
    }
    return found;
}"""


async def test_every_text_stands_out_from_its_ground(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    told = cast()
    async with site(tmp_path, told, free_port()) as address:
        for path in ("/", *(f"/incidents/{story.incident_id}" for story in told), "/no/such/page"):
            page, _ = await opened(browser, address + path, 1366)
            await page.evaluate(
                "document.querySelectorAll('details').forEach((item) => { item.open = true })"
            )
            assert await page.evaluate(FAINT) == [], path
            await page.context.close()


async def test_a_countdown_ticks_on_server_time_in_any_zone(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    soon = stories.school(ago(48) + timedelta(minutes=30))
    async with site(tmp_path, [soon], free_port()) as address:
        page, _ = await opened(browser, address + "/", 1366)
        first = await page.locator(".countdown").first.inner_text()
        assert first.startswith(("还剩 30分00秒", "还剩 29分"))  # read within its first second, or after
        await until(page, f"document.querySelector('.countdown').textContent !== '{first}'")
        clock = await page.locator("[data-clock]").inner_text()
        shown = datetime.strptime(f"{clock} +0800", "%Y-%m-%d %H:%M:%S %z")
        assert abs(shown - datetime.now(UTC)) < timedelta(seconds=3)


@pytest.mark.parametrize("language", Language)
async def test_the_script_words_remaining_time_as_the_server_does(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int], language: Language
):
    spans = [-400000, -260000, -3590, -50, 10, 75, 3590, 3620, 43190, 259190, 259230, 500000]
    async with site(tmp_path, [], free_port()) as address:
        page, _ = await opened(browser, f"{address}/language/{language}", 1366)
        began = datetime.now(UTC)
        dues = [began + timedelta(seconds=span) for span in spans]
        await page.evaluate(
            """(dues) => dues.forEach((due) => {
                const item = document.createElement("p");
                item.dataset.due = due;
                item.dataset.scale = "1";
                document.querySelector("main").append(item);
            })""",
            [due.isoformat() for due in dues],
        )
        await until(page, "[...document.querySelectorAll('[data-due]')].every((item) => item.textContent)")
        texts = await page.locator("[data-due]").all_inner_texts()
        passed = int((datetime.now(UTC) - began).total_seconds()) + 2
    speak(language)
    try:
        for due, text in zip(dues, texts, strict=True):
            assert text in {remaining(due, began + timedelta(seconds=late)) for late in range(-2, passed)}
    finally:
        speak(Language.CHINESE)


async def test_in_english_nothing_is_wider_than_a_phone(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = stories.city_management(ago(60), until_hours=60)
    async with site(tmp_path, [story], free_port()) as address:
        for path in ("/", f"/incidents/{story.incident_id}"):
            page, _ = await opened(browser, f"{address}/language/en?after={path}", 360)
            assert await page.evaluate("document.documentElement.lang") == "en"
            assert await overflow(page) <= 0
            await page.context.close()


async def test_hostile_text_runs_nowhere(browser: Browser, tmp_path: Path, free_port: Callable[[], int]):
    story = stories.hostile(ago(3), PAYLOAD)
    async with site(tmp_path, [story], free_port()) as address:
        for path in ("/", f"/incidents/{story.incident_id}"):
            page, seen = await opened(browser, address + path, 360)
            await page.wait_for_timeout(300)
            assert await page.evaluate("window.ran") is None
            assert await page.locator("main img, main svg:not(.clock-bar > svg), main script").count() == 0
            assert seen.errors == []
            assert await overflow(page) <= 0
            await page.context.close()


async def test_without_scripts_everything_is_there(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = stories.city_management(ago(60), until_hours=60)
    async with site(tmp_path, [story], free_port()) as address:
        page, _ = await opened(browser, address + "/", 360, javascript=False)
        await page.get_by_role("link", name="城管执法暂扣摊贩商品引发争议").click()
        assert await page.get_by_role("heading", name="时限任务").is_visible()
        card = page.locator(".card").first
        assert "已超时 12小时" in await card.inner_text()
        sentence = card.locator("blockquote")
        assert not await sentence.is_visible()
        await card.locator(".clause summary").click()
        assert "并根据工作进展持续发布权威信息" in await sentence.inner_text()


async def test_the_keyboard_reaches_the_incident_and_the_clause(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = stories.school(ago(1))
    async with site(tmp_path, [story], free_port()) as address:
        page, _ = await opened(browser, address + "/", 1366)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "跳到正文"
        await page.keyboard.press("Enter")
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.textContent") == "某校食堂饭菜质量投诉":
                break
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/incidents/*")
        summary = page.locator(".card .clause summary").first
        await summary.focus()
        await page.keyboard.press("Enter")
        assert await page.locator(".card .clause blockquote").first.is_visible()


async def test_a_page_that_stays_open_follows_the_ledger_and_keeps_what_was_opened(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    story = stories.school(ago(1))
    async with site(tmp_path, [story], free_port()) as address:
        page, seen = await opened(browser, f"{address}/incidents/{story.incident_id}", 1366, clock=True)
        await page.locator(".card .clause summary").first.click()
        await page.evaluate("document.querySelector('main').dataset.old = 'yes'")
        await page.clock.fast_forward(31000)
        await until(page, "document.querySelector('main').dataset.old === undefined")
        assert await page.locator(".card .clause blockquote").first.is_visible()
        assert await page.locator("#lost").is_hidden()
        assert seen.errors == []


async def test_a_server_that_goes_away_is_said(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    async with site(tmp_path, [stories.school(ago(1))], free_port()) as address:
        page, _ = await opened(browser, address + "/", 1366, clock=True)
    await page.clock.fast_forward(31000)
    await page.get_by_text("与服务器失去联系").wait_for(state="visible", timeout=30000)
    assert await page.get_by_text("某校食堂饭菜质量投诉").is_visible()
