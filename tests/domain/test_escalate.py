"""督办、通报批评、整改、约谈: drafted by the clock, effective by a signature."""

import pytest

from domain.case.records import PaperStatus
from domain.steps.assign import Reassign
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.escalate import DeclinePaper, HoldTalk, SignIssue, SubmitRectification
from domain.steps.judge import Rejudge
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    OFFICE,
    SECOND,
    SUPERIOR,
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
    promise,
    published,
    registered,
    registration,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given

ORDER, CRITICISM, TALK = (
    PaperKind.SUPERVISION_ORDER,
    PaperKind.CIRCULATED_CRITICISM,
    PaperKind.ADMONITORY_TALK,
)
RECTIFY, RESP48 = ObligationKind.RECTIFY, ObligationKind.RESP48
START = (registered(), judged(), assigned(), signed_for())


def sign(at, paper="supervision_order-1", by=ALICE):
    return step(at, by, SignIssue(paper=paper))


def decline(at, paper="supervision_order-1", reason="不必"):
    return step(at, ALICE, DeclinePaper(paper=paper, reason=reason))


def rectified(at, by=BOB, report="整改报告"):
    return step(at, by, SubmitRectification(report=report))


def talk(at, paper="admonitory_talk-1", minutes="纪要"):
    return step(at, ALICE, HoldTalk(paper=paper, minutes=minutes))


def drafts(case):
    return [
        (paper.kind, paper.unit, paper.drafted_at, paper.status)
        for paper in case.state.papers
        if paper.kind in {ORDER, CRITICISM, TALK}
    ]


def test_a_breach_drafts_an_order_and_a_day_later_a_criticism():
    case = given(*START).by(h(300))
    assert drafts(case) == [
        (ORDER, UNIT, h(48), PaperStatus.DRAFTED),
        (CRITICISM, UNIT, h(72), PaperStatus.DRAFTED),
    ]


@pytest.mark.parametrize(("at", "criticised"), [(h(72), False), (h(72, s=1), True)])
def test_an_answer_within_the_day_spares_the_criticism(at, criticised):
    case = given(*START, concluded(), published(at=at)).by(h(300))
    assert bool(case.papers(CRITICISM)) is criticised


def test_other_limits_climb_no_ladder():
    notice = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="核实并回应")
    interim = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(30)))
    steps = (*START, step(h(1), ALICE, notice), published(at=h(10), text=interim))
    case = given(*steps).by(h(300))
    missed = {ObligationKind.SUP_FB, ObligationKind.FOLLOW_UP, ObligationKind.REPORT_UP}
    assert missed <= {
        obligation.kind for obligation in case.state.obligations if obligation.status is BREACHED
    }
    assert drafts(case) == []


def test_a_draft_starts_no_limit_and_a_signature_does():
    case = given(*START).by(h(300))
    assert case.obligations(RECTIFY) == ()
    signed = given(*START).when(sign(h(48, m=20))).then("paper_issued", "obligation_opened")
    assert (signed.obligation(RECTIFY, UNIT).due_at, signed.papers(ORDER)[0].signed_at) == (
        on("09-14", "23:59:59"),
        h(48, m=20),
    )


def test_the_limit_counts_from_the_day_of_the_signature():
    case = given(*START).when(sign(on("09-10", "23:59:59"))).then("paper_issued", "obligation_opened")
    assert case.obligation(RECTIFY, UNIT).due_at == on("09-15", "23:59:59")
    assert given(*START).when(sign(on("09-11", "00:00:00"))).then(
        "paper_issued", "obligation_opened"
    ).obligation(RECTIFY, UNIT).due_at == on("09-16", "23:59:59")


def test_holidays_are_skipped_and_make_up_days_count():
    found = on("09-27")  # National Day is off from 1 to 7 October, Saturday the 10th is worked
    start = (
        registered(found, discovered_at=found, metrics=(), sources=registration().sources),
        judged(found, reason="理由"),
        assigned(at=found),
    )
    case = given(*start).when(sign(on("09-30", "09:00"))).then("paper_issued", "obligation_opened")
    assert case.obligation(RECTIFY, UNIT).due_at == on("10-10", "23:59:59")
    assert case.obligation(RECTIFY, UNIT).computed.years_without_calendar == ()


def test_a_year_without_calendar_falls_back_and_warns():
    found = on("12-27")
    start = (
        registered(found, discovered_at=found, metrics=()),
        judged(found, reason="理由"),
        assigned(at=found),
    )
    case = given(*start).when(sign(on("12-30", "09:00"))).then("paper_issued", "obligation_opened")
    assert case.obligation(RECTIFY, UNIT).due_at == on(
        "01-05", "23:59:59", 2027
    )  # not New Year's Day (DD-39)
    assert case.obligation(RECTIFY, UNIT).computed.years_without_calendar == (2027,)


def test_a_declined_order_stays_on_file_and_the_ladder_goes_on():
    case = given(*START, decline(h(49))).by(h(73))
    assert [(kind, status) for kind, _, _, status in drafts(case)] == [
        (ORDER, PaperStatus.DECLINED),
        (CRITICISM, PaperStatus.DRAFTED),
    ]
    given(*START).when(decline(h(49), reason="")).refused(Reason.REASON_MISSING)


