"""Looking at a page as axe-core and a ruler do: what hinders people, and what is wider than the screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

from tests.browsing import DESK, PHONE
from tests.desk.seat import Seat

AXE: Final = Path(__file__).resolve().parents[2] / "vendor" / "axe.min.js"
UNFOLDED: Final = "document.querySelectorAll('details').forEach((item) => { item.open = true })"
# What draws the API's documents is foreign and comes as it is; the page around it is ours. A watermark is no
# text to read: it is faint so that what lies under it can be read, and hidden from readers (WCAG 1.4.3,
# incidental).
CHECKED: Final = """async () => (await axe.run({exclude: [".swagger-ui", ".watermark[aria-hidden]"]},
    {resultTypes: ["violations"]})).violations
    .filter((found) => ["serious", "critical"].includes(found.impact))
    .flatMap((found) => found.nodes.slice(0, 3).map(
        (node) => `${found.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`))"""
WIDER: Final = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const wide = [...document.querySelectorAll("body *")]
        .filter((item) => item.getBoundingClientRect().right > room + 1);
    return wide.slice(0, 3).map((item) => `wider than the screen: ${item.outerHTML.slice(0, 160)}`);
}"""


@asynccontextmanager
async def seated(
    browser: Browser, address: str, seat: Seat, *, size: ViewportSize = PHONE, **cookies: str
) -> AsyncIterator[Page]:
    """A browser in the session of somebody who is signed in; with a policy that would let the checker in."""
    context: BrowserContext = await browser.new_context(viewport=size, bypass_csp=True)
    held = {cookie.name: cookie.value or "" for cookie in seat.http.cookies.jar}
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in {**held, **cookies}.items()]
    )
    yield await context.new_page()
    await context.close()


@asynccontextmanager
async def checker(browser: Browser, address: str, seat: Seat, **cookies: str) -> AsyncIterator[Page]:
    """A browser at a desk, with the checker in each of its pages."""
    async with seated(browser, address, seat, size=DESK, **cookies) as page:
        await page.context.add_init_script(path=AXE)
        yield page


async def findings(page: Page, url: str) -> list[str]:
    """What hinders people on a page at a desk, and what is wider than a phone, everything unfolded."""
    await _unfolded(page, url)
    found: list[Any] = await page.evaluate(CHECKED)
    await page.set_viewport_size(PHONE)
    found += await page.evaluate(WIDER)
    await page.set_viewport_size(DESK)
    return [f"{url}: {one}" for one in dict.fromkeys(found)]


async def wider(page: Page, url: str) -> list[str]:
    """What is wider than the phone at which somebody is seated, everything unfolded."""
    await _unfolded(page, url)
    return [f"{url}: {one}" for one in await page.evaluate(WIDER)]


async def _unfolded(page: Page, url: str) -> None:
    answer = await page.goto(url)
    assert answer is not None, url
    assert answer.status < 400, url
    await page.evaluate(UNFOLDED)
