"""Marked cases: every screen, print and export that shows one says so, and bears who looked at it and when."""

from io import BytesIO
from urllib.parse import quote
from uuid import uuid4

from openpyxl import load_workbook

from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.test_ledger import recorded
from tests.desk.test_steps import registered

SHOWING = ("", "?view=brief", "/heat", "/attachments", "/do/judge")
FORBIDDEN = "国家秘密不得录入本系统"


async def marked(seat: Seat, incident: str, marking: str) -> None:
    answer = await seat.fill_in(
        f"{incident}/do/set_marking", {"marking": marking, "reason": f"含未公开安排{uuid4().hex[:4]}"}
    )
    assert answer.status_code == 303, answer.text


async def test_screens_of_a_marked_case_bear_mark_person_and_instant(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    for page in SHOWING:
        assert "watermark" not in (await leader.open(f"{incident}{page}")).text
    await marked(leader, incident, "work_secret")
    reader = await office.sits("auditor")
    for page in SHOWING:
        text = (await leader.open(f"{incident}{page}")).text
        assert text.count("工作秘密 市政府办公室 office.leader 20") > 20, page
    text = (await reader.open(incident)).text
    assert "工作秘密 市纪委监委 auditor 20" in text
    assert "标为“工作秘密”" in text


async def test_the_ledger_and_its_sheet_say_that_they_hold_a_marked_case(office: Office):
    leader = await office.sits("office.leader")
    title = await recorded(leader)
    address = f"/ledger?text={quote(title)}"
    assert "watermark" not in (await leader.open(address)).text
    incident = next(
        part.split('"')[0]
        for part in (await leader.open(address)).text.split('href="')
        if part.startswith("/incidents/inc-")
    )
    await marked(leader, incident, "internal")
    assert "内部 市政府办公室 office.leader 20" in (await leader.open(address)).text
    book = load_workbook(BytesIO((await leader.open(address.replace("?", ".xlsx?"))).content))
    assert "内部 市政府办公室 office.leader 20" in str(book.worksheets[0].oddHeader.right.text)
    assert "内部" in {cell.value for cell in book.worksheets[0][2]}
    notes = {row[0].value: row[1].value for row in book.worksheets[1].rows}
    assert "内部" in str(notes["标识"])


async def test_every_intake_says_that_state_secrets_are_not_entered(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    for page in ("/register", f"{incident}/attachments"):
        assert FORBIDDEN in (await leader.open(page)).text
    assert FORBIDDEN in (await leader.open("/openapi.json")).json()["info"]["description"]
