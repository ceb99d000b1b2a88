"""Marks of handling: raised by whoever handles the case, lowered by a leader, of the case or of one paper."""

from datetime import datetime

from domain.rules.permissions import may_see
from domain.steps.mark import NameReaders, SetMarking
from domain.steps.sign import SignFor
from domain.terms.refusals import Reason
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    MALLORY,
    OFFICE,
    VICTOR,
    Step,
    assigned,
    h,
    judged,
    of,
    registered,
    step,
)
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


def named(*persons: str, at: datetime = SOON, by: Actor = ALICE, reason: str = "涉及未成年人") -> Step:
    return step(at, by, NameReaders(readers=persons, reason=reason))


def test_a_case_is_closed_to_named_persons_and_whoever_closes_it():
    scene = given(registered(), judged(), assigned(), named(BOB.person, at=LATER))
    case = scene.case.state
    assert case.readers == (ALICE.person, BOB.person)
    assert [may_see(who, case) for who in (ALICE, BOB, CAROL, VICTOR)] == [True, True, False, False]
    scene.when(step(h(2), BOB, SignFor())).then("signed_for", "obligation_fulfilled")


def test_whoever_is_not_named_takes_no_step_in_a_closed_case_whatever_the_post():
    scene = given(registered(), judged(), assigned(), named(BOB.person, at=LATER))
    scene.when(step(h(2), CAROL, SignFor())).refused(Reason.UNIT_NOT_CONCERNED)
    scene.when(mark(Marking.INTERNAL, h(2), CLERK)).refused(Reason.UNIT_NOT_CONCERNED)


def test_the_clock_of_a_closed_case_goes_on():
    case = given(registered(), judged(), assigned(), named(BOB.person, at=LATER)).by(h(50))
    assert case.happened("obligation_breached")


def test_a_closed_case_is_opened_again_by_naming_nobody():
    scene = given(registered(), judged(), assigned(), named(BOB.person, at=LATER))
    case = scene.when(named(at=h(2))).then("readers_named").state
    assert case.readers == ()
    assert may_see(CAROL, case)
    scene.when(named(at=h(3))).refused(Reason.ALREADY_DONE)


def test_a_leader_of_the_office_alone_closes_a_case_and_says_why():
    scene = given(registered(), judged(), assigned())
    scene.when(named(BOB.person, by=CLERK, at=LATER)).refused(Reason.ROLE_NOT_ALLOWED)
    scene.when(named(BOB.person, by=CAROL, at=LATER)).refused(Reason.UNIT_NOT_CONCERNED)
    scene.when(named(BOB.person, reason=" ", at=LATER)).refused(Reason.REASON_MISSING)
