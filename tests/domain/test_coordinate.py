"""上级来文、舆情提示、上级反馈: each superior's notice with its own clock,
the first statutory clock unmoved.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.purposes import Purpose
from domain.steps.consult import CompleteTask
from domain.steps.coordinate import GiveSuperiorFeedback, IssueHint, ReceiveSuperiorNotice
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, ObligationKind, PaperKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    LAW,
    OFFICE,
    SECOND,
    SUPERIOR,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    involved,
    judged,
    of,
    published,
    registered,
    rejudged,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given
from tests.domain.outcomes import (
    FEEDBACK_GIVEN,
    HINT_ISSUED,
    HINT_PASSES_NOTICE_ON,
    HINTS_PASS_NOTICE_ON,
    NOTICE_RECEIVED,
)

K3, K5 = KeyCategory.MORAL_BOTTOM_LINE, KeyCategory.SUPERIOR_REQUIRED
SUP_FB, FORWARD, SIGN, RESP48 = (
    ObligationKind.SUP_FB,
    ObligationKind.FORWARD,
    ObligationKind.SIGN,
    ObligationKind.RESP48,
)
PROVINCE = "province_office"


def noticed(at=None, sender=SUPERIOR, **more):
    """A superior's notice, received as it is registered."""
    when = at or h(1)
    plain = {"received_at": when, "requirement": "核实并回应", **more}
    return step(when, ALICE, ReceiveSuperiorNotice(sender=sender, **plain))


def hinted(at, *to, notice=""):
    return step(at, ALICE, IssueHint(to=to or (UNIT,), text="请核实", notice=notice))


def fed_back(at, notice="notice-1"):
    return step(at, ALICE, GiveSuperiorFeedback(notice=notice, report="已核实"))


def test_feedback_is_due_when_the_superior_says():
    case = given(registered()).when(noticed(feedback_due_at=h(25))).then(*NOTICE_RECEIVED)
    assert [(obligation.unit, obligation.due_at) for obligation in case.obligations(SUP_FB)] == [
        (OFFICE, h(25))
    ]


def test_feedback_without_a_limit_is_due_as_a_response_from_receipt():
    case = given(registered()).when(noticed(h(2))).then(*NOTICE_RECEIVED)
    assert (case.obligation(SUP_FB).clock_start, case.obligation(SUP_FB).due_at) == (h(2), h(50))


def test_a_notice_found_later_counts_from_when_it_was_received():
    case = (
        given(registered())
        .when(noticed(h(3), received_at=h(1)))
        .then("superior_notice_received", "obligation_opened", "obligation_opened", "obligation_breached")
    )
    assert (case.obligation(FORWARD).due_at, case.obligation(SUP_FB).due_at) == (h(1, m=30), h(49))


def test_the_first_statutory_clock_never_moves():
    before = given(registered(), judged(), assigned()).case.obligation(RESP48, UNIT)
    case = (
        given(registered(), judged(), assigned()).when(noticed(feedback_due_at=h(5))).then(*NOTICE_RECEIVED)
    )
    assert case.obligation(RESP48, UNIT).due_at == before.due_at == h(48)
    assert case.state.display_deadline == h(5)


def test_forwarding_within_thirty_minutes_is_on_time_to_the_second():
    case = given(registered(), noticed()).when(hinted(h(1, m=30))).then(*HINT_PASSES_NOTICE_ON)
    assert case.obligation(FORWARD).status is ON_TIME


def test_a_second_later_it_is_breached_at_the_due_instant():
    case = given(registered(), noticed()).when(hinted(h(1, m=30, s=1))).then(*HINT_PASSES_NOTICE_ON)
    obligation = case.obligation(FORWARD)
    assert (obligation.status, obligation.breached_at, obligation.fulfilled_at) == (
        BREACHED,
        h(1, m=30),
        h(1, m=30, s=1),
    )


def test_each_unit_signs_for_its_hint_by_itself():
    case = given(registered(), noticed()).when(hinted(h(1, m=5), UNIT, SECOND)).then(*HINTS_PASS_NOTICE_ON)
    assert [(obligation.unit, obligation.due_at) for obligation in case.obligations(SIGN)] == [
        (UNIT, h(1, m=35)),
        (SECOND, h(1, m=35)),
    ]
    assert [paper.unit for paper in case.papers(PaperKind.OPINION_HINT)] == [UNIT, SECOND]
    case = (
        given(registered(), noticed(), hinted(h(1, m=5), UNIT, SECOND))
        .when(signed_for(at=h(1, m=9)))
        .then("signed_for", "obligation_fulfilled")
    )
    assert (case.obligation(SIGN, UNIT).status, case.obligation(SIGN, SECOND).status) == (ON_TIME, OPEN)


