"""P1, P3 and P5 by clicking: everybody signed in at a browser of their own, each step by its button, at its instant."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from rehearsals.document import load
from tests.browsing import needs_chromium
from tests.journeys.desk.rehearsed import stage

pytestmark = needs_chromium
REHEARSALS = Path(__file__).resolve().parents[3] / "rehearsals"


@pytest.mark.parametrize("name", ["P1", "P3", "P5"])
async def test_a_story_done_by_clicking_ends_as_its_rehearsal_expects(
    browser: Browser, tmp_path: Path, name: str
):
    rehearsal = load(REHEARSALS / f"{name}.yaml")
    async with stage(rehearsal, tmp_path, browser) as theatre:
        for deed in theatre.deeds():
            await theatre.does(deed.step)
        verdict = await theatre.judged()
        for step, answer in theatre.answers.items(): print(step.at, step.kind, step.actor.person, "|", step.refused, "|", answer)
    assert [
        (f"{found.place} {found.subject}", found.expected, found.actual)
        for found in verdict.findings
        if not found.agrees
    ] == []
