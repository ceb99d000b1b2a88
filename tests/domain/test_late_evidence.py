"""补录认定: a provisional breach is reviewed; both stay on record, what it brought is voided,
not deleted (DD-12).
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case.obligations import Status
from domain.case.records import PaperStatus
from domain.steps.escalate import HoldTalk, SignIssue, SubmitRectification
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    LAW,
    OFFICE,
    SECOND,
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
    reported,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, OPEN, VOID, given
from tests.domain.lives import FIRST_EDITION, START, interim, reviewed_late, withdrawn

KINDS = ObligationKind
RESP48, RECTIFY = KINDS.RESP48, KINDS.RECTIFY
ORDER, CRITICISM, TALK = (
    PaperKind.SUPERVISION_ORDER,
    PaperKind.CIRCULATED_CRITICISM,
    PaperKind.ADMONITORY_TALK,
)
PROVED = (*START, concluded(), published(at=h(55), said_at=h(47)))


def sign(at, paper="supervision_order-1"):
    return step(at, ALICE, SignIssue(paper=paper))


def test_accepted_evidence_makes_it_on_time_and_both_stay_on_record():
    case = given(*PROVED).when(reviewed_late(h(60))).then("late_evidence_reviewed", "paper_voided")
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.status, obligation.fulfilled_at, obligation.breached_at, obligation.provisional) == (
        Status.ON_TIME_LATE_EVIDENCE,
        h(47),
        h(48),
        False,
    )
    assert [event.at for event in case.happened("obligation_breached")] == [h(48)]
    assert (case.papers(ORDER)[0].status, case.scores(h(300))) == (PaperStatus.VOID, {})
    assert (case.state.primary_status, case.state.is_supervised) == (Status.ON_TIME_LATE_EVIDENCE, False)


def test_rejected_evidence_leaves_the_breach():
    case = given(*PROVED).when(reviewed_late(h(60), accepted=False)).then("late_evidence_reviewed")
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.status, obligation.provisional, obligation.fulfilled_at) == (BREACHED, False, h(47))
    assert (case.papers(ORDER)[0].status, case.scores(h(300))) == (PaperStatus.DRAFTED, {UNIT: -3})


@pytest.mark.parametrize("accepted", [True, False])
def test_it_is_reviewed_once(accepted):
    case = given(*PROVED, reviewed_late(h(60), accepted=accepted))
    case.when(reviewed_late(h(61))).refused(Reason.NOT_PROVISIONAL, f"RESP48:{UNIT}:assignment-1")


@pytest.mark.parametrize(("recorded", "reviewable"), [(h(59), True), (h(59, s=1), False)])
def test_what_is_registered_more_than_twelve_hours_after_stands_as_breached(recorded, reviewable):
    when = given(*START, concluded(), published(at=recorded, said_at=h(47))).when(reviewed_late(h(60)))
    if reviewable:
        when.then("late_evidence_reviewed", "paper_voided")
    else:
        when.refused(Reason.NOT_PROVISIONAL)


def test_a_review_with_a_fault_is_refused():
    given(*PROVED).when(reviewed_late(h(60), reason=" ")).refused(Reason.REASON_MISSING)
    given(*PROVED).when(reviewed_late(h(60), cause="assignment-9")).refused(Reason.UNKNOWN_REFERENCE)
    given(*PROVED).when(reviewed_late(h(60), by=CAROL)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*PROVED).when(reviewed_late(h(60), by=of(OFFICE))).refused(Reason.ROLE_NOT_ALLOWED)
    given(*PROVED).when(reviewed_late(h(60), by=of(OFFICE, Role.DEPUTY_LEADER))).then(
        "late_evidence_reviewed", "paper_voided"
    )
    on_time = (*START, concluded(), published(at=h(47)))
    given(*on_time).when(reviewed_late(h(60))).refused(Reason.NOT_PROVISIONAL)


def test_a_signed_order_and_what_it_demanded_are_voided():
    case = (
        given(*PROVED, sign(h(56)))
        .when(reviewed_late(h(60)))
        .then("late_evidence_reviewed", "paper_voided", "obligation_voided")
    )
    assert (case.papers(ORDER)[0].status, case.papers(ORDER)[0].signed_at) == (PaperStatus.VOID, h(56))
    assert (case.obligation(RECTIFY, UNIT).status, case.obligation(RECTIFY, UNIT).is_owed) == (VOID, False)


def test_even_when_it_was_rectified_already():
    rectified = step(h(57), BOB, SubmitRectification(report="整改"))
    case = (
        given(*PROVED, sign(h(56)), rectified)
        .when(reviewed_late(h(60)))
        .then("late_evidence_reviewed", "paper_voided", "obligation_voided")
    )
    assert (case.obligation(RECTIFY, UNIT).status, case.obligation(RECTIFY, UNIT).fulfilled_at) == (
        VOID,
        h(57),
    )


def test_a_rectification_missed_under_a_void_order_costs_nothing_and_its_talk_falls():
    talked = (
        sign(h(56)),
        sign(on("09-15"), "admonitory_talk-1"),
        step(on("09-16"), ALICE, HoldTalk(paper="admonitory_talk-1", minutes="纪要")),
    )
    case = (
        given(*PROVED, *talked)
        .when(reviewed_late(on("09-17")))
        .then(
            "late_evidence_reviewed",
            "paper_voided",
            "breach_withdrawn",
            "obligation_voided",
            "paper_voided",
            "paper_voided",
        )
    )
    ladder = {ORDER, CRITICISM, TALK, PaperKind.TALK_MINUTES}
    assert {paper.status for paper in case.state.papers if paper.kind in ladder} == {PaperStatus.VOID}
    assert (case.obligation(RECTIFY, UNIT).status, case.scores(on("09-30"))) == (VOID, {})


def test_a_circulated_criticism_is_voided_too():
    longer = replace(LAW, limits=replace(LAW.limits, late_evidence=timedelta(hours=48)), digest="longer")
    outage = (*START, concluded(), sign(h(49)), sign(h(73), "circulated_criticism-1"))
    case = (
        given(*outage, published(at=h(90), said_at=h(48)), law=longer)
        .when(reviewed_late(h(91)))
        .then("late_evidence_reviewed", "paper_voided", "obligation_voided", "paper_voided")
    )
    assert (case.papers(ORDER)[0].status, case.papers(CRITICISM)[0].status) == (
        PaperStatus.VOID,
        PaperStatus.VOID,
    )
    assert (case.obligation(RECTIFY, UNIT).status, case.scores(h(300))) == (VOID, {})


def test_a_replacement_proved_late_is_reviewed_like_any_deed():
    out = (*START, concluded(), published(at=h(12)), withdrawn(h(60)), published(at=h(73), said_at=h(62)))
    case = (
        given(*out, sign(h(74)))
        .when(reviewed_late(h(75)))
        .then("late_evidence_reviewed", "paper_voided", "obligation_voided")
    )
    assert (case.obligation(RESP48, UNIT).status, case.scores(h(300))) == (Status.ON_TIME_LATE_EVIDENCE, {})
    assert case.papers(ORDER)[0].status is PaperStatus.VOID


def test_after_the_close_it_is_still_reviewed():
    case = given(*PROVED, reported(at=h(56)), handled(at=h(56)), closed(), reviewed_late(h(250))).case
    assert case.obligation(RESP48, UNIT).status is Status.ON_TIME_LATE_EVIDENCE


def test_a_review_handed_over_during_an_outage_counts_as_of_its_receipt():
    case = given(*PROVED).by(h(56))
    case.take(case.submission(replace(reviewed_late(h(57)), deferred=True)), h(90))
    assert case.obligation(RESP48, UNIT).status is Status.ON_TIME_LATE_EVIDENCE
    assert case.papers(CRITICISM) == ()


def test_a_timely_word_registered_after_a_late_one_is_evidence_all_the_same():
    both = (*START, concluded(), published(at=h(50)), published(at=h(51), said_at=h(47)))
    case = given(*both).when(reviewed_late(h(52))).then("late_evidence_reviewed", "paper_voided")
    assert (case.obligation(RESP48, UNIT).fulfilled_at, case.scores(h(99))) == (h(47), {})
    old = (*START, concluded(), published(at=h(50)), published(at=h(60), said_at=h(47)))
    given(*old).when(reviewed_late(h(61))).refused(Reason.NOT_PROVISIONAL)
    given(*both, law=FIRST_EDITION).when(reviewed_late(h(52))).refused(Reason.NOT_PROVISIONAL)


def test_promise_and_continuous_publication_are_proved_alike():
    promised = (
        *START,
        published(at=h(2), text=interim(h(30))),
        concluded(),
        published(at=h(32), said_at=h(29)),
    )
    case = given(*promised, reviewed_late(h(33), kind="FOLLOW_UP", cause="publication-1")).case
    assert (case.obligation(KINDS.FOLLOW_UP, UNIT).status, case.scores(h(40))) == (
        Status.ON_TIME_LATE_EVIDENCE,
        {},
    )
    urgent = (
        *(registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)), concluded()),
        *(published(at=h(3)), published(at=h(30), said_at=h(27))),
    )
    case = given(*urgent, reviewed_late(h(31), kind="CONT_UPD", cause="publication-1")).case
    assert [(obligation.status, obligation.due_at) for obligation in case.obligations(KINDS.CONT_UPD)] == [
        (Status.ON_TIME_LATE_EVIDENCE, h(27)),
        (OPEN, h(51)),
    ]
    assert case.scores(h(40)) == {}


def test_the_report_upward_runs_from_when_the_word_was_registered():
    assert given(*PROVED).case.obligation(KINDS.REPORT_UP, UNIT).due_at == h(79)


def test_each_unit_of_a_joint_release_is_reviewed_on_its_own():
    joint = (registered(), judged(), assigned(UNIT, SECOND), signed_for(), signed_for(SECOND), concluded())
    written = (step(h(48), of(UNIT), draft(co_issuers=(SECOND,))), *reviewed(UNIT, h(48)))
    case = given(*joint, written, step(h(50), of(UNIT), publish(h(48)))).case
    case.give(reviewed_late(h(51), unit=SECOND))
    assert [case.obligation(RESP48, unit).status for unit in (UNIT, SECOND)] == [
        BREACHED,
        Status.ON_TIME_LATE_EVIDENCE,
    ]
    assert case.scores(h(60)) == {UNIT: -3}


def test_a_deed_accepted_and_then_withdrawn_climbs_the_ladder_anew():
    case = given(*PROVED, reviewed_late(h(60)), withdrawn(h(70))).by(h(73))
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.status, obligation.breached_at, obligation.due_at) == (BREACHED, h(72), h(72))
    assert [(paper.drafted_at, paper.status) for paper in case.papers(ORDER)] == [
        (h(48), PaperStatus.VOID),
        (h(72), PaperStatus.DRAFTED),
    ]


def test_a_provisional_breach_whose_evidence_is_withdrawn_stands():
    case = given(*PROVED, withdrawn(h(56))).by(h(59))
    assert (case.obligation(RESP48, UNIT).status, case.obligation(RESP48, UNIT).is_owed) == (BREACHED, True)
    given(*PROVED, withdrawn(h(56))).when(reviewed_late(h(59))).refused(Reason.NOT_PROVISIONAL)


def test_an_internal_target_is_proved_like_a_limit_and_an_advisory_one_needs_no_review():
    grave = (registered(), judged(level=WarningLevel.MAJOR_SITUATION), assigned(), signed_for(), concluded())
    case = given(*grave, published(at=h(30), said_at=h(20))).case
    target = case.obligation(KINDS.INT24, UNIT)
    assert (target.status, target.provisional, case.scores(h(40))) == (BREACHED, True, {})
    case.give(reviewed_late(h(31), kind="INT24", cause=target.cause))
    assert case.obligation(KINDS.INT24, UNIT).status is Status.ON_TIME_LATE_EVIDENCE
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded())
    shown = given(*urgent, published(at=h(6), said_at=h(4))).case.obligation(KINDS.OVL_5H)
    assert (shown.status, shown.fulfilled_at, shown.provisional) == (Status.ON_TIME, h(4), False)
