"""A longer text in real browsers: kept as it is typed, found by a colleague at another machine,
never overwritten unseen.
"""

from playwright.async_api import Browser, expect

from tests.browsing import DESK, PHONE, needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.test_working_texts import ready

pytestmark = needs_chromium


async def test_a_colleague_goes_on_at_another_machine_with_what_was_typed(
    browser: Browser, address: str, office: Office
):
    path = await ready(office)
    mine = await sits(browser, address, "town.handler", script=True, size=DESK)
    await mine.goto(address + path)
    await mine.fill("[name=title]", "断水情况通报")
    await mine.fill("[name=facts]", "管网抢修\n影响三个村")
    await expect(mine.locator("[data-kept]")).to_contain_text("草稿已保存在服务器", timeout=60_000)
    theirs = await sits(browser, address, "town.second", script=True, size=PHONE)
    await theirs.goto(address + path)
    await expect(theirs.locator("main .notice[data-others]")).to_contain_text("正由 town.handler 编写")
    await expect(theirs.locator("main .notice:not([data-others])")).to_contain_text("town.handler")
    assert await theirs.input_value("[name=facts]") == "管网抢修\n影响三个村"
    wider = await theirs.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0
    await theirs.fill("[name=measures]", "送水车已到")
    await expect(theirs.locator("[data-kept]")).to_contain_text("草稿已保存在服务器", timeout=60_000)
    await mine.fill("[name=measures]", "另一句")
    await expect(mine.locator("[data-kept]")).to_contain_text("改过这份草稿", timeout=60_000)
    assert await mine.input_value("[name=measures]") == "另一句"  # what was typed stays, here and beside
    await mine.fill("[name=measures]", "另一句，又一句")
    await expect(mine.locator("[data-kept]")).to_contain_text("另存在", timeout=60_000)
    await mine.wait_for_timeout(2500)
    await mine.click("[data-versions] a")
    await mine.click(".versions a >> nth=0")
    await expect(mine.locator(".reading")).to_contain_text("另一句，又一句")
    await theirs.click("button[name=_discard]")
    await expect(theirs.locator("[name=facts]")).to_have_value("")
    for page in (mine, theirs):
        await page.context.close()
