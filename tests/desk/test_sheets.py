"""A sheet of posts by the page: each row is shown as what it becomes, then taken in once (R302)."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import httpx2

from domain.terms.workdays import SHANGHAI
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms
from tests.desk.test_registering import path_of, recorded, title
from tests.desk.test_steps import registered
from tests.intake.test_workbooks import row, workbook

EARLIER = datetime.now(UTC).astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0) - timedelta(hours=1)


def lines(page: str) -> list[list[str]]:
    """The rows of the table, each with its cells as words."""
    table = re.findall(
        r'<tr role="row".*?</tr>', page.split("<tbody", 1)[1].split("</tbody", 1)[0], re.DOTALL
    )
    cells = [re.findall(r"<t[hd] .*?>(.*?)</t[hd]>", line, re.DOTALL) for line in table]
    return [[" ".join(re.sub("<.*?>", " ", cell).split()) for cell in line] for line in cells]


async def looked_at(seat: Seat, content: bytes, into: str = "", name: str = "导出.xlsx") -> httpx2.Response:
    form = forms((await seat.open(f"/import?into={into}")).text)["/import"]
    return await seat.post(
        "/import",
        {**form.fields, "_files": []}
        if not content
        else {key: value for key, value in form.fields.items() if key != "_files"},
        {name: content},
    )


async def taken_in(seat: Seat, page: str, **typed: str) -> httpx2.Response:
    form = forms(page)["/import/items"]
    return await seat.post(
        "/import/items", {**form.fields, **{name: [value] for name, value in typed.items()}}
    )


async def test_a_sheet_becomes_a_new_case_and_the_same_form_again_the_same_one(office: Office):
    clerk, first = await office.sits("office.clerk"), title()
    sheet = workbook(
        row(title=first, at=EARLIER, url=f"https://tousu.example/{first}/1", number=""),
        row(title="没有路灯", at=EARLIER, url=f"https://tousu.example/{first}/2", number=""),
        row(
            title="路灯又不亮", at=EARLIER, url=f"http://www.tousu.example/{first}/1?utm_source=a", number=""
        ),
        row(title="路灯", at="昨晚"),
        row(title="路灯", at=EARLIER + timedelta(days=2)),
        row(title="=1+1", at=EARLIER),
    )
    page = (await looked_at(clerk, sheet)).text
    assert [line[1] for line in lines(page)] == [
        "新事件的来源",
        "新事件的来源",
        "与第 2 行是同一帖文，只收一次",
        "不收 发布时间无法识别：“昨晚”；须有日期和时刻",
        "不收 发布时间晚于现在",
        "不收 单元格是公式或格式文字，不予计算；请粘贴为纯文本的值",
    ]
    answer = await taken_in(clerk, page)
    path = path_of(answer)
    shown = await recorded(clerk, path)
    assert (first in shown, shown.count("没有路灯") > 0) == (True, True)
    assert path_of(await taken_in(clerk, page)) == path
    again = (await looked_at(clerk, sheet)).text
    number = re.search(r"舆〔\d+〕\d+号", shown)
    assert number is not None
    assert [line[1] for line in lines(again)][:2] == [f"{number[0]} 已有这一帖文"] * 2
    assert path_of(await taken_in(clerk, again)) == path


async def test_a_telephone_shows_all_of_a_row_that_is_looked_at(office: Office):
    """Its stylesheet is the ledger's, which hides there what is not marked as main."""
    clerk = await office.sits("office.clerk")
    page = (await looked_at(clerk, workbook(row(at=EARLIER, title=title(), url="", number="")))).text
    cells = re.findall(r'<td role="cell"[^>]*>', page)
    assert (len(cells), [cell for cell in cells if "is-main" not in cell]) == (4, [])


async def test_a_sheet_goes_into_a_running_case_row_by_row_and_once(office: Office):
    clerk = await office.sits("office.clerk")
    path = await registered(clerk)
    into, mark = path.rsplit("/", 1)[1], title()
    sheet = workbook(
        *(
            row(title=f"{mark}{place}", at=EARLIER, url=f"https://tousu.example/{mark}/{place}", number="")
            for place in range(3)
        )
    )
    page = (await looked_at(clerk, sheet, into)).text
    assert [line[1] for line in lines(page)] == ["补充来源"] * 3
    for _ in range(2):
        assert path_of(await taken_in(clerk, page)) == path
    async with asyncio.timeout(60):
        while (await clerk.open(f"{path}?part=all")).text.count(f"tousu.example/{mark}") < 3:
            await asyncio.sleep(0.1)
    again = (await looked_at(clerk, sheet, into)).text
    assert all("已有这一帖文" in line[1] for line in lines(again))


