"""P1, P3 and P5 by clicking: everybody signed in at a browser of their own, each step by its button,
at its instant.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from domain.terms.roles import Actor, Role
from rehearsals.document import Rehearsal, load
from rehearsals.expectations import Expectation
from rehearsals.steps import RehearsalStep
from storage.regulations import load_law
from tests.browsing import needs_chromium
from tests.journeys.desk.rehearsed import Stage, stage
from tests.journeys.desk.showing import is_shown, unshown

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
REHEARSALS = Path(__file__).resolve().parents[3] / "rehearsals"
OFFICE = Actor(person="gov_office-reader", role=Role.MONITOR, unit="gov_office")


def course(rehearsal: Rehearsal) -> Iterator[tuple[datetime, RehearsalStep | None, list[Expectation]]]:
    """The steps in their order, and after those of an instant what the page must show then;
    at last what it ends with.
    """
    (plan,) = rehearsal.incidents
    began = plan.registration.at
    looks = sorted({found.at for found in plan.expectations if found.at and found.at >= began})
    moves: list[tuple[datetime, RehearsalStep | None]] = [(step.at, step) for step in plan.steps]
    moves += [(at, None) for at in looks]
    for at, step in sorted(moves, key=lambda move: (move[0], move[1] is None)):
        yield at, step, [] if step else [found for found in plan.expectations if found.at == at]
    yield rehearsal.ends_at, None, [found for found in plan.expectations if found.at is None]


async def missing(theatre: Stage, at: datetime, expected: list[Expectation]) -> list[str]:
    """What the incident's page lacks at an instant."""
    shown = list(filter(is_shown, expected))
    if not shown:
        return []
    await theatre.wait_until(at)
    page = await theatre.looks(OFFICE)
    law = load_law(theatre.rehearsal.regulation, at.astimezone(UTC).year)
    return await unshown(page, shown, law)


@pytest.mark.parametrize("name", ["P1", "P3", "P5"])
async def test_a_story_done_by_clicking_shows_and_records_what_its_rehearsal_expects(
    browser: Browser, tmp_path: Path, name: str
):
    rehearsal = load(REHEARSALS / f"{name}.yaml")
    lacking = []
    async with stage(rehearsal, tmp_path, browser, OFFICE) as theatre:
        for at, step, expected in course(rehearsal):
            if step is not None:
                await theatre.does(step)
            lacking += await missing(theatre, at, expected)
        verdict = await theatre.judged()
    differing = [
        (f"{found.place} {found.subject}", found.expected, found.actual)
        for found in verdict.findings
        if not found.agrees
    ]
    assert (lacking, differing) == ([], [])
