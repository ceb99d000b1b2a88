"""The certificates of a case at the desk: listed and handed out to whoever sees the case, written down,
and marked as other files.
"""

import json
from pathlib import Path

import pytest

from audit.bundle.checking import checked
from audit.certificates import Certificate
from desk.certificate import route
from domain.terms.roles import Role
from papers.typesetting import NoChineseFont, chinese_font
from tests.desk.conftest import Office
from tests.desk.test_marking import marked
from tests.desk.test_steps import registered

needs_font = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font on this machine")


async def test_a_certificate_is_listed_handed_out_and_holds(office: Office, tmp_path: Path):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    assert (
        f'href="{incident}/certificates#certificate-RESP48:-:registration"'
        in (await leader.open(incident)).text
    )
    page = (await leader.open(f"{incident}/certificates")).text
    assert f'href="{incident}/certificates/1/file"' in page
    answer = await leader.open(f"{incident}/certificates/1/file")
    assert answer.headers["content-type"] == "application/json"
    (tmp_path / "one.json").write_bytes(answer.content)
    assert checked(tmp_path / "one.json").wrong == ()
    told = json.loads(answer.content)["statement"]
    assert told["outcome"]["id"] == "RESP48:-:registration"
    again = await leader.open(f"{incident}/certificates/1/file")
    assert again.content == answer.content
    assert (await leader.open(f"{incident}/certificates/99/file")).status_code == 404


@needs_font
async def test_the_page_is_a_pdf_and_of_a_marked_case_a_marked_copy(office: Office):
    leader, clerk = await office.sits("office.leader"), await office.sits("office.clerk")
    incident = await registered(leader)
    answer = await clerk.open(f"{incident}/certificates/1/page")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    await marked(leader, incident, "work_secret")
    page = (await clerk.open(f"{incident}/certificates")).text
    assert 'class="watermark"' in page
    assert "/certificates/1/file" not in page
    assert (await clerk.open(f"{incident}/certificates/1/file")).status_code == 403
    copy = await clerk.open(f"{incident}/certificates/1/page")
    assert copy.headers["content-type"] == "application/pdf"
    assert "工作秘密" in copy.headers["content-disposition"] or "%E5" in copy.headers["content-disposition"]
    assert (await leader.open(f"{incident}/certificates/1/file")).status_code == 200


async def test_who_does_not_see_the_case_is_handed_nothing(office: Office):
    leader = await office.sits("office.leader")
    await office.account("health.clerk", Role.HANDLER, "health")
    town = await office.sits("health.clerk")
    incident = await registered(leader)
    for way in ("", "/1/file", "/1/page"):
        assert (await town.open(f"{incident}/certificates{way}")).status_code == 404


async def test_without_a_font_the_page_is_refused_in_words_and_the_file_offered(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    def none() -> None:
        raise NoChineseFont

    leader = await office.sits("office.leader")
    incident = await registered(leader)
    monkeypatch.setattr(Certificate, "pdf", lambda _: none())
    monkeypatch.setattr(route, "chinese_font", lambda: None)
    answer = await leader.open(f"{incident}/certificates/1/page")
    assert (answer.status_code, "fonts-noto-cjk" in answer.text) == (503, True)
    assert "/certificates/1/file" in answer.text
    assert "/certificates/1/page" not in (await leader.open(f"{incident}/certificates")).text
