"""What waits for a unit, what each notice is about, and which incidents cite a clause, on both databases."""

from datetime import UTC, datetime, timedelta

from domain.notices import notices
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import ObligationKind
from storage.cited import citing_counts, citing_incidents
from storage.database import Database
from storage.inbox import deliver, inbox
from storage.notice_board import acknowledge_all, matters, waiting_beside, waiting_notices
from storage.record import record
from tests.pages import stories
from tests.pages.stories import NOON

NOW = datetime(2026, 9, 10, tzinfo=UTC)
UNIT, STRANGER = "urban_management", "agriculture"


async def told(database: Database) -> str:
    """An incident on record, with all that it told units delivered."""
    story = stories.city_management(NOON, until_hours=60)
    await record(database, story.incident_id, tuple(story.decisions))
    for decided in story.decisions:
        await deliver(database, story.incident_id, notices(story.told(), decided), drill=False, at=NOW)
    return story.incident_id


async def test_notices_wait_with_what_they_are_about_until_they_are_acknowledged(database: Database):
    await told(database)
    async with database.session() as session:
        waiting = await waiting_notices(session, UNIT)
        page = await inbox(session, UNIT)
        about = await matters(session, UNIT, page.items)
        of_stranger = await matters(session, STRANGER, page.items)
    assert len(waiting) == len(page.items) == len(about) > 0
    assert {matter.number for matter in about.values()} == {"舆〔2026〕5号"}
    assert all(matter.is_own for matter in about.values())
    assert not any(matter.is_own for matter in of_stranger.values())
    async with database.session() as session:
        beside = await waiting_beside(session, [page.items[0].position], UNIT, "")
        assert {one.position for one in beside} == {one.position for one in waiting}
        assert await waiting_beside(session, [page.items[0].position], STRANGER, "") == []
    rectify = next(item for item in page.items if item.notice.subject.startswith(ObligationKind.RECTIFY))
    assert about[rectify.position].is_owed
    assert about[rectify.position].due_at is not None
    positions = [item.position for item in page.items]
    async with database.writing() as session:
        assert await acknowledge_all(session, positions, STRANGER, person="x", at=NOW) == ()
        first = await acknowledge_all(session, positions[:2], UNIT, person="li-na", at=NOW)
        assert set(first) == set(positions[:2])
        later = NOW + timedelta(hours=1)
        rest = await acknowledge_all(session, positions, UNIT, person="wu", at=later)
        assert set(rest) == set(positions[2:])
    async with database.session() as session:
        assert await waiting_notices(session, UNIT) == []
        seen = (await inbox(session, UNIT)).items
    assert [item.acknowledged_by for item in seen[:3]] == ["li-na", "li-na", "wu"]


async def test_incidents_are_found_by_the_clause_of_their_obligations_within_what_the_reader_sees(
    database: Database,
):
    incident_id = await told(database)
    auditor = Actor(person="victor", role=Role.AUDITOR, unit="discipline")
    async with database.session() as session:
        for reader in (auditor, Actor(person="li-na", role=Role.HANDLER, unit=UNIT)):
            assert (await citing_counts(session, reader))["三(三)#4"] == 1
            found = await citing_incidents(session, "三(三)#4", actor=reader, limit=20)
            assert [line.incident_id for line in found.items] == [incident_id]
            assert (await citing_incidents(session, "三(六)#3", actor=reader, limit=20)).items == ()
        stranger = Actor(person="mallory", role=Role.PRINCIPAL_LEADER, unit=STRANGER)
        assert await citing_counts(session, stranger) == {}
        assert (await citing_incidents(session, "三(三)#4", actor=stranger, limit=20)).items == ()
