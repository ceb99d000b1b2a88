"""Passkeys in a real Chromium with an authenticator of its own:
added, signed in with, removed, in both languages.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest_asyncio
from playwright.async_api import Browser, CDPSession, Page

from domain.terms.roles import Role
from tests.browsing import follows, needs_chromium
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD

pytestmark = needs_chromium
PASSKEYS = "/me/passkeys"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def secure(address: str) -> str:
    """The same pages under the name for which browsers make passkeys without TLS."""
    return address.replace("127.0.0.1", "localhost")


class Device:
    """Somebody's browser with a device that holds passkeys,
    and tells its owner by a finger that always fits.
    """

    def __init__(self, page: Page, tools: CDPSession, authenticator: str) -> None:
        self.page, self._tools, self._authenticator = page, tools, authenticator

    async def verifies(self, *, is_verified: bool) -> None:
        """Whether the finger fits from now on."""
        named = {"authenticatorId": self._authenticator, "isUserVerified": is_verified}
        await self._tools.send("WebAuthn.setUserVerified", named)

    async def credentials(self) -> list[dict[str, object]]:
        """What the device holds."""
        told = await self._tools.send("WebAuthn.getCredentials", {"authenticatorId": self._authenticator})
        return list(told["credentials"])


@asynccontextmanager
async def device(browser: Browser, *, language: str = "zh-CN", address: str = "") -> AsyncIterator[Device]:
    context = await browser.new_context()
    if language != "zh-CN":
        await context.add_cookies([{"name": "huiying_language", "value": language, "url": address}])
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    made = await tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Device(page, tools, made["authenticatorId"])
    await context.close()


async def signs_in(page: Page, address: str, login: str) -> None:
    await page.goto(f"{address}/sign-in?after={PASSKEYS}")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await follows(page.locator("main button[type=submit]"))


async def adds(page: Page, address: str, name: str) -> None:
    await page.goto(address + PASSKEYS)
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await follows(page.locator("form[data-passkey=new] button[type=submit]"))


async def signs_in_by_passkey(page: Page, address: str, login: str) -> None:
    await page.goto(f"{address}/sign-in?after={PASSKEYS}")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await follows(page.locator("[data-passkey-go]"))


async def test_a_passkey_is_added_serves_in_place_of_the_code_and_is_removed(
    browser: Browser, office: Office, secure: str
):
    await office.account("keeps.key", Role.HANDLER, "qingxi")
    async with device(browser) as own:
        page = own.page
        await signs_in(page, secure, "keeps.key")
        await adds(page, secure, "办公室电脑")
        assert "办公室电脑" in await page.locator("main li.panel").inner_text()
        assert len(await own.credentials()) == 1
        assert not await page.input_value("#name")  # what was sent does not come back as half filled in
        await page.context.clear_cookies()
        await signs_in(page, secure, "keeps.key")
        assert "账号、口令或动态码不正确" in await page.locator("[role=alert]:visible").inner_text()
        await signs_in_by_passkey(page, secure, "keeps.key")
        assert page.url == secure + PASSKEYS
        assert "最近使用" in await page.locator("main li.panel").inner_text()
        await page.fill("#name", "手机")
        await page.fill("#password", PASSWORD)
        await page.click(
            "form[data-passkey=new] button[type=submit]"
        )  # it proves itself, and is there already
        await page.get_by_text("已有本账号的通行密钥").wait_for()
        await page.click("main summary")
        await page.fill("main li input[type=password]", PASSWORD)
        await follows(page.locator("main li button"))
        assert "没有通行密钥" in await page.locator("main").inner_text()
        await page.context.clear_cookies()
        await signs_in(page, secure, "keeps.key")
        assert page.url == secure + PASSKEYS


async def test_who_has_none_is_told_so_in_english_and_a_finger_that_does_not_fit_adds_none(
    browser: Browser, office: Office, secure: str
):
    await office.account("has.none", Role.HANDLER, "qingxi")
    async with device(browser, language="en", address=secure) as own:
        page = own.page
        await signs_in(page, secure, "has.none")
        await page.goto(secure + PASSKEYS)
        await page.fill("#name", "telephone")
        await page.fill("#password", "wrong")
        await page.click("form[data-passkey=new] button[type=submit]")
        await page.get_by_text("The password is wrong.").wait_for()
        await own.verifies(is_verified=False)
        await page.fill("#password", PASSWORD)
        await page.click("form[data-passkey=new] button[type=submit]")
        await page.get_by_text("It did not work").wait_for()
        assert not await own.credentials()
        await page.goto(secure + PASSKEYS)
        assert "No passkeys." in await page.locator("main").inner_text()


async def test_without_scripts_nothing_of_it_is_offered_and_the_page_says_what_to_do(
    browser: Browser, office: Office, secure: str
):
    await office.account("no.scripts", Role.HANDLER, "qingxi")
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{secure}/sign-in")
    assert not await page.locator("[data-passkey-offer]").is_visible()
    await signs_in(page, secure, "no.scripts")
    assert page.url == secure + PASSKEYS
    assert "请改用动态码" in await page.locator("main").inner_text()
    assert not await page.locator("form[data-passkey]").is_visible()
    await context.close()
