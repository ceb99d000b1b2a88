"""What a person gives and a case is given in a minute is bounded, and what one step holds:
refused in words, nothing spent.
"""

from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from casework.budgets import Budgets
from casework.outcomes import TooMany
from domain.bounds import LARGEST_COMMAND, LONGEST_TEXT
from tests.api.office import CLERK, OFFICE, System, address, registration
from tests.api.office import system as make_system
from tests.api.problems import problem


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_budget_comes_back_evenly_and_the_answer_says_when():
    clock = Clock()
    budgets = Budgets(60, 1_000, clock)
    for _ in range(60):
        budgets.spend(1, "alice", "inc-1")
    with pytest.raises(TooMany) as many:
        budgets.spend(1, "alice", "inc-2")
    assert many.value.retry_after == 1
    budgets.spend(1, "bob", "inc-1")  # nobody alone uses up what a case may be given
    clock.now = 1.0
    budgets.spend(1, "alice", "inc-2")


def test_what_a_case_is_given_by_all_is_bounded_too():
    budgets = Budgets(60, 1_000, Clock())
    for number in range(240):
        budgets.spend(1, f"person-{number}", "inc-1")
    with pytest.raises(TooMany):
        budgets.spend(1, "bob", "inc-1")
    budgets.spend(1, "bob", "inc-2")


def test_the_size_of_what_is_given_counts_too_and_one_of_any_size_is_taken_in_the_end():
    clock = Clock()
    budgets = Budgets(60, 1_000, clock)
    budgets.spend(900, "alice")
    with pytest.raises(TooMany) as many:
        budgets.spend(400, "alice")
    assert many.value.retry_after == 18
    clock.now = 18.0
    budgets.spend(400, "alice")
    clock.now = 200.0
    budgets.spend(5_000, "alice")


async def test_over_the_budget_the_answer_is_to_come_again(temporal: WorkflowEnvironment, tmp_path: Path):
    async with make_system(tmp_path, address(temporal), steps_a_minute=3) as system:
        blank = registration(title=" ")
        for _ in range(3):
            problem(await system.give("incidents", blank), 409, "missing_part")
        answer = await system.give("incidents", blank)
        told = problem(answer, 429, "too_many_steps")
        assert 0 < int(answer.headers["Retry-After"]) <= 20
        assert "秒后" in told["detail"]
        assert "seconds" in told["detail_en"]
        problem(await system.give("incidents", blank, CLERK), 409, "missing_part")


async def test_a_step_is_refused_by_its_size_before_a_number_is_spent(system: System):
    def sized(characters: int) -> dict[str, Any]:
        return registration(concerns=["长" * characters] * 3)

    assert len("长".encode()) * LONGEST_TEXT * 3 > LARGEST_COMMAND
    await system.register()
    before = (await system.ask("GET", "incidents?limit=1")).json()["items"][0]["number"]
    refused = await system.give("incidents", sized(LONGEST_TEXT))
    assert "128 KiB" in problem(refused, 413, "command_too_large")["detail"]
    problem(await system.give("incidents", sized(LONGEST_TEXT + 1)), 422, "malformed")
    after = (await system.ask("GET", "incidents?limit=1")).json()["items"][0]["number"]
    assert after == before
    assert (await system.recorded("incidents", sized(14_000), OFFICE)).status_code == 201
