"""Rehearsals on real servers: the time-skipping one, a dev server whose parts stop and start,
and the running system.
"""

from pathlib import Path

import pytest

from rehearsals.document import load
from rehearsals.folding import fold_rehearsal
from rehearsals.live import NoSystem, rehearse_live
from rehearsals.outage import rehearse_with_outages
from rehearsals.progress import SilentProgress
from rehearsals.pure import rehearse_purely
from rehearsals.skipping import rehearse_exactly
from rehearsals.verdict import RehearsalVerdict
from settings import Settings
from tests.rehearsals.conftest import ROOT, without_clock
from worker import build_worker

FILES = Path(__file__).parent / "files"


def differing(verdicts: tuple[RehearsalVerdict, ...]) -> list[tuple[str, object, object]]:
    """What did not agree."""
    return [
        (f"{finding.place} {finding.subject}", finding.expected, finding.actual)
        for verdict in verdicts
        for finding in verdict.findings
        if not finding.agrees
    ]


@pytest.mark.parametrize(
    "file",
    [
        *(ROOT / "rehearsals" / f"{name}.yaml" for name in ("P1", "P3", "P5")),
        FILES / "two.yaml",
        FILES / "weekend.yaml",
    ],
    ids=lambda file: file.stem,
)
async def test_the_served_case_agrees_and_its_events_are_those_of_the_rules_alone(
    file: Path, settings: Settings
):
    rehearsal = load(file)
    verdicts = await rehearse_exactly(rehearsal, settings, build_worker, SilentProgress())
    assert differing(verdicts) == []
    for verdict, folded in zip(verdicts, fold_rehearsal(rehearsal), strict=True):
        assert verdict.account is not None
        served = [without_clock(fact.event) for fact in verdict.account.facts]
        assert served == [without_clock(event) for made in folded.decisions for event in made.events]
        assert set(verdict.account.notices) == set(folded.notices)


async def test_a_wrong_expectation_is_reported_on_the_server_too(tmp_path: Path, settings: Settings):
    file = tmp_path / "wrong.yaml"
    file.write_text(
        (FILES / "weekend.yaml")
        .read_text(encoding="utf-8")
        .replace("T17:50:00+08:00, status", "T17:50:01+08:00, status"),
        encoding="utf-8",
    )
    (verdict,) = await rehearse_exactly(load(file), settings, build_worker, SilentProgress())
    assert [finding.subject for finding in verdict.findings if not finding.agrees] == ["obligations"]


async def test_nothing_acknowledged_is_missing_after_parts_of_the_system_stopped(settings: Settings):
    rehearsal = load(FILES / "outage.yaml")
    verdicts = await rehearse_with_outages(
        rehearsal, settings, build_worker, SilentProgress(), scale=rehearsal.scale
    )
    assert differing(verdicts) == []
    assert verdicts[0].accepted == len(rehearsal.incidents[0].steps) - 1


async def test_the_running_system_agrees_over_http(web: Settings):
    rehearsal = load(FILES / "evening.yaml")
    verdicts = await rehearse_live(rehearsal, web, SilentProgress(), scale=1200)
    assert differing(verdicts) == []
    assert rehearse_purely(rehearsal)[0].agrees


async def test_without_a_running_system_a_live_rehearsal_says_so(settings: Settings):
    with pytest.raises(NoSystem):
        await rehearse_live(load(FILES / "evening.yaml"), settings, SilentProgress(), scale=3600)