async def test_what_is_no_sheet_is_said_to_be_none_and_nothing_is_taken_in(office: Office):
    clerk = await office.sits("office.clerk")
    for content, why in (
        (b"", "请选择表格文件"),
        (b"a,b\n1,2\n", "缺少列"),
        (b"PK\x03\x04none", "不是可导入的表格"),
        (workbook(*(row() for _ in range(151))), "至多 150 行"),
    ):
        answer = await looked_at(clerk, content)
        assert (answer.status_code, why in answer.text) == (422, True), why
        assert "/import/items" not in forms(answer.text)


async def test_rows_that_no_page_of_ours_sends_are_not_found_and_others_are_checked_again(
    office: Office,
):
    clerk = await office.sits("office.clerk")
    page = (await looked_at(clerk, workbook(row(at=EARLIER, title=title(), url="", number="")))).text
    item = '[2, {"at": "2026-11-28T08:00:00+08:00", "platform": "douyin", "gist": "路灯"}]'
    for rows in (
        "[[1]]",
        "none",
        "[]",
        "[" * 60_000,
        '[[2, {"gist": "\\ud800"}]]',
        '[[2, {"gist": ["路灯"]}]]',
        f"[{','.join([item] * 151)}]",
    ):
        assert (await taken_in(clerk, page, _rows=rows)).status_code == 404, rows[:40]
    forged = '[[2, {"at": "昨晚", "platform": "douyin", "gist": "路灯"}]]'
    assert (await taken_in(clerk, page, _rows=forged)).status_code == 422


async def test_a_registration_that_is_refused_keeps_the_rows_that_were_looked_at(office: Office):
    clerk, first = await office.sits("office.clerk"), title()
    sheet = workbook(
        *(
            row(title=f"{first}{place}", at=EARLIER, url=f"https://tousu.example/{first}/{place}", number="")
            for place in range(2)
        )
    )
    page = (await looked_at(clerk, sheet)).text
    late = f"{EARLIER + timedelta(days=1):%Y-%m-%dT%H:%M:%S}"
    refused = await taken_in(clerk, page, discovered_at=late, title="路灯不亮")
    assert refused.status_code == 409
    assert [line[-1] for line in lines(refused.text)] == [line[-1] for line in lines(page)]
    fields = forms(refused.text)["/import/items"].fields
    assert (fields["title"], fields["discovered_at"]) == (["路灯不亮"], [late])
    path = path_of(await taken_in(clerk, refused.text, discovered_at=f"{EARLIER:%Y-%m-%dT%H:%M:%S}"))
    shown = await recorded(clerk, path)
    assert (f"{first}0" in shown, f"{first}1" in shown) == (True, True)


async def test_a_stranger_looks_into_no_case_by_a_sheet(office: Office):
    clerk, stranger = await office.sits("office.clerk"), await office.sits("stranger")
    into = (await registered(clerk)).rsplit("/", 1)[1]
    assert (await stranger.open(f"/import?into={into}")).status_code == 404
    page = (await looked_at(clerk, workbook(row(at=EARLIER, url="", number="")), into)).text
    own = forms((await stranger.open("/import")).text)["/import"].fields["_csrf"]
    forged = {**forms(page)["/import/items"].fields, "_csrf": own}
    assert (await stranger.post("/import/items", forged)).status_code == 404


async def test_the_step_that_adds_a_source_leads_to_the_sheet_for_its_case(office: Office):
    clerk = await office.sits("office.clerk")
    path = await registered(clerk)
    await recorded(clerk, path)
    step = (await clerk.open(f"{path}/do/add_source")).text
    link = f"/import?into={path.rsplit('/', 1)[1]}"
    assert f'href="{link}"' in step
    assert "新事件的标题" not in (await clerk.open(link)).text
