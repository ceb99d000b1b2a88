"""The special forms on a phone of 360 px, in a real Chromium:
a leader's answer without scripts, and a judgement with a fault.
"""

from playwright.async_api import Browser, Page

from tests.browsing import PHONE, follows, needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.test_steps import FACTORS, PROOF, done, registered

pytestmark = needs_chromium
TEXT = {
    "form": "situation_notice",
    "title": "关于路灯的通报",
    "facts": "系检修停电。",
    "measures": "已复电。",
    "result": "已恢复。",
    **PROOF,
}


async def looked(page: Page) -> tuple[int, float]:
    """How much wider than the phone a page is, and how high its lowest button."""
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    high = await page.locator("main button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    return wider, min(high)


async def test_a_text_is_read_whole_and_answered_on_a_phone_without_scripts(
    office: Office, browser: Browser, address: str
):
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader)
    await done(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(handler, incident, "draft_response", TEXT)
    page = await sits(browser, address, "town.second", script=False, size=PHONE)
    await page.goto(f"{address}{incident}/do/review_draft")
    wider, lowest = await looked(page)
    assert wider <= 0
    assert lowest >= 44
    assert "系检修停电。" in await page.locator("article").inner_text()
    await follows(page.get_by_role("button", name="退回"))
    assert await page.locator("#fault-comment").is_visible()
    await follows(page.get_by_role("button", name="同意"))
    assert "done=" in page.url
    await page.context.close()


async def test_judging_fits_a_phone_and_leads_to_what_is_wrong(
    office: Office, browser: Browser, address: str
):
    incident = await registered(await office.sits("office.leader"))
    page = await sits(browser, address, "office.leader", script=True, size=PHONE)
    await page.goto(f"{address}{incident}/do/judge")
    wider, lowest = await looked(page)
    assert wider <= 0
    assert lowest >= 44
    await follows(page.locator("main .step-form button[type=submit]").first)
    assert await page.evaluate("document.activeElement.id") == "trouble"
    assert await page.locator("[aria-invalid=true]").count()
    await page.context.close()