def test_signing_takes_the_class_of_the_instant_of_asking():
    major = judged(h(2), grade=EmergencyGrade.MAJOR)
    case = given(registered(), hinted(h(1)), major).when(hinted(h(3), SECOND)).then(*HINT_ISSUED)
    assert case.obligation(SIGN, UNIT).due_at == h(1, m=30)
    assert case.obligation(SIGN, SECOND).due_at == h(3, m=15)


def test_a_hint_may_warn_early_without_any_notice():
    case = given(registered()).when(hinted(h(1))).then(*HINT_ISSUED)
    assert (case.obligations(FORWARD), case.state.key_categories) == ((), ())


TWO = (registered(), noticed(feedback_due_at=h(20)), noticed(h(1, m=10), PROVINCE, feedback_due_at=h(12)))


def test_two_superiors_have_each_their_own_clock():
    case = given(*TWO).when(fed_back(h(11), "notice-2")).then(*FEEDBACK_GIVEN)
    assert [
        (obligation.cause, obligation.due_at, obligation.status) for obligation in case.obligations(SUP_FB)
    ] == [
        ("notice-1", h(20), OPEN),
        ("notice-2", h(12), ON_TIME),
    ]


def test_a_hint_forwards_the_notice_that_it_names_alone():
    case = given(*TWO).when(hinted(h(1, m=15), notice="notice-2")).then(*HINT_PASSES_NOTICE_ON)
    assert [obligation.status for obligation in case.obligations(FORWARD)] == [OPEN, ON_TIME]


def test_a_hint_that_names_none_forwards_every_notice_still_waiting():
    case = given(*TWO).when(hinted(h(1, m=15))).then(*HINT_PASSES_NOTICE_ON, "obligation_fulfilled")
    assert [obligation.status for obligation in case.obligations(FORWARD)] == [ON_TIME, ON_TIME]


def test_a_hint_for_an_unknown_notice_is_refused():
    given(*TWO).when(hinted(h(1, m=15), notice="notice-9")).refused(Reason.UNKNOWN_REFERENCE, "notice-9")


def test_an_attached_notice_sets_its_key_category_by_itself():
    assert given(registered(), noticed()).when(judged(h(2))).then("judged").state.key_categories == (K5,)


def test_its_key_category_cannot_be_cleared():
    cleared = rejudged(h(3), key_categories=(K3,), level=WarningLevel.COMPLEX_SENSITIVE)
    case = given(registered(), noticed(), judged(h(2))).when(cleared).then("judged", "consultation_proposed")
    assert case.state.key_categories == (K3, K5)


def test_the_level_rises_to_the_floor_by_itself():
    low = judged(level=WarningLevel.GENERAL_MATTER)
    case = (
        given(registered(), low)
        .when(noticed())
        .then("superior_notice_received", "obligation_opened", "obligation_opened", "level_raised")
    )
    assert case.state.level is WarningLevel.SOCIAL_HOTSPOT
    case.tells((Purpose.WARNING, OFFICE), (Purpose.TO_DO, OFFICE), (Purpose.COORDINATE, CYBERSPACE))


def test_no_judgement_goes_below_that_floor():
    low = judged(h(2), level=WarningLevel.GENERAL_MATTER)
    given(registered(), noticed()).when(low).refused(Reason.BELOW_FLOOR, "social_hotspot")


def test_feedback_needs_neither_conclusion_nor_publication():
    case = given(registered(), noticed()).when(fed_back(h(2))).then(*FEEDBACK_GIVEN)
    assert (case.state.conclusion, case.state.publications) == (None, ())
    assert case.obligation(SUP_FB).status is ON_TIME
    assert case.papers(PaperKind.SUPERIOR_FEEDBACK)


def test_feedback_is_given_once():
    given(registered(), noticed(), fed_back(h(2))).when(fed_back(h(3))).refused(Reason.ALREADY_DONE)


def test_feedback_to_nobody_is_refused():
    given(registered()).when(fed_back(h(3))).refused(Reason.UNKNOWN_REFERENCE, "notice-1")


def test_feedback_stops_no_other_clock():
    case = (
        given(registered(), noticed(), judged(h(2)), assigned(at=h(2)))
        .when(fed_back(h(3)))
        .then(*FEEDBACK_GIVEN)
    )
    assert case.obligation(RESP48, UNIT).status is OPEN


