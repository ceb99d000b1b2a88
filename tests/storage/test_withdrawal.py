"""Decisions of a workflow task that did not live to its end give way to those that Temporal
holds, and are kept.
"""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from domain.catalogue import Decision
from storage.database import Database
from storage.event_log import EventLogConflict, check_chain, decisions
from storage.ledger import rebuild
from storage.queries import incident as snapshot_of
from storage.record import record
from storage.tables import EventLogRow, WithdrawnDecisionRow
from tests.storage.cases import Case, tampered


def made() -> tuple[str, tuple[Decision, ...]]:
    """An incident and what a workflow would hand over of it."""
    case = Case().overdue()
    return case.incident_id, case.decisions


async def held(database: Database, incident_id: str):
    async with database.session() as session:
        return [stored.decision for stored in await decisions(session, incident_id)]


@pytest.mark.parametrize("place", [0, 2])
async def test_what_temporal_holds_takes_the_place_of_what_it_never_held(database: Database, place: int):
    incident_id, case = made()
    lost, kept = case[: place + 2], [*case[:place], tampered(case[place])]
    await record(database, incident_id, tuple(case[:place]))
    await record(database, incident_id, tuple(lost), durable=False)
    with pytest.raises(EventLogConflict):
        await record(database, incident_id, (kept[place],), durable=False)
    await record(database, incident_id, (kept[place],))
    assert await held(database, incident_id) == kept
    async with database.session() as session:
        assert await check_chain(session, incident_id) == []
        rows = (
            await session.execute(select(WithdrawnDecisionRow).order_by(col(WithdrawnDecisionRow.position)))
        ).scalars()
        assert [row.first_number for row in rows] == [decision.first_number for decision in lost[place:]]


async def test_the_ledger_follows_and_equals_a_rebuilt_one(database: Database):
    incident_id, case = made()
    await record(database, incident_id, tuple(case[:3]), durable=False)
    await record(database, incident_id, (tampered(case[2]), *case[3:5]))
    async with database.session() as session:
        followed = await snapshot_of(session, incident_id)
    await rebuild(database)
    async with database.session() as session:
        rebuilt = await snapshot_of(session, incident_id)
    assert followed is not None
    assert followed == rebuilt
    assert followed.event_number == case[4].last_number


async def test_what_was_proven_is_never_struck(database: Database):
    incident_id, case = made()
    await record(database, incident_id, tuple(case[:3]))
    with pytest.raises(EventLogConflict, match="proven"):
        await record(database, incident_id, (tampered(case[2]), *case[3:5]))
    assert await held(database, incident_id) == list(case[:3])


async def test_an_old_batch_handed_over_again_takes_nothing_back(database: Database):
    incident_id, case = made()
    await record(database, incident_id, tuple(case[:5]))
    await record(database, incident_id, tuple(case[1:3]))
    assert await held(database, incident_id) == list(case[:5])


async def test_a_row_that_was_not_withdrawn_cannot_be_deleted(database: Database):
    incident_id, case = made()
    await record(database, incident_id, tuple(case[:3]), durable=False)
    await record(database, incident_id, (tampered(case[2]),))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(delete(EventLogRow).where(col(EventLogRow.incident_id) == incident_id))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text("DELETE FROM withdrawn_decision"))
    assert len(await held(database, incident_id)) == 3
