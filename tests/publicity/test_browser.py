"""The public page in a real Chromium, served by its own process:
read without scripts, hostile texts stay texts, nothing hinders.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from deploy.child import Child
from deploy.log_file import LogFile
from deploy.supervisor import public_command, public_environment
from publicity.responses import (
    Block,
    Correction,
    Promise,
    PromiseState,
    PublicCase,
    ResponsePart,
    Withheld,
    public_id,
)
from settings import Settings
from tests.browsing import DESK, PHONE, browser, needs_chromium
from tests.domain.cast import h
from tests.journeys.desk.hostile import PAYLOADS
from tests.journeys.desk.looking import AXE, findings
from tests.journeys.desk.test_hostile_texts import TRACES
from tests.kiosk.listening import listens
from tests.publicity.test_export import case, exported, response

__all__ = ["browser"]
pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def served(folder: Path, port: int, *cases: PublicCase) -> AsyncIterator[str]:
    """The address of a window over those cases."""
    settings = Settings(var_dir=folder, public_port=port)
    await asyncio.to_thread(exported, settings.public_folder, *cases)
    lines: list[str] = []
    child = Child(
        "public",
        public_command(settings),
        LogFile(folder / "public.log"),
        lines.append,
        public_environment(settings),
    )
    await child.start()
    try:
        async with asyncio.timeout(120):
            while not await listens(port):
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        await child.stop(10)


def story() -> Sequence[PublicCase]:
    """A case with all that can become of a text, and others for lists of several pages."""
    promise = Promise(due_at=h(30), state=PromiseState.OVERDUE)
    whole = case(
        1,
        response(
            1,
            title="关于青溪镇饮水发黄的情况通报",
            corrections=(Correction(at=h(5), unit="市水利局", response=public_id("case", "2")),),
            blocks=tuple(
                Block(part=part, text="已查明原因。\n正在逐户冲洗管道。" * 6) for part in ResponsePart
            ),
        ),
        response(
            2, title="更正：关于青溪镇饮水发黄的情况通报", corrects=(public_id("case", "1"),), promise=promise
        ),
        response(3, withdrawn_at=h(6), links=("https://www.gaoan.gov.cn/zwgk/2026/09/07/content_1.html",)),
        response(4, title="", blocks=(), withheld=Withheld.PERSONAL_DATA),
    )
    return (whole, *(case(number) for number in range(2, 60)))


async def test_nothing_hinders_anybody_and_nothing_is_wider_than_a_phone(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    cases = story()
    async with served(tmp_path, free_port(), *cases) as address:
        context = await browser.new_context(viewport=DESK, bypass_csp=True)
        await context.add_init_script(path=AXE)
        page = await context.new_page()
        paths = ("/", "/pages/1.html", f"/responses/{cases[0].id}.html", "/404.html")
        wrong = [one for path in paths for one in await findings(page, address + path)]
        await context.close()
    assert wrong == []


async def test_it_is_read_without_scripts_and_leads_from_the_list_to_the_correction(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    async with served(tmp_path, free_port(), *story()) as address:
        context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
        page = await context.new_page()
        answers: list[int] = []
        page.on("response", lambda answer: answers.append(answer.status))
        await page.goto(f"{address}/pages/1.html")
        await page.locator("a", has_text="饮水发黄").first.click()
        await page.wait_for_url("**/responses/*.html")
        assert "更正" in await page.locator(".fate-corrected").first.inner_text()
        await page.locator(".fate-corrected a").first.click()
        await page.wait_for_url("**#r-*")
        assert "已过承诺时间，尚未公布" in await page.locator(".fate-overdue").inner_text()
        assert "不再登载原文" in await page.locator("main").inner_text()
        small = await page.locator("main a, header a").evaluate_all(
            "items => items.filter(one => one.getBoundingClientRect().height < 20).length"
        )
        await context.close()
    assert small == 0
    assert set(answers) <= {200, 304}


async def test_nothing_in_a_text_runs_or_asks_for_anything(
    browser: Browser, tmp_path: Path, free_port: Callable[[], int]
):
    cases = [
        case(
            number,
            response(
                number,
                title=payload[:300],
                units=(payload[:80],),
                blocks=(Block(part=ResponsePart.FACTS, text=payload),),
            ),
        )
        for number, payload in enumerate(PAYLOADS, start=1)
    ]
    wrong: list[str] = []
    async with served(tmp_path, free_port(), *cases) as address:
        context = await browser.new_context(viewport=DESK, bypass_csp=True)  # the escaping alone must hold
        page = await context.new_page()
        page.on("request", lambda one: wrong.append(one.url) if not one.url.startswith(address) else None)
        page.on("dialog", lambda one: wrong.append(one.message))
        lists = (
            [f"pages/{number}" for number in range(1, -(-len(cases) // 50) + 1)] if len(cases) > 50 else []
        )
        for path in ("index", *lists, *(f"responses/{one.id}" for one in cases)):
            await page.goto(f"{address}/{path}.html")
            wrong += [f"{path}: {trace}" for trace in await page.evaluate(TRACES)]
        await context.close()
    assert wrong == []


async def test_it_prints_whole(browser: Browser, tmp_path: Path, free_port: Callable[[], int]):
    cases = story()
    async with served(tmp_path, free_port(), *cases) as address:
        context = await browser.new_context(viewport=DESK)
        page = await context.new_page()
        await page.emulate_media(media="print")
        await page.goto(f"{address}/responses/{cases[0].id}.html")
        assert await page.locator(".crumb").is_hidden()
        assert await page.locator(".fate-withdrawn").is_visible()
        assert (await page.pdf(format="A4")).startswith(b"%PDF")
        await context.close()
