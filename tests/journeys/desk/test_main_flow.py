"""The main flow in a real Chromium, from registration to publication:
without scripts, and by the keyboard alone.
"""

import asyncio

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browsing import DESK, PHONE, SEND, Typed, ago, fill, follows, needs_chromium, sits, takes
from tests.journeys.desk.keyboard import Keys, signs_in

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
PROOF: Typed = {"evidence[0].url": "https://archive.example/1"}
SCREENSHOT: Typed = {"_files": "公布截图.png"}
FACTORS: Typed = {
    f"factors.{name}.{part}": value
    for name in ("nature", "intensity", "public_reaction", "media_involvement")
    for part, value in (("score", "1"), ("text", "轻微"))
}
DRAFT: Typed = {
    "form": "situation_notice",
    "title": "关于停水的说明",
    "facts": "系检修停水",
    "measures": "已恢复供水",
    "result": "供水恢复",
    "clarification": "并非未公告",
    **PROOF,
}
REVIEWS = (("town.second", "first_review"), ("town.deputy", "second_review"), ("town.leader", "final_review"))
PEOPLE = ("office.leader", "town.handler", *(login for login, _ in REVIEWS))
# What the form puts there by itself, the present, stays where the keyboard alone is used.
REGISTRATION: Typed = {
    "sources[0].platform": "wechat",
    "sources[0].gist": "业主群里有人询问",
}
# Each way has a title of its own, so that none is asked whether it is the same as another.
TITLES = ("小区电梯停运老人难下楼", "山洪冲毁便桥学生绕行", "夜市油烟扰民投诉无果")
INVOLVED: Typed = {"involved[0].unit": "qingxi", "involved[0].role": "accountable"}


async def published(page: Page, incident: str) -> None:
    """Wait until an incident's page shows what was published."""
    async with asyncio.timeout(60):
        while "关于停水的说明" not in await page.locator("#h-texts").locator("..").inner_text():
            await asyncio.sleep(0.3)
            await page.goto(incident)


async def goes_out(browser: Browser, address: str, size: ViewportSize, title: str) -> None:
    """The main flow without scripts."""
    people = {login: await sits(browser, address, login, script=False, size=size) for login in PEOPLE}
    leader, handler = people["office.leader"], people["town.handler"]
    await leader.goto(f"{address}/register")
    times = {"discovered_at": ago(hours=1), "sources[0].at": ago(hours=2)}
    await fill(leader, {"title": title, **REGISTRATION, **times, **INVOLVED})
    await follows(leader.locator(SEND).first)
    incident = leader.url.split("?")[0]
    assert "/incidents/inc-" in incident, await leader.locator("main").inner_text()
    await takes(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    await takes(leader, incident, "assign", {"first": ["qingxi"]})
    await takes(handler, incident, "sign_for", {})
    await takes(handler, incident, "conclude", {"value": "UNTRUE", "finding": "检修停水，已公告", **PROOF})
    await takes(handler, incident, "draft_response", DRAFT)
    for login, stage in REVIEWS:
        await takes(
            people[login], incident, "review_draft", {"draft": "draft-1", "stage": stage, "approved": True}
        )
    out: Typed = {"draft": "draft-1", "published_at": ago(), "channels": ["wechat"], **SCREENSHOT}
    await takes(handler, incident, "publish", out)
    await published(handler, incident)
    await handler.goto(f"{address}/desk")
    assert "上报情况报告" in await handler.locator("main").inner_text()
    for page in people.values():
        await page.context.close()


async def test_an_answer_goes_out_by_clicking_without_scripts(browser: Browser, address: str):
    await goes_out(browser, address, DESK, TITLES[0])


async def test_an_answer_goes_out_on_phones_without_scripts(browser: Browser, address: str):
    await goes_out(browser, address, PHONE, TITLES[1])


async def test_an_answer_goes_out_by_the_keyboard_alone(browser: Browser, address: str):
    people = {login: await signs_in(browser, address, login) for login in PEOPLE}
    leader, handler = people["office.leader"], people["town.handler"]
    await leader.goes_by("/register")
    await leader.enters({"title": TITLES[2], **REGISTRATION, **INVOLVED})
    incident = (await leader.sends({})).split("?")[0]
    assert "/incidents/inc-" in incident, await leader.page.locator("main").inner_text()
    steps: list[tuple[Keys, str, Typed]] = [
        (leader, "judge", {"level": "general_matter", **FACTORS}),
        (leader, "assign", {"first": ["qingxi"]}),
        (handler, "sign_for", {}),
        (handler, "conclude", {"value": "UNTRUE", "finding": "检修停水，已公告", **PROOF}),
        (handler, "draft_response", DRAFT),
    ]
    for login, stage in REVIEWS:
        steps.append((people[login], "review_draft", {"draft": "draft-1", "stage": stage, "approved": True}))
    steps += [(handler, "publish", {"draft": "draft-1", "channels": ["wechat"], **SCREENSHOT})]
    for person, kind, typed in steps:
        await person.takes(incident, kind, typed)
    await published(handler.page, incident)
    for person in people.values():
        await person.page.context.close()
