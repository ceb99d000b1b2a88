"""Deadline certificates over the API: listed, handed out to whoever sees the case, written down, and refused
in words.
"""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from api.certificate_routes import CertificateFile
from audit.bundle.checking import checked
from audit.certificates import Certificate
from papers.typesetting import NoChineseFont, chinese_font
from storage.audit_book_tables import AuditEntryRow
from storage.tables import table
from tests.api.office import CLERK, OFFICE, OUTSIDER, System

_ENTRY = table(AuditEntryRow)
needs_font = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font on this machine")


async def test_each_obligation_is_listed_with_the_addresses_of_its_certificate(system: System):
    incident = await system.register()
    answer = await system.ask("GET", f"incidents/{incident}/certificates")
    first = answer.json()["items"][0]
    address = f"/api/v1/incidents/{incident}/certificates/1"
    assert (first["place"], first["file"], first["page"]) == (1, f"{address}.json", f"{address}.pdf")
    assert (first["kind"], first["status"], first["kind_label"]) == ("RESP48", "open", "48小时内予以回应")


async def test_the_file_holds_is_the_same_again_and_stands_in_the_audit_book(system: System, tmp_path: Path):
    incident = await system.register()
    answer = await system.ask("GET", f"incidents/{incident}/certificates/1.json", CLERK)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    (tmp_path / "one.json").write_bytes(answer.content)
    assert checked(tmp_path / "one.json").wrong == ()
    assert CertificateFile.model_validate_json(answer.content).format == "huiying-certificate/1"
    again = await system.ask("GET", f"incidents/{incident}/certificates/1.json", CLERK)
    assert again.content == answer.content
    async with system.database.session() as session:
        of_case = _ENTRY.c.subject.startswith(incident), _ENTRY.c.deed == "export"
        entries = (await session.execute(select(_ENTRY).where(*of_case))).mappings().all()
    assert [entry["person"] for entry in entries] == ["p-clerk"] * 3  # what it says, and each hand-out
    assert "certificates" in json.loads(entries[0]["detail"])


@needs_font
async def test_the_page_is_a_pdf_that_bears_the_code_of_the_file(system: System):
    incident = await system.register()
    answer = await system.ask("GET", f"incidents/{incident}/certificates/1.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


async def test_the_file_of_a_marked_case_is_for_whoever_may_lower_its_mark(system: System):
    incident = await system.register()
    await system.done(incident, "set_marking", {"marking": "work_secret", "reason": "含未公开的处置安排"})
    assert (await system.ask("GET", f"incidents/{incident}/certificates/1.json", CLERK)).status_code == 403
    assert (await system.ask("GET", f"incidents/{incident}/certificates/1.json", OFFICE)).status_code == 200


@pytest.mark.parametrize("ending", ["", "/1.json", "/1.pdf"])
async def test_who_does_not_see_the_case_is_told_of_nothing(system: System, ending: str):
    incident = await system.register()
    answer = await system.ask("GET", f"incidents/{incident}/certificates{ending}", OUTSIDER)
    assert answer.status_code == 404
    assert (await system.ask("GET", f"incidents/none/certificates{ending}")).status_code == 404


@pytest.mark.parametrize(("place", "status"), [("99", 404), ("0", 422), ("x", 422), ("100001", 422)])
async def test_a_place_that_is_none_is_refused(system: System, place: str, status: int):
    incident = await system.register()
    answer = await system.ask("GET", f"incidents/{incident}/certificates/{place}.json")
    assert answer.status_code == status


async def test_what_stands_in_the_way_is_a_problem_in_words(system: System, monkeypatch: pytest.MonkeyPatch):
    def none(_: Certificate) -> bytes:
        raise NoChineseFont

    incident = await system.register()
    monkeypatch.setattr(Certificate, "pdf", none)
    answer = await system.ask("GET", f"incidents/{incident}/certificates/1.pdf")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:huiying:problem:certificate_no_font")
    assert "JSON" in answer.json()["detail"]
    (key,) = system.settings.keys_dir.glob("*.signing")
    key.rename(key.with_suffix(".gone"))
    other = await system.register()
    answer = await system.ask("GET", f"incidents/{other}/certificates/1.json")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:huiying:problem:proof_key_missing")
