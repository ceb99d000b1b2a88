"""The page of an incident for who is signed in: what is offered is what the rules allow,
and the timeline is found again.
"""

import re

from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.open_steps import open_to
from domain.terms.roles import Actor, Role
from storage.snapshots import snapshot
from tests.desk.conftest import PEOPLE, Office
from tests.desk.seat import Seat
from tests.desk.test_steps import FACTORS, PROOF, done, offered, registered


async def state(office: Office, incident: str) -> Incident:
    async with office.database.session() as session:
        held = await snapshot(session, incident.rsplit("/", 1)[1])
    assert held is not None
    return held.state


def allowed(incident: Incident, actor: Actor) -> set[str]:
    """What the rules let the actor do, and for which there is something to name."""
    return set(open_to(incident, actor))


async def under_way(office: Office) -> str:
    """An incident judged, assigned and signed for, so that an answer is owed."""
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader)
    await done(leader, incident, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    await done(handler, incident, "sign_for", {})
    return incident


async def test_every_step_offered_opens_and_every_other_is_refused(office: Office):
    incident = await under_way(office)
    for login in ("office.leader", "town.handler", "auditor"):
        seat, (role, unit) = await office.sits(login), PEOPLE[login]
        assert isinstance(role, Role)
        expected = allowed(await state(office, incident), Actor(person=login, role=role, unit=unit))
        assert await offered(seat, incident) == expected
        for kind in COMMANDS:
            answer = await seat.open(f"{incident}/do/{kind}")
            assert (answer.status_code == 200) is (kind in expected), (login, kind)
            assert answer.status_code < 500, (login, kind)


async def test_what_the_person_owes_stands_before_what_else_may_be_done(office: Office):
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    incident = await registered(leader)
    assert likely(await text(leader, incident))[0] == "judge"
    await done(leader, incident, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    assert likely(await text(leader, incident))[0] == "assign"
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    assert likely(await text(handler, incident))[0] == "sign_for"
    await done(handler, incident, "sign_for", {})
    assert likely(await text(handler, incident))[0] == "draft_response"
    await done(handler, incident, "conclude", {"value": "UNTRUE", "finding": "系检修停电", **PROOF})
    assert "conclude" not in likely(await text(handler, incident))


async def text(seat: Seat, path: str) -> str:
    answer = await seat.open(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def likely(page: str) -> list[str]:
    found = re.search(r'<ul class="offers offers-likely">(.*?)</ul>', page, re.DOTALL)
    return re.findall(r"/do/(\w+)", found[1]) if found else []


async def test_the_timeline_is_filtered_by_links_and_loses_nothing(office: Office):
    incident = await under_way(office)
    seat = await office.sits("office.leader")
    whole = await text(seat, incident)
    numbers = set(re.findall(r' id="e(\d+)"', whole))
    for query in ("who=people", "who=system", "unit=qingxi", "step=limits", "who=people&step=assigning"):
        page = await text(seat, f"{incident}?{query}")
        hidden = set(re.findall(r'<p id="e(\d+)" class="entry-hidden', page))
        shown = set(re.findall(r'<li id="e(\d+)"', page))
        assert shown
        assert hidden
        assert (shown | hidden, shown & hidden) == (numbers, set()), query
        assert f"已隐藏 {len(hidden)} 条记录" in page
        for number in numbers:
            assert f'href="{incident}#e{number}"' in page
    assert 'class="entry entry-system"' not in await text(seat, f"{incident}?who=people")
    assert "没有符合筛选的记录" in await text(seat, f"{incident}?unit=nowhere")
    assert (await seat.open(f"{incident}?who=nobody")).status_code == 422


async def test_a_leader_reads_it_on_one_sheet(office: Office):
    incident = await under_way(office)
    page = await text(await office.sits("town.leader"), f"{incident}?view=brief")
    for heading in ("一、发生了什么", "二、现在怎样", "三、还欠什么", "四、下一步"):
        assert heading in page
    assert "48小时内予以回应" in page
    assert "夜间照明不足" in page


async def test_each_unit_has_a_row_of_what_it_did_and_owes(office: Office):
    incident = await under_way(office)
    page = await text(await office.sits("office.leader"), incident)
    strip = re.search(r'<table class="strip".*?</table>', page, re.DOTALL)
    assert strip is not None
    row = next(part for part in strip[0].split("<tr")[2:] if "青溪镇" in part)
    assert "第一责任主体" in row
    assert "48小时内予以回应" in row
    assert "还剩" in row
