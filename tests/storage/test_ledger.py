"""The ledger says what the log says: after each decision, after a loss, and built anew."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlmodel import SQLModel, col

from domain.case.obligations import Status
from domain.case.state import Incident
from domain.steps.assign import DesignateLead, Reassign
from domain.terms.vocabulary import ObligationKind, Stage
from storage import ledger
from storage.address_tables import IncidentAddressRow
from storage.codec import INCIDENT, LAW
from storage.database import Database
from storage.ledger import rebuild
from storage.paper_tables import PaperRow
from storage.queries import incident
from storage.record import record
from storage.snapshots import Snapshot
from storage.tables import (
    EventLogRow,
    IncidentRow,
    IncidentTextRow,
    IncidentUnitRow,
    LawRow,
    ObligationRow,
    SnapshotRow,
    table,
)
from tests.storage.cases import LAW as IN_FORCE
from tests.storage.cases import Case, rebased

DERIVED = (
    *(LawRow, IncidentRow, SnapshotRow, IncidentTextRow),
    *(IncidentUnitRow, IncidentAddressRow, ObligationRow, PaperRow),
)


async def content(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all read models."""
    found = {}
    async with database.session() as session:
        for model in DERIVED:
            derived = table(model)
            statement = select(derived).order_by(*derived.primary_key.columns)
            rows = (await session.execute(statement)).mappings()
            found[derived.name] = [dict(row) for row in rows]
    return found


async def some_cases(database: Database) -> list[Case]:
    """Cases in every stage, recorded step by step and side by side."""
    cases = [
        Case("1"),
        Case("2").judge(),
        Case("3", unit="qingxi").assign(),
        Case("4", drill=True).publish(),
        Case("5").close(),
        Case("6").archive(),
        Case("7", unit="shiqiao").supervised(),
    ]
    for step in range(max(len(case.decisions) for case in cases)):
        for case in cases:
            await record(database, case.incident_id, case.decisions[step : step + 1])
    return cases


async def held(database: Database, case: Case) -> Snapshot:
    async with database.session() as session:
        found = await incident(session, case.incident_id)
    assert found is not None
    return found


async def rows(database: Database, model: type[SQLModel]) -> Sequence[Any]:
    async with database.session() as session:
        order = table(model).primary_key.columns
        return (await session.execute(select(model).order_by(*order))).scalars().all()


async def test_after_every_decision_the_ledger_is_what_a_rebuild_makes_of_the_log(database: Database):
    case = Case(drill=True).supervised()
    for decided in case.decisions:
        await record(database, case.incident_id, (decided,))
        followed = await content(database)
        await rebuild(database)
        assert await content(database) == followed


async def test_the_papers_of_a_case_under_a_later_law_are_what_a_rebuild_makes_of_them(database: Database):
    case = rebased()
    for decided in case.decisions:
        await record(database, case.incident_id, (decided,))
        followed = (await content(database))["paper"]
        await rebuild(database)
        assert (await content(database))["paper"] == followed


async def test_a_rebuilt_ledger_equals_the_one_that_followed(database: Database):
    cases = await some_cases(database)
    followed = await content(database)
    steps: list[tuple[int, int]] = []
    assert await rebuild(database, lambda done, total: steps.append((done, total))) == len(cases)
    assert await content(database) == followed
    assert steps[-1] == (len(cases), len(cases))


async def test_a_rebuild_takes_more_cases_than_it_handles_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("storage.ledger._AT_A_TIME", 3)
    cases = await some_cases(database)
    followed = await content(database)
    steps: list[tuple[int, int]] = []
    await rebuild(database, lambda done, total: steps.append((done, total)))
    assert await content(database) == followed
    assert steps == [(3, len(cases)), (6, len(cases)), (7, len(cases))]


async def test_a_spoilt_ledger_is_mended_by_a_rebuild(database: Database):
    await some_cases(database)
    followed = await content(database)
    async with database.writing() as session:
        await session.execute(update(IncidentRow).values(title="?", stage="?", overdue=True))
        await session.execute(update(SnapshotRow).values(state="{}"))
        await session.execute(delete(ObligationRow))
        await session.execute(delete(IncidentUnitRow))
    assert await content(database) != followed
    await rebuild(database)
    assert await content(database) == followed


async def test_an_empty_log_gives_an_empty_ledger(database: Database):
    assert await rebuild(database) == 0
    assert not any((await content(database)).values())


async def test_a_failing_rebuild_leaves_the_ledger_as_it_was(database: Database):
    await some_cases(database)
    followed = await content(database)

    def fail(_done: int, _total: int) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        await rebuild(database, fail)
    assert await content(database) == followed


@pytest.mark.parametrize("lost", ["all", "snapshot"])
async def test_rows_lost_from_the_ledger_come_back_with_the_next_decision(database: Database, lost: str):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions[:-1])
    async with database.writing() as session:
        for model in reversed(DERIVED) if lost == "all" else (SnapshotRow,):
            await session.execute(delete(table(model)))
    await record(database, case.incident_id, case.decisions)
    assert (await held(database, case)).state == case.state
    followed = await content(database)
    await rebuild(database)
    assert await content(database) == followed


async def test_a_ledger_that_lags_behind_the_log_is_brought_up(database: Database):
    case = Case().publish()
    await record(database, case.incident_id, case.decisions[:3])
    before = await held(database, case)
    await record(database, case.incident_id, case.decisions[3:5])
    async with database.writing() as session:
        await session.execute(update(IncidentRow).values(event_number=before.event_number, hash=before.hash))
    await record(database, case.incident_id, case.decisions)
    followed = await content(database)
    await rebuild(database)
    assert await content(database) == followed


