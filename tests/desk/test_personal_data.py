"""What is held about one person: found by the office across cases, reduced or corrected with a trace,
told to nobody else.
"""

import pytest
from sqlalchemy import select
from sqlmodel import col

from audit.verify import verify
from storage.case_text_tables import CaseTextRow
from storage.personal_data import TooShort, sought
from storage.reduction_tables import ReductionRow
from tests.desk.conftest import Office
from tests.desk.pictures import picture
from tests.desk.seat import Seat, forms
from tests.desk.test_registering import send
from tests.desk.test_steps import FACTORS, done, registered

PAGE = "/personal-data"
NAME, PHONE = "欧阳慕白", "13800138000"


def test_a_number_is_sought_in_the_forms_in_which_people_write_it():
    assert {PHONE, "138 0013 8000", "138-0013-8000"} <= set(sought("138-0013 8000"))
    assert {"36220119900101123x", "36220119900101123X"} <= set(sought(" 36220119900101123x "))
    for typed in ("", "王", "123", "x" * 51, " - "):
        with pytest.raises(TooShort):
            sought(typed)


async def case_about(office: Office, gist: str) -> str:
    """An incident with a post about somebody; its id."""
    clerk = await office.sits("office.clerk")
    path = await registered(clerk, **{"sources[0].gist": gist})
    return path.rsplit("/", 1)[1]


async def look_for(seat: Seat, text: str) -> str:
    answer = await seat.fill_in(PAGE, {"text": text})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_office_finds_a_person_by_name_or_number_in_every_case(office: Office):
    first = await case_about(office, f"{NAME}在河边被打伤，电话138 0013 8000")
    second = await case_about(office, f"网友{NAME}再次反映")
    clerk = await office.sits("office.clerk")
    page = await look_for(clerk, NAME)
    assert f"/incidents/{first}" in page
    assert f"/incidents/{second}" in page
    by_number = await look_for(clerk, PHONE)
    assert f"/incidents/{first}" in by_number
    assert f"/incidents/{second}" not in by_number
    assert "没有找到" in await look_for(clerk, "从未出现的人")
    assert PAGE in (await clerk.open("/me")).text


@pytest.mark.parametrize("typed", ["", "王", "123"])
async def test_too_little_is_refused_in_words(office: Office, typed: str):
    clerk = await office.sits("office.clerk")
    answer = await clerk.fill_in(PAGE, {"text": typed})
    assert answer.status_code == 422
    assert "两个字以上" in answer.text


