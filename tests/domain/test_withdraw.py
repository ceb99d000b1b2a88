"""撤回: a withdrawn publication counts no more;
a replacement within two hours keeps what it had met (DD-13).
"""

from datetime import timedelta

import pytest

from domain.case.records import ConcernAnswer
from domain.rules.coverage import coverage_rate
from domain.rules.replacement import met_by
from domain.steps.assign import Reassign
from domain.steps.close import unanswered_concerns
from domain.steps.register import RecordConcern
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    OFFICE,
    SECOND,
    THIRD,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    judged,
    of,
    on,
    publish,
    published,
    registered,
    registration,
    rejudged,
    reported,
    reviewed,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, PASSED, SUPERSEDED, given
from tests.domain.lives import START, interim, withdrawn
from tests.domain.outcomes import ANSWERED, WITHDRAWN

KINDS = ObligationKind
RESP48, REPLACE, FOLLOW_UP = KINDS.RESP48, KINDS.REPLACE, KINDS.FOLLOW_UP
OUT = (*START, concluded(), published(at=h(12)))


def test_a_withdrawn_publication_stays_on_file_and_calls_for_a_replacement():
    case = given(*OUT).when(withdrawn(h(20))).then("publication_withdrawn", "obligation_opened")
    assert [item.withdrawn_at for item in case.state.publications] == [h(20)]
    item = case.obligation(REPLACE, UNIT)
    assert (item.due_at, item.advisory, item.cause) == (h(22), True, "publication-1")
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).fulfilled_at) == (
        ON_TIME,
        h(12),
    )


def test_it_counts_for_nothing_any_more():
    answer = draft(answers=(ConcernAnswer(concern=1, paragraph="已答复"),))
    asked = step(h(2), BOB, RecordConcern(text="何时公布"))
    case = given(*START, concluded(), asked, published(at=h(12), text=answer)).case
    assert (unanswered_concerns(case.state), coverage_rate(case.state, h(20))) == ((), 0.0)
    case.give(withdrawn(h(20)))
    assert unanswered_concerns(case.state) == (1,)
    assert case.state.standing_publications == ()


def test_it_gives_no_coverage():
    wide = given(registered(sources=(registration().sources[0],)), judged(), assigned(), concluded())
    text = (step(h(12), BOB, draft()), *reviewed(UNIT, h(12)))
    case = wide.when(*text, step(h(12), BOB, publish(h(12), (registration().sources[0].platform,)))).then(
        *ANSWERED
    )
    assert coverage_rate(case.state, h(13)) == 1.0
    assert coverage_rate(case.give(withdrawn(h(14))).state, h(15)) == 0.0


@pytest.mark.parametrize(("at", "kept"), [(h(22), True), (h(22, s=1), False)])
def test_a_replacement_within_two_hours_keeps_the_fulfilment(at, kept):
    first = "fulfilment_kept" if kept else "obligation_fulfilled"
    case = (
        given(*OUT, withdrawn(h(20)))
        .when(*published(at=at))
        .then("published", "paper_drafted", first, "obligation_fulfilled")
    )
    item = case.obligation(RESP48, UNIT)
    assert (item.status, item.fulfilled_at) == (ON_TIME, h(12) if kept else at)
    assert case.obligation(REPLACE, UNIT).status is (ON_TIME if kept else PASSED)
    assert bool(case.happened("obligation_reopened")) is not kept
    assert item.evidence == "publication-2"


def test_without_one_the_obligation_is_owed_again_by_its_own_due_instant():
    case = given(*OUT, withdrawn(h(20))).by(h(22, s=1))
    item = case.obligation(RESP48, UNIT)
    assert (item.status, item.due_at, item.fulfilled_at, item.is_owed) == (OPEN, h(48), None, True)
    assert case.obligation(REPLACE, UNIT).status is PASSED
    assert case.state.display_deadline == h(48)


def test_of_its_reminders_those_gone_by_are_sent_once_the_latest_only():
    case = given(*OUT, withdrawn(h(37))).by(h(47))
    told = [(event.at, event.percent, event.passed_over) for event in case.happened("reminder_sent")]
    assert told == [(h(36), 75, (50,)), (h(43, m=12), 90, ())]


def test_a_reminder_sent_before_the_answer_is_not_sent_again():
    case = given(*START, concluded(), published(at=h(30)), withdrawn(h(31))).by(h(47))
    assert [(event.at, event.percent) for event in case.happened("reminder_sent")] == [
        (h(24), 50),
        (h(36), 75),
        (h(43, m=12), 90),
    ]


