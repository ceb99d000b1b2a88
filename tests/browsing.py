"""People at a real Chromium: a browser for all of them, and how they sign in,
press a step's button and fill in its form.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Locator, Page, ViewportSize, async_playwright

from domain.terms.workdays import SHANGHAI
from tests.desk.pictures import picture
from tests.desk.seat import PASSWORD

CHROMIUM: Final = Path("/usr/bin/chromium")
# The same Chromium without windows around its pages, of which nobody sees anything here:
# two fifths of the processor's time.
SHELL: Final = Path("/usr/bin/chromium-headless-shell")
DESK: Final[ViewportSize] = {"width": 1366, "height": 768}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
SEND: Final = "main form[method=post] button[type=submit]"
_BUTTONS: Final = frozenset({"button", "submit"})
_KINDS: Final = """() => [...document.querySelectorAll("main form[method=post] [name]")].reverse()
    .map((item) => [item.name, item.type])"""
Value = str | bool | list[str]
Typed = Mapping[str, Value]

needs_chromium = pytest.mark.skipif(  # in CI its absence fails the tests
    not (SHELL.exists() or CHROMIUM.exists()) and "CI" not in os.environ,
    reason="no /usr/bin/chromium on this machine",
)


class NotOffered(Exception):  # noqa: N818  named for what was found
    """A page does not offer what somebody looks for: a button, a field or a choice."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of a folder; everybody has a context of their own in it."""
    async with chromium() as launched:
        yield launched


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium that is started and closed; everything that looks at pages takes it from here."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=SHELL if SHELL.exists() else CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield launched
        await launched.close()


async def sits(
    browser: Browser, address: str, login: str, *, script: bool = True, size: ViewportSize = DESK
) -> Page:
    """Somebody signed in, in a browser of their own."""
    context = await browser.new_context(viewport=size, java_script_enabled=script)
    page = await context.new_page()
    await opens(page, f"{address}/me", login)
    return page


async def opens(page: Page, url: str, login: str) -> int:
    """Open an address, signing in again when the session has ended; the status of the answer."""
    answer = await page.goto(url)
    if "/sign-in" in page.url:
        await page.fill("#login", login)
        await page.fill("#password", PASSWORD)
        async with page.expect_navigation() as navigation:
            await page.click("main button[type=submit]")
        answer = await navigation.value
        assert "/sign-in" not in page.url, login
    return answer.status if answer is not None else 0


async def presses(page: Page, kind: str) -> None:
    """Press the button of a step on an incident's page; raises NotOffered when there is none."""
    button = page.locator(f"main a[href$='/do/{kind}']").first
    if not await button.count():
        raise NotOffered(kind)
    await unfold(button)
    await follows(button)


async def follows(item: Locator) -> None:
    """Press what leads to another page, and wait until that is there to its end:
    a field asked for before is not offered yet.
    """
    async with item.page.expect_navigation():
        await item.click()


async def takes(page: Page, incident: str, kind: str, typed: Typed) -> None:
    """A step by its button on the incident's page, again when somebody acted meanwhile."""
    for _ in range(40):
        await page.goto(incident)
        try:
            await presses(page, kind)
        except NotOffered:
            await asyncio.sleep(0.25)
            continue
        await fill(page, typed)
        await follows(await sender(page, typed))
        if not await page.locator("#trouble").count():
            return
    pytest.fail(f"{kind}: {await page.locator('main').inner_text()}")


async def fill(page: Page, typed: Typed) -> None:
    """Fill in the fields of the form that is open;
    raises NotOffered for a field or a choice that it lacks.
    """
    kinds = await _kinds(page)
    for name, value in typed.items():
        if name not in kinds:
            raise NotOffered(name)
        if kinds[name] in _BUTTONS:
            continue  # pressed when all else is filled in
        field = page.locator(f"main form[method=post] [name='{name}']")
        await unfold(field.first)
        await _enter(field, kinds[name], value)


async def _kinds(page: Page) -> dict[str, str]:
    """The kinds of the fields and named buttons of the form that is open, by their names;
    asked of the browser at once.
    """
    told = await page.evaluate(_KINDS)
    return {str(name): str(kind) for name, kind in told}


async def is_button(field: Locator) -> bool:
    """Whether an answer is given by the button that sends the form: approve, or send back."""
    return bool(await field.first.evaluate("item => item.tagName === 'BUTTON'"))


async def sender(page: Page, typed: Typed) -> Locator:
    """The button that sends what was filled in; of several answers the one that was given."""
    kinds = await _kinds(page)
    for name, value in typed.items():
        if kinds.get(name) in _BUTTONS:
            answers = page.locator(f"main form[method=post] button[name='{name}']")
            return answers.and_(page.locator("[value=on]" if value is True else "[value='']"))
    return page.locator(SEND).first


async def unfold(item: Locator) -> None:
    """Open every fold around something, as one has to before one reaches it; the outermost first."""
    folded = item.locator("xpath=ancestor::details[not(@open)]/summary")
    while await folded.count():
        await folded.first.click()


async def _enter(field: Locator, kind: str, value: Value) -> None:
    if kind in {"checkbox", "radio"} and not isinstance(value, bool):
        await _choose(field, value if isinstance(value, list) else [value])
    elif kind == "checkbox":
        await field.first.set_checked(bool(value))
    elif kind == "file":
        await field.first.set_input_files(screenshot(str(value)))
    elif kind.startswith("select"):
        wanted = [value] if isinstance(value, str) else ["true"] if value is True else value or ["false"]
        offered = await field.locator("option").evaluate_all("items => items.map(item => item.value)")
        if not set(wanted) <= set(offered):
            raise NotOffered(f"{wanted} of {offered}")
        await field.select_option(wanted)
    else:
        await field.first.fill("\n".join(value) if isinstance(value, list) else str(value))


async def _choose(field: Locator, wanted: list[str]) -> None:
    """Tick the wanted ones of several, and no others."""
    offered = await field.evaluate_all("items => items.map(item => [item.value, item.checked])")
    if not set(wanted) <= {value for value, _ in offered}:
        raise NotOffered(f"{wanted} of {offered}")
    for place, (value, is_ticked) in enumerate(offered):
        if is_ticked is not (value in wanted) and (
            value in wanted or await field.nth(place).get_attribute("type") != "radio"
        ):
            await field.nth(place).set_checked(value in wanted)


def screenshot(name: str) -> FilePayload:
    """A picture as somebody chooses it."""
    return {"name": name, "mimeType": "image/png", "buffer": picture()}


def local(at: datetime) -> str:
    """An instant as a browser's field holds it: Shanghai's, whole minutes without seconds."""
    shown = at.astimezone(SHANGHAI)
    return shown.strftime("%Y-%m-%dT%H:%M:%S" if shown.second else "%Y-%m-%dT%H:%M")


def ago(**span: float) -> str:
    """An instant so long ago, as a browser's field holds it."""
    return local(datetime.now(UTC) - timedelta(**span))
