"""Questions to the record: one incident, its state as it once stood, and what must run."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from domain.case.state import Incident
from domain.incident import evolve, fold
from storage import queries
from storage.database import Database
from storage.latest_states import LatestStates
from storage.ledger import rebuild
from storage.queries import incident, number_at, state_at, unarchived
from storage.record import record
from tests.storage.cases import Case


async def as_of(database: Database, case: Case, at) -> Incident | None:
    async with database.session() as session:
        return await state_at(session, case.incident_id, at)


async def number_at_instant(database: Database, case: Case, at) -> int:
    async with database.session() as session:
        return await number_at(session, case.incident_id, at)


async def test_an_unknown_incident_is_none(database: Database):
    async with database.session() as session:
        assert await incident(session, "inc-none") is None
        assert await state_at(session, "inc-none", 1) is None


async def test_the_state_after_each_event_is_the_fold_up_to_it(database: Database):
    case = Case().supervised()
    await record(database, case.incident_id, case.decisions)
    events = [event for decided in case.decisions for event in decided.events]
    for number in range(1, len(events) + 1):
        found = await as_of(database, case, number)
        assert found == fold(events[:number])
        assert found is not None
        assert found.event_number == number


async def test_the_state_after_a_late_event_is_folded_on_from_one_at_hand(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    case = Case().supervised()
    for decided in case.decisions:
        await record(database, case.incident_id, (decided,))
    folding = Mock(side_effect=evolve)
    monkeypatch.setattr(queries, "evolve", folding)
    before_last = case.decisions[-2]
    for number in (before_last.last_number, case.decisions[-1].first_number):
        state = await as_of(database, case, number)
        assert state == fold([event for one in case.decisions for event in one.events][:number])
    assert folding.call_count == 1
    monkeypatch.setattr(queries, "LATEST", LatestStates())
    folding.reset_mock()
    assert await as_of(database, case, before_last.last_number) is not None
    assert folding.call_count == before_last.last_number


async def test_a_number_that_no_event_has_gives_none(database: Database):
    case = Case().judge()
    await record(database, case.incident_id, case.decisions)
    for number in (-1, 0, case.state.event_number + 1, 2**70):
        assert await as_of(database, case, number) is None


async def test_the_number_at_an_instant_is_that_of_the_last_event_recorded_by_then(database: Database):
    case = Case().supervised()
    await record(database, case.incident_id, case.decisions)
    for count, decided in enumerate(case.decisions, start=1):
        assert await number_at_instant(database, case, decided.now) == decided.last_number
        following = (
            case.decisions[count].now if count < len(case.decisions) else decided.now + timedelta(days=9)
        )
        before = following - timedelta(microseconds=1)
        assert await number_at_instant(database, case, before) == decided.last_number


async def test_before_its_registration_an_incident_has_no_number(database: Database):
    case = Case()
    await record(database, case.incident_id, case.decisions)
    assert await number_at_instant(database, case, case.decisions[0].now - timedelta(seconds=1)) == 0
    assert await number_at_instant(database, Case("2"), case.decisions[0].now) == 0


async def test_the_incidents_whose_workflows_must_run_are_those_not_archived(database: Database):
    cases = [Case("1"), Case("2").close(), Case("3").archive(), Case("4", drill=True).judge()]
    for case in cases:
        await record(database, case.incident_id, case.decisions)
    expected = [cases[0].incident_id, cases[1].incident_id, cases[3].incident_id]
    for _ in range(2):
        async with database.session() as session:
            assert await unarchived(session) == expected
        await rebuild(database)
