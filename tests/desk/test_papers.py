"""Papers one can hold: each opens in its shape, says who signed it and to whom it went,
and is signed for on its sheet.
"""

import re
from functools import partial
from html import unescape
from urllib.parse import quote

import pytest

from api import paper_files
from casework import paper_sheets
from casework.case_texts import with_texts
from desk.papers import route
from domain.law.regulation import UnitKind
from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from papers.typesetting import NoChineseFont, chinese_font
from storage.audit_book import BookDeed
from storage.paper_numbers import SETTLES, draw_waiting
from storage.regulations import load_law
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_marking import marked, words_of
from tests.desk.test_steps import FACTORS, done, local, registered

needs_font = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font on this machine")
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} #import "x" $x$ \\ *粗* @a'


def sheet(page: str) -> str:
    """The words of the sheet of a page, with blanks between its lines."""
    found = re.search(r"<article.*?</article>", page, re.DOTALL)
    assert found is not None, page
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found.group(0))).split())


async def opened(seat: Seat, incident: str, paper: str) -> str:
    answer = await seat.open(f"{incident}/papers/{paper}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def assigned_to_town(office: Office, **typed: object) -> tuple[Seat, str]:
    leader = await office.sits("office.leader")
    incident = await registered(leader, **typed)
    await done(leader, incident, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, incident, "assign", {"first": ["qingxi"]})
    return leader, incident


async def test_an_order_opens_in_its_shape_and_is_signed_for_on_its_sheet(office: Office):
    leader, incident = await assigned_to_town(office)
    path = f"{incident}/papers/assignment_order-1"
    assert f'href="{path}"' in (await leader.open(incident)).text
    page = await opened(leader, incident, "assignment_order-1")
    words = sheet(page)
    for part in (
        "交办单",
        "待编号",
        "第一责任主体 青溪镇",
        "法定时限",
        "加急",
        "48小时内予以回应",
        "《关于进一步规范政务舆情应急处置工作机制的通知》",
        "职责分工",
    ):
        assert part in words, part
    assert "市政府办公室 主要负责同志 office.leader" in page
    assert "青溪镇 尚未签收" in page
    assert "sign-for" not in page
    handler = await office.sits("town.handler")
    form = forms(await opened(handler, incident, "assignment_order-1"))[f"{incident}/do/sign_for"]
    assert (await handler.send(form, {})).status_code == 303
    page = await opened(handler, incident, "assignment_order-1")
    assert re.search(r"青溪镇 于 \S+ \S+ 签收", page)
    assert "sign-for" not in page
    assert re.search("签收 青溪镇，[0-9]{4}年", sheet(page))


async def test_a_hint_quotes_what_the_office_wrote_and_leaves_blank_what_nobody_knows(office: Office):
    leader, incident = await assigned_to_town(office)
    await done(leader, incident, "issue_hint", {"to": ["qingxi"], "text": f"请于今日核实。\n{HOSTILE}"})
    page = await opened(leader, incident, "opinion_hint-1")
    words = sheet(page)
    assert "待编号" in words
    assert "请于今日核实。" in words
    assert HOSTILE in words
    assert "<script>alert" not in page
    assert "联系人：〔待填〕，电话：〔待填〕。" in words


async def test_a_paper_says_what_was_known_when_it_took_effect(office: Office):
    leader = await office.sits("office.leader")
    incident = await registered(leader)
    before = sheet(await opened(leader, incident, "flash_report-1"))
    await done(
        leader,
        incident,
        "record_metrics",
        {"metrics.at": local(), "metrics.reads": "123456"},
    )
    assert "123456" not in before
    assert sheet(await opened(leader, incident, "flash_report-1")) == before


async def test_who_does_not_see_the_case_opens_no_paper_and_nothing_is_there_by_a_wrong_name(office: Office):
    leader, incident = await assigned_to_town(office)
    await office.account("papers.stranger", Role.HANDLER, "health")
    stranger = await office.sits("papers.stranger")
    assert (await stranger.open(f"{incident}/papers/assignment_order-1")).status_code == 404
    for name in ("assignment_order-9", "x", "%25", "registered", 'a"b'):
        assert (await leader.open(f"{incident}/papers/{name}")).status_code == 404, name


async def test_what_no_paper_can_be_called_is_asked_of_no_database(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    async def looked_for(*_: object) -> None:
        raise AssertionError

    leader, incident = await assigned_to_town(office)
    monkeypatch.setattr(route, "case_paper", looked_for)
    for name in ("minutes-1%00", "%00", "minutes-", "minutes-1-1", "minutes-%EF%BC%91", "x"):
        for ending in ("", ".pdf", ".docx"):
            answer = await leader.open(f"{incident}/papers/{name}{ending}")
            assert answer.status_code == 404, (name, ending)


async def test_the_own_words_of_a_paper_come_first_and_what_is_left_out_is_told_in_chinese(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    gist, text = "甲" * 25, "乙" * 25
    leader, incident = await assigned_to_town(office, **{"sources[0].gist": gist})
    await done(leader, incident, "issue_hint", {"to": ["qingxi"], "text": text})
    monkeypatch.setattr(paper_sheets, "with_texts", partial(with_texts, most=len(text)))
    leader.http.cookies.set("huiying_language", "en")
    words = sheet(await opened(leader, incident, "opinion_hint-1"))
    assert text in words
    assert "（25 字，此处未列出）" in words


async def test_a_report_is_said_to_come_from_its_unit_and_an_order_to_go_to_it(office: Office):
    leader, incident = await assigned_to_town(office, title="公文中心样件丙")
    analysis = {"report": "special_report", "quantitative": "量", "qualitative": "质", "advice": "议"}
    await done(leader, incident, "submit_analysis", analysis)
    for page in ((await leader.open("/papers")).text, (await leader.open(incident)).text):
        assert "市政府办公室 出具" in page
        assert "致 青溪镇" in page
    assert "出具单位" in await opened(leader, incident, "special_report-1")
    assert "出具单位" not in await opened(leader, incident, "assignment_order-1")


async def test_on_an_english_page_the_sheet_stays_as_it_goes_out(office: Office):
    leader, incident = await assigned_to_town(office)
    chinese = sheet(await opened(leader, incident, "assignment_order-1"))
    leader.http.cookies.set("huiying_language", "en")
    page = await opened(leader, incident, "assignment_order-1")
    assert "Addressed to" in page
    assert sheet(page) == chinese


async def test_a_signed_paper_bears_its_number_and_one_that_bears_none_says_nothing(office: Office):
    leader, incident = await assigned_to_town(office)
    assert "待编号" in sheet(await opened(leader, incident, "assignment_order-1"))
    await draw_waiting(office.database, office.now() + SETTLES)
    words = sheet(await opened(leader, incident, "assignment_order-1"))
    assert re.search(r"交办单 高府办舆交〔\d{4}〕[1-9]\d*号", words), words
    assert "待编号" not in words


def names(page: str) -> list[str]:
    """The papers of the whole list of a page, by their ids."""
    return re.findall(r"/papers/([a-z_]+-[0-9]+)", page.partition('id="h-all"')[2])


async def test_the_centre_lists_what_one_may_see_by_kind_status_unit_and_number(office: Office):
    leader, incident = await assigned_to_town(office, title="公文中心样件甲")
    await draw_waiting(office.database, office.now() + SETTLES)
    words = sheet(await opened(leader, incident, "assignment_order-1"))
    number = re.findall(r"高府办舆交〔[0-9]{4}〕[0-9]+号", words)[0]
    everything = (await leader.open("/papers")).text
    assert {"assignment_order-1", "flash_report-1"} <= set(names(everything))
    orders = (await leader.open("/papers?kind=assignment_order&standing=signed&unit=qingxi")).text
    assert set(names(orders)) == {"assignment_order-1"}
    assert names((await leader.open(f"/papers?number={quote(number)}")).text) == ["assignment_order-1"]
    assert names((await leader.open("/papers?number=%25")).text) == []
    assert names((await leader.open("/papers?year=2001")).text) == []
    assert names((await leader.open("/papers?standing=void&kind=minutes")).text) == []
    await office.account("papers.farm", Role.HANDLER, "hongxing_farm")
    stranger = await office.sits("papers.farm")
    page = (await stranger.open("/papers")).text
    assert "公文中心样件甲" not in page
    assert names(page) == []
    way = f'href="{incident}/papers/assignment_order-1"'
    assert way in (await leader.open(f"/search?q={quote(number)}")).text
    assert way not in (await leader.open(f"/search?q={quote(number[:-1])}")).text  # a number is found whole
    assert way not in (await stranger.open(f"/search?q={quote(number)}")).text


async def test_leaders_of_the_office_see_first_what_waits_for_their_signature(office: Office):
    leader, incident = await assigned_to_town(office, title="公文中心样件乙")
    await done(leader, incident, "propose_commendation", {"unit": "qingxi", "persons": "1", "reason": "及时"})
    head = (await leader.open("/papers")).text.partition('id="h-all"')[0]
    assert "commendation-1" in head
    page = await opened(leader, incident, "commendation-1")
    assert f"{incident}/do/sign_issue?paper=commendation-1" in page
    assert "草稿" in page
    clerk = await office.sits("office.clerk")
    assert "commendation-1" not in (await clerk.open("/papers")).text.partition('id="h-all"')[0]
    await done(leader, incident, "decline_paper", {"paper": "commendation-1", "reason": "待进一步核实"})
    page = await opened(leader, incident, "commendation-1")
    assert "理由：待进一步核实" in page
    assert "commendation-1" not in (await leader.open("/papers")).text.partition('id="h-all"')[0]


@needs_font
async def test_a_paper_leaves_as_pdf_and_as_docx_and_each_is_written_down(office: Office):
    leader, incident = await assigned_to_town(office)
    before = await end_of(office)
    path = f"{incident}/papers/assignment_order-1"
    page = await opened(leader, incident, "assignment_order-1")
    assert f'href="{path}.pdf"' in page
    assert f'href="{path}.docx"' in page
    pdf, docx = await leader.open(f"{path}.pdf"), await leader.open(f"{path}.docx")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert "第一责任主体" in words_of(pdf.content)
    assert (docx.status_code, docx.content[:2]) == (200, b"PK")
    assert "attachment" in docx.headers["content-disposition"]
    entries = [entry for entry in await since(office, before) if entry["deed"] == BookDeed.EXPORT]
    assert len(entries) == 2
    assert (await leader.open(f"{path}.xlsx")).status_code in {404, 422}


@needs_font
async def test_of_a_marked_case_the_pdf_bears_the_mark_and_the_docx_is_for_who_may_lower_it(office: Office):
    leader, incident = await assigned_to_town(office)
    await marked(leader, incident, "work_secret")
    handler = await office.sits("town.handler")
    path = f"{incident}/papers/assignment_order-1"
    page = await opened(handler, incident, "assignment_order-1")
    assert f"{path}.docx" not in page
    assert (await handler.open(f"{path}.docx")).status_code == 403
    copy = await handler.open(f"{path}.pdf")
    assert "工作秘密" in words_of(copy.content)
    assert (await leader.open(f"{path}.docx")).status_code == 200


async def test_without_a_font_the_pdf_is_refused_in_words_and_the_docx_offered(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    def none(_: object) -> bytes:
        raise NoChineseFont

    leader, incident = await assigned_to_town(office)
    path = f"{incident}/papers/assignment_order-1"
    monkeypatch.setattr(paper_files, "as_pdf", none)
    monkeypatch.setattr(route, "chinese_font", lambda: None)
    answer = await leader.open(f"{path}.pdf")
    assert (answer.status_code, "fonts-noto-cjk" in answer.text) == (503, True)
    assert f'href="{path}.docx"' in answer.text
    assert f'href="{path}.pdf"' not in answer.text
    assert (await leader.open(f"{path}.docx")).status_code == 200


@needs_font
async def test_hostile_and_very_long_texts_are_set_as_they_are_typed_for_sixty_units(office: Office):
    leader, incident = await assigned_to_town(office)
    units = [
        unit.code for unit in load_law("gaoan-2020", 2026).units if unit.type is not UnitKind.SUPERIOR_ORGAN
    ]
    text = f"{HOSTILE}\n" + "核实情况并于今日报送。" * 1800
    await done(leader, incident, "issue_hint", {"to": units, "text": text})
    page = await opened(leader, incident, f"opinion_hint-{len(units)}")
    assert HOSTILE in sheet(page)
    assert "<script>alert" not in page
    path = f"{incident}/papers/opinion_hint-1"
    pdf, docx = await leader.open(f"{path}.pdf"), await leader.open(f"{path}.docx")
    assert pdf.status_code == 200
    printed = "".join(words_of(pdf.content).split())
    assert "".join(HOSTILE.split()) in printed
    foot = "—[0-9]+—(核对码[0-9a-f]+)?(存证码[0-9A-Z*~$=-]+)?"  # a code once a checkpoint is signed
    assert re.sub(foot, "", printed).count("核实情况并于今日报送") == 1800
    assert docx.status_code == 200


async def test_a_digest_tells_the_figures_of_its_span_and_leaves_the_judgement_to_a_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("storage.digests.MOST_LISTED", 10_000)  # whatever other tests have opened
    leader, incident = await assigned_to_town(office, title="日报样件甲")
    before = sheet((await leader.open("/papers/digests/daily")).text)
    count = re.findall("登记政务舆情([0-9]+)件", before)
    assert "日报样件甲" in before
    assert "二、走势研判 〔待填〕" in before
    assert "（一般性事项；青溪镇；" in before
    await marked(leader, incident, "work_secret")
    after = sheet((await leader.open("/papers/digests/daily")).text)
    assert "日报样件甲" not in after
    assert "件带标识，不在此列出" in after
    assert re.findall("登记政务舆情([0-9]+)件", after) == count
    past = sheet((await leader.open("/papers/digests/monthly?day=2001-12-31")).text)
    assert "（2001年12月1日至2001年12月31日）" in past
    assert "登记政务舆情0件" in past
    assert f"截至{office.now().astimezone(SHANGHAI).year}年" in past
    answer = await leader.open("/papers/digests/weekly.docx")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    await office.account("digest.farm", Role.HANDLER, "yunling")
    stranger = await office.sits("digest.farm")
    own = re.findall("登记政务舆情([0-9]+)件", sheet((await stranger.open("/papers/digests/daily")).text))
    assert int(own[0]) < int(count[0])


async def test_a_digest_holds_nothing_of_a_case_that_is_closed_to_named_persons(office: Office):
    leader, incident = await assigned_to_town(office, title="日报样件乙")
    await done(leader, incident, "name_readers", {"readers": "office.leader", "reason": "涉及未成年人"})
    assert "日报样件乙" not in (await leader.open("/papers/digests/daily")).text
