"""Notices stay until somebody of the unit acknowledges them, and every page says that they wait."""

import re

import httpx2
from sqlalchemy import text as sql

from desk.notices.view import bell, is_grave
from domain.purposes import Purpose
from storage.notice_board import LOOKED_AT, WaitingNotice
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms
from tests.desk.test_steps import FACTORS, done, registered
from words.notices import subject_words


async def positions(seat: Seat, path: str = "/notices") -> list[str]:
    """The notices that wait on a page, by the buttons that acknowledge each."""
    found = re.findall(r'name="positions" value="(\d+)"', (await seat.open(path)).text)
    return list(dict.fromkeys(found))  # of a single notice the button for all names the same one


async def acknowledged(seat: Seat, *which: str) -> None:
    answer = await sent(seat, ",".join(which))
    assert answer.status_code == 303


async def sent(seat: Seat, which: str) -> httpx2.Response:
    token = forms((await seat.open("/me")).text)["/sign-out"].fields["_csrf"]
    return await seat.post("/notices/acknowledge", {"_csrf": token, "positions": [which]})


def count(page: str) -> str:
    found = re.search(r'<span class="bell-count">([^<]+)</span>', page)
    return found[1] if found else ""


async def assigned(office: Office) -> str:
    """An incident of which a town has been told."""
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    await done(leader, incident, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    return incident


async def test_a_notice_waits_until_one_of_the_unit_has_acknowledged_it(office: Office):
    incident = await assigned(office)
    handler, deputy = await office.sits("town.handler"), await office.sits("town.deputy")
    page = (await handler.open("/notices")).text
    assert f'href="{incident}#e' in page
    assert "签收" in page
    waiting = await positions(handler)
    assert count((await handler.open("/desk")).text) == str(len(waiting))
    await acknowledged(handler, waiting[0])
    assert waiting[0] not in await positions(deputy)
    whole = (await deputy.open("/notices?all=true")).text
    assert "已由 town.handler 确认" in whole
    assert f'id="n{waiting[0]}"' in whole
    await acknowledged(deputy, waiting[0])  # whoever came first stands
    assert "已由 town.deputy 确认" not in (await deputy.open("/notices?all=true")).text


async def test_all_that_a_page_shows_are_acknowledged_at_one_time(office: Office):
    await assigned(office)
    handler = await office.sits("town.handler")
    while waiting := await positions(handler):
        await acknowledged(handler, *waiting)
    page = (await handler.open("/notices")).text
    assert "没有待确认的提示" in page
    assert count(page) == ""


async def test_a_notice_of_another_unit_is_neither_shown_nor_acknowledged(office: Office):
    await assigned(office)
    mine = await positions(await office.sits("town.handler"))
    stranger = await office.sits("stranger")
    assert not set(mine) & set(await positions(stranger))
    await acknowledged(stranger, *mine, "9" * 18, "nonsense")
    assert await positions(await office.sits("town.handler")) == mine


async def test_who_changes_nothing_acknowledges_nothing(office: Office):
    auditor = await office.sits("auditor")
    assert (await sent(auditor, "1")).status_code == 403
    administrator = await office.sits("sys.admin")
    assert (await administrator.open("/notices")).status_code == 403
    assert 'id="bell"' not in (await administrator.open("/me")).text


async def test_a_grave_notice_is_said_on_every_page_until_then(office: Office):
    leader, town = await office.sits("office.leader"), await office.sits("town.leader")
    incident = await assigned(office)
    await done(leader, incident, "instruct", {"text": "立即核实", "to": ["qingxi"]})
    for path in ("/desk", "/", incident, "/clauses"):
        assert "条重要提示待确认" in (await town.open(path)).text, path
    while waiting := await positions(town):
        await acknowledged(town, *waiting)
    assert "条重要提示待确认" not in (await town.open("/desk")).text


async def test_the_count_is_one_walk_along_an_index(office: Office):
    asked = "SELECT purpose, subject, drill FROM notice WHERE unit = 'qingxi' AND acknowledged_at IS NULL ORDER BY position DESC LIMIT 500"
    async with office.database.session() as session:
        plan = (await session.execute(sql(f"EXPLAIN QUERY PLAN {asked}"))).all()
    assert [row[-1] for row in plan] == ["SEARCH notice USING INDEX notice_waiting (unit=?)"]


def test_what_is_grave():
    assert is_grave(Purpose.BREACH, "RESP48:qingxi:assignment-1")
    assert is_grave(Purpose.INSTRUCTED, "instruction-1")
    assert is_grave(Purpose.PAPER_ISSUED, "supervision_order-1")
    assert is_grave(Purpose.COORDINATE, "notice-1")
    assert is_grave(Purpose.TO_DO, "FORWARD:gov_office:notice-1")
    assert not is_grave(Purpose.PAPER_ISSUED, "assignment_order-1")
    assert not is_grave(Purpose.REMINDER, "RESP48:qingxi:assignment-1")


def test_the_bell_counts_and_tells_drills_apart():
    real = WaitingNotice(purpose=Purpose.BREACH, subject="", drill=False)
    drill = WaitingNotice(purpose=Purpose.ALARM, subject="", drill=True)
    plain = WaitingNotice(purpose=Purpose.REMINDER, subject="", drill=False)
    made = bell([real, drill, plain])
    assert (made.count, made.grave) == ("3", "有 2 条重要提示待确认（其中演练 1 条）")
    assert bell([plain]).grave == ""
    assert bell([plain] * LOOKED_AT).count == "500+"
    assert bell([]).count == ""


def test_what_a_notice_names_is_said_in_words_or_not_at_all():
    assert subject_words("SIGN:qingxi:assignment-1") == "签收"
    assert subject_words("supervision_order-1") == "督办单"
    assert subject_words("instruction-1") == ""
    assert subject_words("") == ""
