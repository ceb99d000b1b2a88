"""The pictures of the README, taken from the demonstration data: `make screenshots`.

It stands among the tests, since it needs what they need, a browser, and does what they do: start the
project's own program in a folder of its own on free ports, sign in with the passwords shown once, choose
others, and look.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.browsing import CHROMIUM, DESK, fill, presses

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURES: Final = ROOT / "docs" / "pictures"
LARGEST: Final = 150_000  # bytes of a picture
COLOURS: Final = 128  # a page has few
PASSWORD: Final = "four quiet brown herons"  # of accounts that live as long as the pictures are taken
PATIENCE: Final = 180.0  # seconds until the system is there with its demonstration incidents
DEMONSTRATED: Final = 8  # incidents
PORTS: Final = ("WEB", "TEMPORAL", "TEMPORAL_METRICS", "TEMPORAL_UI", "WORKER_METRICS")
WIDE, NARROW = (1366, 768), (360, 740)  # pixels
TYPED: Final = {
    "title": "网传青溪镇集贸市场停水两天无人管",
    "sources[0].platform": "wechat",
    "sources[0].gist": "商户在群里反映，无通知",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture: its file, who looks, at which page, on which screen.

    `incident` is part of a title on the board, whose page is meant; `step` is one that is offered there;
    `follow` is how the address of a link there ends.
    """

    file: str
    login: str
    path: str = ""
    incident: str = ""
    step: str = ""
    follow: str = ""
    size: tuple[int, int] = WIDE


TAKEN: Final = (
    Picture(file="workbench", login="gov_office.leader", path="/desk"),
    Picture(file="registration", login="gov_office.handler", path="/register"),
    Picture(file="incident", login="gov_office.leader", incident="城管执法视频"),
    Picture(file="incident-phone", login="gov_office.leader", incident="城管执法视频", size=NARROW),
    Picture(file="judging", login="gov_office.handler", incident="缺斤短两", step="judge"),
    Picture(file="board", login="city.leader", path="/"),
    Picture(file="wall", login="city.leader", path="/wall"),
    Picture(file="ledger", login="gov_office.handler", path="/ledger?drill=true"),
    Picture(file="notices", login="gov_office.handler", path="/notices"),
    Picture(file="heat", login="gov_office.leader", incident="仓库火灾", follow="/heat"),
    Picture(file="papers", login="gov_office.leader", path="/papers?drill=true"),
    Picture(file="replay", login="gov_office.leader", incident="城管执法视频", follow="/replay"),
    Picture(file="unit", login="qingxi.handler", path="/desk"),
    Picture(file="people", login="security.admin", path="/people"),
    Picture(file="system", login="system.admin", path="/system"),
)


def main() -> None:
    """Take all pictures; ends with a line for each that was not taken,
    and with 1 for one that is too large.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    sys.exit(asyncio.run(_all()))


async def _all() -> int:
    async with _system() as (address, passwords), _browser() as browser:
        own = await _passwords_of_their_own(browser, address, passwords)
        await _demonstration(own["city.leader"], address)
        return max([await _take(picture, own[picture.login], address) for picture in TAKEN])


@contextlib.asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--force-color-profile=srgb"],
        )
        yield launched
        await launched.close()


@contextlib.asynccontextmanager
async def _system() -> AsyncIterator[tuple[str, dict[str, str]]]:
    """The whole system in a folder of its own: its address, and the passwords that it shows once."""
    with TemporaryDirectory(prefix="huiying-pictures-") as folder:
        ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        own = {f"HUIYING_{name}_PORT": str(port) for name, port in ports.items()}
        outside = {name: value for name, value in os.environ.items() if not name.startswith("HUIYING_")}
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "cli.py",
            "run",
            cwd=ROOT,
            stdout=PIPE,
            env={**outside, **own, "HUIYING_VAR_DIR": folder, "PYTHONUNBUFFERED": "1"},
        )
        try:
            async with asyncio.timeout(PATIENCE):
                passwords = await _shown_once(program)
            yield f"http://127.0.0.1:{ports['WEB']}", passwords
        finally:
            program.send_signal(signal.SIGTERM)
            await program.communicate()


async def _shown_once(program: Process) -> dict[str, str]:
    """The passwords by login, which the system shows when it is ready."""
    found: dict[str, str] = {}
    assert program.stdout is not None
    async for line in program.stdout:
        if told := re.fullmatch(r"  (\S+) +(\S+) +\S.*", line.decode().rstrip()):
            found[told[1]] = told[2]
        if {picture.login for picture in TAKEN} <= set(found):
            break
    return found


def _free_ports(count: int) -> Iterator[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        found = [int(probe.getsockname()[1]) for probe in probes]
    yield from found


async def _passwords_of_their_own(
    browser: Browser, address: str, passwords: dict[str, str]
) -> dict[str, Page]:
    """Everybody who looks, signed in and with a password of the person's own,
    as the first sign-in demands.
    """
    pages = {}
    for login in dict.fromkeys(picture.login for picture in TAKEN):
        page = await (
            await browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
        ).new_page()
        await _open(page, f"{address}/sign-in")
        await page.fill("#login", login)
        await page.fill("#password", passwords[login])
        await page.click("main button[type=submit]")
        await page.goto(f"{address}/password")
        for name, value in (("old", passwords[login]), ("new", PASSWORD), ("again", PASSWORD)):
            await page.fill(f"#{name}", value)
        await page.click("main button[type=submit]")
        pages[login] = page
    return pages


async def _open(page: Page, url: str) -> None:
    """Open a page, waiting for a system that has just been started."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(Exception):
                await page.goto(url)
                return
            await asyncio.sleep(0.5)


async def _demonstration(page: Page, address: str) -> None:
    """Wait until the board shows the demonstration incidents, those still open among them."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await page.goto(f"{address}/")
            if await page.locator("main a[href^='/incidents/']").count() >= DEMONSTRATED - 1:
                return
            await asyncio.sleep(1)


async def _quiet(page: Page) -> None:
    """Wait until the watch has nothing to report, as it may while a machine has more to do than this."""
    async with asyncio.timeout(PATIENCE):
        while await page.locator("#watching .notice-alert").count():
            await asyncio.sleep(1)
            await page.reload()


async def _take(picture: Picture, page: Page, address: str) -> int:
    width, height = picture.size
    await page.set_viewport_size({"width": width, "height": height})
    if not await _reach(picture, page, address):
        _tell(f"{picture.file}: 尚无此页 · there is no such page yet")
        return 0
    await _quiet(page)
    await page.evaluate("document.fonts.ready")
    file = PICTURES / f"{picture.file}.png"
    await page.screenshot(path=file, animations="disabled", caret="hide", scale="css")
    _with_few_colours(file)
    size = file.stat().st_size
    _tell(f"{file.relative_to(ROOT)}: {size // 1000} KB")
    return int(size > LARGEST)


def _with_few_colours(file: Path) -> None:
    with Image.open(file) as picture:
        palette = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    palette.save(file, optimize=True)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _reach(picture: Picture, page: Page, address: str) -> bool:
    if picture.incident:
        await page.goto(f"{address}/")
        await page.locator("main a[href^='/incidents/']", has_text=picture.incident).first.click()
    else:
        answer = await page.goto(address + picture.path)
        if answer is None or not answer.ok:
            return False
    if picture.follow:
        await page.locator(f"main a[href$='{picture.follow}']").first.click()
        await page.wait_for_load_state("networkidle")
    if picture.step:
        await presses(page, picture.step)
    if picture.path == "/register":
        await fill(page, TYPED)
    return True


if __name__ == "__main__":
    main()