def test_a_paper_is_signed_or_declined_once_by_a_leader_of_the_office():
    given(*START, sign(h(49))).when(sign(h(50))).refused(Reason.ALREADY_DONE, "supervision_order-1")
    given(*START, sign(h(49))).when(decline(h(50))).refused(Reason.ALREADY_DONE)
    given(*START).when(sign(h(49), by=of(OFFICE))).refused(Reason.ROLE_NOT_ALLOWED)
    given(*START).when(sign(h(49), by=CAROL)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*START).when(sign(h(40))).refused(Reason.UNKNOWN_REFERENCE, "supervision_order-1")


@pytest.mark.parametrize(
    ("at", "status"), [(on("09-14", "23:59:59"), ON_TIME), (on("09-15", "00:00:00"), BREACHED)]
)
def test_rectification_is_on_time_to_the_last_second_of_the_third_day(at, status):
    case = given(*START, sign(h(48, m=20))).when(rectified(at)).then("rectified", "obligation_fulfilled")
    assert case.obligation(RECTIFY, UNIT).status is status
    assert len(case.papers(TALK)) == (0 if status is ON_TIME else 1)


def test_rectification_is_handed_in_where_ordered_with_a_report():
    given(*START, sign(h(49))).when(rectified(h(50), report=" ")).refused(Reason.MISSING_PART)
    given(*START).when(rectified(h(50))).refused(Reason.ALREADY_DONE)


def test_inaction_and_failed_rectification_together_propose_a_talk():
    case = given(*START, sign(h(48, m=20))).by(on("09-15", "00:00:00"))
    assert drafts(case)[-1] == (TALK, UNIT, on("09-14", "23:59:59"), PaperStatus.DRAFTED)


def test_a_late_answer_before_it_does_not_spare_the_talk():
    case = given(*START, sign(h(48, m=20)), concluded(at=h(60)), published(at=h(70))).by(on("09-15"))
    assert len(case.papers(TALK)) == 1


def test_a_talk_is_held_once_signed_and_only_once():
    before = (*START, sign(h(48, m=20)))
    unsigned = given(*before)
    unsigned.when(talk(on("09-15"))).refused(Reason.UNKNOWN_REFERENCE)
    case = (
        given(*before, sign(on("09-15"), "admonitory_talk-1"))
        .when(talk(on("09-17")))
        .then("talk_held", "paper_drafted")
    )
    assert [paper.kind for paper in case.papers(PaperKind.TALK_MINUTES)] == [PaperKind.TALK_MINUTES]
    again = given(*before, sign(on("09-15"), "admonitory_talk-1"), talk(on("09-17")))
    again.when(talk(on("09-18"))).refused(Reason.ALREADY_DONE)
    given(*before, sign(on("09-15"), "admonitory_talk-1")).when(talk(on("09-17"), minutes="")).refused(
        Reason.MISSING_PART
    )


def test_an_order_is_no_talk():
    given(*START, sign(h(49))).when(talk(h(50), "supervision_order-1")).refused(Reason.UNKNOWN_REFERENCE)


def test_two_breaches_bring_two_orders_and_two_rectifications():
    upgraded = step(
        h(50),
        ALICE,
        Rejudge(reason="升级", emergency_grade=EmergencyGrade.MAJOR, level=WarningLevel.MAJOR_SITUATION),
    )
    case = given(*START, sign(h(49)), upgraded, sign(h(56), "supervision_order-2")).case
    assert [(paper.cause.split(":")[0], paper.unit) for paper in case.papers(ORDER)] == [
        ("RESP48", UNIT),
        ("PUB24", UNIT),
    ]
    assert [obligation.status for obligation in case.obligations(RECTIFY, UNIT)] == [OPEN, OPEN]
    case.give(rectified(h(60)))
    assert [obligation.status for obligation in case.obligations(RECTIFY, UNIT)] == [ON_TIME, ON_TIME]


def test_a_former_unit_rectifies_what_it_was_ordered_to():
    moved = step(h(50), ALICE, Reassign(first=(SECOND,), reason="改派"))
    case = given(*START, sign(h(49)), moved).when(rectified(h(51))).then("rectified", "obligation_fulfilled")
    assert case.obligation(RECTIFY, UNIT).status is ON_TIME


def test_the_ladder_of_a_unit_that_left_stops():
    moved = step(h(50), ALICE, Reassign(first=(SECOND,), reason="改派"))
    assert given(*START, moved).by(h(200)).papers(CRITICISM) == ()


def test_before_assignment_the_order_goes_to_the_office():
    case = given(registered(), judged()).by(h(49))
    assert drafts(case) == [(ORDER, OFFICE, h(48), PaperStatus.DRAFTED)]


def test_after_close_no_order_is_signed_that_nobody_could_carry_out():
    done = (*START, concluded(), published(at=h(60)), reported(at=h(61)), handled(at=h(61)), closed())
    given(*done).when(sign(h(250))).refused(Reason.WRONG_STAGE)
    given(*done).when(decline(h(250))).then("paper_declined")


def test_roles_below_handler_hand_nothing_in():
    given(*START, sign(h(49))).when(rectified(h(50), by=of(UNIT, Role.MONITOR))).refused(
        Reason.ROLE_NOT_ALLOWED
    )
