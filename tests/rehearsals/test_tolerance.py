"""On a scaled clock deeds are judged by when they happened, and instants within the tolerance."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rehearsals.document import IncidentPlan, Rehearsal, load
from rehearsals.folding import fold_rehearsal
from rehearsals.readback import laid_out
from rehearsals.tolerance import judged_by_deed
from rehearsals.verdict import RehearsalVerdict, verdict
from tests.rehearsals.conftest import ROOT, without_clock

LATE = timedelta(seconds=70)  # of the drill: as long as an answer takes where an hour lasts a second
TOLERANCE = timedelta(hours=1)


def delayed(plan: IncidentPlan, by: timedelta) -> IncidentPlan:
    """The plan with every step received later than it says, its own instants staying as they are."""
    return replace(
        plan, steps=tuple(replace(step, at=step.at + by) for step in plan.steps), until=plan.until + by
    )


def received_late(rehearsal: Rehearsal, by: timedelta, tolerance: timedelta) -> RehearsalVerdict:
    """The verdict over a record whose steps all came late by some time."""
    (plan,) = rehearsal.incidents
    (folded,) = fold_rehearsal(replace(rehearsal, incidents=(delayed(plan, by),)))
    outcomes = [replace(given, step=step) for given, step in zip(folded.outcomes, plan.steps, strict=True)]
    told = laid_out(
        outcomes, folded.decisions, tolerance, folded.notices, until=plan.until, tolerance=tolerance
    )
    return verdict(rehearsal, plan, told, outcomes)


@pytest.mark.parametrize("name", ["P1", "P3", "P5"])
def test_a_rehearsal_agrees_within_the_tolerance(name: str):
    found = received_late(load(ROOT / "rehearsals" / f"{name}.yaml"), LATE, TOLERANCE)
    assert [finding for finding in found.findings if not finding.agrees] == []


def test_without_tolerance_the_same_record_differs():
    found = received_late(load(ROOT / "rehearsals" / "P3.yaml"), LATE, timedelta(0))
    assert {finding.subject for finding in found.findings if not finding.agrees} >= {
        "sign",
        "score_delta",
        "ladder",
    }


def test_a_deed_that_came_later_than_the_tolerance_stays_late():
    found = received_late(load(ROOT / "rehearsals" / "P3.yaml"), TOLERANCE + LATE, TOLERANCE)
    wrong = [finding for finding in found.findings if not finding.agrees]
    assert "score_delta" in {finding.subject for finding in wrong}


def test_a_deed_that_was_late_in_the_rehearsal_itself_stays_late():
    found = received_late(load(ROOT / "rehearsals" / "P5.yaml"), LATE, TOLERANCE)
    assert found.account is not None
    late = {
        obligation.kind
        for obligation in found.account.view(found.plan.until).incident.obligations
        if obligation.breached_at
    }
    assert late == {"SIGN", "RESP48", "RECTIFY", "COUNTERSIGN"}  # nobody countersigned there (DD-40)


def test_a_step_at_an_edge_counts_at_its_own_second_on_either_side():
    rehearsal = load(ROOT / "rehearsals" / "withdrawal-past-two-hours.yaml")
    found = received_late(rehearsal, LATE, TOLERANCE)
    assert [finding for finding in found.findings if not finding.agrees] == []
    assert found.account is not None
    (folded,) = fold_rehearsal(rehearsal)
    judged = [without_clock(fact.event) for fact in found.account.facts]
    assert judged == [without_clock(event) for made in folded.decisions for event in made.events]


def test_a_record_that_the_rules_do_not_bear_out_is_judged_as_it_stands():
    rehearsal = load(ROOT / "rehearsals" / "P5.yaml")
    (folded,) = fold_rehearsal(rehearsal)
    untold = tuple(
        replace(made, events=made.events[:-1]) if made.cause.kind == "tick" and len(made.events) > 1 else made
        for made in folded.decisions
    )
    assert untold != folded.decisions
    steps = {given.command_id: given.step for given in folded.outcomes if given.command_id}
    assert judged_by_deed(untold, steps, TOLERANCE, rehearsal.ends_at) == untold
