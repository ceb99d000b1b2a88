"""值班与代理: a person's page says who is on duty, takes hand-over notes and one's own absences."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.terms.workdays import SHANGHAI
from storage.accounts import Administrator
from tests.desk.conftest import Office
from tests.desk.seat import forms

PATH = "/me/on-duty"
DEEDS = """SELECT deed FROM audit_entry WHERE deed LIKE 'absence%' AND outcome = 'done' ORDER BY position"""


def typed(hours: int) -> str:
    instant = datetime.now(UTC) + timedelta(hours=hours)
    return instant.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(timespec="minutes")


async def test_an_absence_is_entered_seen_by_the_unit_and_ended(office: Office):
    handler = await office.sits("town.handler")
    form = {"deputy": "town.leader", "since": "", "until": typed(8), "note": "档案在二楼"}
    assert (await handler.fill_in(PATH, form, f"{PATH}/absences")).status_code == 303
    page = (await handler.open(PATH)).text
    assert "外出中" in page
    assert "档案在二楼" in page
    ends = re.findall(rf"{PATH}/absences/\w+/end", page)
    deputy = await office.sits("town.leader")
    assert "档案在二楼" in (await deputy.open(PATH)).text
    other = await office.sits("town.second")
    assert "外出中" in (await other.open(PATH)).text
    assert "档案在二楼" not in (await other.open(PATH)).text
    assert not re.findall(rf"{PATH}/absences/\w+/end", (await other.open(PATH)).text)
    stranger = await office.sits("office.leader")
    assert "外出中" not in (await stranger.open(PATH)).text
    csrf = forms((await other.open(PATH)).text)[f"{PATH}/notes"].fields
    assert (await other.post(ends[0], {"_csrf": csrf["_csrf"]})).status_code == 404
    assert (await handler.fill_in(PATH, {}, ends[0])).status_code == 303
    assert "外出中" not in (await handler.open(PATH)).text
    async with office.database.session() as session:
        rows = await session.execute(text(DEEDS))
        assert list(rows.scalars()) == ["absence_enter", "absence_end"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"deputy": "town.handler", "until": typed(8)}, "代理人不能是本人"),
        ({"deputy": "office.leader", "until": typed(8)}, "请选择本单位在用账号"),
        ({"deputy": "town.leader", "until": "明天"}, "时间应写作"),
        ({"deputy": "town.leader", "until": typed(-8)}, "结束时间应晚于"),
        ({"deputy": "town.leader", "until": typed(24 * 400)}, "不超过 366 天"),
        ({"deputy": "town.leader", "until": "9999-12-31T23:59+00:00"}, "不超过 366 天"),
        ({"deputy": "town.leader", "until": typed(8), "note": "x\x00y"}, "交接内容应为"),
    ],
)
async def test_what_is_typed_wrongly_is_said_and_kept(office: Office, form: dict[str, str], words: str):
    handler = await office.sits("town.handler")
    answer = await handler.fill_in(PATH, {"since": "", **form}, f"{PATH}/absences")
    assert answer.status_code == 422
    assert words in answer.text
    assert "外出中" not in (await handler.open(PATH)).text


async def test_no_administrator_stands_in_who_could_open_no_incident(office: Office):
    await office.account("town.system", Administrator.SYSTEM, "qingxi")
    handler = await office.sits("town.handler")
    assert "town.system" not in (await handler.open(PATH)).text
    form = {"deputy": "town.system", "since": "", "until": typed(8), "note": ""}
    fields = forms((await handler.open(PATH)).text)[f"{PATH}/absences"].fields
    typed_in = {name: [value] for name, value in form.items()}
    answer = await handler.post(f"{PATH}/absences", {**fields, **typed_in})
    assert answer.status_code == 422
    assert "请选择本单位在用账号" in answer.text


async def test_a_note_stays_within_the_unit_and_is_text(office: Office):
    handler = await office.sits("town.handler")
    note = "<script>alert(1)</script> 第二班注意来电"
    assert (await handler.fill_in(PATH, {"text": note}, f"{PATH}/notes")).status_code == 303
    page = (await handler.open(PATH)).text
    assert "<script>alert(1)" not in page
    assert "第二班注意来电" in page
    assert "第二班注意来电" not in (await (await office.sits("office.leader")).open(PATH)).text
    for wrong in ("", " ", "长" * 1001):
        answer = await handler.fill_in(PATH, {"text": wrong}, f"{PATH}/notes")
        assert answer.status_code == 422
        assert "1 至 1000 字" in answer.text
