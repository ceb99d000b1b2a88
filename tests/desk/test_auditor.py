"""审计工作台: cases by what is risky in them, gaps among numbers, samples, notes that stay,
and the audit of a case.
"""

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from desk.auditor.view import risk_page
from domain.rules.permissions import SEES_ALL
from domain.terms.roles import Role
from domain.terms.vocabulary import Marking
from rehearsals.document import load
from rehearsals.folding import Folded, fold_rehearsal
from storage.healings import HealingEntry, Phase
from storage.healings import enter as enter_healing
from storage.numbers import draw
from storage.record import record
from storage.risks import Risk, RiskLine, Risks
from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.test_steps import registered

ROOT = Path(__file__).parents[2] / "rehearsals"
TOLD = {
    "P5": {"超时"},
    "not-ours-after-a-superior-asked": {"缺少历史"},
    "went-out-before-its-reviews": {"不合规公布"},
    "late-evidence-after-outage": {"超时后认定按时"},
    "corrected-clock-start": {"登记迟"},
    "clue-about-the-police": {"仅据涉事单位自述"},
}


def folded(name: str) -> Folded:
    return next(iter(fold_rehearsal(load(ROOT / f"{name}.yaml"))))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cases(office: Office) -> dict[str, str]:
    """Rehearsed cases that were recorded in earnest, by their names."""
    made = {}
    for name in TOLD:
        case = folded(name)
        assert case.incident is not None
        made[name] = case.incident.incident_id
        await record(office.database, made[name], case.decisions)
    return made


async def line(seat: Seat, incident_id: str) -> str:
    """The risks that the desk tells of a case, on whichever page it stands; empty where on none."""
    address = "/auditor"
    while address:
        page = (await seat.open(address)).text
        if f'data-case="/auditor/{incident_id}"' in page:
            start = page.index(f'data-case="/auditor/{incident_id}"')
            return page[start : page.index("</li>", start)]
        later = re.search(r'href="(/auditor\?[^"]*page=[^"]*)"', page)
        address = html.unescape(later[1]) if later else ""
    return ""


async def test_each_risk_is_told_of_the_case_that_bears_it(office: Office, cases: dict[str, str]):
    seat = await office.sits("auditor")
    for name, expected in TOLD.items():
        badges = set(re.findall(r'badge-warn">([^<×]*?)(?: × \d+)?</span>', await line(seat, cases[name])))
        assert expected <= badges, (name, badges)


async def test_a_case_without_a_risk_is_not_listed(office: Office, cases: dict[str, str]):
    leader, seat = await office.sits("office.leader"), await office.sits("auditor")
    incident = (await registered(leader)).rsplit("/", 1)[1]
    assert await line(seat, incident) == ""
    entry = HealingEntry(
        at=office.now(),
        incident_id=incident,
        cause="start",
        phase=Phase.DONE,
        faults=(),
        log_number=1,
        history_number=1,
        number=1,
    )
    await enter_healing(office.database, entry)
    assert "经核对恢复" in await line(seat, incident)


async def test_one_risk_can_be_looked_at_alone(office: Office, cases: dict[str, str]):
    seat = await office.sits("auditor")
    page = (await seat.open("/auditor?risk=irregular")).text
    lines = re.findall(r'data-case="([^"]*)".*?</li>', page, re.DOTALL)
    assert f"/auditor/{cases['went-out-before-its-reviews']}" in lines
    assert page.count("不合规公布</span>") == len(lines)
    assert (await seat.open("/auditor?risk=none")).status_code == 422


async def test_a_number_without_a_case_is_a_gap(office: Office):
    seat = await office.sits("auditor")
    drawn = await draw(office.database, f"never-{uuid4().hex}", year=2031, drill=False)
    page = (await seat.open("/auditor")).text
    assert drawn.number in page[page.index("h-gaps") : page.index("h-sample")]


async def test_a_sample_is_the_same_for_everybody_with_the_seed(office: Office, cases: dict[str, str]):
    seat = await office.sits("auditor")
    asked = "/auditor?seed={}&size=3&first=2026-01-01&last=2027-12-31"
    samples = [drawn(await seat.open(asked.format(seed))) for seed in ("七月", "七月", "八月", "九月")]
    assert samples[0] == samples[1]
    assert len(samples[0]) == 3
    assert len({tuple(one) for one in samples}) > 1
    assert "种子“七月”" in (await seat.open(asked.format("七月"))).text
    assert drawn(await seat.open("/auditor?seed=x&first=2001-01-01&last=2001-01-02")) == []


