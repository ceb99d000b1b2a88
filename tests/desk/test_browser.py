"""The desk in a real Chromium: the main course by clicking, without scripts and by keyboard, on a desk and on a phone."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from domain.terms.workdays import SHANGHAI
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD
from tests.pages.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ, reason="no /usr/bin/chromium on this machine"
)
Typed = Mapping[str, str | bool | list[str]]
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def address(office: Office, free_port: Callable[[], int]) -> AsyncIterator[str]:
    async with serving(office.system.app, free_port()) as found:
        yield found


async def sits(browser: Browser, address: str, login: str, *, script: bool, size: dict[str, int]) -> Page:
    """Somebody signed in, in a browser of their own."""
    context = await browser.new_context(viewport=size, java_script_enabled=script)  # type: ignore[arg-type]  # the size is a plain dict
    page = await context.new_page()
    await page.goto(f"{address}/desk")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")
    assert page.url == f"{address}/desk"
    return page


async def takes(page: Page, incident: str, kind: str, typed: Typed) -> None:
    """A step by its button on the incident's page, again when somebody acted meanwhile."""
    for _ in range(40):
        await page.goto(incident)
        fold = page.locator(".panel-offers details:not([open]) > summary")
        if await fold.count():
            await fold.click()
        button = page.locator(f".offers a[href$='/do/{kind}']")
        if await button.count():
            await button.click()
            await fill(page, typed)
            await page.click("main .step-form button[type=submit]")
            if not await page.locator("#trouble").count():
                return
        await asyncio.sleep(0.25)
    pytest.fail(f"{kind}: {await page.locator('main').inner_text()}")


async def fill(page: Page, typed: Typed) -> None:
    for name, value in typed.items():
        field = page.locator(f"main [name='{name}']")
        folded = field.first.locator("xpath=ancestor::details[not(@open)]/summary")
        if await folded.count():
            await folded.first.click()
        if await field.first.evaluate("item => item.tagName") == "BUTTON":
            continue  # pressed at the end, not filled in
        if isinstance(value, bool):
            await field.set_checked(value)
        elif isinstance(value, list):
            for option in value:
                await page.locator(f"main [name='{name}'][value='{option}']").check()
        elif await field.first.evaluate("item => item.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)


def local(ago: timedelta = timedelta(0)) -> str:
    return (datetime.now(UTC) - ago).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


PROOF: Typed = {
    "evidence[0].url": "https://archive.example/1",
    "evidence[0].sha256": "a" * 64,
}


async def test_an_answer_goes_out_by_clicking_without_scripts(office: Office, browser: Browser, address: str):
    people = {
        login: await sits(browser, address, login, script=False, size=DESK)
        for login in ("office.leader", "town.handler", "town.second", "town.deputy", "town.leader")
    }
    leader, handler = people["office.leader"], people["town.handler"]
    await leader.click("text=登记舆情")
    await fill(
        leader,
        {
            "title": "网传青溪镇停水未公告",
            "discovered_at": local(timedelta(hours=1)),
            "sources[0].at": local(timedelta(hours=2)),
            "sources[0].platform": "wechat",
            "sources[0].gist": "居民群询问停水",
        },
    )
    await fill(leader, {"involved[0].unit": "qingxi", "involved[0].role": "accountable"})
    await leader.click("main .step-form button[type=submit]")
    incident = leader.url.split("?")[0]
    assert "/incidents/inc-" in incident
    factors: Typed = {
        f"factors.{name}.{part}": value
        for name in ("nature", "intensity", "public_reaction", "media_involvement")
        for part, value in (("score", "1"), ("text", "轻微"))
    }
    await takes(leader, incident, "judge", {"level": "general_matter", **factors})
    await takes(leader, incident, "assign", {"first": ["qingxi"]})
    await takes(handler, incident, "sign_for", {})
    await takes(handler, incident, "conclude", {"value": "UNTRUE", "finding": "检修停水，已公告", **PROOF})
    draft: Typed = {
        "form": "situation_notice",
        "title": "关于停水的说明",
        "facts": "系检修停水",
        "measures": "已恢复供水",
        "result": "供水恢复",
        "clarification": "并非未公告",
        **PROOF,
    }
    await takes(handler, incident, "draft_response", draft)
    for login, stage in (
        ("town.second", "first_review"),
        ("town.deputy", "second_review"),
        ("town.leader", "final_review"),
    ):
        review: Typed = {"draft": "draft-1", "stage": stage, "approved": True}
        await takes(people[login], incident, "review_draft", review)
    out: Typed = {"draft": "draft-1", "published_at": local(), "channels": ["wechat"], **PROOF}
    await takes(handler, incident, "publish", out)
    async with asyncio.timeout(20):
        while "关于停水的说明" not in await handler.locator("#h-texts").locator("..").inner_text():
            await asyncio.sleep(0.3)
            await handler.goto(incident)
    await handler.goto(f"{address}/desk")
    assert "上报情况报告" in await handler.locator("main").inner_text()
    for page in people.values():
        await page.context.close()


async def test_the_keyboard_alone_signs_in_and_reaches_the_registration(browser: Browser, address: str):
    page = await (await browser.new_context(viewport=DESK)).new_page()  # type: ignore[arg-type]  # the size is a plain dict
    await page.goto(f"{address}/register")
    await page.keyboard.type("office.clerk")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{address}/register")
    assert await page.evaluate("document.activeElement.name") == "title"
    await page.keyboard.type("键盘登记")
    assert await page.input_value("[name=title]") == "键盘登记"
    await page.context.close()


@pytest.mark.parametrize("path", ["/desk", "/register", "/me", "/password", "/sign-in"])
async def test_no_page_is_wider_than_a_phone(browser: Browser, address: str, path: str):
    page = await sits(browser, address, "office.clerk", script=True, size=PHONE)
    await page.goto(address + path)
    await page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    await page.context.close()
