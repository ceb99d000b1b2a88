"""Looking at a page as axe-core and a ruler do: what hinders people, and what is wider than the screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page

from tests.browsing import DESK, PHONE
from tests.desk.seat import Seat

AXE: Final = Path(__file__).resolve().parents[2] / "vendor" / "axe.min.js"
UNFOLDED: Final = "document.querySelectorAll('details').forEach((item) => { item.open = true })"
# What draws the API's documents is foreign and comes as it is; the page around it is ours.
CHECKED: Final = """async () => (await axe.run({exclude: [".swagger-ui"]}, {resultTypes: ["violations"]})).violations
    .filter((found) => ["serious", "critical"].includes(found.impact))
    .flatMap((found) => found.nodes.slice(0, 3).map((node) => `${found.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`))"""
WIDER: Final = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const wide = [...document.querySelectorAll("body *")].filter((item) => item.getBoundingClientRect().right > room + 1);
    return wide.slice(0, 3).map((item) => `wider than the screen: ${item.outerHTML.slice(0, 160)}`);
}"""


@asynccontextmanager
async def checker(browser: Browser, address: str, seat: Seat, **cookies: str) -> AsyncIterator[Page]:
    """A browser for the checker, in the session of somebody who is signed in; our policy would not let it in."""
    context: BrowserContext = await browser.new_context(viewport=DESK, bypass_csp=True)
    held = {cookie.name: cookie.value or "" for cookie in seat.http.cookies.jar}
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in {**held, **cookies}.items()]
    )
    await context.add_init_script(path=AXE)
    yield await context.new_page()
    await context.close()


async def findings(page: Page, url: str, *, by_axe: bool = True) -> list[str]:
    """What hinders people on a page at a desk, and what is wider than a phone, everything unfolded."""
    answer = await page.goto(url)
    assert answer is not None, url
    assert answer.status < 400, url
    await page.evaluate(UNFOLDED)
    found: list[Any] = await page.evaluate(CHECKED) if by_axe else []
    await page.set_viewport_size(PHONE)
    found += await page.evaluate(WIDER)
    await page.set_viewport_size(DESK)
    return [f"{url}: {one}" for one in dict.fromkeys(found)]
