"""Units chosen by typing: the list narrows, what is chosen stays, and the units of the case stand first."""

from playwright.async_api import Browser, expect

from tests.browsing import needs_chromium, sits
from tests.desk.conftest import Office
from tests.desk.test_steps import FACTORS, done, registered

pytestmark = needs_chromium


async def test_a_unit_is_found_by_a_few_letters(office: Office, browser: Browser, address: str):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk, title="挑选单位样件")
    await done(clerk, incident, "judge", {"level": "general_matter", **FACTORS})
    page = await sits(browser, address, "office.clerk")
    await page.goto(f"{address}{incident}/do/assign")
    first = page.locator("#f-first")
    labels = first.locator("label")
    assert "青溪镇" in await labels.first.inner_text()
    every = await labels.count()
    await first.get_by_label("青溪镇").check()
    search = first.locator("input[type=search]")
    await search.fill("交通")
    visible = [await label.inner_text() for label in await labels.all() if await label.is_visible()]
    assert sorted(text.strip() for text in visible) == sorted(["青溪镇", "市交通运输局"])
    await page.get_by_text("市交通运输局").first.click()
    await search.fill("")
    await expect(labels.nth(every - 1)).to_be_visible()
    chosen = await page.eval_on_selector_all(
        "#f-first input:checked", "boxes => boxes.map((box) => box.value).sort()"
    )
    assert chosen == ["qingxi", "transport"]
    await page.context.close()


async def test_a_choice_of_many_is_found_by_a_few_letters_and_sent(
    office: Office, browser: Browser, address: str
):
    incident = await registered(await office.sits("office.clerk"), title="挑选一个样件")
    page = await sits(browser, address, "office.clerk")
    await page.goto(f"{address}{incident}/do/add_coordinator")
    choice = page.locator("select[data-pick]").first
    await choice.locator("xpath=preceding-sibling::input[@type='search']").fill("公安")
    assert await choice.input_value() == "public_security"
    await page.context.close()


async def test_a_text_asks_for_what_its_kind_needs_alone(office: Office, browser: Browser, address: str):
    clerk = await office.sits("office.clerk")
    incident = await registered(clerk, title="文稿样件")
    await done(clerk, incident, "judge", {"level": "general_matter", **FACTORS})
    await done(clerk, incident, "assign", {"first": ["qingxi"]})
    page = await sits(browser, address, "town.handler")
    await page.goto(f"{address}{incident}/do/draft_response")
    assert (
        await page.locator("#f-updates, #f-corrects").count() == 0
    )  # nothing was published that could be named
    others = page.locator("#f-co_issuers")
    await expect(others.get_by_label("市公安局")).to_be_hidden()
    await others.locator("summary").click()
    await others.get_by_label("市公安局").check()
    promise = page.locator("[name='interim.verifying_by']")
    await page.locator("#f-form").select_option("interim_response")
    await promise.fill("青溪镇")
    await page.locator("#f-form").select_option("situation_notice")
    await expect(promise).to_be_hidden()
    await page.locator("#f-title").fill("情况通报")
    await page.locator("#f-facts").fill("路灯已修复。")
    async with page.expect_request(
        lambda request: request.method == "POST" and request.is_navigation_request()
    ) as sent:
        await page.locator("[name=_check]").click()
    body = (await sent.value).post_data_buffer or b""
    assert b"co_issuers" in body
    assert b"interim." not in body
    await page.context.close()