async def test_lists_are_told_what_the_state_says(database: Database):
    for case in await some_cases(database):
        async with database.session() as session:
            only = col(IncidentRow.incident_id) == case.incident_id
            row = (await session.execute(select(IncidentRow).where(only))).scalar_one()
        state = case.state
        assert (row.number, row.title, row.stage) == (state.number, state.title, state.stage)
        assert (row.level, row.grade, row.response_class) == (state.level, state.grade, state.response_class)
        assert (row.first_responsible, row.lead) == (list(state.first_responsible), state.lead)
        assert (row.overdue, row.primary_status) == (state.is_supervised, state.primary_status)
        assert (row.next_due_at, row.closed_at) == (state.display_deadline, state.closed_at)
        assert (row.discovered_at, row.registered_at) == (state.discovered_at, state.registered_at)
        assert (row.archived_at, row.drill) == (state.archived_at, state.drill is not None)


async def test_what_is_overdue_is_what_is_owed_first(database: Database):
    case = Case().overdue()
    await record(database, case.incident_id, case.decisions)
    (row,) = await rows(database, IncidentRow)
    breached = next(
        obligation
        for obligation in case.state.obligations
        if obligation.kind is ObligationKind.RESP48 and obligation.unit
    )
    assert breached.status is Status.BREACHED
    assert row.overdue
    assert row.owed_due_at == breached.due_at
    assert row.due_rank == breached.due_at.timestamp()


async def test_each_obligation_has_its_row_in_order(database: Database):
    cases = await some_cases(database)
    found = await rows(database, ObligationRow)
    expected = [obligation for case in cases for obligation in case.state.obligations]
    assert [row.id for row in found] == [obligation.id for obligation in expected]
    assert [row.due_at for row in found] == [obligation.due_at for obligation in expected]
    assert [row.status for row in found] == [obligation.status for obligation in expected]
    assert [row.reminded for row in found] == [list(obligation.reminded) for obligation in expected]


async def test_an_obligation_is_settled_when_nobody_has_to_do_the_deed(database: Database):
    case = Case("1").overdue()
    await record(database, case.incident_id, case.decisions)
    found = await rows(database, ObligationRow)
    assert [not row.settled for row in found] == [obligation.is_owed for obligation in case.state.obligations]
    assert any(row.settled for row in found)
    assert not all(row.settled for row in found)


async def test_a_closed_case_asks_nothing_of_anybody(database: Database):
    case = Case().close_late()
    await record(database, case.incident_id, case.decisions)
    assert any(obligation.is_owed for obligation in case.state.obligations)
    assert all(row.settled for row in await rows(database, ObligationRow))


async def test_drills_are_marked_on_every_row(database: Database):
    for case in (Case("1", drill=True).assign(), Case("2").assign()):
        await record(database, case.incident_id, case.decisions)
    for model in (IncidentRow, ObligationRow):
        assert {(row.position, row.drill) for row in await rows(database, model)} == {(1, True), (4, False)}


async def test_units_are_linked_as_they_come_to_have_a_part(database: Database):
    case = Case().assign()
    case.submit(DesignateLead(unit="water", reason="r"))
    case.submit(Reassign(first=("transport",), reason="r"))
    for decided in case.decisions:
        await record(database, case.incident_id, (decided,))
    linked = {row.unit for row in await rows(database, IncidentUnitRow)}
    assert linked == case.state.concerned_units
    assert {"water", "transport", case.unit} <= linked


async def test_a_unit_without_a_part_any_more_is_unlinked(database: Database):
    case = Case()
    await record(database, case.incident_id, case.decisions)
    before = case.state.concerned_units
    after = before - {case.unit} | {"water"}
    await database.write(
        lambda connection: ledger._change_names(connection, ledger._UNIT.c.unit, 1, before, after)
    )
    assert {row.unit for row in await rows(database, IncidentUnitRow)} == after


async def test_the_law_is_kept_once_for_all_cases(database: Database):
    await some_cases(database)
    (law,) = await rows(database, LawRow)
    assert (law.digest, law.edition) == (IN_FORCE.digest, IN_FORCE.edition)
    assert LAW.validate_json(law.content) == IN_FORCE
    assert all(IN_FORCE.digest not in row.state for row in await rows(database, SnapshotRow))


async def test_incidents_share_one_law_in_memory(database: Database):
    cases = await some_cases(database)
    laws = {id((await held(database, case)).state.law) for case in cases}
    assert len(laws) == 1


async def test_a_large_case_reads_back_equal(database: Database):
    case = Case().supervised()
    case.wait(timedelta(days=30))
    await record(database, case.incident_id, case.decisions)
    state = (await held(database, case)).state
    assert state == case.state
    assert INCIDENT.dump_json(state) == INCIDENT.dump_json(case.state)
    assert isinstance(state, Incident)
    assert isinstance(state.stage, Stage)


async def test_the_log_is_not_touched_by_a_rebuild(database: Database):
    await some_cases(database)
    counted = select(func.count(), func.max(col(EventLogRow.hash))).select_from(EventLogRow)
    async with database.session() as session:
        before = (await session.execute(counted)).one()
    await rebuild(database)
    async with database.session() as session:
        assert (await session.execute(counted)).one() == before
