"""Somebody who has a keyboard and no mouse: Tab to what is wanted, then typing, Space,
Enter and the arrows.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Browser, FileChooser, Locator, Page
from playwright.async_api import TimeoutError as BrowserTimeout

from tests.browsing import DESK, Typed, Value, is_button, screenshot, sender
from tests.desk.seat import PASSWORD

FARTHEST: Final = 400  # Tabs until something counts as out of reach
HERE: Final = "item => item === document.activeElement"
TRIES: Final = 40


async def signs_in(browser: Browser, address: str, login: str) -> "Keys":
    """Somebody signed in by the keyboard, at the page that everybody has."""
    page = await (await browser.new_context(viewport=DESK)).new_page()
    page.on(
        "filechooser", lambda _: None
    )  # told late, a browser opens a dialogue of its own and says nothing
    await page.goto(f"{address}/me")
    await page.locator("#login:focus").wait_for()  # the page puts the focus there once it is drawn
    await page.keyboard.type(login)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{address}/me")
    return Keys(page)


@dataclass
class Keys:
    """Somebody's page, moved about in by keys alone."""

    page: Page

    async def reaches(self, item: Locator) -> None:
        """Tab until something has the focus; what is folded away is unfolded on the way."""
        folded = item.locator("xpath=ancestor::details[not(@open)]/summary")
        while await folded.count():
            await self._tab_to(folded.first)
            await self.page.keyboard.press("Enter")
        await self._tab_to(item)

    async def _tab_to(self, item: Locator) -> None:
        for _ in range(FARTHEST):
            if await item.evaluate(HERE):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"out of the keyboard's reach: {item}")

    async def goes_by(self, path: str) -> None:
        """Follow the link of the navigation that leads to a path."""
        await self.reaches(self.page.locator(f"a[href='{path}']").first)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def enters(self, typed: Typed) -> None:
        """Fill in the fields of the form that is open."""
        for name, value in typed.items():
            field = self.page.locator(f"main form[method=post] [name='{name}']")
            if not await is_button(field):
                await self._enter(field, value)

    async def _enter(self, field: Locator, value: Value) -> None:
        kind, keyboard = await field.first.evaluate("item => item.type"), self.page.keyboard
        if kind == "checkbox" and not isinstance(value, bool):
            for option in value if isinstance(value, list) else [value]:
                await self._tick(field.and_(self.page.locator(f"[value='{option}']")))
        elif kind == "checkbox":
            await self._tick(field.first)
        elif kind == "radio":
            await self._choose(field, str(value if not isinstance(value, bool) else str(value).lower()))
        elif kind.startswith("select"):
            await self._select(field, "true" if value is True else str(value))
        elif kind == "file":
            await self._pick(field.first, str(value))
        else:
            await self.reaches(field.first)
            await keyboard.press("Control+a")
            await keyboard.type(str(value))

    async def _select(self, field: Locator, wanted: str) -> None:
        await self.reaches(field)
        for _ in range(FARTHEST):
            if await field.input_value() == wanted:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{wanted} cannot be chosen")

    async def _pick(self, field: Locator, name: str) -> None:
        """Enter opens the system's own dialogue; a busy browser may lose the key,
        and whoever sits there presses it again.
        """
        try:
            chooser = await self._dialogue(field, seconds=10)
        except BrowserTimeout:
            chooser = await self._dialogue(field, seconds=30)
        await chooser.set_files(screenshot(name))

    async def _dialogue(self, field: Locator, *, seconds: int) -> FileChooser:
        await self.reaches(field)
        async with self.page.expect_file_chooser(timeout=seconds * 1000) as chooser:
            await self.page.keyboard.press("Enter")
        return await chooser.value

    async def _tick(self, box: Locator) -> None:
        await self.reaches(box)
        if not await box.is_checked():
            await self.page.keyboard.press("Space")

    async def _choose(self, group: Locator, wanted: str) -> None:
        """Of a group of round buttons Tab reaches the chosen one, or the first; the arrows choose."""
        chosen = group.and_(self.page.locator(":checked"))
        first = chosen if await chosen.count() else group.first
        await self.reaches(first)
        await self.page.keyboard.press("Space")
        for _ in range(await group.count()):
            if await group.and_(self.page.locator(":focus")).input_value() == wanted:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{wanted} cannot be chosen")

    async def sends(self, typed: Typed) -> str:
        """Press the form's button, or of several the one of the answer given; where one is led."""
        await self.reaches(await sender(self.page, typed))
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")
        return self.page.url

    async def takes(self, incident: str, kind: str, typed: Typed) -> None:
        """A step by its button on the incident's page, once it is offered,
        and again when somebody acted meanwhile.
        """
        for _ in range(TRIES):
            await self.page.goto(incident)
            button = self.page.locator(f"main a[href$='/do/{kind}']").first
            if not await button.count():
                await asyncio.sleep(0.25)
                continue
            await self.reaches(button)
            async with self.page.expect_navigation():
                await self.page.keyboard.press("Enter")
            await self.enters(typed)
            if "/do/" not in await self.sends(typed):
                return
        raise AssertionError(f"{kind}: {await self.page.locator('main').inner_text()}")
