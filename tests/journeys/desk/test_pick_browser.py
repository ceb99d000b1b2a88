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
