"""Marks of handling: raised by whoever handles the case, lowered by a leader, of the case or of one paper."""

from datetime import datetime

from domain.steps.mark import SetMarking
from domain.terms.refusals import Reason
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from tests.domain.cast import ALICE, MALLORY, OFFICE, Step, assigned, h, judged, of, registered, step
from tests.domain.every import DONE
from tests.domain.given import given

CLERK = of(OFFICE)
SOON, LATER = h(m=40), h(1)


def mark(
    marking: Marking,
    at: datetime = SOON,
    by: Actor = CLERK,
    *,
    paper: str = "",
    reason: str = "含未公开安排",
) -> Step:
    return step(at, by, SetMarking(marking=marking, paper=paper, reason=reason))


def test_a_case_bears_no_mark_until_somebody_marks_it():
    scene = given(registered(), judged())
    assert scene.case.state.marking is scene.case.state.gravest_marking is Marking.NONE
    case = scene.when(mark(Marking.INTERNAL)).then("marking_set").state
    assert case.marking is case.gravest_marking is Marking.INTERNAL


def test_a_paper_may_bear_a_graver_mark_than_its_case():
    scene = given(registered(), mark(Marking.INTERNAL))
    paper = scene.case.state.papers[0].id
    case = scene.when(mark(Marking.WORK_SECRET, paper=paper)).then("marking_set").state
    assert case.marking is Marking.INTERNAL
    assert case.marking_of(paper) is case.gravest_marking is Marking.WORK_SECRET
    case = scene.when(mark(Marking.INTERNAL, LATER, ALICE, paper=paper)).then("marking_set").state
    assert case.gravest_marking is Marking.INTERNAL


def test_a_leader_alone_lowers_a_mark():
    scene = given(registered(), mark(Marking.WORK_SECRET))
    scene.when(mark(Marking.INTERNAL, LATER)).refused(Reason.ROLE_NOT_ALLOWED)
    assert scene.when(mark(Marking.NONE, LATER, ALICE)).then("marking_set").state.marking is Marking.NONE


def test_a_mark_has_a_reason_and_changes_something():
    scene = given(registered())
    scene.when(mark(Marking.INTERNAL, reason=" ")).refused(Reason.REASON_MISSING)
    scene.when(mark(Marking.NONE)).refused(Reason.ALREADY_DONE)
    scene.when(mark(Marking.INTERNAL, paper="flash_report-9")).refused(Reason.UNKNOWN_REFERENCE)


def test_a_unit_that_did_not_register_the_case_does_not_mark_it():
    scene = given(registered(), judged(), assigned())
    scene.when(mark(Marking.INTERNAL, LATER, MALLORY)).refused(Reason.UNIT_NOT_CONCERNED)


def test_a_closed_case_may_still_be_marked():
    case = given(*DONE).when(mark(Marking.INTERNAL, h(241))).then("marking_set").state
    assert case.marking is Marking.INTERNAL
