"""The event log: appended to and nothing else, and any change made behind its back is found."""

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from domain.catalogue import Submission, Tick
from storage.codec import DECISION, digest
from storage.database import Database
from storage.event_log import GENESIS, ChainError, check_chain, decision_text, decisions, events, seal
from storage.record import record
from storage.tables import EventLogRow, table
from tests.storage.cases import Case

LOG = table(EventLogRow)


@pytest.fixture
async def case(database: Database) -> Case:
    """A recorded case."""
    carried = Case().overdue()
    await record(database, carried.incident_id, carried.decisions)
    return carried


async def unguarded(database: Database, change: str) -> None:
    """A change by somebody with all rights to the database."""
    async with database.writing() as session:
        if database.engine.dialect.name == "sqlite":
            for guard in ("update", "delete", "replace"):
                await session.execute(text(f"DROP TRIGGER event_log_no_{guard}"))
        else:
            await session.execute(text("ALTER TABLE event_log DISABLE TRIGGER ALL"))
        await session.execute(text(change))


async def faults(database: Database, case: Case) -> list[ChainError]:
    async with database.session() as session:
        return await check_chain(session, case.incident_id)


async def test_rows_are_neither_changed_nor_deleted(database: Database, case: Case):
    for forbidden in (update(LOG).values(edition=2), delete(LOG)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.writing() as session:
                await session.execute(forbidden)
    assert await faults(database, case) == []


async def test_the_table_is_not_emptied(database: Database, case: Case):
    emptied = "DELETE FROM event_log" if database.engine.dialect.name == "sqlite" else "TRUNCATE event_log"
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text(emptied))


async def test_a_row_is_not_replaced(database: Database, case: Case):
    async with database.session() as session:
        row = (await session.execute(select(LOG).limit(1))).mappings().one()
    forged = {**row, "decision": "{}"}
    sqlite = database.engine.dialect.name == "sqlite"
    for known_by in ("position", "first_number"):
        values = forged if known_by == "position" else {**forged, "position": 10_000}
        statement = insert(LOG).prefix_with("OR REPLACE") if sqlite else insert(LOG)
        with pytest.raises(DBAPIError, match="append-only" if sqlite else "duplicate key"):
            async with database.writing() as session:
                await session.execute(statement, values)
    assert await faults(database, case) == []


async def test_each_seal_is_the_digest_of_the_one_before_and_the_canonical_text(
    database: Database, case: Case
):
    async with database.session() as session:
        rows = (
            (await session.execute(select(EventLogRow).order_by(col(EventLogRow.position)))).scalars().all()
        )
    before = GENESIS
    for row, decided in zip(rows, case.decisions, strict=True):
        assert row.decision == decision_text(decided)
        assert digest(DECISION.dump_python(decided, mode="json")) == seal("", row.decision)
        assert (row.previous_hash, row.hash) == (before, seal(before, row.decision))
        before = row.hash


async def test_a_row_says_what_its_decision_says(database: Database, case: Case):
    async with database.session() as session:
        rows = (
            (await session.execute(select(EventLogRow).order_by(col(EventLogRow.position)))).scalars().all()
        )
    for row, decided in zip(rows, case.decisions, strict=True):
        cause = decided.cause
        assert row.recorded_at == decided.now
        assert row.cause == cause.kind
        assert row.command_id == (cause.command_id if isinstance(cause, Submission) else None)
        assert row.edition == decided.edition
    assert any(isinstance(decided.cause, Tick) for decided in case.decisions)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        ("UPDATE event_log SET decision = replace(decision, '占道经营', '占道')", 0, "hash"),
        ("UPDATE event_log SET hash = 'f'", 1, "hash"),
        ("UPDATE event_log SET previous_hash = 'f'", 1, "hash"),
        ("UPDATE event_log SET recorded_at = '2026-01-01 00:00:00+00'", 2, "recorded_at"),
        ("UPDATE event_log SET cause = 'none'", 2, "cause"),
        ("UPDATE event_log SET command_id = 'none'", 1, "command_id"),
        ("UPDATE event_log SET edition = 9", 1, "edition"),
        ("UPDATE event_log SET last_number = 999", 1, "last_number"),
    ],
)
async def test_a_change_of_any_column_is_found(
    database: Database, case: Case, change: str, where: int, what: str
):
    number = case.decisions[where].first_number
    if database.engine.dialect.name == "sqlite":
        change = change.replace("+00'", ".000000'")
    await unguarded(database, f"{change} WHERE first_number = {number}")
    assert ChainError(number=number, what=what) in await faults(database, case)


async def test_a_decision_taken_out_is_found(database: Database, case: Case):
    taken, following = case.decisions[1:3]
    deletion = f"DELETE FROM event_log WHERE first_number = {taken.first_number}"  # noqa: S608  values of the test's own  a whole number
    await unguarded(database, deletion)
    assert await faults(database, case) == [
        ChainError(number=following.first_number, what="numbers"),
        ChainError(number=following.first_number, what="previous_hash"),
    ]


async def test_a_beginning_taken_away_is_found(database: Database, case: Case):
    await unguarded(database, "DELETE FROM event_log WHERE first_number = 1")
    assert await faults(database, case) == [
        ChainError(number=case.decisions[1].first_number, what="beginning")
    ]


async def test_a_case_of_another_name_is_found(database: Database, case: Case):
    other = Case("2")
    await record(database, other.incident_id, other.decisions)
    renamed = "UPDATE event_log SET incident_id = 'inc-x' WHERE incident_id = "
    await unguarded(database, f"{renamed}'{other.incident_id}'")
    async with database.session() as session:
        assert await check_chain(session, "inc-x") == [ChainError(number=1, what="incident_id")]


async def test_a_text_that_is_no_decision_is_found_even_when_sealed_anew(database: Database, case: Case):
    first = case.decisions[0].first_number
    sealed = f"decision = '{{}}', hash = '{seal(GENESIS, '{}')}'"
    await unguarded(database, f"UPDATE event_log SET {sealed} WHERE first_number = {first}")  # noqa: S608  values of the test's own
    assert ChainError(number=first, what="decision") in await faults(database, case)


async def test_an_unknown_case_has_no_decisions_and_no_faults(database: Database):
    async with database.session() as session:
        assert await decisions(session, "inc-none") == []
        assert await events(session, "inc-none") == []
        assert await check_chain(session, "inc-none") == []


async def test_decisions_since_a_number_begin_with_the_one_that_holds_the_next(
    database: Database, case: Case
):
    async with database.session() as session:
        for since in range(case.state.event_number + 1):
            found = [stored.decision for stored in await decisions(session, case.incident_id, since)]
            assert found == [decided for decided in case.decisions if decided.last_number > since]


async def test_events_are_given_in_order_each_once_whatever_the_pages(database: Database, case: Case):
    expected = [event for decided in case.decisions for event in decided.events]
    async with database.session() as session:
        for limit in (1, 3, 100):
            found = []
            after = 0
            while page := await events(session, case.incident_id, after, limit):
                assert len(page) <= limit
                found += page
                after = page[-1].number
            assert [item.event for item in found] == expected
            assert [item.number for item in found] == list(range(1, len(expected) + 1))
        everything = await events(session, case.incident_id)
    assert [item.event for item in everything] == expected
    ticked = [item for item in everything if item.cause == "tick"]
    assert ticked
    assert all(item.command_id is None for item in ticked)


async def test_an_event_says_when_it_was_recorded(database: Database, case: Case):
    async with database.session() as session:
        found = await events(session, case.incident_id)
    recorded = [decided.now for decided in case.decisions for _ in decided.events]
    assert [item.recorded_at for item in found] == recorded
