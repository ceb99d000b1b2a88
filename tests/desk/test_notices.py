"""Notices stay until somebody of the unit acknowledges them, and every page says that they wait."""

import re
from datetime import UTC, datetime

import httpx2
from sqlalchemy import text as sql

from desk.notices.gravity import is_grave
from desk.notices.replaced import taken_with
from desk.notices.view import bell
from domain.notices import Notice
from domain.purposes import Purpose
from storage.inbox import deliver
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
    found = re.search(r'class="bell-count">\s*([^<\s]+)\s*</span>', page)
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


async def one_by_one(seat: Seat) -> None:
    """Acknowledge all that waits, each by its own button."""
    while waiting := await positions(seat):
        for position in waiting:
            await acknowledged(seat, position)


async def test_all_plain_ones_that_a_page_shows_are_acknowledged_at_one_time(office: Office):
    await assigned(office)
    handler = await office.sits("town.handler")
    await one_by_one(handler)  # what other tests have left
    await assigned(office)
    page = (await handler.open("/notices")).text
    many = re.search(r'name="positions"\s+value="([\d,]+)">\s*确认一般提示', page)
    assert many is not None
    await acknowledged(handler, many[1])
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
    waiting = await positions(town)
    await acknowledged(town, *waiting)  # many at one time: the grave ones are left, however they were sent
    assert "条重要提示待确认" in (await town.open("/desk")).text
    assert set(await positions(town)) < set(waiting)
    await one_by_one(town)
    assert "条重要提示待确认" not in (await town.open("/desk")).text


async def test_the_count_is_one_walk_along_an_index(office: Office):
    asked = (
        "SELECT position, incident_id, purpose, subject, drill FROM notice WHERE unit = 'qingxi' AND"
        " acknowledged_at IS NULL ORDER BY position DESC LIMIT 500"
    )
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
    real = waits(1, Purpose.BREACH)
    drill = waits(2, Purpose.ALARM, drill=True)
    plain = waits(3, Purpose.REMINDER)
    made = bell([plain, drill, real])
    assert (made.count, made.grave) == ("3", "有 2 条重要提示待确认（其中演练 1 条）")
    assert bell([plain]).grave == ""
    assert bell([plain] * LOOKED_AT).count == "500+"
    assert bell([]).count == ""
    assert not made.is_drill
    assert not made.is_grave_drill
    assert bell([drill]).is_grave_drill
    assert bell([drill]).is_drill
    assert not bell([drill], alarms=1).is_drill


def waits(
    position: int,
    purpose: Purpose,
    subject: str = "",
    *,
    case: str = "inc-1",
    drill: bool = False,
) -> WaitingNotice:
    return WaitingNotice(position=position, incident_id=case, purpose=purpose, subject=subject, drill=drill)


def test_a_newer_notice_stands_for_the_older_ones_of_its_case_purpose_and_kind():
    obligation, other = "RESP48:qingxi:assignment-1", "RESP48:qingxi:assignment-2"
    waiting = [
        waits(9, Purpose.REMINDER, other),
        waits(8, Purpose.REMINDER, "SIGN:qingxi:assignment-1"),
        waits(7, Purpose.REMINDER, obligation, case="inc-2"),
        waits(6, Purpose.REMINDER, obligation),
        waits(5, Purpose.WARNING, "complex_situation"),
        waits(4, Purpose.WARNING, "general_matter"),
        waits(3, Purpose.REMINDER, obligation),
    ]
    assert bell(waiting).count == "5"
    assert set(taken_with(waiting, [9])) == {9, 6, 3}
    assert set(taken_with(waiting, [6])) == {6, 3}  # what came after the page was made is not taken unseen
    assert set(taken_with(waiting, [7, 8])) == {7, 8}
    assert taken_with(waiting, [1, 99]) == ()


def test_a_grave_notice_is_replaced_by_nothing_but_the_very_same_and_taken_by_itself():
    waiting = [
        waits(5, Purpose.INSTRUCTED, "instruction-2"),
        waits(4, Purpose.INSTRUCTED, "instruction-1"),
        waits(3, Purpose.BREACH, "RESP48:qingxi:assignment-1"),
        waits(2, Purpose.BREACH, "RESP48:qingxi:assignment-1"),
        waits(1, Purpose.CLOSED),
    ]
    assert bell(waiting).count == "4"
    assert taken_with(waiting, [5, 4, 3, 1]) == (1,)
    assert taken_with(waiting, [5]) == (5,)
    assert set(taken_with(waiting, [3])) == {3, 2}


async def test_a_reminder_replaces_the_one_before_it_and_the_record_keeps_both(office: Office):
    incident = await assigned(office)
    handler = await office.sits("town.handler")
    await one_by_one(handler)
    case, obligation = incident.rsplit("/", 1)[1], "RESP48:qingxi:assignment-1"
    sent = [
        Notice(event_number=1_000 + n, purpose=Purpose.REMINDER, unit="qingxi", subject=obligation)
        for n in (1, 2)
    ]
    for notice in sent:
        await deliver(office.database, case, [notice], drill=False, at=datetime.now(UTC))
    page = (await handler.open("/notices")).text
    (newest,) = await positions(handler)
    assert "较早的同类提示 1 条" in page
    assert count(page) == "1"
    await acknowledged(handler, newest)
    assert "没有待确认的提示" in (await handler.open("/notices")).text
    whole = (await handler.open("/notices?all=true")).text
    assert f'id="n{newest}"' in whole
    assert whole.count("已由 town.handler 确认") >= 2


def test_what_a_notice_names_is_said_in_words_or_not_at_all():
    assert subject_words("SIGN:qingxi:assignment-1") == "签收"
    assert subject_words("supervision_order-1") == "督办单"
    assert subject_words("instruction-1") == ""
    assert subject_words("") == ""