@pytest.mark.parametrize(
    ("at", "breached_at"), [(h(45), h(48)), (h(46), h(48)), (h(46, s=1), h(48, s=1)), (h(60), h(62))]
)
def test_it_is_breached_at_the_later_of_its_due_instant_and_two_hours_after_the_withdrawal(at, breached_at):
    case = given(*OUT, withdrawn(at)).by(breached_at + timedelta(seconds=1))
    item = case.obligation(RESP48, UNIT)
    assert (item.status, item.breached_at, item.due_at) == (BREACHED, breached_at, breached_at)
    assert [paper.drafted_at for paper in case.papers(PaperKind.SUPERVISION_ORDER)] == [breached_at]
    assert case.scores(breached_at) == {UNIT: -3}


def test_at_the_last_second_before_that_it_is_not():
    case = given(*OUT, withdrawn(h(60))).by(h(62))
    assert (case.obligation(RESP48, UNIT).status, case.happened("obligation_reopened")) == (ON_TIME, ())


def test_no_reminder_is_sent_of_a_obligation_breached_as_it_reopens():
    case = given(*OUT, withdrawn(h(60))).by(h(70))
    assert case.happened("reminder_sent") == ()


def test_a_breach_recorded_before_stands_and_its_ladder_counts_from_the_reopening():
    late = (*START, concluded(), published(at=h(50)))
    case = given(*late, withdrawn(h(100))).by(h(127))
    item = case.obligation(RESP48, UNIT)
    assert (item.status, item.breached_at, item.due_at, item.is_owed) == (BREACHED, h(48), h(48), True)
    assert [paper.drafted_at for paper in case.papers(PaperKind.SUPERVISION_ORDER)] == [h(48)]
    assert [paper.drafted_at for paper in case.papers(PaperKind.CIRCULATED_CRITICISM)] == [h(126)]


def test_a_publication_that_stood_beside_it_keeps_the_fulfilment_at_once():
    case = (
        given(*OUT, published(at=h(14)))
        .when(withdrawn(h(60)))
        .then("publication_withdrawn", "fulfilment_kept")
    )
    assert (case.obligation(RESP48, UNIT).fulfilled_at, case.obligation(RESP48, UNIT).evidence) == (
        h(12),
        "publication-2",
    )
    case.give(withdrawn(h(70), 2)).until(h(80))
    assert case.obligation(RESP48, UNIT).breached_at == h(72)


def test_an_interim_response_replaces_a_response():
    case = given(*OUT, withdrawn(h(60)), published(at=h(61), text=interim(h(70)))).by(h(63))
    assert (case.obligation(RESP48, UNIT).status, case.happened("obligation_reopened")) == (ON_TIME, ())


def test_but_no_publication_of_the_24_hour_class():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded(), published(at=h(3)))
    case = given(*urgent, withdrawn(h(30)), published(at=h(31), text=interim(h(40)))).case.until(h(33))
    assert (case.obligation(KINDS.PUB24, UNIT).breached_at, case.obligation(REPLACE, UNIT).status) == (
        h(32),
        PASSED,
    )


def test_a_publication_before_the_upgrade_does_not_stand_in_after_it():
    raised = rejudged(h(20), grade=EmergencyGrade.MAJOR)
    case = given(*OUT, raised, published(at=h(21)), withdrawn(h(30), 2)).case.until(h(33))
    assert case.obligation(KINDS.PUB24, UNIT).breached_at == h(32)
    assert case.obligation(RESP48, UNIT).status is ON_TIME


def test_a_response_of_the_former_class_falls_away_where_the_class_in_force_has_its_own():
    raised = rejudged(h(20), grade=EmergencyGrade.MAJOR)
    case = given(*OUT, raised, withdrawn(h(21))).case.until(h(24))
    assert (case.obligation(RESP48, UNIT).status, case.obligation(KINDS.PUB24, UNIT).status) == (
        SUPERSEDED,
        OPEN,
    )


def test_after_a_downgrade_a_response_is_owed_instead_of_the_publication():
    lowered = rejudged(h(5), grade=EmergencyGrade.NONE, level=WarningLevel.COMPLEX_SENSITIVE)
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded(), published(at=h(3)))
    case = given(*urgent, lowered, withdrawn(h(30))).case.until(h(33))
    assert case.obligation(KINDS.PUB24, UNIT).status is SUPERSEDED
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).due_at) == (OPEN, h(48))
    late = given(*urgent, lowered, withdrawn(h(60))).case.until(h(63))
    assert (late.obligation(RESP48, UNIT).breached_at, late.scores(h(63))) == (
        h(62),
        {UNIT: -3.5},
    )  # unsigned too


