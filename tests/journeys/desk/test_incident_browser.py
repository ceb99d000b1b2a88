"""The incident page, the notices and the clauses in a real Chromium:
on a phone with all open, and by keyboard alone.
"""

import pytest
from playwright.async_api import Browser, Page

from tests.browsing import PHONE, needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.test_incident_page import under_way

pytestmark = needs_chromium


async def wider(page: Page) -> int:
    await page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
    script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(await page.evaluate(script))


async def tabs_to(page: Page, selector: str) -> None:
    """Go on by the keyboard until what the selector names has the focus."""
    for _ in range(400):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"no way to {selector} by keyboard")


async def test_on_a_phone_nothing_is_wider_and_the_keyboard_reaches_filters_and_acknowledgement(
    office: Office,
    browser: Browser,
    address: str,
):
    incident = await under_way(office)
    page = await sits(browser, address, "town.handler", script=True, size=PHONE)
    paths = [f"{incident}{query}" for query in ("", "?who=people", "?view=brief")]
    for path in (*paths, "/notices", "/notices?all=true", "/clauses", "/clauses/三(三)-4"):
        await page.goto(address + path)
        if path == incident:
            seen = await page.locator(".headline-left").bounding_box()
            assert seen is not None
            assert seen["y"] + seen["height"] < PHONE["height"] - 60, "below the first screen"
        assert await wider(page) <= 0, path

    await page.goto(address + incident)
    await tabs_to(page, ".to-part[data-part=timeline]")
    await page.keyboard.press("Enter")
    await tabs_to(page, "#timeline-filter > summary")
    await page.keyboard.press("Enter")
    await tabs_to(page, "a[href*='who=people']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**who=people*")
    hidden = page.locator(".entry-hidden")
    assert await hidden.count()
    number = await hidden.first.get_attribute("id")
    assert not await hidden.first.is_visible()
    await page.goto(f"{address}{incident}?who=people#{number}")
    assert await hidden.first.is_visible()
    await hidden.first.locator("a").click()
    await page.wait_for_url(f"**{incident}#{number}")
    await page.locator(f"#{number} details.clause[open]").first.wait_for()

    await page.goto(f"{address}/notices")
    await tabs_to(page, "button[name=positions]")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**done=*")
    await page.context.close()
