"""Many accounts come by a sheet: looked at row by row with every fault in words, then all or none,
and first passwords that are shown once and end.
"""

import asyncio
import re
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import httpx2
import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from storage import people
from storage.account_tables import AccountRow
from storage.accounts import fits, row_of
from storage.acts import ActKind
from storage.people import PersonReason, PersonRefused
from tests.desk.administrators import administrators, recorded, sits
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms

__all__ = ["administrators"]
HEAD = ("账号", "姓名", "单位", "岗位")
_numbers = count(1)


def workbook(*rows: tuple[object, ...], head: tuple[str, ...] = HEAD) -> bytes:
    book, content = Workbook(), BytesIO()
    assert book.active is not None
    for row in (("全市人员表",), head, *rows):
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def logins(many: int) -> list[str]:
    return [f"sheet.person{next(_numbers)}" for _ in range(many)]


async def look(seat: Seat, content: bytes, name: str = "人员.xlsx") -> httpx2.Response:
    form = forms((await seat.open("/people/sheet")).text)["/people/sheet"]
    kept = {key: value for key, value in form.fields.items() if key != "_files"}
    return await seat.post("/people/sheet", kept, {name: content})


async def make(seat: Seat, page: str, **typed: str) -> httpx2.Response:
    form = forms(page)["/people/sheet/accounts"]
    fields = {**form.fields, **{name: [value] for name, value in typed.items()}}
    return await seat.post("/people/sheet/accounts", fields)


def passwords(page: str) -> dict[str, str]:
    slips = re.findall(r'class="slip">(.*?)</li>', page, re.DOTALL)
    pairs = [re.findall(r'<dd class="(?:hash|secret)">([^<]+)</dd>', slip) for slip in slips]
    return {login: password for _, login, password in pairs}


async def number_of_accounts(office: Office) -> int:
    async with office.database.session() as session:
        return int((await session.execute(select(func.count()).select_from(AccountRow))).scalar_one())


async def test_a_sheet_becomes_accounts_whose_passwords_are_shown_once_and_end(office: Office):
    seat, (first, second) = await sits(office, "security.one"), logins(2)
    sheet = workbook(
        (first, "李娜", "青溪镇", "监测员"), (second.upper(), "王五", "qingxi", "deputy_leader"), (None, None)
    )
    page = await look(seat, sheet)
    assert (page.status_code, "2 人将新建账号" in page.text) == (200, True)
    async with office.database.session() as session:
        assert await row_of(session, first) is None
    made = await make(seat, page.text, days="3")
    given = passwords(made.text)
    assert (made.headers["cache-control"], set(given)) == ("no-store", {first, second})
    async with office.database.session() as session:
        row = await row_of(session, second)
    assert row is not None
    assert row.password_until is not None
    assert (row.name, row.role, row.unit, row.must_change) == ("王五", "deputy_leader", "qingxi", True)
    assert fits(given[second], row.password_hash)
    assert row.password_until - row.created_at == timedelta(days=3)
    (act,) = await recorded(office, first)
    assert (act.kind, act.author.login) == (ActKind.ACCOUNT_ADDED, "security.one")
    assert given[first] not in str(act)
    again = await look(seat, sheet)
    assert "已有相同的账号，不动" in again.text
    assert "/people/sheet/accounts" not in forms(again.text)
    assert given[first] not in again.text


async def test_every_fault_is_told_at_once_by_row_and_column_and_nothing_is_made(office: Office):
    seat, (good, twice) = await sits(office, "security.one"), logins(2)
    before = await number_of_accounts(office)
    page = await look(
        seat,
        workbook(
            (good, "李娜", "青溪镇", "监测员"),
            ("王 五", "", "不存在的局", "皇帝"),
            (twice, "甲", "青溪镇", "经办人"),
            (twice, "乙", "青溪镇", "经办人"),
            ("town.handler", "另一个人", "青溪镇", "经办人"),
            (logins(1)[0], "丙", "青溪镇", "审计管理员"),
            (logins(1)[0], "=1+1", "青溪镇", "经办人"),
        ),
    )
    said = page.text
    assert page.status_code == 422
    assert "5 行有误，什么也没有新建" in said
    for words in (
        "B 列“姓名”：请填写姓名或称谓",
        "C 列“单位”写作“不存在的局”：名录中没有这个单位",
        "D 列“岗位”写作“皇帝”：没有这个岗位；可填：监测员",
        "A 列“账号”：与第 5 行是同一账号",
        "A 列“账号”：账号已有，而姓名不同",
        "审计管理员的账号只能在服务器上",
        "B 列“姓名”：单元格是公式",
    ):
        assert words in said, words
    assert "/people/sheet/accounts" not in forms(said)
    assert await number_of_accounts(office) == before


async def test_a_login_with_a_blank_within_is_read_as_people_type_it(office: Office):
    seat = await sits(office, "security.one")
    page = await look(seat, workbook(("王五", "王五", "青溪镇", "经办人")))
    assert "A 列“账号”写作“王五”：账号只能用英文字母" in page.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "缺少列"),
        (b"PK\x03\x04 no archive", "不是可导入的表格"),
        (workbook(), "没有人员"),
        (workbook(("a", "b"), head=("账号", "姓名")), "缺少列：单位、岗位"),
        (workbook(*((f"u{n}", "甲", "青溪镇", "经办人") for n in range(501))), "至多 500 人"),
        (b"x" * (5 * 1024 * 1024 + 1), "文件过大"),
        ("账号,姓名,单位,岗位\r\n".encode("utf-16"), "文字编码"),
    ],
)
async def test_what_is_no_sheet_of_people_is_refused_in_words(office: Office, content: bytes, said: str):
    page = await look(await sits(office, "security.one"), content)
    assert (page.status_code, said in page.text) == (422, True), page.text


