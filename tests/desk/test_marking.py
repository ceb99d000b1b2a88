"""Marked cases: every screen, print and export that shows one says so,
and bears who looked at it and when.
"""

import asyncio
import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from desk.board.page import COUNTED
from tests.desk.conftest import Office
from tests.desk.pictures import UNMARKABLE, locked_pdf, pdf, picture
from tests.desk.seat import Seat, forms
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_closed_cases import FACTORS, token_of
from tests.desk.test_ledger import recorded
from tests.desk.test_registering import send
from tests.desk.test_steps import local, registered

SHOWING = ("", "?view=brief", "?at=1", "/replay", "/replay/report", "/heat", "/attachments", "/do/judge")
BANDED = {"case", "attachments", "step", "bundle", "certificate"}
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


async def attached(seat: Seat, incident: str, files: dict[str, bytes]) -> None:
    form = forms((await seat.open(f"{incident}/attachments")).text)[f"{incident}/attachments"]
    for name, content in files.items():
        assert (await send(seat, form, {}, {name: content})).status_code == 303, name


def words_of(content: bytes) -> str:
    """What stands on the pages of a PDF, as its readers find it."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


async def test_a_file_of_a_marked_case_opens_under_the_watermark(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    await attached(leader, incident, {"现场.png": picture(size=(600, 400)), "说明.pdf": pdf()})
    first, second = f"{incident}/attachments/1", f"{incident}/attachments/2"
    assert f'href="{first}"' in (await leader.open(incident)).text
    assert (await leader.open(f"{first}/thumbnail")).status_code == 200
    await marked(leader, incident, "work_secret")
    for page in (incident, f"{incident}/attachments"):
        text = (await leader.open(page)).text
        assert f'href="{first}/view"' in text
        assert f'href="{first}"' not in text
        assert "thumbnail" not in text
    view = (await leader.open(f"{first}/view")).text
    assert f'<img src="{first}/picture"' in view
    assert view.count("工作秘密 市政府办公室 office.leader 20") > 20
    assert f'href="{first}"' in view
    shown = (await leader.open(f"{first}/picture")).content
    with Image.open(BytesIO(shown)) as image:
        assert (image.format, image.size) == ("JPEG", (600, 400))
        assert len(image.getcolors(600 * 400) or ()) > 20, "a picture of one colour that bears words has many"
    assert (await leader.open(f"{first}/thumbnail")).status_code == 404
    assert "<img" not in (await leader.open(f"{second}/view")).text.split("<main")[1]
    assert (await leader.open(f"{second}/picture")).status_code == 404
    assert (await leader.open(f"{incident}/attachments/3/view")).status_code == 404


async def test_a_file_of_a_marked_case_leaves_with_mark_person_and_instant_on_each_page(office: Office):
    leader, reader = await office.sits("office.leader"), await office.sits("auditor")
    incident = await registered(leader)
    files = {"现场.png": picture(), "说明.pdf": pdf(), "横.pdf": pdf(rotate=90), "开.pdf": locked_pdf("")}
    await attached(leader, incident, files)
    for number, content in enumerate(files.values(), 1):
        assert (await reader.open(f"{incident}/attachments/{number}")).content == content
    await marked(leader, incident, "internal")
    for number, name in enumerate(files, 1):
        answer = await reader.open(f"{incident}/attachments/{number}")
        assert answer.headers["content-type"] == "application/pdf", name
        assert quote(f"{name.partition('.')[0]}（内部）.pdf") in answer.headers["content-disposition"]
        words = words_of(answer.content)
        assert "内部 市纪委监委 auditor 20" in words, name
        assert re.search(r"auditor 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+0800", words), name


async def test_a_leader_who_may_lower_the_mark_takes_the_original_byte_for_byte(office: Office):
    leader = await office.sits("office.leader")
    incident, _ = await a_case_of_a_town(office)
    await attached(leader, incident, {"说明.pdf": pdf()})
    file = f"{incident}/attachments/1"
    await marked(leader, incident, "internal")
    assert (await leader.open(f"{file}?original=true")).content == pdf()
    assert f'href="{file}?original=true"' in (await leader.open(f"{file}/view")).text
    for login in ("office.clerk", "town.leader", "auditor"):
        seat = await office.sits(login)
        assert f'href="{file}?original=true"' not in (await seat.open(f"{file}/view")).text, login
        assert (await seat.open(f"{file}?original=true")).status_code == 403, login


async def test_the_audit_book_tells_who_took_an_original_from_who_took_a_marked_copy(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    await attached(leader, incident, {"说明.pdf": pdf(), "坏.pdf": UNMARKABLE["empty.pdf"]})
    await marked(leader, incident, "internal")
    before = await end_of(office)
    for address in ("1", "1?original=true", "1?original=false", "2", "2?original=true"):
        await leader.open(f"{incident}/attachments/{address}")
    clerk = await office.sits("office.clerk")
    await clerk.open(f"{incident}/attachments/1?original=true")
    entries = [one for one in await since(office, before) if one["deed"] == "attachment_open"]
    told = [(one["person"], json.loads(one["detail"]).get("copy")) for one in entries]
    assert told == [
        ("office.leader", "marked"),
        ("office.leader", "original"),
        ("office.leader", "marked"),
        ("office.leader", None),
        ("office.leader", "original"),
        ("office.clerk", None),
    ]


async def test_a_hostile_file_takes_no_watermark_and_the_answer_says_why_while_others_are_served(
    office: Office,
):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    await attached(leader, incident, {"锁.pdf": locked_pdf("known"), **UNMARKABLE})
    await marked(leader, incident, "internal")
    files = [f"{incident}/attachments/{number}" for number in range(1, len(UNMARKABLE) + 2)]
    *answers, page = await asyncio.gather(*map(leader.open, files), leader.open(incident))
    assert page.status_code == 200
    assert [answer.status_code for answer in answers] == [422] * len(files)
    assert "“锁.pdf”设有口令" in answers[0].text
    for name, answer in zip(UNMARKABLE, answers[1:], strict=True):
        assert f"“{name}”已损坏" in answer.text
    assert (await leader.open(f"{files[1]}?original=true")).content == UNMARKABLE["empty.pdf"]


async def test_every_intake_says_that_state_secrets_are_not_entered(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    for page in ("/register", f"{incident}/attachments"):
        assert FORBIDDEN in (await leader.open(page)).text
    assert FORBIDDEN in (await leader.open("/openapi.json")).json()["info"]["description"]


async def test_a_list_says_beside_the_title_that_a_case_is_marked(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("desk.wall.route.LISTED", COUNTED)  # however many cases other tests have opened
    incident, title = await a_case_of_a_town(office)
    leader, handler = await office.sits("office.leader"), await office.sits("town.handler")
    # The board has pages, and the office more cases than one shows.
    lists = [(leader, f"/?text={title}"), (leader, "/wall"), (handler, "/desk"), (handler, "/notices")]
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