def test_closing_waits_for_the_feedback():
    done = (
        registered(),
        noticed(),
        judged(h(2)),
        assigned(at=h(2)),
        concluded(at=h(3)),
        published(),
        reported(),
    )
    owed = given(*done, handled()).when(closed())
    owed.refused(Reason.CLOSE_OBLIGATION_OPEN, f"SUP_FB:{OFFICE}:notice-1")
    late = (*done, handled(), fed_back(h(100)))
    case = given(*late).when(closed()).then("closed")
    assert case.obligation(SUP_FB).breached_at == h(49)
    assert case.scores(h(240))[OFFICE] == -2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": UNIT}, Reason.UNIT_NOT_CONCERNED),
        ({"sender": "nowhere"}, Reason.UNKNOWN_UNIT),
        ({"requirement": " "}, Reason.MISSING_PART),
        ({"received_at": h(2)}, Reason.IN_THE_FUTURE),
        ({"feedback_due_at": h(1)}, Reason.BEFORE_OCCURRENCE),
    ],
)
def test_a_notice_that_is_none_is_refused(changes, reason):
    given(registered()).when(noticed(**changes)).refused(reason)


def test_the_office_alone_deals_with_superiors():
    wrong = step(h(1), BOB, ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应"))
    given(registered()).when(wrong).refused(Reason.UNIT_NOT_CONCERNED)


def test_a_hint_to_nobody_is_refused():
    nobody = step(h(1), ALICE, IssueHint(to=(), text="请核实"))
    given(registered()).when(nobody).refused(Reason.MISSING_PART, "to")


def test_the_cyberspace_office_and_every_addressee_are_told():
    case = given(registered()).when(noticed()).then(*NOTICE_RECEIVED)
    case.tells((Purpose.TO_DO, OFFICE), (Purpose.COORDINATE, CYBERSPACE))
    case = given(registered(), noticed()).when(hinted(h(1, m=5), UNIT, SECOND)).then(*HINTS_PASS_NOTICE_ON)
    case.tells((Purpose.TO_DO, UNIT), (Purpose.TO_DO, SECOND))


def test_reminders_of_the_feedback_go_out_at_half_three_quarters_and_nine_tenths():
    case = given(registered(), noticed(feedback_due_at=h(11))).by(h(12))
    reminded = [
        event.at for event in case.happened("reminder_sent") if event.obligation == case.obligation(SUP_FB).id
    ]
    assert reminded == [h(6), h(8, m=30), h(10)]
    assert h(10) - h(1) == timedelta(hours=9)


def test_a_superiors_notice_is_a_task_of_the_cyberspace_office_which_reports_it_done():
    started = (registered(), judged(), assigned(), noticed())
    (task,) = given(*started).case.state.joint_tasks
    assert (task.id, task.unit, task.text, task.done_at) == (
        "notice-1-task-1",
        CYBERSPACE,
        "核实并回应",
        None,
    )
    done = CompleteTask(task=task.id, report="已持续监测，未见新增")
    case = given(*started).when(step(h(3), of(CYBERSPACE), done)).then("task_completed").state
    assert [one.done_at for one in case.joint_tasks] == [h(3)]
    given(*started).when(step(h(3), of(UNIT), done)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*started, step(h(3), of(CYBERSPACE), done)).when(step(h(4), ALICE, done)).refused(
        Reason.ALREADY_DONE
    )


def test_where_the_cyberspace_office_is_the_subject_its_task_is_of_who_has_its_share():
    subject = registered(involved=involved(UNIT, CYBERSPACE))
    (task,) = given(subject, noticed()).case.state.joint_tasks
    assert task.unit == LAW.offices.publicity_department


def test_once_the_cyberspace_office_is_a_subject_its_open_task_is_of_who_takes_its_share():
    started = (registered(), judged(), assigned(), noticed(h(1)))
    subject = rejudged(h(2), involved=involved(UNIT, CYBERSPACE))
    done = CompleteTask(task="notice-1-task-1", report="已持续监测，未见新增")
    publicity = of(LAW.offices.publicity_department)
    case = given(*started, subject).when(step(h(3), publicity, done)).then("task_completed").state
    assert [(task.unit, task.done_at) for task in case.tasks_of_notices] == [(publicity.unit, h(3))]
    given(*started, subject).when(step(h(3), of(CYBERSPACE), done)).refused(Reason.UNIT_NOT_CONCERNED)
    before = given(
        *started, step(h(2), of(CYBERSPACE), done), rejudged(h(3), involved=involved(UNIT, CYBERSPACE))
    )
    assert [task.unit for task in before.case.state.tasks_of_notices] == [CYBERSPACE]


def test_cases_of_earlier_editions_have_no_such_task():
    law = replace(LAW, edition=2, digest="edition 2")
    assert given(registered(), noticed(), law=law).case.state.joint_tasks == ()