def test_a_joint_release_reopens_or_keeps_the_obligation_of_each_unit_on_its_own():
    joint = (registered(), judged(), assigned(UNIT, SECOND, THIRD), concluded())
    text = draft(co_issuers=(SECOND, THIRD))
    case = given(*joint, published(at=h(12), text=text), withdrawn(h(60))).case
    assert {item.unit for item in case.obligations(REPLACE)} == {UNIT, SECOND, THIRD}
    case.give(published(SECOND, at=h(62), text=draft(co_issuers=(THIRD,)))).until(h(63))
    found = {unit: case.obligation(RESP48, unit).breached_at for unit in (UNIT, SECOND, THIRD)}
    assert found == {UNIT: h(62), SECOND: None, THIRD: None}


def test_a_promise_kept_by_it_is_owed_again():
    promised = (*START, published(at=h(2), text=interim(h(30))), concluded(), published(at=h(29)))
    case = given(*promised, withdrawn(h(40), 2)).case.until(h(43))
    assert (case.obligation(FOLLOW_UP, UNIT).breached_at, case.obligation(RESP48, UNIT).status) == (
        h(42),
        ON_TIME,
    )
    assert case.scores(h(43)) == {UNIT: -1}


def test_continuous_publication_falls_back_on_the_gap_before():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded(), published(at=h(3)))
    case = given(*urgent, published(at=h(10)), withdrawn(h(20), 2)).case.until(h(23))
    assert [(item.status, item.due_at) for item in case.obligations(KINDS.CONT_UPD)] == [
        (OPEN, h(27)),
        (SUPERSEDED, h(34)),
    ]
    kept = given(*urgent, published(at=h(10)), withdrawn(h(20), 2), published(at=h(22))).case.until(h(23))
    assert [item.status for item in kept.obligations(KINDS.CONT_UPD)] == [ON_TIME, ON_TIME, OPEN]


def test_one_gap_is_not_missed_twice():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded(), published(at=h(3)))
    case = given(*urgent, published(at=h(10)), withdrawn(h(40), 2)).case.until(h(50))
    assert [(item.status, item.breached_at) for item in case.obligations(KINDS.CONT_UPD)] == [
        (ON_TIME, None),
        (BREACHED, h(34)),
    ]


def test_targets_and_advisory_limits_are_open_again_or_shown_as_passed():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded(), published(at=h(1)))
    case = given(*urgent, withdrawn(h(2, m=30))).case.until(h(5))
    assert (case.obligation(KINDS.OVL_5H).status, case.obligation(KINDS.OVL_5H).due_at) == (OPEN, h(5))
    late = given(*urgent, withdrawn(h(8))).case.until(h(11))
    assert (late.obligation(KINDS.OVL_5H).status, late.obligation(KINDS.OVL_5H).fulfilled_at) == (
        PASSED,
        None,
    )


def test_a_withdrawal_with_a_fault_is_refused():
    given(*OUT, withdrawn(h(20))).when(withdrawn(h(21))).refused(Reason.ALREADY_DONE, "publication-1")
    given(*OUT).when(withdrawn(h(20), reason=" ")).refused(Reason.REASON_MISSING)
    given(*OUT).when(withdrawn(h(20), since=h(12, s=-1))).refused(Reason.BEFORE_OCCURRENCE)
    given(*OUT).when(withdrawn(h(20), since=h(20, s=6))).refused(Reason.IN_THE_FUTURE)
    given(*OUT).when(withdrawn(h(20), 2)).refused(Reason.UNKNOWN_REFERENCE)
    given(*OUT).when(withdrawn(h(20), by=BOB)).refused(Reason.ROLE_NOT_ALLOWED)
    two = (registered(), judged(), assigned(UNIT, SECOND), concluded(), published(at=h(12)))
    given(*two).when(withdrawn(h(20), by=of(SECOND, Role.DEPUTY_LEADER))).refused(Reason.UNIT_NOT_CONCERNED)
    given(*OUT).when(withdrawn(h(20), by=of(OFFICE, Role.DEPUTY_LEADER))).then(*WITHDRAWN)


def test_a_withdrawal_recorded_late_runs_from_when_it_happened():
    case = (
        given(*OUT)
        .when(withdrawn(h(60), since=h(50)))
        .then(
            "publication_withdrawn",
            "obligation_opened",
            "obligation_passed",
            "obligation_reopened",
            "obligation_breached",
            "paper_drafted",
        )
    )
    assert (case.obligation(RESP48, UNIT).breached_at, case.obligation(REPLACE, UNIT).status) == (
        h(52),
        PASSED,
    )
    answered = (
        given(*OUT, published(at=h(51)))
        .when(withdrawn(h(60), since=h(50)))
        .then("publication_withdrawn", "fulfilment_kept")
    )
    assert answered.obligation(RESP48, UNIT).status is ON_TIME


