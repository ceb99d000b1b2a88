"""Papers as lists show them: what waits for a signature, and what does not any more."""

from datetime import timedelta

from domain.steps.close import Archive
from domain.terms.vocabulary import PaperKind
from storage.database import Database
from storage.paper_numbers import draw_waiting
from storage.papers import PaperFilter, PaperStanding, papers
from storage.record import record
from tests.storage.cases import OFFICE, START, Case
from tests.storage.listing import all_pages


async def test_what_an_archived_case_left_unsigned_waits_for_nobody(database: Database):
    archived, running = Case("1", unit="qingxi").close_late(), Case("2", unit="shiqiao").overdue()
    archived.submit(Archive())
    for case in (archived, running):
        await record(database, case.incident_id, case.decisions)
        assert any(paper.signed_at is None for paper in case.state.papers)
    async with database.session() as session:
        waiting = await papers(session, PaperFilter(standing=PaperStanding.WAITING), actor=OFFICE)
        everything = await papers(session, PaperFilter(), actor=OFFICE)
    assert {line.incident_id for line in waiting.items} == {running.incident_id}
    assert {line.incident_id for line in everything.items} == {archived.incident_id, running.incident_id}


async def test_papers_are_listed_by_each_filter_page_by_page(database: Database):
    case = Case("1", unit="shiqiao").supervised()
    await record(database, case.incident_id, case.decisions)
    await draw_waiting(database, case.now + timedelta(days=1))
    day = timedelta(days=1)
    wanted = {
        "flash_report-1": PaperFilter(kind=PaperKind.FLASH_REPORT),
        "assignment_order-1": PaperFilter(number="舆交〔2026〕1"),
        "circulated_criticism-1": PaperFilter(standing=PaperStanding.WAITING, unit="shiqiao"),
        "supervision_order-1": PaperFilter(since=START + day, until=START + 2 * day + timedelta(minutes=1)),
    }
    async with database.session() as session:
        for paper, filter_ in wanted.items():
            page = await papers(session, filter_, actor=OFFICE)
            assert [line.paper for line in page.items] == [paper]
        found = await all_pages(
            lambda cursor: papers(session, PaperFilter(), actor=OFFICE, cursor=cursor, limit=1)
        )
        oldest = await papers(session, PaperFilter(), actor=OFFICE, oldest_first=True)
    assert (
        [line.paper for line in found][::-1]
        == [line.paper for line in oldest.items]
        == [paper.id for paper in case.state.papers]
    )
