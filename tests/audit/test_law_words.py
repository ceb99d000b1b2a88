"""Changes of the law: what was altered, struck out or put in past the guards is found by the audit book."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text

from audit.differences import DifferenceKind
from audit.law_words import law_word_differences
from audit.verify import verify
from casework.submissions import command_id
from domain.law.enactment import ChangeAnswer, ChangeOutcome
from domain.terms.roles import Actor, Role
from storage.database import Database
from storage.law_changes import Proposal, answer, propose
from storage.law_tables import LawChangeRow
from storage.tables import table
from tests.workflows.stage import a_database

NAME = "gaoan-2020"
AT = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
DEPUTY = Actor(person="carol", role=Role.DEPUTY_LEADER, unit="gov_office")
LEADER = Actor(person="alice", role=Role.PRINCIPAL_LEADER, unit="gov_office")
GUARDS = [
    f"{name}_no_{what}" for name in ("law_change", "law_change_answer") for what in ("update", "delete")
]
INSERTED = """INSERT INTO law_change (regulation, parameters, reason, effective_from, person, role, unit,
    proposed_at, command_id)
    SELECT regulation, parameters, reason, effective_from, person, role, unit,
    '2098-01-01 00:00:00.000000', 'x'
    FROM law_change"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A change that was proposed and confirmed."""
    async with a_database(tmp_path) as opened:
        proposal = Proposal(
            regulation=NAME, parameters={"limits.h48": "PT36H"}, reason="提速", effective_from=AT
        )
        own = command_id(DEPUTY, "law/changes", "key-1")
        change = await propose(opened, proposal, DEPUTY, at=AT, command_id=own, key="key-1")
        word = ChangeAnswer(outcome=ChangeOutcome.CONFIRMED, by=LEADER, at=AT)
        own = command_id(LEADER, f"law/changes/{change.number}/{word.outcome}", "key-2")
        await answer(opened, NAME, change.number, word, command_id=own, key="key-2")
        yield opened


async def test_an_answer_to_what_was_proposed_before_the_book_began_is_no_difference(tmp_path: Path):
    async with a_database(tmp_path) as opened:
        await opened.write(_proposed_by_0_3)
        word = ChangeAnswer(outcome=ChangeOutcome.DECLINED, by=LEADER, at=AT, reason="不必")
        own = command_id(LEADER, "law/changes/1/declined", "key-2")
        await answer(opened, NAME, 1, word, command_id=own, key="key-2")
        assert await law_word_differences(opened) == ()


def _proposed_by_0_3(connection: Connection) -> None:
    row = {
        "regulation": NAME,
        "parameters": '{"limits.h48":"PT36H"}',
        "reason": "提速",
        "command_id": "of 0.3",
    }
    who = {"person": DEPUTY.person, "role": DEPUTY.role.value, "unit": DEPUTY.unit}
    before = AT - timedelta(days=30)
    times = {"effective_from": before, "proposed_at": before}
    connection.execute(insert(table(LawChangeRow)).values(number=1, **row, **who, **times))


async def test_what_two_persons_said_agrees_with_the_book(database: Database):
    assert await law_word_differences(database) == ()
    assert (await verify(database, None)).law == ()


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("""UPDATE law_change SET parameters = '{"limits.h48":"PT99H"}'""", {DifferenceKind.LAW}),
        ("UPDATE law_change SET effective_from = '2020-01-01 00:00:00.000000'", {DifferenceKind.LAW}),
        ("UPDATE law_change SET person = 'somebody'", {DifferenceKind.LAW, DifferenceKind.SUBMISSION}),
        ("UPDATE law_change_answer SET command_id = 'x'", {DifferenceKind.LAW, DifferenceKind.SUBMISSION}),
        (
            "UPDATE law_change_answer SET outcome = 'declined'",
            {DifferenceKind.LAW, DifferenceKind.SUBMISSION},
        ),
        ("DELETE FROM law_change_answer", {DifferenceKind.LAW}),
        (INSERTED, {DifferenceKind.LAW, DifferenceKind.SUBMISSION}),
        (INSERTED.replace("2098", "2020"), {DifferenceKind.LAW, DifferenceKind.SUBMISSION}),
    ],
    ids=["altered", "moved", "another's", "another id", "turned round", "struck out", "put in", "dated back"],
)
async def test_a_word_on_the_law_that_was_changed_past_the_guards_is_found(
    database: Database, statement: str, kinds: set[DifferenceKind]
):
    async with database.writing() as session:
        for guard in GUARDS:
            await session.execute(text(f"DROP TRIGGER {guard}"))
        await session.execute(text(statement))
    report = await verify(database, None)
    assert {one.kind for one in report.law} == kinds
    assert report.exit_status == 1
