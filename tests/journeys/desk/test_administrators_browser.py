"""The administrators' pages in a real Chromium on a phone of 360 px:
no page wider, and the work is done by tapping.
"""

import pytest
from playwright.async_api import Browser, Page

from tests.browsing import PHONE, follows, needs_chromium
from tests.desk.administrators import administrators, id_of, someone
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD

__all__ = ["administrators"]  # a fixture
pytestmark = needs_chromium
PAGES = {
    "security.one": (
        "/people",
        "/people/new",
        "/people/sheet",
        "/people/demonstration",
        "/people/{account}",
    ),
    "system.one": (
        "/units",
        "/units/qingxi",
        "/units/qingxi/persons/new",
        "/units/qingxi/channels/new",
        "/system",
        "/going-live",
    ),
    "audit.one": ("/acts", "/acts/sign-ins", "/acts/book", "/acts/healings", "/retention"),
}


async def on_a_phone(browser: Browser, address: str, login: str) -> Page:
    context = await browser.new_context(viewport=PHONE)
    page = await context.new_page()
    await page.goto(f"{address}/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await follows(page.locator("main button[type=submit]").first)
    return page


async def wider(page: Page) -> int:
    await page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
    return int(
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.mark.parametrize("login", sorted(PAGES))
async def test_no_page_of_an_administrator_is_wider_than_a_phone(
    office: Office, browser: Browser, address: str, login: str
):
    page = await on_a_phone(browser, address, login)
    account = await id_of(office, "town.handler")
    for path in PAGES[login]:
        await page.goto(address + path.format(account=account))
        assert await wider(page) <= 0, path
        small = await page.evaluate(
            "[...document.querySelectorAll('main button, main select, main summary,"
            " main input:not([type=hidden],[type=checkbox])')]"
            ".filter((item) => item.getBoundingClientRect().height < 44).map((item) => item.outerHTML)"
        )
        assert small == [], path
    await page.context.close()


async def test_a_person_is_found_and_disabled_by_tapping(office: Office, browser: Browser, address: str):
    login = await someone(office)
    page = await on_a_phone(browser, address, "security.one")
    assert page.url == f"{address}/people"
    await page.fill("#text", login)
    async with page.expect_navigation():
        await page.press("#text", "Enter")
    await follows(page.locator(f".people a:text-is('{login}')").first)
    await page.click("#disable summary")
    await follows(page.locator("#disable button"))
    assert "已停用" in await page.inner_text("main [role=status]")
    assert (await (await office.seat()).sign_in(login)).status_code == 401
    await page.context.close()


async def test_a_backup_is_entered_by_tapping(browser: Browser, address: str):
    page = await on_a_phone(browser, address, "system.one")
    await follows(page.locator("text=石桥镇").first)
    assert "缺 B 角" in await page.inner_text(".gaps")
    await follows(page.locator("main a:text-is('登记人员')").first)
    await page.select_option("#part", "backup_monitor")
    await page.fill("#name", "壬某")
    await page.fill("#person", "sq-02")
    await follows(page.locator("main .step-form button[type=submit]").first)
    assert "缺 B 角" not in await page.inner_text(".gaps")
    assert "壬某" in await page.inner_text("main")
    await page.context.close()
