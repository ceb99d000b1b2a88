"""Filters take effect without a new page where there are scripts;
when the session has ended they lead to the sign-in.
"""

from playwright.async_api import Browser

from tests.browsing import needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.test_steps import registered

pytestmark = needs_chromium


async def test_a_filter_of_the_ledger_and_of_the_board_takes_effect_at_once(
    office: Office, browser: Browser, address: str
):
    incident = await registered(await office.sits("office.leader"), title="即时筛选样件")
    page = await sits(browser, address, "office.leader")
    for path, field in (("/ledger", "#l-level"), ("/", "#find-level")):
        # the office has more cases than a page has rows
        await page.goto(f"{address}{path}?text=即时筛选样件")
        await page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
        await page.evaluate("window.kept = true")
        link = page.locator(f"main a[href='{incident}']").first
        await link.wait_for()
        await page.select_option(field, "major_situation")
        await link.wait_for(state="detached")
        assert "level=major_situation" in page.url
        assert await page.evaluate("window.kept")
        assert await page.input_value(field) == "major_situation"
    await page.context.close()


async def test_a_filter_after_the_session_has_ended_leads_to_the_sign_in(browser: Browser, address: str):
    page = await sits(browser, address, "office.leader")
    await page.goto(f"{address}/ledger")
    await page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true })")
    await page.context.clear_cookies()
    await page.select_option("#l-level", "major_situation")
    await page.wait_for_url(f"{address}/sign-in?after=*")
    await page.context.close()
