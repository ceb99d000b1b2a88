"""The code of the sealed log on what a browser takes out, and typed in again at the auditor's desk."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest_asyncio

from audit.sealing import sealed_now
from storage.checkpoint_codes import LETTERS, code_typed, latest_code
from storage.checkpoint_keys import CheckpointKeys
from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_marking import words_of
from tests.desk.test_papers import assigned_to_town, needs_font
from tests.desk.test_steps import registered


@pytest_asyncio.fixture(loop_scope="session")
async def code(office: Office) -> AsyncIterator[str]:
    """The code of a checkpoint that is signed now."""
    await office.sits("auditor")  # which the book writes down, so that there is something to seal
    keys = CheckpointKeys(office.system.settings.keys_dir)
    assert await sealed_now(office.database, keys, office.now()) is not None
    async with office.database.session() as session:
        yield await (await session.connection()).run_sync(latest_code)


async def said(seat: Seat, typed: str) -> str:
    page = (await seat.open(f"/auditor?code={typed}")).text
    found = re.search(r'<p role="status"><span.*?</p>', page, re.DOTALL)
    assert found is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found.group(0))).split())


@needs_font
async def test_a_paper_and_a_sheet_bear_the_code_and_the_book_says_with_what_it_left(
    office: Office, code: str
):
    leader, incident = await assigned_to_town(office)
    path, before = f"{incident}/papers/assignment_order-1", await end_of(office)
    pdf = await leader.open(f"{path}.pdf")
    assert f"存证码 {code}" in words_of(pdf.content)
    assert (await leader.open(f"{path}.docx")).status_code == 200
    assert (await leader.open("/ledger.xlsx")).status_code == 200
    assert (await leader.open("/papers/digests/daily.pdf")).status_code == 200
    taken = [entry for entry in await since(office, before) if entry["deed"] == "export"]
    assert [code in str(entry["detail"]) for entry in taken] == [True] * 4
    auditor = await office.sits("auditor")
    page = (await auditor.open(f"/auditor?code={code.lower()}")).text
    # Of which case, and by whom, is for who may read the audit book.
    assert "离开本系统" in page
    assert not re.findall("<li>[^<]*(office.leader|inc-)[^<]*离开本系统", page)


async def test_the_auditors_desk_says_what_a_code_tells_in_both_languages(office: Office, code: str):
    auditor = await office.sits("auditor")
    assert (await said(auditor, code)).startswith("相符")
    assert (await said(auditor, code.replace("-", "").lower())).startswith("相符")
    other = next(letter for letter in LETTERS if letter != code[0])
    assert (await said(auditor, other + code[1:])).startswith("读不出")
    assert (await said(auditor, "0000-0000-0000")).startswith("没有")
    hostile = await auditor.open("/auditor?code=%3Cscript%3Ealert(1)%3C/script%3E")
    assert (hostile.status_code, "<script>alert(1)" in hostile.text) == (200, False)
    assert (await auditor.open("/auditor?code=" + "0" * 41)).status_code == 422
    leader = await office.sits("office.leader")
    assert (await leader.open(f"/auditor?code={code}")).status_code == 403


async def test_what_is_printed_from_the_browser_of_a_case_bears_the_code(office: Office, code: str):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    for path in ("", "?view=brief", "?at=1", "/replay", "/replay/report"):
        foot = (await leader.open(f"{incident}{path}")).text.split('<footer class="colophon">')[1]
        last = re.search(r'存证码\s+<span class="hash">([^<]+)</span>', foot)
        assert last is not None, path
        assert code_typed(last.group(1)) == last.group(1)
    assert "存证码" not in (await leader.open("/ledger")).text.split('<footer class="colophon">')[1]