def drawn(answer: object) -> list[str]:
    page = str(getattr(answer, "text", ""))
    return re.findall(r'<li><a href="(/auditor/[^"]*)"', page[page.index("h-sample") :])


async def test_a_note_stays_as_it_was_written_and_is_read_by_auditors_of_the_unit(
    office: Office, cases: dict[str, str]
):
    seat, path = await office.sits("auditor"), f"/auditor/{cases['P5']}"
    answer = await seat.fill_in(path, {"text": "督办单迟了半天\n<b>须问</b>"}, f"{path}/notes")
    assert answer.status_code == 303, answer.text
    page = (await seat.open(path)).text
    assert "督办单迟了半天\n&lt;b&gt;须问&lt;/b&gt;" in page
    assert "记事 1 条" in await line(seat, cases["P5"])
    for statement in ("UPDATE audit_note SET text = 'x'", "DELETE FROM audit_note"):
        with pytest.raises(DatabaseError, match="append-only"):
            async with office.database.writing() as session:
                await session.execute(text(statement))
    await office.account("audit.other", Role.AUDITOR, "finance")
    other = await office.sits("audit.other")
    assert "督办单迟了半天" not in (await other.open(path)).text
    assert "记事 0 条" in await line(other, cases["P5"])


@pytest.mark.parametrize("typed", ["", "   ", "字" * 2001, "a\x07b"])
async def test_a_note_that_says_nothing_or_too_much_is_refused_in_words(
    office: Office, cases: dict[str, str], typed: str
):
    seat, path = await office.sits("auditor"), f"/auditor/{cases['P5']}"
    answer = await seat.fill_in(path, {"text": typed}, f"{path}/notes")
    assert answer.status_code == 200
    assert "请写明内容，不超过 2000 字" in answer.text


async def test_the_button_audits_a_case_as_the_command_does(office: Office, cases: dict[str, str]):
    leader, seat = await office.sits("office.leader"), await office.sits("auditor")
    incident = (await registered(leader)).rsplit("/", 1)[1]
    for incident_id, is_right in ((incident, True), (cases["P5"], False)):
        path = f"/auditor/{incident_id}"
        answer = await seat.fill_in(path, {}, f"{path}/verify")
        assert answer.status_code == 200, answer.text
        assert ("verdict-agrees" in answer.text) is is_right, answer.text
        assert ("history_missing" in answer.text) is not is_right


async def test_notes_and_audits_stand_in_the_audit_book_without_their_words(
    office: Office, cases: dict[str, str]
):
    async with office.database.session() as session:
        rows = (await session.execute(text("SELECT deed, subject, detail FROM audit_entry"))).all()
    deeds = {row[0] for row in rows}
    assert {"audit_note", "audit_verify"} <= deeds
    assert not [row for row in rows if "督办单" in str(row)]


async def test_nobody_but_auditors_comes_to_the_desk(office: Office, cases: dict[str, str]):
    assert Role.AUDITOR in SEES_ALL
    for login in ("office.leader", "town.handler", "sys.admin"):
        seat = await office.sits(login)
        assert (await seat.open("/auditor")).status_code == 403, login
        assert (await seat.open(f"/auditor/{cases['P5']}")).status_code == (
            403 if login == "sys.admin" else 404
        )
    seat = await office.sits("auditor")
    assert 'href="/auditor"' in (await seat.open("/")).text
    assert "/auditor" not in (await (await office.sits("office.leader")).open("/")).text


async def test_among_drills_all_ways_lead_to_drills(office: Office):
    seat = await office.sits("auditor")
    page = (await seat.open("/auditor?drill=true")).text
    ways = re.findall(r'href="(/auditor(?:\?[^"]*)?)"', page[page.index("h-risks") : page.index("h-gaps")])
    assert len(ways) > len(TOLD)
    assert all("drill=true" in way for way in ways)


def test_the_last_page_leads_to_no_further_one():
    line = RiskLine(
        incident_id="x",
        number="1",
        title="x",
        marking=Marking.NONE,
        drill=True,
        stage="closed",
        registered_at=datetime.now(UTC),
        risks={},
    )
    lines = Risks(cases=2, counts=dict.fromkeys(Risk, 0), lines=(line, line))
    ways = [
        risk_page(lines, {}, None, drill=True, page=page, size=1, last_page=200).later for page in (199, 200)
    ]
    assert ways == ["/auditor?drill=true&page=200", ""]
