"""The page by which an auditor hands out a case: for auditors alone, written down, and what leaves holds."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from audit.bundle import contents
from audit.bundle.checking import checked
from audit.bundle.container import unpacked
from storage.audit_book_tables import AuditEntryRow
from tests.desk.conftest import Office
from tests.desk.pictures import picture
from tests.desk.seat import Seat, forms
from tests.desk.test_marking import marked
from tests.desk.test_steps import registered


async def a_case_with_a_file(office: Office) -> tuple[str, Seat]:
    """The path of a case with a picture, and an auditor at the desk."""
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    answer = await leader.fill_in(f"{incident}/attachments", {}, files={"现场.png": picture()})
    assert answer.status_code == 303, answer.text
    return incident, await office.sits("auditor")


async def entries(office: Office, incident: str) -> list[str]:
    async with office.database.session() as session:
        statement = select(AuditEntryRow).where(
            col(AuditEntryRow.deed) == "export",
            col(AuditEntryRow.subject) == incident.rsplit("/", maxsplit=1)[-1],
        )
        ordered = statement.order_by(col(AuditEntryRow.position))
        return [row.detail for row in (await session.execute(ordered)).scalars()]


async def test_an_auditor_hands_out_a_case_that_holds_and_stands_in_the_book(office: Office, tmp_path: Path):
    incident, auditor = await a_case_with_a_file(office)
    assert f'href="{incident}/bundle"' in (await auditor.open(incident)).text
    answer = await auditor.fill_in(f"{incident}/bundle", {"files": "all"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    (tmp_path / "bundle.zip").write_bytes(answer.content)
    verdict = checked(tmp_path / "bundle.zip")
    assert [str(wrong) for wrong in verdict.wrong] == []
    assert incident.endswith(verdict.incident_id)
    files = unpacked(answer.content)
    assert files["files/0001"] == picture()
    assert incident.split("/")[-1] in answer.headers["content-disposition"]
    certificates, detail = await entries(office, incident)
    assert '"certificates": "' in certificates
    assert '"bundle": "' in detail
    bare = await auditor.fill_in(f"{incident}/bundle", {"files": "none"})
    assert "files/0001" not in unpacked(bare.content)
    assert len(await entries(office, incident)) == 3


async def test_of_a_marked_case_no_file_goes_along(office: Office):
    incident, auditor = await a_case_with_a_file(office)
    await marked(await office.sits("office.leader"), incident, "work_secret")
    page = (await auditor.open(f"{incident}/bundle")).text
    assert 'class="watermark"' in page
    assert "附件不随包交出" in page
    form = forms(page)[f"{incident}/bundle"]
    answer = await auditor.post(form.action, {**form.fields, "files": ["all"]})
    files = unpacked(answer.content)
    assert "files/0001" not in files
    assert "标识：工作秘密" in files["case/events.txt"].decode()
    assert "【工作秘密】auditor　20" in files["README.txt"].decode()


async def test_nobody_else_is_shown_the_button_or_handed_a_case(office: Office):
    incident, _ = await a_case_with_a_file(office)
    for login in ("office.leader", "office.clerk"):
        seat = await office.sits(login)
        assert "/bundle" not in (await seat.open(incident)).text
        assert (await seat.open(f"{incident}/bundle")).status_code == 403
        assert (await seat.post(f"{incident}/bundle", {"files": ["all"]})).status_code == 403
    denied = await entries(office, incident)
    assert len(denied) == 2
    assert all('"status": "403"' in detail for detail in denied)


async def test_a_case_that_is_not_there_is_not_found(office: Office):
    auditor = await office.sits("auditor")
    assert (await auditor.open("/incidents/inc-000000000000000000000000/bundle")).status_code == 404


async def test_files_that_are_too_large_can_be_left_out(office: Office, monkeypatch: pytest.MonkeyPatch):
    incident, auditor = await a_case_with_a_file(office)
    monkeypatch.setattr(contents, "MOST_BYTES", 10)
    answer = await auditor.fill_in(f"{incident}/bundle", {"files": "all"})
    assert (answer.status_code, "512 MB" in answer.text) == (422, True)
    assert (await auditor.fill_in(f"{incident}/bundle", {"files": "none"})).status_code == 200


async def test_a_key_that_is_lost_is_told_in_words(office: Office):
    incident, auditor = await a_case_with_a_file(office)
    assert (await auditor.fill_in(f"{incident}/bundle", {"files": "none"})).status_code == 200
    (key,) = office.system.settings.keys_dir.glob("*.signing")
    aside = key.rename(key.with_suffix(".aside"))
    try:
        answer = await auditor.fill_in(f"{incident}/bundle", {"files": "none"})
    finally:
        aside.rename(key)
    assert (answer.status_code, "密钥文件不在" in answer.text) == (503, True)
