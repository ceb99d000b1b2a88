"""Papers as lists show them: what waits for a signature, and what does not any more."""

from domain.steps.close import Archive
from storage.database import Database
from storage.papers import PaperFilter, Standing, papers
from storage.record import record
from tests.storage.cases import OFFICE, Case


async def test_what_an_archived_case_left_unsigned_waits_for_nobody(database: Database):
    archived, running = Case("1", unit="qingxi").close_late(), Case("2", unit="shiqiao").overdue()
    archived.submit(Archive())
    for case in (archived, running):
        await record(database, case.incident_id, case.decisions)
        assert any(paper.signed_at is None for paper in case.state.papers)
    async with database.session() as session:
        waiting = await papers(session, PaperFilter(standing=Standing.WAITING), actor=OFFICE)
        everything = await papers(session, PaperFilter(), actor=OFFICE)
    assert {line.incident_id for line in waiting.items} == {running.incident_id}
    assert {line.incident_id for line in everything.items} == {archived.incident_id, running.incident_id}
