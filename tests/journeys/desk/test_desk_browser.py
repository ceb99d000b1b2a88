"""The desk in a browser: so many rows on a screen, and a walk through them by keyboard."""

from playwright.async_api import Browser

from tests.browsing import needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.test_steps import registered

pytestmark = needs_chromium
_ROWS, _SCREEN = 25, 768


async def test_twenty_five_rows_fit_on_a_screen(office: Office, browser: Browser, address: str):
    await registered(await office.sits("office.clerk"), title="密排样件")
    page = await sits(browser, address, "office.clerk")
    await page.set_viewport_size({"width": 1366, "height": _SCREEN})
    await page.goto(f"{address}/desk")
    rows = page.locator("section[aria-labelledby='h-own'] tr[data-row]")
    first, second = await rows.nth(0).bounding_box(), await rows.nth(1).bounding_box()
    assert first is not None
    assert second is not None
    own = page.locator("section[aria-labelledby='h-own']")
    head = await own.locator("h2").bounding_box()
    assert head is not None
    above = first["y"] - head["y"] + (await page.locator("main .page-head").bounding_box())["y"]  # type: ignore[index]  # it is there
    heights = [box["height"] for box in [await row.bounding_box() for row in await rows.all()] if box]
    assert above + _ROWS * sorted(heights)[len(heights) // 2] <= _SCREEN
    await page.context.close()


async def test_rows_are_walked_through_by_keyboard(office: Office, browser: Browser, address: str):
    await registered(await office.sits("office.clerk"), title="键盘样件")
    page = await sits(browser, address, "office.clerk")
    for path in ("/desk", "/", "/ledger"):
        await page.goto(address + path)
        ways = await page.eval_on_selector_all(
            "[data-row]",
            "rows => rows.filter(row => row.checkVisibility()).map(row => row.querySelector('a[href]').href)",
        )
        here = "document.activeElement.href"
        await page.keyboard.press("j")
        assert await page.evaluate(here) == ways[0]
        await page.keyboard.press("j")
        assert await page.evaluate(here) == ways[min(1, len(ways) - 1)]
        await page.keyboard.press("k")
        await page.keyboard.press("k")
        assert await page.evaluate(here) == ways[0]
    await page.goto(f"{address}/")
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "find-text"
    await page.keyboard.type("jk/")
    assert await page.input_value("#find-text") == "jk/"
    await page.goto(f"{address}/desk")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/do/**")
    await page.context.close()


async def test_the_head_stands_on_one_line_of_a_desk(office: Office, browser: Browser, address: str):
    await registered(await office.sits("office.clerk"), title="页头样件")  # so that the bell counts something
    for login in ("office.leader", "office.clerk", "town.handler", "auditor"):
        page = await sits(browser, address, login)
        await page.goto(f"{address}/desk")
        boxes = [await part.bounding_box() for part in await page.locator(".masthead .inner > *").all()]
        tops = [box["y"] for box in boxes if box]
        bottoms = [box["y"] + box["height"] for box in boxes if box]
        assert max(tops) < min(bottoms), login
        await page.context.close()
