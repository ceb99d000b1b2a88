"""Registration in a real Chromium: by keyboard alone, with a pasted screenshot,
and nothing lost when the session ends.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page

from tests.browsing import DESK, PHONE, needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.pictures import DOCX, picture
from tests.desk.seat import PASSWORD
from tests.desk.test_registering import TYPED, blank, path_of, recorded, send, title

pytestmark = needs_chromium
MOST_KEYS = 60  # a minute, at the one stroke a second of a slow typist
PASTE = """([content]) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
  document.activeElement.dispatchEvent(new ClipboardEvent("paste",
    { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    """The registration, opened by a clerk at a desk."""
    found = await sits(browser, address, "office.clerk", script=True, size=DESK)
    await found.goto(f"{address}/register")
    yield found
    await found.context.close()


class Keys:
    """A keyboard that counts its strokes."""

    def __init__(self, page: Page) -> None:
        self._page, self.count = page, 0

    async def type(self, text: str) -> None:
        self.count += len(text)
        await self._page.keyboard.type(text)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
            await self._page.keyboard.press(key)

    async def to(self, name: str) -> None:
        for _ in range(12):
            if await self._page.evaluate("document.activeElement.name") == name:
                return
            await self.press("Tab")
        raise AssertionError(name)


async def until(page: Page, holds: str) -> None:
    """Wait until something holds on the page, whose policy forbids the waiting to be done there."""
    async with asyncio.timeout(60):
        while not await page.evaluate(holds):
            await asyncio.sleep(0.05)


async def test_a_registration_takes_a_minute_of_keys_and_no_mouse(page: Page):
    keys, name = Keys(page), title()
    await keys.type(name)
    await keys.press("Tab", "ArrowDown", "Tab", "Tab")
    await keys.type("居民群反映夜间停水三小时未见公告")
    await keys.to("involved[0].unit")
    await keys.type("青溪")
    await keys.press("Tab")
    assert await page.input_value("[name='involved[0].unit']") == "青溪镇"
    await keys.press("Control+Enter")
    await page.wait_for_url("**/incidents/inc-*")
    assert name in await page.inner_text("h1")
    assert keys.count <= MOST_KEYS


async def test_what_must_be_filled_in_stands_on_one_screen(page: Page):
    for name in ("title", "sources[0].platform", "sources[0].gist", "discovered_at", "involved[0].unit"):
        box = await page.locator(f"[name='{name}']").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, name
    box = await page.locator(".actions button").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768


async def test_a_pasted_screenshot_is_listed_and_comes_to_hang_on_the_case(page: Page):
    await page.evaluate(PASTE, [b64encode(picture()).decode()])
    await page.locator("[data-chosen] img").wait_for()
    await page.fill("[name=title]", title())
    await page.select_option("[name='sources[0].platform']", "weibo")
    await page.fill("[name='sources[0].gist']", "见截图")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/incidents/inc-*")
    await page.locator("a[href='#h-attachments']").click()  # the part of the page that has them
    async with asyncio.timeout(60):
        while not await page.locator(".files img").count():
            await page.reload()
    shown = page.locator(".files img").first
    await shown.scroll_into_view_if_needed()
    await until(page, "document.querySelector('.files img').naturalWidth > 0")
    assert "截图-" in await page.locator(".files").inner_text()


async def test_likely_duplicates_come_up_while_one_types(office: Office, page: Page):
    clerk, name = await office.sits("office.clerk"), title()
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": name}))
    await recorded(clerk, first)
    await page.locator("[name=title]").press_sequentially(name)
    await page.locator(f"#alike a[href='{first}']").wait_for()
    await page.locator(f"[name=_join][value='{first.rsplit('/', 1)[1]}']").check()
    assert await page.inner_text(".actions button") == "补充来源"
    assert await page.evaluate("document.activeElement.name") == "_join"


async def test_what_is_half_filled_in_outlasts_the_session_and_goes_at_sign_out(address: str, page: Page):
    name = title()
    await page.fill("[name=title]", name)
    await page.fill("[name='sources[0].gist']", "写到一半")
    await until(page, "Object.values(localStorage).some((kept) => kept.includes('写到一半'))")
    await page.context.clear_cookies()
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/sign-in*")
    await page.fill("#login", "office.clerk")
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/register")
    assert await page.input_value("[name=title]") == name
    assert await page.input_value("[name='sources[0].gist']") == "写到一半"
    await page.goto(f"{address}/me")
    await page.click("form[action='/sign-out'] button")
    await page.wait_for_url("**/sign-in*")
    assert await drafts(page) == []


async def drafts(page: Page) -> list[str]:
    """What the browser keeps of forms, whosever; not when somebody signed out."""
    found = await page.evaluate("Object.entries(localStorage).filter(([key]) => !key.endsWith(':left'))")
    return [f"{key} {value}" for key, value in found]


async def test_signing_out_drops_ones_own_drafts_in_every_tab_and_nobody_elses(address: str, page: Page):
    other = (
        "localStorage.setItem('huiying:somebody-else:/register', JSON.stringify({at: Date.now(), held:"
        " {title: '别人的'}}))"
    )
    await page.evaluate(other)
    await page.fill("[name='sources[0].gist']", "另一个窗口里写到一半")
    await until(page, "Object.values(localStorage).some((kept) => kept.includes('写到一半'))")
    leaving = await page.context.new_page()
    await leaving.goto(f"{address}/me")
    await leaving.click("form[action='/sign-out'] button")
    await leaving.wait_for_url("**/sign-in*")
    await page.fill("[name='sources[0].gist']", "退出以后还在写")
    await page.goto(f"{address}/sign-in")  # which the page being left takes for a reason to save
    assert [kept for kept in await drafts(leaving) if "写" in kept] == []
    assert any("别人的" in kept for kept in await drafts(leaving))
    back = await sits_again(leaving, address)
    assert await back.input_value("[name='sources[0].gist']") == ""
    await back.fill("[name='sources[0].gist']", "再次登录后写的")
    await until(back, "Object.values(localStorage).some((kept) => kept.includes('再次登录'))")


async def test_what_was_done_does_not_come_back_as_something_half_filled_in(address: str, page: Page):
    await page.goto(f"{address}/me/tokens")
    await page.fill("#name", "每日台账导出")
    await page.fill("#password", PASSWORD)
    await until(page, "Object.values(localStorage).some((kept) => kept.includes('每日台账'))")
    await page.click("main form[action='/me/tokens'] button")
    await page.wait_for_selector("#h-made")
    assert [kept for kept in await drafts(page) if "每日台账" in kept] == []
    assert "已恢复" not in await page.inner_text("main")
    await page.goto(f"{address}/me/one-time-code")
    await page.click("main form button[type=submit]")
    await page.fill("#code", "654321")
    await page.fill("#password", PASSWORD)
    await page.click("main form button[type=submit]")
    await page.wait_for_selector("main [role=alert]")
    assert [kept for kept in await drafts(page) if "654321" in kept] == []


async def sits_again(page: Page, address: str) -> Page:
    """The registration, after somebody signed in again in the same browser."""
    await page.goto(f"{address}/register")
    await page.fill("#login", "office.clerk")
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/register")
    return page


async def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, address: str, office: Office):
    clerk, name = await office.sits("office.clerk"), title()
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": name}, {"长" * 90: picture()}))
    await recorded(clerk, first)
    page = await sits(browser, address, "office.clerk", script=True, size=PHONE)
    for path in ("/register", f"{first}/attachments"):
        await page.goto(address + path)
        if path == "/register":
            await page.fill("[name=title]", name)
            await page.locator(f"#alike a[href='{first}']").wait_for()
        await page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
        wider = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0
    await page.context.close()


async def test_a_document_is_chosen_by_its_ending_and_another_kind_is_told(
    browser: Browser, address: str, office: Office
):
    clerk = await office.sits("office.clerk")
    first = path_of(await send(clerk, await blank(clerk), {**TYPED, "title": title()}))
    await recorded(clerk, first)
    page = await sits(browser, address, "office.clerk", script=True, size=PHONE)
    await page.goto(f"{address}{first}/attachments")
    await page.set_input_files(
        "#f-files",
        [
            FilePayload(name="情况报告.docx", mimeType="", buffer=DOCX),
            FilePayload(name="旧版.doc", mimeType="application/msword", buffer=b"x"),
        ],
    )
    chosen = page.locator("[data-chosen] li")
    assert [await chosen.nth(at).text_content() for at in range(2)] == [
        "情况报告.docx（1 KB）去掉",
        "旧版.doc：不是可以接收的文件，未加入",
    ]
    await page.click("main button[type=submit]")
    await page.goto(f"{address}{first}/attachments")
    file = page.locator(".files .file")
    assert "情况报告.docx" in await file.inner_text()
    async with page.expect_download() as saved:
        await file.click()
    assert (await saved.value).suggested_filename == "情况报告.docx"
    await page.context.close()
