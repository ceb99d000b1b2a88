"""待办: each person finds what waits for the person's unit, one item for each thing,
the earliest limit first.
"""

import re
from datetime import timedelta
from html import unescape

from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.test_steps import FACTORS, PROOF, done, local, registered


async def items(seat: Seat, incident: str) -> dict[str, str]:
    """What the workbench lists of an incident: the deed, and where it leads to."""
    page = (await seat.open("/desk")).text
    found = re.findall(r'class="task-deed"><a href="([^"]+)">([^<]+)</a>', page)
    return {deed: href for href, deed in found if href.startswith(incident)}


async def test_each_person_finds_the_next_step_of_the_case(office: Office):
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader, title="待办样件：某路段积水")
    assert f"{incident}/do/judge" in (await items(leader, incident)).values()
    assert f"{incident}/do/judge" not in (await items(handler, incident)).values()
    await done(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    assert f"{incident}/do/assign" in (await items(leader, incident)).values()
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    assert f"{incident}/do/sign_for" in (await items(handler, incident)).values()
    await done(handler, incident, "sign_for", {})
    waiting = await items(handler, incident)
    assert f"{incident}/do/conclude" in waiting.values()
    assert f"{incident}/do/draft_response" in waiting.values()
    assert "作出核实结论" not in await items(leader, incident)  # who answers finds the facts
    await done(handler, incident, "conclude", {"value": "TRUE", "finding": "管道堵塞，已疏通", **PROOF})
    draft: dict[str, object] = {
        "form": "situation_notice",
        "title": "积水情况说明",
        "facts": "堵塞",
        "measures": "疏通",
        "result": "已排干",
        **PROOF,
    }
    await done(handler, incident, "draft_response", draft)
    review = "审核：积水情况说明（情况通报，青溪镇）"
    assert review not in await items(handler, incident)  # nobody reviews a text of one's own
    for login, stage in (
        ("town.second", "first_review"),
        ("town.deputy", "second_review"),
        ("town.leader", "final_review"),
    ):
        reviewer = await office.sits(login)
        waiting = await items(reviewer, incident)
        assert waiting[review] == f"{incident}/do/review_draft?draft=draft-1"
        typed = {"draft": "draft-1", "stage": stage, "approved": "on"}
        await done(reviewer, incident, "review_draft", typed)
        assert review not in await items(reviewer, incident)
    publish = "公布：积水情况说明（情况通报，青溪镇）"
    assert publish in await items(handler, incident)


async def test_the_earliest_limit_stands_first(office: Office):
    leader = await office.sits("office.leader")
    late = await registered(leader, title="待办样件：后到期", discovered_at=local(timedelta(minutes=5)))
    early = await registered(leader, title="待办样件：先到期", discovered_at=local(timedelta(hours=30)))
    page = (await leader.open("/desk")).text
    assert page.index(early) < page.index(late)


def turns(page: str) -> dict[str, str]:
    """Each section of the page by whose turn it shows."""
    parts = re.split(r'<section aria-labelledby="h-(approve|own|unit|drill)">', page)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


async def test_who_signs_finds_that_alone_and_the_rest_folded(office: Office):
    clerk, leader = await office.sits("office.clerk"), await office.sits("office.leader")
    incident = await registered(clerk, title="待办样件：负责人只看签批")
    theirs = turns((await leader.open("/desk")).text)
    assert incident not in theirs["approve"]
    assert f"{incident}/do/judge" in theirs["own"]
    assert '<details class="fold" id="fold-own">' in theirs["own"]
    assert f"{incident}/do/judge" in turns((await clerk.open("/desk")).text)["own"]
    assert "fold-own" not in (await clerk.open("/desk")).text


async def test_a_case_stands_once_in_a_section_with_all_that_is_to_be_done(office: Office):
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader, title="待办样件：一件几事")
    await done(leader, incident, "judge", {"level": "general_matter", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(handler, incident, "sign_for", {})
    own = turns((await handler.open("/desk")).text)["own"]
    assert own.count(f'<a href="{incident}">') == 1
    assert own.count(f'"{incident}/do/') >= 2


async def test_the_next_thing_is_a_form_that_stands_on_the_page(office: Office):
    """Which of them is the most urgent is tried in `test_next_task`."""
    handler = await office.sits("town.handler")
    page = turns((await handler.open("/desk")).text)
    ways = re.findall(r'class="task-deed"><a href="([^"]+/do/[^"]+)"', page["approve"] + page["own"])
    answer = await handler.open("/desk/next")
    assert answer.status_code == 303
    assert answer.headers["location"] in [unescape(way) for way in ways]
    auditor = await office.sits("auditor")
    assert (await auditor.open("/desk/next")).headers["location"] == "/desk"
