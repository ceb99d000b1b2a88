"""Marked cases: every screen, print and export that shows one says so, and bears who looked at it and when."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from openpyxl import load_workbook

from tests.desk.conftest import Office
from tests.desk.pictures import PDF, picture
from tests.desk.seat import Seat, forms
from tests.desk.test_closed_cases import FACTORS, token_of
from tests.desk.test_ledger import recorded
from tests.desk.test_registering import send
from tests.desk.test_steps import local, registered

SHOWING = ("", "?view=brief", "/heat", "/attachments", "/do/judge")
BANDED = {"case", "attachments", "step"}
FORBIDDEN = "国家秘密不得录入本系统"


async def marked(seat: Seat, incident: str, marking: str) -> None:
    answer = await seat.fill_in(
        f"{incident}/do/set_marking", {"marking": marking, "reason": f"含未公开安排{uuid4().hex[:4]}"}
    )
    assert answer.status_code == 303, answer.text


async def a_case_of_a_town(office: Office) -> tuple[str, str]:
    """The path and the title of a case that 青溪镇 is to sign for."""
    leader = await office.sits("office.leader")
    title = f"标识样件{uuid4().hex[:8]}"
    incident = await registered(leader, title=title)
    for kind, typed in (("judge", {"level": "general_matter", **FACTORS}), ("assign", {"first": ["qingxi"]})):
        answer = await leader.fill_in(f"{incident}/do/{kind}", typed)
        assert answer.status_code == 303, answer.text
    return incident, title


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


async def test_a_file_of_a_marked_case_opens_under_the_watermark_and_its_bytes_stay(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    form = forms((await leader.open(f"{incident}/attachments")).text)[f"{incident}/attachments"]
    for files in ({"现场.png": picture()}, {"说明.pdf": PDF}):
        assert (await send(leader, form, {}, files)).status_code == 303
    first, second = f"{incident}/attachments/1", f"{incident}/attachments/2"
    assert f'href="{first}"' in (await leader.open(incident)).text
    await marked(leader, incident, "work_secret")
    for page in (incident, f"{incident}/attachments"):
        text = (await leader.open(page)).text
        assert f'href="{first}/view"' in text
        assert f'href="{first}"' not in text
    view = (await leader.open(f"{first}/view")).text
    assert f'<img src="{first}/picture"' in view
    assert view.count("工作秘密 市政府办公室 office.leader 20") > 20
    assert f'href="{first}"' in view
    for path in (first, f"{first}/picture"):
        assert (await leader.open(path)).content == picture()
    assert "<img" not in (await leader.open(f"{second}/view")).text.split("<main")[1]
    assert (await leader.open(f"{second}/picture")).status_code == 404
    assert (await leader.open(f"{incident}/attachments/3/view")).status_code == 404


async def test_every_intake_says_that_state_secrets_are_not_entered(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    for page in ("/register", f"{incident}/attachments"):
        assert FORBIDDEN in (await leader.open(page)).text
    assert FORBIDDEN in (await leader.open("/openapi.json")).json()["info"]["description"]


async def test_a_list_says_beside_the_title_that_a_case_is_marked(office: Office):
    incident, title = await a_case_of_a_town(office)
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    lists = [(leader, "/"), (leader, "/wall"), (handler, "/desk"), (handler, "/notices")]
    for seat, path in lists:
        text = (await seat.open(path)).text
        assert title in text, path
        assert not beside(title, text), path
    await marked(leader, incident, "work_secret")
    for seat, path in lists:
        assert beside(title, (await seat.open(path)).text) == "工作秘密", path
    typed = {"title": title, "discovered_at": local(timedelta(hours=1))}
    assert beside(title, (await leader.fill_in("/register", typed)).text) == "工作秘密"
    token = await token_of(office, "office.leader")
    listed = (await leader.http.get("/api/v1/incidents?limit=200", headers=token)).json()["items"]
    assert {line["marking"] for line in listed if line["title"] == title} == {"work_secret"}


def beside(title: str, text: str) -> str:
    """The mark that stands right after a title; empty for none."""
    after = re.search(rf'{title}<.{{0,240}}?class="badge badge-mark">([^<]+)<', text, re.DOTALL)
    return after[1] if after else ""


def test_no_template_links_a_title_without_its_mark():
    """Those of one case bear the band of the case instead."""
    folder = Path(__file__).parents[2] / "templates"
    listing = [file for file in folder.rglob("*.html") if file.parent.name not in BANDED]
    links = re.compile(r"<a [^>]*href=\"(/incidents/)?\{\{[^>]*>[^<]*\.title \}\}.*?(?=<a |\Z)", re.DOTALL)
    found = [one[0] for file in listing for one in links.finditer(file.read_text(encoding="utf-8"))]
    titles = [one for one in found if "page.title" not in one]
    assert len(titles) > 8
    assert [one for one in titles if "parts.mark(" not in one[:400]] == []
