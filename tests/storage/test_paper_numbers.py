"""Numbers of papers: signed ones alone draw them, in the order of signing, once each and without a gap,
whatever breaks off.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from cli import prepare_database
from deploy.startup_errors import StartupError
from domain.rules.papers import PaperIssued
from domain.steps.escalate import SignIssue
from domain.steps.mark import SetMarking
from domain.terms.vocabulary import Marking
from settings import Settings
from storage import paper_numbers
from storage.database import Database, open_database
from storage.ledger import rebuild
from storage.paper_numbers import SETTLES, PatternsFault, draw_waiting, number_of, read_patterns
from storage.paper_records import about
from storage.paper_tables import PaperNumberRow, PaperRow
from storage.record import record
from tests.storage.cases import START, Case, rebased

LATER = START + timedelta(days=60)


async def recorded(database: Database, *cases: Case) -> None:
    for case in cases:
        await record(database, case.incident_id, case.decisions)


async def numbers(database: Database, kind: str = "") -> list[str]:
    """The numbers in the order in which they were drawn within each series."""
    async with database.session() as session:
        order = (col(PaperNumberRow.series), col(PaperNumberRow.drill), col(PaperNumberRow.ordinal))
        rows = (await session.execute(select(PaperNumberRow).order_by(*order))).scalars().all()
    return [row.number for row in rows if row.paper.startswith(kind)]


async def waiting(database: Database) -> Sequence[Any]:
    async with database.session() as session:
        return (await session.execute(select(PaperRow).where(col(PaperRow.awaits_number).is_(True)))).all()


async def of(database: Database, case: Case, paper: str) -> str | None:
    async with database.session() as session:
        return await number_of(session, case.incident_id, paper)


def flashes(count: int) -> list[Case]:
    """Cases just registered, each with a flash report that its registration signed."""
    return [Case(str(number)) for number in range(1, count + 1)]


async def test_ten_papers_signed_at_once_draw_ten_numbers_without_a_gap(database: Database):
    cases = flashes(10)
    await recorded(database, cases[0])
    await asyncio.gather(*(record(database, case.incident_id, case.decisions) for case in cases[1:]))
    assert await numbers(database) == []
    assert await draw_waiting(database, LATER) == 10
    assert await numbers(database, "flash_report") == [f"舆快〔2026〕{number}期" for number in range(1, 11)]
    assert await waiting(database) == []
    assert await draw_waiting(database, LATER) == 0


async def test_numbers_go_by_the_order_of_signing_whatever_came_on_record_first(database: Database):
    orders = []
    for number in range(1, 4):
        case = Case(str(number), unit="shiqiao")
        case.wait(timedelta(minutes=number))
        orders.append(case.assign())
    await recorded(database, *orders[::-1])
    await draw_waiting(database, LATER)
    drawn = [await of(database, case, "assignment_order-1") for case in orders]
    assert drawn == [f"高府办舆交〔2026〕{number}号" for number in (1, 2, 3)]


async def test_what_waits_for_a_signature_or_was_declined_draws_nothing(database: Database):
    case = Case("1", unit="shiqiao").supervised()
    drafts = [paper for paper in case.state.papers if paper.signed_at is None]
    await recorded(database, case)
    await draw_waiting(database, LATER)
    assert drafts
    for paper in drafts:
        assert await of(database, case, paper.id) is None
    assert await of(database, case, "flash_report-1") == "舆快〔2026〕1期"
    assert await of(database, case, "assignment_order-1") == "高府办舆交〔2026〕1号"


async def test_a_drill_has_a_series_of_its_own_that_says_so(database: Database):
    drill, earnest = Case("1", drill=True), Case("2")
    await recorded(database, drill, earnest)
    await draw_waiting(database, LATER)
    assert await of(database, drill, "flash_report-1") == "演练舆快〔2026〕1期"
    assert await of(database, earnest, "flash_report-1") == "舆快〔2026〕1期"


async def test_a_paper_just_signed_waits_until_earlier_signatures_are_on_record(database: Database):
    case = Case("1")
    await recorded(database, case)
    signed_at = case.state.paper("flash_report-1").signed_at
    assert signed_at is not None
    assert await draw_waiting(database, signed_at + SETTLES - timedelta(milliseconds=1)) == 0
    assert await draw_waiting(database, signed_at + SETTLES) == 1


async def test_two_workers_that_draw_at_once_leave_no_gap_and_draw_nothing_twice(
    url: str, database: Database
):
    await recorded(database, *flashes(20))
    other = open_database(url)
    try:
        await asyncio.gather(*(draw_waiting((database, other)[n % 2], LATER) for n in range(8)))
    finally:
        await other.close()
    assert await numbers(database, "flash_report") == [f"舆快〔2026〕{number}期" for number in range(1, 21)]


async def test_what_breaks_off_between_drawing_and_recording_draws_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    await recorded(database, *flashes(3))
    drawn: list[object] = []
    whole = paper_numbers._draw

    def broken(connection: Any, row: Any, now: datetime) -> None:
        whole(connection, row, now)
        drawn.append(row)
        if len(drawn) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(paper_numbers, "_draw", broken)
    with pytest.raises(KeyboardInterrupt):
        await draw_waiting(database, LATER)
    monkeypatch.undo()
    assert await numbers(database) == []
    assert await draw_waiting(database, LATER) == 3
    assert await numbers(database) == [f"舆快〔2026〕{number}期" for number in (1, 2, 3)]


async def test_a_rebuilt_ledger_keeps_the_numbers_and_asks_for_no_others(database: Database):
    cases = [Case("1", unit="shiqiao").supervised(), Case("2")]
    await recorded(database, *cases)
    await draw_waiting(database, LATER)
    before = await numbers(database)
    await rebuild(database)
    assert await draw_waiting(database, LATER) == 0
    assert await numbers(database) == before
    assert len(before) >= 4


async def test_a_number_is_never_taken_back(database: Database):
    await recorded(database, Case("1"))
    await draw_waiting(database, LATER)
    with pytest.raises(DatabaseError):
        async with database.writing() as session:
            await session.execute(delete(PaperNumberRow))


async def test_what_was_signed_before_papers_drew_numbers_draws_none_under_a_later_law(database: Database):
    case = rebased()
    for decided in case.decisions:
        await record(database, case.incident_id, (decided,))
    for _ in range(2):
        await draw_waiting(database, LATER)
        assert await numbers(database) == ["高府办舆督〔2026〕1号"]
        await rebuild(database)


async def test_the_signature_is_found_however_often_the_paper_was_marked_before(database: Database):
    case = Case("1", unit="shiqiao").overdue()
    for number in range(42):
        marking = (Marking.INTERNAL, Marking.NONE)[number % 2]
        case.submit(SetMarking(marking=marking, reason="定密", paper="supervision_order-1"))
    signed = case.submit(SignIssue(paper="supervision_order-1"))
    await recorded(database, case)
    async with database.session() as session:
        records = await about(session, case.incident_id, "supervision_order-1")
    assert records[-1].decision == signed
    assert any(isinstance(event, PaperIssued) for event in records[-1].decision.events)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not a mapping"),
        ("a: [", "cannot be read"),
        ("{}", "numbers is missing"),
        ("numbers: {gossip: '舆〔{year}〕{number}号'}", "no paper of the kind gossip"),
        ("numbers: {minutes: '舆〔{year}〕号'}", "{year} and {number} once each"),
        ("numbers: {minutes: '{number}〔{year}〕{month}'}", "{year} and {number} once each"),
        ("numbers: {minutes: 5}", "{year} and {number} once each"),
    ],
)
def test_a_file_that_says_wrongly_how_papers_are_numbered_is_refused_in_words(
    tmp_path: Path, content: str, words: str
):
    file = tmp_path / "papers.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(PatternsFault) as refusal:
        read_patterns(file)
    assert words in str(refusal.value)


async def test_a_start_is_refused_while_a_regulation_numbers_its_papers_wrongly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "parameters.yaml").write_text("{}", encoding="utf-8")
    (tmp_path / "broken" / "papers.yaml").write_text("numbers: {minutes: 号}", encoding="utf-8")
    monkeypatch.setattr("storage.regulations.REGULATIONS", tmp_path)
    monkeypatch.setattr("storage.paper_numbers.REGULATIONS", tmp_path)
    with pytest.raises(StartupError, match="文书编号的设置有误"):
        await prepare_database(Settings(var_dir=tmp_path / "var"))
