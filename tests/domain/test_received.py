"""Receipt: as of when a step is judged, breaches withdrawn, hand-overs by signal, skewed clocks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case.records import PaperStatus
from domain.catalogue import Tick, Unreadable
from domain.incident import received
from domain.steps.escalate import SignIssue
from domain.steps.publish import HoldPressConference
from domain.steps.register import AddSource
from domain.terms.drill import DrillClock
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind
from tests.domain.cast import (
    ALICE,
    BOB,
    EVIDENCE,
    MALLORY,
    STRANGER,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    publish,
    published,
    registered,
    registration,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, VOID, Case, given
from tests.domain.outcomes import ANSWERED

RESP48, RECTIFY = ObligationKind.RESP48, ObligationKind.RECTIFY
START = (registered(), judged(), assigned(), signed_for(), concluded())
READY = (*START, step(h(47), BOB, draft()), *reviewed(UNIT, h(47)))
ORDER = PaperKind.SUPERVISION_ORDER
SECOND = timedelta(seconds=1)
TEST_AT = h(5)


def handed_over(at, lag, *, deferred=False):
    """The publication at `at`, taken up `lag` later."""
    return step(at, BOB, publish(at), lag=lag, deferred=deferred)


def late_publication(given_, lag):
    """The clock runs up to the moment at which a publication received at the due second is taken up."""
    case = given_.by(h(48) + lag)
    return case, case.submission(handed_over(h(48), lag))


@pytest.mark.parametrize(
    ("age", "deferred", "as_of"),
    [
        (timedelta(0), False, TEST_AT),
        (timedelta(seconds=60), False, TEST_AT - timedelta(seconds=60)),
        (timedelta(seconds=60, microseconds=1), False, TEST_AT),
        (timedelta(hours=26), False, TEST_AT),
        (timedelta(seconds=-1), False, TEST_AT),
        (timedelta(hours=-26), False, TEST_AT),
        (timedelta(seconds=61), True, TEST_AT - timedelta(seconds=61)),
        (timedelta(hours=3), True, TEST_AT - timedelta(hours=3)),
        (timedelta(hours=-1), True, TEST_AT),
    ],
)
def test_receipt_holds_for_sixty_seconds_and_by_signal_over_any_outage(age, deferred, as_of):
    case = given(*START).case
    submission = case.submission(step(TEST_AT - age, ALICE, AddSource(source=registration().sources[0])))
    assert received(case.state, replace(submission, deferred=deferred), TEST_AT) == as_of


def test_receipt_is_never_before_registration():
    case = given(registered()).case
    early = replace(
        case.submission(step(h(m=4), ALICE, AddSource(source=registration().sources[0]))), deferred=True
    )
    assert received(case.state, early, h(1)) == h(m=5)


def test_an_answer_received_at_the_due_second_and_taken_up_within_the_minute_is_on_time():
    case, submission = late_publication(given(*READY), timedelta(seconds=60))
    assert case.obligation(RESP48, UNIT).status is BREACHED
    decided = case.take(submission, h(48, s=60))
    assert decided is not None
    assert [event.kind for event in decided.events] == [
        *("published", "paper_drafted", "breach_withdrawn", "paper_voided"),
        *("obligation_fulfilled", "obligation_opened"),
    ]
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (
        ON_TIME,
        h(48),
    )
    assert (case.papers(ORDER)[0].status, len(case.happened("obligation_breached"))) == (PaperStatus.VOID, 1)
    assert case.scores(h(400)) == {}


def test_the_same_answer_taken_up_later_is_judged_by_its_evidence():
    case, submission = late_publication(given(*READY), timedelta(seconds=61))
    case.take(submission, h(48, s=61))
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.status, obligation.provisional, obligation.fulfilled_at) == (BREACHED, True, h(48))


def test_by_signal_it_is_on_time_after_any_outage():
    case = given(*READY).case
    submission = replace(case.submission(handed_over(h(48), SECOND)), deferred=True)
    decided = case.take(submission, h(80))
    assert decided is not None
    assert all("RESP48" not in event.obligation for event in case.happened("obligation_breached"))
    assert case.obligation(RESP48, UNIT).status is ON_TIME


def test_an_answer_by_signal_a_second_late_is_late():
    case = given(*READY).case
    case.take(replace(case.submission(handed_over(h(48, s=1), SECOND)), deferred=True), h(80))
    assert case.obligation(RESP48, UNIT).breached_at == h(48)
    assert len(case.papers(ORDER)) == 1


def test_what_fell_due_before_receipt_comes_first_and_the_rest_last():
    case = given(*START).case
    add = step(h(30), ALICE, AddSource(source=registration().sources[0]))
    decided = case.take(replace(case.submission(add), deferred=True), h(40))
    assert decided is not None
    assert [event.kind for event in decided.events] == [
        "counts_missing",
        "reminder_sent",
        "source_added",
        "reminder_sent",
        "alarm_raised",
    ]
    assert [event.at for event in decided.events] == [h(23), h(24), h(30), h(36), h(36)]


def test_a_rectification_ordered_meanwhile_falls_with_the_breach():
    case, submission = late_publication(given(*READY), timedelta(seconds=50))
    case.take(case.submission(step(h(48, s=49), ALICE, SignIssue(paper="supervision_order-1"))), h(48, s=49))
    assert case.obligation(RECTIFY, UNIT).is_owed
    case.take(submission, h(48, s=50))
    assert (case.papers(ORDER)[0].status, case.obligation(RECTIFY, UNIT).status) == (PaperStatus.VOID, VOID)


def test_a_limit_of_the_upper_rules_passed_meanwhile_is_met_too():
    urgent = given(registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)))
    case = urgent.by(h(24, s=30))
    press = step(h(24), ALICE, HoldPressConference(held_at=h(24), evidence=EVIDENCE))
    case.take(case.submission(press), h(24, s=30))
    assert case.obligation(ObligationKind.OVL_PRESS24).status is ON_TIME


def test_a_refused_hand_over_becomes_an_event_and_changes_nothing_else():
    case = given(*START).case
    step_ = step(h(2), MALLORY, AddSource(source=registration().sources[0]), deferred=True)
    before = case.state
    (event,) = case.take(case.submission(step_), h(3)).events
    assert (event.kind, event.reason, event.detail, event.by) == (
        "submission_refused",
        Reason.UNIT_NOT_CONCERNED,
        STRANGER,
        MALLORY,
    )
    assert replace(case.state, event_number=0, person_number=0) == replace(
        before, event_number=0, person_number=0
    )


def test_a_refused_step_leaves_no_event_not_even_the_clock_s():
    given(*START).when(step(h(30), MALLORY, AddSource(source=registration().sources[0]))).refused(
        Reason.UNIT_NOT_CONCERNED
    )


def test_what_cannot_be_read_is_kept_and_the_clock_goes_on():
    case = given(*START).case
    decided = case.take(Unreadable(payload="AAEC"), h(25))
    assert decided is not None
    assert [event.kind for event in decided.events] == [
        "submission_unreadable",
        "counts_missing",
        "reminder_sent",
    ]


def test_the_clock_alone_decides_nothing_where_nothing_is_due():
    assert given(*START).case.take(Tick(), h(23)) is None


@pytest.mark.parametrize("scale", [1.0, 60.0, 3600.0])
def test_a_drill_is_judged_on_its_own_clock(scale):
    clock = DrillClock(epoch=h(10_000), origin=h(), scale=scale)
    case = Case(drill=clock)
    for shown, by, command in ((h(m=5), ALICE, registration()), (h(m=15), ALICE, judged().command)):
        given_ = case.submission(step(clock.real(shown), by, command))
        case.take(given_, shown)
    assert case.state.judgement.at == h(m=15)
    late = case.submission(
        step(clock.real(h(2)) - timedelta(seconds=61), ALICE, AddSource(source=registration().sources[0]))
    )
    assert received(case.state, late, h(2)) == h(2)


def test_instants_shown_and_real_are_each_other_s_inverse():
    clock = DrillClock(epoch=h(10_000), origin=h(), scale=3600.0)
    assert clock.real(h(1)) == h(10_000) + SECOND
    assert clock.shown(clock.real(h(37))) == h(37)
    # Between, no closer than the microsecond in which real time is counted.
    assert (
        abs(clock.shown(clock.real(h(37, m=11, s=3))) - h(37, m=11, s=3)) <= timedelta(microseconds=1) * 3600
    )


def test_published_late_in_every_way_is_late():
    case = given(*START).when(*published(at=h(49))).then(*ANSWERED)
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).provisional) == (
        BREACHED,
        False,
    )