def test_a_replacement_registered_after_the_two_hours_goes_by_its_evidence():
    case = (
        given(*OUT, withdrawn(h(60)))
        .when(*published(at=h(70), said_at=h(62)))
        .then("published", "paper_drafted", "obligation_fulfilled", "obligation_fulfilled")
    )
    item = case.obligation(RESP48, UNIT)
    assert (item.status, item.breached_at, item.provisional) == (BREACHED, h(62), True)
    late = (
        given(*OUT, withdrawn(h(60)))
        .when(*published(at=h(70), said_at=h(62, s=1)))
        .then("published", "paper_drafted", "obligation_fulfilled", "obligation_fulfilled")
    )
    assert not late.obligation(RESP48, UNIT).provisional


def test_a_replacement_received_in_time_and_taken_up_after_is_in_time():
    ready = (*OUT, withdrawn(h(60)), step(h(61), BOB, draft()), *reviewed(UNIT, h(61)))
    case = given(*ready).by(h(70))
    assert case.papers(PaperKind.SUPERVISION_ORDER)[0].status == "drafted"
    case.take(case.submission(step(h(62), BOB, publish(h(62)), deferred=True)), h(70))
    assert (case.obligation(RESP48, UNIT).status, case.obligation(REPLACE, UNIT).status) == (ON_TIME, ON_TIME)
    assert case.papers(PaperKind.SUPERVISION_ORDER)[0].status == "void"
    assert case.scores(h(99)) == {}


def test_a_case_is_not_closed_while_a_replacement_is_awaited():
    done = (*OUT, reported(), handled(), published(at=h(30)))
    given(*done, withdrawn(h(239), 2)).when(closed()).then("closed")
    lone = (*OUT, reported(), handled(), withdrawn(h(239)))
    given(*lone).when(closed()).refused(Reason.CLOSE_OBLIGATION_OPEN)


def test_what_is_withdrawn_after_the_close_is_still_replaced_by_its_unit():
    done = (*OUT, reported(), handled(), closed())
    given(*done).when(step(h(250), BOB, draft())).refused(Reason.WRONG_STAGE)
    case = given(*done, withdrawn(h(250)), published(at=h(252))).case
    assert (case.obligation(RESP48, UNIT).status, case.obligation(REPLACE, UNIT).status) == (ON_TIME, ON_TIME)
    assert case.obligations(KINDS.CONT_UPD) == ()
    late = given(*done, withdrawn(h(250))).by(h(253))
    assert late.obligation(RESP48, UNIT).breached_at == h(252)
    ends = on("10-19", "23:59:59")  # the thirtieth day is a Saturday
    assert late.until(ends).state.archived_at == ends


def test_a_unit_that_left_is_not_asked_again():
    moved = step(h(14), ALICE, Reassign(first=(SECOND,), reason="改派"))
    case = given(*OUT, moved, withdrawn(h(20), by=CAROL)).case.until(h(23))
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).is_owed) == (
        SUPERSEDED,
        False,
    )


def test_what_was_said_since_a_withdrawal_recorded_late_has_done_the_obligation_late():
    case = (
        given(*OUT, published(at=h(55)))
        .when(withdrawn(h(60), since=h(50)))
        .then(
            "publication_withdrawn",
            "obligation_opened",
            "obligation_passed",
            "obligation_reopened",
            "obligation_breached",
            "obligation_fulfilled",
        )
    )
    item = case.obligation(RESP48, UNIT)
    assert (item.breached_at, item.fulfilled_at, item.is_owed) == (h(52), h(55), False)
    early = (
        given(*OUT, published(at=h(30)))
        .when(withdrawn(h(60), since=h(20)))
        .then(
            "publication_withdrawn",
            "obligation_opened",
            "obligation_passed",
            "obligation_reopened",
            "obligation_fulfilled",
        )
    )
    assert (early.obligation(RESP48, UNIT).status, early.obligation(RESP48, UNIT).fulfilled_at) == (
        ON_TIME,
        h(30),
    )


def test_a_target_set_after_the_word_that_met_it_rests_on_that_word_all_the_same():
    met = (*START, concluded(), published(at=h(10)), rejudged(h(12), level=WarningLevel.MAJOR_SITUATION))
    case = given(*met).case
    (target,) = case.obligations(KINDS.INT24, UNIT)
    assert (target.fulfilled_at, target.evidence) == (h(10), "")
    assert target in met_by(case.state, "publication-1", UNIT)
