"""The parts of a case in a real Chromium: one at a time, by the address alone, small enough,
and all of it on paper.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from settings import Settings
from storage.database import open_database
from storage.record import record
from tests.browsing import DESK, browser, needs_chromium
from tests.domain.grown import Grown
from tests.pages.serving import application, serving

__all__ = ["browser"]
pytestmark = [pytest.mark.asyncio(loop_scope="session"), needs_chromium]
SCREENS = 5
LARGEST = 150 * 1024  # bytes
PARTS = {
    "obligations": "h-obligations",
    "facts": "h-facts",
    "texts": "h-texts",
    "papers": "h-papers",
    "files": "h-attachments",
    "timeline": "h-timeline",
}
OPEN = (
    "[...document.querySelectorAll('.part')].filter((one) => one.checkVisibility()).map((one) =>"
    " one.id.slice(5))"
)
NAMED = (
    "[...document.querySelectorAll('.to-part')].filter((one) =>"
    " one.querySelector('.here').checkVisibility()).map((one) => one.dataset.part)"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def case(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where a case of 200 sources and 500 steps is shown."""
    grown = Grown(share=0.04)
    assert grown.state.event_number >= 500
    async with (
        application(tmp_path_factory.mktemp("parts"), (), lambda: grown.now) as app,
        serving(app, 0) as address,
    ):
        settings: Settings = app.state.settings
        database = open_database(settings.database_url)
        try:
            await record(database, grown.state.incident_id, tuple(grown.decisions), texts=tuple(grown.texts))
        finally:
            await database.close()
        yield f"{address}/incidents/{grown.state.incident_id}"


@asynccontextmanager
async def opened(browser: Browser, *, script: bool = True) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=DESK, java_script_enabled=script)
    yield await context.new_page()
    await context.close()


async def test_a_case_of_200_sources_and_500_steps_is_small_and_no_part_is_longer_than_five_screens(
    browser: Browser, case: str
):
    async with opened(browser) as page:
        for heading in ("", *PARTS.values()):
            await page.goto("about:blank")
            answer = await page.goto(f"{case}#{heading}")
            assert answer is not None
            assert len(await answer.body()) < LARGEST
            height = await page.evaluate("document.documentElement.scrollHeight")
            assert height <= SCREENS * DESK["height"], heading


@pytest.mark.parametrize("script", [True, False])
async def test_the_address_opens_the_part_that_it_names_or_that_holds_it(
    browser: Browser, case: str, *, script: bool
):
    async with opened(browser, script=script) as page:
        await page.goto(case)
        assert (await page.evaluate(OPEN), await page.evaluate(NAMED)) == (["obligations"], ["obligations"])
        number = await page.locator("#part-timeline li.entry").first.get_attribute("id")
        for part, heading in (*PARTS.items(), ("timeline", number)):
            await page.goto("about:blank")
            await page.goto(f"{case}#{heading}")
            assert (await page.evaluate(OPEN), await page.evaluate(NAMED)) == ([part], [part]), heading
            assert await page.locator(f"#{heading}").is_visible()
        await page.goto("about:blank")
        await page.goto(f"{case}#whole")
        assert (await page.evaluate(OPEN), await page.evaluate(NAMED)) == (list(PARTS), ["whole"])


@pytest.mark.parametrize("script", [True, False])
async def test_the_links_lead_from_part_to_part_by_keyboard(browser: Browser, case: str, *, script: bool):
    async with opened(browser, script=script) as page:
        await page.goto(case)
        for part in (*PARTS, "obligations"):
            await page.locator(f".to-part[data-part={part}]").focus()
            await page.keyboard.press("Enter")
            await page.locator(f"#part-{part}").wait_for()
            assert await page.evaluate(OPEN) == [part]


async def test_a_part_stays_open_when_the_page_comes_anew(browser: Browser, case: str):
    async with opened(browser) as page:
        await page.clock.install()
        await page.goto(f"{case}#h-papers")
        await page.evaluate("document.querySelector('main').dataset.old = 'yes'")
        await page.clock.fast_forward(31_000)
        await page.locator("main:not([data-old])").wait_for()
        assert (await page.evaluate(OPEN), await page.evaluate(NAMED)) == (["papers"], ["papers"])


async def test_a_record_that_is_folded_away_is_opened_by_its_own_address(browser: Browser, case: str):
    async with opened(browser) as page:
        await page.goto(f"{case}#h-timeline")
        folded = page.locator("details.fold-system li[id]").first
        assert not await folded.is_visible()
        await page.goto(f"{case}#{await folded.get_attribute('id')}")
        assert await folded.is_visible()


async def test_the_address_of_an_old_record_leads_to_the_page_of_the_timeline_that_has_it(
    browser: Browser, case: str
):
    async with opened(browser) as page:
        await page.goto(f"{case}#e40")
        await page.locator("#e40").wait_for()
        assert await page.evaluate(OPEN) == ["timeline"]
        assert page.url.endswith("?before=41#e40")
        await page.goto(f"{case}#e99999")
        await page.wait_for_url("**?before=100000#e99999")
        assert await page.evaluate(OPEN) == ["obligations"]


async def test_paper_shows_the_part_that_is_open_or_all_of_them(browser: Browser, case: str):
    async with opened(browser) as page:
        await page.emulate_media(media="print")
        await page.goto(f"{case}#h-papers")
        assert await page.evaluate(OPEN) == ["papers"]
        assert not await page.locator(".case-nav").is_visible()
        await page.goto(f"{case}#whole")
        assert await page.evaluate(OPEN) == list(PARTS)
