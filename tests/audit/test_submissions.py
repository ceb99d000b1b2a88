"""The ids of stored submissions, computed again from caller, case, command and key."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic_core import from_json

from audit.differences import DifferenceKind
from audit.submissions import submission_differences
from casework.submissions import submission_of
from domain.catalogue import AnyCommand, Decision
from domain.law.editions import SECOND_EDITION
from domain.steps.register import Register
from domain.steps.sign import SignFor
from domain.terms.roles import Actor
from storage.codec import DECISION, canonical
from storage.numbers import incident_id as opened_by
from storage.tables import EventLogRow
from tests.storage.cases import OFFICE, START, of_unit

REGISTRATION = Register(title="路灯不亮", discovered_at=START, sources=())
KEYS = ("0b0c", "8d1e")
BOB = of_unit("urban_management")
Change = Callable[[dict[str, Any]], None]


def rows_of(case: str, *steps: tuple[AnyCommand, Actor, str, str]) -> list[EventLogRow]:
    """A log with one submission after the other, as the web makes them: command, caller, route and key."""
    return [
        row_of(case, number, submission_of(command, actor, route, key, START)[0])
        for number, (command, actor, route, key) in enumerate(steps, start=1)
    ]


def row_of(case: str, number: int, submission: Any) -> EventLogRow:
    decision = Decision(first_number=number, cause=submission, now=START, edition=3, events=())
    return EventLogRow(
        position=number,
        incident_id=case,
        first_number=number,
        last_number=number,
        recorded_at=START,
        cause="submission",
        command_id=submission.command_id,
        edition=3,
        decision=canonical(DECISION.dump_python(decision, mode="json")).decode(),
        previous_hash="",
        hash="",
    )


@pytest.fixture
def case() -> str:
    registered, _ = submission_of(REGISTRATION, OFFICE, "register", KEYS[0], START)
    return opened_by(registered.command_id)


@pytest.fixture
def rows(case: str) -> list[EventLogRow]:
    return rows_of(
        case,
        (REGISTRATION, OFFICE, "register", KEYS[0]),
        (SignFor(), BOB, f"{case}/sign_for", KEYS[1]),
    )


def forged(row: EventLogRow, change: Change) -> None:
    content = from_json(row.decision)
    change(content["cause"])
    row.decision = canonical(content).decode()


def test_what_the_web_made_is_computed_again(case: str, rows: list[EventLogRow]):
    assert all(from_json(row.decision)["cause"]["key"] for row in rows)
    assert list(submission_differences(case, rows)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda cause: cause.update(command_id="a" * 64),
        lambda cause: cause.update(key="another"),
        lambda cause: cause.update(key=""),
        lambda cause: cause["actor"].update(person="mayor"),
        lambda cause: cause["actor"].update(unit="gov_office"),
        lambda cause: cause.update(actor=None),
    ],
)
def test_a_forged_id_key_or_caller_is_a_difference(case: str, rows: list[EventLogRow], change: Change):
    forged(rows[1], change)
    (difference,) = submission_differences(case, rows)
    assert (difference.kind, difference.number) == (DifferenceKind.SUBMISSION, 2)


def test_a_step_put_into_another_case_is_a_difference(case: str, rows: list[EventLogRow]):
    elsewhere = rows_of(case, (SignFor(), BOB, "inc-0/sign_for", KEYS[1]))[0]
    elsewhere.first_number = 2
    (difference,) = submission_differences(case, [rows[0], elsewhere])
    assert (difference.kind, difference.number) == (DifferenceKind.SUBMISSION, 2)


def test_submissions_of_earlier_releases_have_no_key_and_are_no_difference(
    case: str, rows: list[EventLogRow]
):
    for row in rows:
        row.edition = SECOND_EDITION
        forged(row, lambda cause: cause.pop("key"))
    assert list(submission_differences(case, rows)) == []


def test_a_case_of_this_release_without_any_key_is_a_difference(case: str, rows: list[EventLogRow]):
    for row in rows:
        forged(row, lambda cause: cause.pop("key"))
    assert [one.number for one in submission_differences(case, rows)] == [1, 2]