async def test_a_sheet_as_office_programs_save_it_here_is_read(office: Office):
    (login,) = logins(1)
    content = f"账号,姓名,单位,岗位\r\n{login},李娜,青溪镇,新闻发言人\r\n".encode("gb18030")
    page = await look(await sits(office, "security.one"), content, "人员.csv")
    assert (page.status_code, "新闻发言人" in page.text) == (200, True)


async def test_all_accounts_are_made_or_none_where_it_breaks_off_in_the_middle(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    seat, names = await sits(office, "security.one"), logins(3)
    page = await look(seat, workbook(*((one, "甲", "青溪镇", "经办人") for one in names)))
    add, calls = people.add, count(1)

    async def breaks(*given: Any, **more: Any) -> Any:
        if next(calls) == 3:
            raise PersonRefused(PersonReason.LOGIN_TAKEN, names[2])
        return await add(*given, **more)

    monkeypatch.setattr(people, "add", breaks)
    answer = await make(seat, page.text)
    monkeypatch.undo()
    assert (answer.status_code, "没有新建任何账号" in answer.text) == (409, True)
    async with office.database.session() as session:
        assert [await row_of(session, one) for one in names] == [None] * 3
    assert await recorded(office, names[0]) == []
    assert set(passwords((await make(seat, answer.text)).text)) == set(names)


async def test_of_two_who_send_the_same_sheet_at_once_one_makes_the_accounts(office: Office):
    one, other, names = await sits(office, "security.one"), await sits(office, "security.two"), logins(2)
    sheet = workbook(*((name, "甲", "青溪镇", "经办人") for name in names))
    pages = [(await look(seat, sheet)).text for seat in (one, other)]
    answers = await asyncio.gather(make(one, pages[0]), make(other, pages[1]))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert (passwords(lost.text), "已有相同的账号，不动" in lost.text) == ({}, True)
    for name in names:
        assert len(await recorded(office, name)) == 1


async def test_what_no_page_of_ours_sends_is_not_found(office: Office):
    seat = await sits(office, "security.one")
    page = (await look(seat, workbook((logins(1)[0], "甲", "青溪镇", "经办人")))).text
    for rows in ("", "[]", "{", '[{"login": "x"}]', '[["x"]]'):
        assert (await make(seat, page, _rows=rows)).status_code == 404, rows
    other = f'[{{"row":1,"login":"{logins(1)[0]}","name":"x","post":"emperor","unit":"qingxi"}}]'
    assert (await make(seat, page, _rows=other)).status_code == 409


async def test_lost_slips_are_printed_anew_for_those_who_never_used_theirs(office: Office):
    seat, (waits, came) = await sits(office, "security.one"), logins(2)
    sheet = workbook((waits, "甲", "agriculture", "经办人"), (came, "乙", "agriculture", "经办人"))
    given = passwords((await make(seat, (await look(seat, sheet)).text)).text)
    theirs = await office.seat()
    await theirs.sign_in(came, given[came])
    own = {"old": given[came], "new": "seven loud purple otters", "again": "seven loud purple otters"}
    await theirs.fill_in("/password", own)
    answer = await seat.fill_in("/people/sheet", {"unit": "agriculture"}, "/people/sheet/passwords")
    renewed = passwords(answer.text)
    assert set(renewed) == {waits}
    assert (await (await office.seat()).sign_in(waits, given[waits])).status_code == 401
    assert (await (await office.seat()).sign_in(waits, renewed[waits])).headers["location"] == "/password"
    assert [act.kind for act in await recorded(office, waits)][-1] == ActKind.PASSWORD_RENEWED


async def test_a_page_that_is_sent_again_leaves_the_slips_just_printed_as_they_are(office: Office):
    seat, (waits,) = await sits(office, "security.one"), logins(1)
    await make(seat, (await look(seat, workbook((waits, "甲", "agriculture", "经办人")))).text)
    form = forms((await seat.open("/people/sheet")).text)["/people/sheet/passwords"]
    given = passwords((await seat.send(form, {"unit": "agriculture"})).text)
    again = await seat.send(form, {"unit": "agriculture"})
    assert again.status_code == 409
    assert "有首次口令已经重发" in again.text
    assert (await (await office.seat()).sign_in(waits, given[waits])).headers["location"] == "/password"


async def test_of_two_pages_that_renew_at_once_one_is_heard(office: Office):
    seat, (waits,) = await sits(office, "security.one"), logins(1)
    await make(seat, (await look(seat, workbook((waits, "甲", "agriculture", "经办人")))).text)
    form = forms((await seat.open("/people/sheet")).text)["/people/sheet/passwords"]
    answers = await asyncio.gather(*(seat.send(form, {"unit": "agriculture"}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_password_of_the_sheet_ends(office: Office, monkeypatch: pytest.MonkeyPatch):
    seat, (login,) = await sits(office, "security.one"), logins(1)
    page = await look(seat, workbook((login, "甲", "青溪镇", "经办人")))
    given = passwords((await make(seat, page.text, days="99")).text)
    async with office.database.session() as session:
        row = await row_of(session, login)
    assert row is not None
    assert row.password_until is not None
    assert row.password_until - row.created_at == timedelta(days=14)
    monkeypatch.setattr(office, "ahead", timedelta(days=14, minutes=1))
    assert (await (await office.seat()).sign_in(login, given[login])).status_code == 401


@pytest.mark.parametrize("login", ["system.one", "audit.one", "town.handler", "office.leader"])
async def test_nobody_else_makes_accounts_from_a_sheet(office: Office, login: str):
    assert (await (await sits(office, login)).open("/people/sheet")).status_code == 403