async def test_what_is_sought_matches_as_it_is_typed(office: Office):
    clerk = await office.sits("office.clerk")
    for typed in ("%_%_%__%_", "' OR 2=2 -- %_%", "\\%_\\%_"):  # which no text of another test holds
        assert "没有找到" in await look_for(clerk, typed)
    answer = await clerk.fill_in(PAGE, {"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text


async def chosen(office: Office, seat: Seat, incident_id: str, name: str) -> tuple[dict[str, list[str]], str]:
    """The form for acting on what was found, and the value that names a text of the incident."""
    page = await look_for(seat, name)
    async with office.database.session() as session:
        statement = select(CaseTextRow).where(
            col(CaseTextRow.incident_id) == incident_id, col(CaseTextRow.text).contains(name)
        )
        (row,) = (await session.execute(statement)).scalars().all()
    value = f"{incident_id} {row.reference}"
    assert f'value="{value}"' in page
    return forms(page)[f"{PAGE}/act"].fields, value


async def test_a_text_is_reduced_with_a_reason_and_the_case_says_so(office: Office):
    name = "司徒望舒"
    incident_id = await case_about(office, f"{name}家住东门")
    clerk = await office.sits("office.clerk")
    fields, value = await chosen(office, clerk, incident_id, name)
    act = f"{PAGE}/act"
    answer = await clerk.post(act, {**fields, "chosen": [value], "deed": ["reduce"], "reason": [""]})
    assert (answer.status_code, "请写明理由" in answer.text) == (422, True)
    assert name in await look_for(clerk, name)
    answer = await clerk.post(
        act, {**fields, "chosen": [value], "deed": ["reduce"], "reason": ["本人要求删除"]}
    )
    assert answer.status_code == 200
    assert "已删减，并已留痕" in answer.text
    assert "没有找到" in await look_for(clerk, name)
    assert "为保护个人信息" in (await clerk.open(f"/incidents/{incident_id}")).text
    async with office.database.session() as session:
        statement = select(ReductionRow).where(col(ReductionRow.incident_id) == incident_id)
        (row,) = (await session.execute(statement)).scalars().all()
    assert (row.why, row.by, row.reason, row.texts) == ("person", "office.clerk", "本人要求删除", 1)
    client = office.system.app.state.commands.cases._client
    report = await verify(office.database, client, [incident_id])
    assert report.differences == ()
    assert any("(person)" in note for note in report.cases[0].notes)
    again = await clerk.post(act, {**fields, "chosen": [value], "deed": ["reduce"], "reason": ["再次"]})
    assert (again.status_code, "已不在" in again.text) == (422, True)


async def test_a_correction_is_noted_beside_the_text(office: Office):
    name = "公孙明月"
    incident_id = await case_about(office, f"{name}是肇事者")
    clerk = await office.sits("office.clerk")
    fields, value = await chosen(office, clerk, incident_id, name)
    answer = await clerk.post(
        f"{PAGE}/act", {**fields, "chosen": [value], "deed": ["correct"], "reason": ["系目击者，不是肇事者"]}
    )
    assert "已注明更正" in answer.text
    assert "系目击者，不是肇事者" in await look_for(clerk, name)
    assert "注明更正：系目击者，不是肇事者" in (await clerk.open(f"/incidents/{incident_id}")).text


async def test_a_title_and_the_name_of_a_file_are_corrected_and_not_reduced(office: Office):
    name = "慕容听雪"
    clerk = await office.sits("office.clerk")
    path = await registered(clerk, title=f"{name}被打")
    form = forms((await clerk.open(f"{path}/attachments")).text)[f"{path}/attachments"]
    assert (await send(clerk, form, {}, {f"{name}.png": picture()})).status_code == 303
    page = await look_for(clerk, name)
    fields = forms(page)[f"{PAGE}/act"].fields
    incident_id = path.rpartition("/")[2]
    for number, about in enumerate(("case", "attachment 1")):
        value = f"{incident_id} {about}"
        assert f'value="{value}"' in page
        act = {**fields, "chosen": [value], "reason": [f"<b>姓名有误{number}"]}
        refused = await clerk.post(f"{PAGE}/act", {**act, "deed": ["reduce"]})
        assert (refused.status_code, "不能删减" in refused.text) == (422, True)
        assert "已注明更正" in (await clerk.post(f"{PAGE}/act", {**act, "deed": ["correct"]})).text
    for shown in (await look_for(clerk, name), (await clerk.open(path)).text):
        assert "&lt;b&gt;姓名有误0" in shown
        assert "&lt;b&gt;姓名有误1" in shown
    for about in ("attachment 2", "attachment x", "attachment", "text"):
        act = {**fields, "chosen": [f"{incident_id} {about}"], "deed": ["correct"], "reason": ["理由"]}
        assert (await clerk.post(f"{PAGE}/act", act)).status_code == 422, about


async def test_nothing_is_done_to_what_was_not_chosen_or_is_another_s(office: Office):
    clerk = await office.sits("office.clerk")
    name = "东方既白"
    incident_id = await case_about(office, f"{name}的帖子")
    fields, value = await chosen(office, clerk, incident_id, name)
    for choice, deed in (
        ("", "reduce"),
        (value, ""),
        (value, "burn"),
        ("inc-none text:x:1", "reduce"),
        ("x" * 5000, "correct"),
    ):
        answer = await clerk.post(
            f"{PAGE}/act", {**fields, "chosen": [choice], "deed": [deed], "reason": ["理由"]}
        )
        assert answer.status_code == 422, (choice, deed)
    assert name in await look_for(clerk, name)


async def test_what_units_wrote_in_a_case_under_way_is_corrected_and_not_reduced(office: Office):
    clerk = await office.sits("office.clerk")
    name = "上官清和"
    incident_id = await case_about(office, "路灯不亮")
    path = f"/incidents/{incident_id}"
    leader = await office.sits("office.leader")
    await done(
        leader,
        path,
        "judge",
        {"level": "general_matter", "trend": "level", **FACTORS, "reason": f"{name}所发"},
    )
    fields, value = await chosen(office, clerk, incident_id, name)
    refused = await clerk.post(
        f"{PAGE}/act", {**fields, "chosen": [value], "deed": ["reduce"], "reason": ["理由"]}
    )
    assert (refused.status_code, "归档后才能删减" in refused.text) == (422, True)


async def test_nobody_else_comes_to_the_page(office: Office):
    for login in ("town.handler", "auditor", "sys.admin"):
        seat = await office.sits(login)
        assert (await seat.open(PAGE)).status_code == 403
        assert PAGE not in (await seat.open("/me")).text
