"""Recording: each decision once, in order, all or nothing,
however often and by however many it is handed over.
"""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from storage.database import Database, open_database
from storage.event_log import EventLogConflict, EventLogGap, check_chain, decisions
from storage.queries import incident
from storage.record import record
from storage.tables import EventLogRow
from tests.storage.cases import Case, tampered


async def rows_of_the_log(database: Database) -> int:
    async with database.session() as session:
        return (await session.execute(select(func.count()).select_from(EventLogRow))).scalar_one()


async def test_a_recorded_case_is_read_back_as_it_was_decided(database: Database):
    case = Case().close()
    assert await record(database, case.incident_id, case.decisions) == case.state.event_number
    async with database.session() as session:
        stored = await decisions(session, case.incident_id)
        found = await incident(session, case.incident_id)
    assert tuple(item.decision for item in stored) == case.decisions
    assert found is not None
    assert found.state == case.state
    assert (found.event_number, found.hash) == (case.state.event_number, stored[-1].hash)


async def test_nothing_handed_over_changes_nothing(database: Database):
    case = Case()
    assert await record(database, case.incident_id, ()) == 0
    await record(database, case.incident_id, case.decisions)
    assert await record(database, case.incident_id, ()) == case.state.event_number


async def test_decisions_handed_over_one_by_one_lead_to_the_same_as_in_one_batch(database: Database):
    case, other = Case("1").supervised(), Case("2").supervised()
    for decided in case.decisions:
        assert await record(database, case.incident_id, (decided,)) == decided.last_number
    await record(database, other.incident_id, other.decisions)
    async with database.session() as session:
        found, whole = await incident(session, case.incident_id), await incident(session, other.incident_id)
    assert found is not None
    assert whole is not None
    assert replace(found.state, incident_id="", number="") == replace(whole.state, incident_id="", number="")


async def test_a_decision_recorded_again_is_passed_over(database: Database):
    case = Case().assign()
    for _ in range(3):
        assert await record(database, case.incident_id, case.decisions) == case.state.event_number
    assert await rows_of_the_log(database) == len(case.decisions)


async def test_a_batch_that_begins_in_what_is_recorded_adds_the_rest(database: Database):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions[:4])
    await record(database, case.incident_id, case.decisions[2:])
    assert await rows_of_the_log(database) == len(case.decisions)


async def test_many_recorders_of_one_case_record_each_decision_once(database: Database):
    case = Case().close()
    batches = [case.decisions[: last + 1] for last in range(len(case.decisions))]
    await asyncio.gather(*(record(database, case.incident_id, batch) for batch in batches * 5))
    assert await rows_of_the_log(database) == len(case.decisions)
    async with database.session() as session:
        assert await check_chain(session, case.incident_id) == []


async def test_two_processes_record_the_same_case_at_once(url: str, database: Database):
    case = Case().close()
    other = open_database(url)
    try:
        for decided in case.decisions:
            both = (record(by, case.incident_id, (decided,)) for by in (database, other))
            assert await asyncio.gather(*both) == [decided.last_number] * 2
    finally:
        await other.close()
    assert await rows_of_the_log(database) == len(case.decisions)


async def test_another_decision_under_a_recorded_number_is_refused_and_leaves_no_trace(database: Database):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions[:3])
    forged = (*case.decisions[:2], tampered(case.decisions[2]), case.decisions[3])
    with pytest.raises(EventLogConflict, match=str(case.decisions[2].first_number)):
        await record(database, case.incident_id, forged)
    assert await rows_of_the_log(database) == 3


async def test_a_decision_that_begins_inside_a_recorded_one_is_refused(database: Database):
    case = Case()
    await record(database, case.incident_id, case.decisions)
    inside = replace(case.decisions[0], first_number=2)
    with pytest.raises(EventLogConflict):
        await record(database, case.incident_id, (inside,))


@pytest.mark.parametrize("handed_over", [slice(1, None), slice(2, 3)])
async def test_a_gap_after_what_is_recorded_is_refused(database: Database, handed_over: slice):
    case = Case().assign()
    with pytest.raises(EventLogGap):
        await record(database, case.incident_id, case.decisions[handed_over])
    assert await rows_of_the_log(database) == 0


async def test_a_gap_inside_a_batch_is_refused_whole(database: Database):
    case = Case().assign()
    with pytest.raises(EventLogGap):
        await record(database, case.incident_id, (case.decisions[0], case.decisions[2]))
    assert await rows_of_the_log(database) == 0


async def test_decisions_of_another_incident_are_refused(database: Database):
    case = Case()
    with pytest.raises(ValueError, match="another incident"):
        await record(database, "inc-other", case.decisions)
    assert await rows_of_the_log(database) == 0


async def test_a_decision_without_events_is_refused(database: Database):
    case = Case()
    with pytest.raises(ValueError, match="without events"):
        await record(database, case.incident_id, (replace(case.decisions[0], events=()),))


async def test_what_an_earlier_release_wrote_with_fewer_fields_is_the_same_decision(database: Database):
    case = Case()
    await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        row = (await session.execute(select(EventLogRow))).scalar_one()
    shorter = row.decision.replace('"deferred":false,', "")
    assert shorter != row.decision
    await without_guards(database)
    async with database.writing() as session:
        await session.execute(text("UPDATE event_log SET decision = :shorter"), {"shorter": shorter})
    assert await record(database, case.incident_id, case.decisions) == case.state.event_number


async def without_guards(database: Database) -> None:
    """What somebody with all rights to the database could do."""
    async with database.writing() as session:
        if database.engine.dialect.name == "sqlite":
            await session.execute(text("DROP TRIGGER event_log_no_update"))
        else:
            await session.execute(text("ALTER TABLE event_log DISABLE TRIGGER ALL"))


async def test_a_recorder_that_is_given_up_on_leaves_the_log_whole(database: Database):
    cases = [Case(str(number)).publish() for number in range(6)]
    for case in cases:
        for delay in (0, 0.0005, 0.001, 0.002, 0.004):
            task = asyncio.create_task(record(database, case.incident_id, case.decisions))
            await asyncio.sleep(delay)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert await record(database, case.incident_id, case.decisions) == case.state.event_number
    assert await rows_of_the_log(database) == sum(len(case.decisions) for case in cases)
    async with database.session() as session:
        positions = (await session.execute(select(col(EventLogRow.position)))).scalars().all()
        assert len(set(positions)) == len(positions)
        for case in cases:
            assert await check_chain(session, case.incident_id) == []
