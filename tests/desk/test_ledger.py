"""The ledger: its filters, its scope, its sheet, and the views that people keep."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from domain.terms.workdays import SHANGHAI
from storage.saved_views import MOST_VIEWS
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms
from tests.desk.test_steps import local, registered

HEADINGS = [
    "编号",
    "发现时间",
    "登记时间",
    "来源",
    "标题",
    "等级",
    "标识",
    "类别",
    "重点类别",
    "时限",
    "责任主体",
    "到期",
    "公布时间",
    "用时（小时）",
    "是否超时",
    "不合规公布",
    "核实时间",
    "研判时间",
    "处置时间",
    "结论",
    "上报",
    "覆盖率",
    "到达率",
    "阶段",
    "办结",
    "得分",
    "链接",
]


async def recorded(seat: Seat, **typed: object) -> str:
    """A title that no other incident has, of an incident that the ledger holds."""
    title = f"台账样件{uuid4().hex[:8]}"
    await registered(seat, **{"title": title, **typed})
    return title


def sheet(content: bytes) -> Any:
    return load_workbook(BytesIO(content)).worksheets[0]


async def test_the_ledger_finds_by_text_and_leaves_out_what_does_not_fit(office: Office):
    leader = await office.sits("office.leader")
    title, other = await recorded(leader), await recorded(leader)
    page = (await leader.open(f"/ledger?text={quote(title)}")).text
    assert title in page
    assert other not in page
    today = datetime.now(SHANGHAI).date()
    assert title in (await leader.open(f"/ledger?from={today}&to={today}")).text
    assert title not in (await leader.open(f"/ledger?to={today - timedelta(days=1)}")).text
    assert title not in (await leader.open("/ledger?level=major_situation")).text
    assert title not in (await leader.open("/ledger?drill=true")).text
    found = await leader.open(f"/ledger?text={quote(title)}&category=moral_bottom_line")
    assert title not in found.text.split('class="filter-form"')[1].split("</form>", 1)[1]
    assert "<strong>严重冲击社会道德底线</strong>" in found.text
    own = f"/ledger?text={quote(title)}"
    for fits, filters in (
        (True, "key=false&lacks=responded"),
        (False, "key=true"),
        (False, "reached=responded"),
    ):
        listed = (await leader.open(f"{own}&{filters}")).text
        assert ("data-row" in listed) is fits


async def test_a_form_of_filters_that_are_all_left_blank_lets_all_through(office: Office):
    leader = await office.sits("office.leader")
    title = await recorded(leader)
    page = await leader.open(
        "/ledger?text=&from=&to=&level=&class=&stage=&category=&key=&reached=&lacks=&unit=&overdue=&drill=&cursor="
    )
    assert page.status_code == 200
    assert title in page.text


async def test_a_unit_finds_only_its_own_in_page_and_sheet(office: Office):
    title = await recorded(await office.sits("office.leader"))
    for login, sees in (("town.leader", True), ("stranger", False), ("auditor", True)):
        seat = await office.sits(login)
        assert (title in (await seat.open("/ledger")).text) is sees
        rows = sheet((await seat.open(f"/ledger.xlsx?text={quote(title)}")).content)
        assert rows.max_row == (2 if sees else 1)


async def test_administrators_and_strangers_have_no_ledger(office: Office):
    admin = await office.sits("sys.admin")
    assert (await admin.open("/ledger")).status_code == 403
    assert (await admin.open("/ledger.xlsx")).status_code == 403
    nobody = await office.seat()
    assert (await nobody.open("/ledger.xlsx")).headers["location"].startswith("/sign-in")


async def test_the_sheet_holds_true_dates_under_headings_that_stay(office: Office):
    leader = await office.sits("office.leader")
    title = await recorded(leader, discovered_at=local(timedelta(hours=3)))
    answer = await leader.open(f"/ledger.xlsx?text={quote(title)}")
    assert "UTF-8''" in answer.headers["content-disposition"]
    book = load_workbook(BytesIO(answer.content))
    rows = book.worksheets[0]
    assert [cell.value for cell in rows[1]] == HEADINGS
    assert rows.freeze_panes == "B2"
    found = dict(zip(HEADINGS, rows[2], strict=True))
    discovered = found["发现时间"]
    assert discovered.is_date
    away = datetime.now(SHANGHAI).replace(tzinfo=None) - discovered.value
    assert timedelta(hours=2, minutes=58) < away < timedelta(hours=3, minutes=5)
    assert found["到期"].value - discovered.value == timedelta(hours=48)
    assert found["是否超时"].value == "未交办"
    about = {row[0].value: row[1].value for row in book.worksheets[1].rows}
    assert about["事件数"] == "1"
    assert about["文字"] == title
    assert about["导出单位"] == "市政府办公室"


@pytest.mark.parametrize(
    "begin", ["=1+1", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("http://x.example","x")', "\t=1"]
)
async def test_no_cell_of_the_sheet_is_a_formula(office: Office, begin: str):
    leader = await office.sits("office.leader")
    title = f"{begin.strip()} {uuid4().hex[:8]}"
    await registered(leader, title=title, **{"sources[0].url": f"https://x.example/{title[-8:]}/=cmd"})
    rows = sheet((await leader.open(f"/ledger.xlsx?text={title[-8:]}")).content)
    assert rows.cell(2, 5).value == title
    assert {cell.data_type for cell in rows[2]} <= {"s", "d", "n"}
    assert all(cell.hyperlink is None for cell in rows[2])


async def test_a_view_is_kept_under_its_name_by_its_owner_alone(office: Office):
    leader, other = await office.sits("office.leader"), await office.sits("town.leader")
    shown = await leader.open("/ledger?class=H48&overdue=true")
    form = forms(shown.text)["/ledger/views"]
    for _ in range(2):  # the same name again takes the place of the first
        assert (await leader.send(form, {"name": "超时的48小时类"})).status_code == 303
    page = (await leader.open("/ledger")).text
    assert page.count("超时的48小时类</a>") == 1
    assert "class=H48" in page
    assert "超时的48小时类" not in (await other.open("/ledger")).text
    drop = next(action for action in forms(page) if action.endswith("/drop"))
    theirs = forms((await other.open("/ledger")).text)["/ledger/views"].fields["_csrf"]
    assert (await other.post(drop, {"_csrf": theirs})).status_code == 303
    assert "超时的48小时类" in (await leader.open("/ledger")).text
    assert (await leader.send(forms(page)[drop], {})).status_code == 303
    assert "超时的48小时类" not in (await leader.open("/ledger")).text


async def test_a_view_without_a_name_is_asked_for_one_and_the_filters_stay(office: Office):
    leader = await office.sits("office.leader")
    form = forms((await leader.open("/ledger?class=H24")).text)["/ledger/views"]
    for name in ("", "   ", "长" * 41, "x\u202ey"):
        answer = await leader.send(form, {"name": name})
        assert answer.status_code == 422
        assert "请给视图起一个名称" in answer.text
        assert '<option value="H24" selected' in answer.text
    assert (await leader.post("/ledger/views", {"name": ["x"], "query": [""]})).status_code == 403


async def test_nobody_keeps_views_without_end(office: Office):
    auditor = await office.sits("auditor")
    form = forms((await auditor.open("/ledger")).text)["/ledger/views"]
    for number in range(MOST_VIEWS):
        assert (await auditor.send(form, {"name": f"视图{number}"})).status_code == 303
    answer = await auditor.send(form, {"name": "再多一个"})
    assert answer.status_code == 422
    assert "请先删除" in answer.text


@pytest.mark.parametrize(
    "query", ["from=yesterday", "level=L9", "unit=%27%3B--", "cursor=x", "text=%00", "from=0001-01-01"]
)
async def test_filters_that_are_none_are_told(office: Office, query: str):
    leader = await office.sits("office.leader")
    assert (await leader.open(f"/ledger?{query}")).status_code == 422
