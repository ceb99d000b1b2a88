"""Each power of the coordinating offices moves on its own conflict alone,
and a conclusion on one's own word is marked (DD-21).
"""

from dataclasses import replace

import pytest

from domain.purposes import Purpose
from domain.rules.permissions import may_see, standings
from domain.steps.assign import Assign, Reassign
from domain.steps.close import Close
from domain.steps.coordinate import GiveSuperiorFeedback, IssueHint, ReceiveSuperiorNotice
from domain.steps.escalate import SignIssue
from domain.steps.instruct import Instruct
from domain.steps.judge import Judge, Rejudge
from domain.steps.publish import HoldPressConference
from domain.steps.report import ReportUp
from domain.steps.screen import ExcludeSource
from domain.steps.verify import AnswerVerification, Conclude, RequestVerification
from domain.terms.refusals import Reason
from domain.terms.roles import Role, Standing
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    PaperKind,
    Rule,
    VerificationAnswer,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    CYBERSPACE,
    EVIDENCE,
    LAW,
    OFFICE,
    POLICE,
    SECOND,
    SUPERIOR,
    UNIT,
    assigned,
    factors,
    h,
    involved,
    judged,
    of,
    published,
    registered,
    rejudged,
    reported,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given
from tests.domain.outcomes import FEEDBACK_GIVEN, REPORTED
from tests.domain.test_rebase import rebased as under

PUBLICITY, DEPUTY_MAYOR, MAYOR = "publicity_dept", "deputy_mayor", "mayor"
HEAD = of(PUBLICITY, Role.PRINCIPAL_LEADER)
DEPUTY = of(DEPUTY_MAYOR, Role.PRINCIPAL_LEADER)
ABOVE = of(MAYOR, Role.PRINCIPAL_LEADER)
JUDGE = Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(), reason="研判")
ABOUT_THE_OFFICE = (registered(involved=involved(OFFICE)), step(h(m=15), HEAD, JUDGE))
ANSWERED_BY_IT = (*ABOUT_THE_OFFICE, step(h(m=20), HEAD, Assign(first=(OFFICE,), reason="指定")))
NOTICE = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应")


def about(*units):
    return given(registered(involved=involved(*units))).case.state


def naming(unit, at=None, by=DEPUTY):
    return step(at or h(m=10), by, Instruct(text="由你单位代行", to=(unit,), stand_in=unit))


# 市政府办公室 as the subject.


def test_where_the_office_is_the_subject_deciding_alone_moves():
    powers = about(OFFICE).powers
    assert powers.receiving == OFFICE
    assert powers.deciding == (PUBLICITY, DEPUTY_MAYOR)
    assert (powers.cyberspace, powers.named) == (CYBERSPACE, (PUBLICITY, CYBERSPACE))


def test_the_office_takes_in_and_forwards_in_its_own_case_and_who_decides_does_not():
    noticed = ("superior_notice_received", "obligation_opened", "obligation_opened")
    hinted = ("hint_issued", "paper_drafted", "obligation_opened")
    for command, events in ((NOTICE, noticed), (IssueHint(to=(SECOND,), text="请核实"), hinted)):
        given(*ABOUT_THE_OFFICE).when(step(h(1), ALICE, command)).then(*events)
        given(*ABOUT_THE_OFFICE).when(step(h(1), HEAD, command)).refused(Reason.UNIT_NOT_CONCERNED, PUBLICITY)


def test_feedback_to_the_superior_stays_with_the_office_also_when_it_becomes_the_subject():
    noticed = step(h(1), ALICE, NOTICE)
    turned = rejudged(h(3), involved=involved(UNIT, OFFICE))
    case = (
        given(registered(), judged(), assigned(), noticed).when(turned).then("judged", "coordinators_named")
    )
    assert [
        (obligation.unit, obligation.status, obligation.due_at)
        for obligation in case.obligations(ObligationKind.SUP_FB)
    ] == [(OFFICE, OPEN, h(49))]
    answer = GiveSuperiorFeedback(notice="notice-1", report="已核实")
    steps = (registered(), judged(), assigned(), noticed, turned)
    given(*steps).when(step(h(49), HEAD, answer)).refused(Reason.UNIT_NOT_CONCERNED, PUBLICITY)
    done = given(*steps).when(step(h(49), ALICE, answer)).then(*FEEDBACK_GIVEN)
    assert done.obligation(ObligationKind.SUP_FB, OFFICE).fulfilled_at == h(49)


def test_the_office_speaks_to_the_press_in_its_own_case_too():
    """Holding a press conference is none of the powers that move,
    and its limit is the office's (DD-24, DD-31).
    """
    urgent = step(
        h(m=15),
        HEAD,
        replace(JUDGE, level=WarningLevel.MAJOR_SITUATION, emergency_grade=EmergencyGrade.MAJOR),
    )
    said = HoldPressConference(held_at=h(3), evidence=EVIDENCE, facts="正在调查", measures="全力救援")
    case = (
        given(registered(involved=involved(OFFICE)), urgent)
        .when(step(h(3), ALICE, said))
        .then("press_conference_held", "obligation_fulfilled", "published", "paper_drafted")
    )
    obligation = case.obligation(ObligationKind.OVL_PRESS24)
    assert (obligation.unit, obligation.status) == (OFFICE, ON_TIME)


def test_the_first_report_of_the_upper_rules_stays_with_the_office():
    graded = Rejudge(
        reason="升级", emergency_grade=EmergencyGrade.RELATIVELY_MAJOR, level=WarningLevel.COMPLEX_SENSITIVE
    )
    steps = (*ANSWERED_BY_IT, step(h(m=40), HEAD, graded))
    assert given(*steps).case.obligation(ObligationKind.OVL_RPT2H).unit == OFFICE
    report = step(h(2), ALICE, ReportUp(to=SUPERIOR, report="首报"))
    assert given(*steps).when(report).then(*REPORTED).obligation(ObligationKind.OVL_RPT2H).fulfilled_at == h(
        2
    )


def test_responders_report_to_the_office_and_it_owes_no_report_to_itself():
    both = Assign(first=(OFFICE, UNIT), reason="指定")
    concluded = step(h(1), HEAD, Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))
    steps = (
        registered(involved=involved(OFFICE, UNIT)),
        step(h(m=15), HEAD, JUDGE),
        step(h(m=20), HEAD, both),
    )
    answered = (*steps, concluded, *published(UNIT), *published(OFFICE, h(13)))
    case = given(*answered).case
    assert [obligation.unit for obligation in case.obligations(ObligationKind.REPORT_UP)] == [UNIT]
    given(*answered).when(reported(to=PUBLICITY)).refused(Reason.UNIT_NOT_CONCERNED, PUBLICITY)
    assert given(*answered).when(reported()).then(*REPORTED).obligation(
        ObligationKind.REPORT_UP
    ).fulfilled_at == h(20)


@pytest.mark.parametrize("decider", [HEAD, DEPUTY])
def test_the_deputy_mayor_and_the_publicity_department_each_decide(decider):
    steps = (registered(involved=involved(OFFICE)), step(h(m=15), decider, JUDGE))
    both = (*steps, step(h(m=20), decider, Assign(first=(OFFICE,), reason="指定")))
    late = given(*both).by(h(48, s=1))
    (order,) = late.papers(PaperKind.SUPERVISION_ORDER)
    given(*both).when(step(h(49), decider, SignIssue(paper=order.id))).then(
        "paper_issued", "obligation_opened"
    )
    given(*both).when(step(h(49), ALICE, SignIssue(paper=order.id))).refused(Reason.UNIT_NOT_CONCERNED)
    given(*both).when(step(h(49), decider, Close(opinion="同意"))).refused(Reason.CLOSE_CONCLUSION_MISSING)
    given(*both).when(step(h(49), ALICE, Close(opinion="同意"))).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)


def test_until_it_is_assigned_the_office_holds_the_first_clock_and_who_decides_hears_of_it():
    case = given(registered(involved=involved(OFFICE))).by(h(48, s=1))
    deciding, both = (PUBLICITY, DEPUTY_MAYOR), (PUBLICITY, DEPUTY_MAYOR, OFFICE)
    case.tells_in_all(
        *((Purpose.REGISTERED, unit) for unit in (*both, CYBERSPACE)),
        *((Purpose.ALARM, unit) for unit in both),
        *((purpose, unit) for purpose in (Purpose.TO_SIGN, Purpose.LEVEL_SUGGESTED) for unit in deciding),
        (Purpose.COUNTS_MISSING, PUBLICITY),
        (Purpose.REMINDER, OFFICE),
        (Purpose.INSTRUCTION_OWED, OFFICE),
        (Purpose.BREACH, OFFICE),
        (Purpose.BREACH, PUBLICITY),
    )
    (order,) = case.papers(PaperKind.SUPERVISION_ORDER)
    assert order.unit == OFFICE
    assert [raised.unit for raised in case.state.oversight.alarms if raised.alarm == "unassigned"] == [
        PUBLICITY
    ]


# Whom 分管副市长 names.


def test_whom_the_deputy_mayor_names_decides_and_the_default_no_more():
    steps = (registered(involved=involved(OFFICE)),)
    case = given(*steps).when(naming("discipline")).then("instructed", "coordinators_named")
    assert case.state.powers.deciding == ("discipline", DEPUTY_MAYOR)
    named = ((Purpose.COORDINATE, unit) for unit in (CYBERSPACE, DEPUTY_MAYOR, "discipline"))
    case.tells(*named, (Purpose.INSTRUCTED, "discipline"))
    assert may_see(of("discipline"), case.state)
    given(*steps, naming("discipline")).when(step(h(m=15), of("discipline"), JUDGE)).then("judged")
    given(*steps, naming("discipline")).when(step(h(m=15), HEAD, JUDGE)).refused(Reason.UNIT_NOT_CONCERNED)


def test_the_latest_naming_counts_and_one_that_became_a_subject_gives_way():
    steps = (registered(involved=involved(OFFICE)), naming("discipline"), naming(SECOND, h(m=11)))
    assert given(*steps).case.state.coordinating_office == SECOND
    judging = Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(), reason="研判")
    turned = Rejudge(reason="亦涉事", involved=involved(OFFICE, SECOND))
    case = (
        given(*steps, step(h(m=15), of(SECOND), judging))
        .when(step(h(1), of(SECOND), turned))
        .then("judged", "coordinators_named")
    )
    assert case.state.powers.deciding == (PUBLICITY, DEPUTY_MAYOR)


@pytest.mark.parametrize(
    ("subjects", "by", "unit", "reason"),
    [
        ((UNIT,), DEPUTY, SECOND, Reason.UNIT_NOT_CONCERNED),  # he has no part in the case
        ((OFFICE,), HEAD, SECOND, Reason.NO_STAND_IN),
        ((OFFICE, DEPUTY_MAYOR), DEPUTY, SECOND, Reason.NO_STAND_IN),
        ((CYBERSPACE, DEPUTY_MAYOR), DEPUTY, SECOND, Reason.NO_STAND_IN),
        ((OFFICE, SECOND), DEPUTY, SECOND, Reason.CONFLICT_OF_INTEREST),
    ],
)
def test_nobody_else_names_and_nobody_is_named_who_is_the_subject(subjects, by, unit, reason):
    case = given(registered(involved=involved(*subjects)))
    command = Instruct(text="代行", to=(unit,), stand_in=unit)
    case.when(step(h(1), by, command)).refused(reason)


def test_no_clock_moves_with_the_powers():
    plain = given(*ANSWERED_BY_IT).by(h(49))
    moved = given(*ANSWERED_BY_IT, naming("discipline", h(30)), naming(SECOND, h(47, m=59, s=59))).by(h(49))
    assert [
        (obligation.id, obligation.due_at, obligation.breached_at) for obligation in plain.state.obligations
    ] == [
        (obligation.id, obligation.due_at, obligation.breached_at) for obligation in moved.state.obligations
    ]
    assert moved.obligation(ObligationKind.RESP48, OFFICE).status is BREACHED


def test_where_he_is_a_subject_too_the_publicity_department_decides_and_then_the_mayor():
    assert about(OFFICE, DEPUTY_MAYOR).powers.deciding == (PUBLICITY,)
    assert about(OFFICE, DEPUTY_MAYOR, PUBLICITY).powers.deciding == (MAYOR,)
    assert about(OFFICE, PUBLICITY).powers.deciding == (DEPUTY_MAYOR,)
    case = given(registered(involved=involved(OFFICE, DEPUTY_MAYOR, PUBLICITY)))
    case.when(step(h(m=15), ABOVE, JUDGE)).then("judged")


def test_a_naming_by_one_who_became_a_subject_counts_no_more():
    turned = Rejudge(reason="亦涉事", involved=involved(OFFICE, DEPUTY_MAYOR))
    steps = (registered(involved=involved(OFFICE)), naming(SECOND), step(h(m=15), of(SECOND), JUDGE))
    case = given(*steps).when(step(h(1), of(SECOND), turned)).then("judged", "coordinators_named")
    assert case.state.powers.deciding == (PUBLICITY,)


# 市网信办 as the subject.


def test_where_the_cyberspace_office_is_the_subject_its_share_alone_moves():
    state = about(CYBERSPACE)
    assert (state.powers.receiving, state.powers.deciding) == (OFFICE, (OFFICE,))
    assert state.powers.named == (OFFICE, PUBLICITY)
    assert Standing.CYBERSPACE_OFFICE in standings(PUBLICITY, state)
    assert Standing.CYBERSPACE_OFFICE not in standings(CYBERSPACE, state)


def test_the_office_judges_assigns_is_reported_to_and_closes_then():
    steps = (registered(involved=involved(CYBERSPACE)), judged(), assigned(CYBERSPACE))
    case = given(*steps).case
    assert case.state.coordinators == (OFFICE, PUBLICITY)
    given(*steps).when(reported(CYBERSPACE)).then("reported_up", "paper_drafted")
    given(*steps).when(step(h(2), HEAD, Reassign(first=(UNIT,), reason="改派"))).refused(
        Reason.UNIT_NOT_CONCERNED
    )
    given(*steps).when(step(h(2), HEAD, ExcludeSource(item=1, reason="无关"))).then("source_excluded")
    given(*steps).when(step(h(2), of(CYBERSPACE), ExcludeSource(item=1, reason="无关"))).refused(
        Reason.UNIT_NOT_CONCERNED
    )
    told = (Purpose.REGISTERED, Purpose.COORDINATE, Purpose.WARNING)
    both = ((purpose, unit) for purpose in told for unit in (OFFICE, PUBLICITY))
    case.tells_in_all(*both, (Purpose.WARNING, CYBERSPACE), (Purpose.TO_DO, CYBERSPACE))


def test_the_rule_of_responsibility_is_the_same_whoever_decides():
    assert given(*ANSWERED_BY_IT).case.state.assignment.rule == Rule.R5


def test_where_both_are_subjects_the_publicity_department_has_both_shares():
    powers = about(OFFICE, CYBERSPACE).powers
    assert (powers.receiving, powers.deciding, powers.named) == (
        OFFICE,
        (PUBLICITY, DEPUTY_MAYOR),
        (PUBLICITY,),
    )
    assert about(CYBERSPACE, PUBLICITY).powers.cyberspace == DEPUTY_MAYOR


def test_a_case_that_comes_under_the_third_edition_gives_the_office_its_own_back():
    second = replace(LAW, edition=2)
    noticed = step(h(1), HEAD, NOTICE)
    case = given(*ANSWERED_BY_IT, noticed, law=second).case
    assert case.obligation(ObligationKind.SUP_FB).unit == PUBLICITY
    rebased = under(given(*ANSWERED_BY_IT, noticed, law=second), h(2), LAW, by=HEAD).then(
        "rebased",
        "coordinators_named",
        "obligation_superseded",
        "obligation_opened",
        "obligation_superseded",
        "obligation_opened",
    )
    assert rebased.obligation(ObligationKind.SUP_FB).unit == OFFICE
    assert rebased.obligation(ObligationKind.SUP_FB).due_at == case.obligation(ObligationKind.SUP_FB).due_at


# A conclusion on one's own word.

ASKED = step(h(1), ALICE, RequestVerification(questions="是否属实"))


def answered(unit, at=None):
    return step(at or h(2), of(unit), AnswerVerification(answer=VerificationAnswer.TRUE, result="经查"))


def concluded_by(unit, at=None):
    return step(at or h(3), of(unit), Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))


def own_word(*steps):
    return given(*steps[:-1]).when(steps[-1]).then("concluded").state.conclusion.own_word


def test_an_accountable_unit_that_concludes_is_marked_whoever_has_answered():
    plain = (registered(), judged(), assigned())
    assert own_word(*plain, concluded_by(UNIT))
    assert own_word(*plain, ASKED, answered(POLICE), concluded_by(UNIT))


def test_an_outsider_s_conclusion_is_marked_where_accountable_units_alone_have_answered():
    policed = (registered(involved=involved(POLICE)), judged(), assigned(POLICE), ASKED)
    assert not own_word(*policed, concluded_by(OFFICE))
    assert own_word(*policed, answered(POLICE), concluded_by(OFFICE))
    assert not own_word(*policed, answered(POLICE), answered(CYBERSPACE), concluded_by(OFFICE))


def test_one_of_the_three_that_is_accountable_waits_for_another_answer_and_is_marked_then():
    policed = (registered(involved=involved(POLICE)), judged(), assigned(POLICE), ASKED, answered(POLICE))
    given(*policed).when(concluded_by(POLICE)).refused(Reason.CONFLICT_OF_INTEREST, POLICE)
    assert own_word(*policed, answered(PUBLICITY), concluded_by(POLICE))


def test_another_accountable_unit_that_alone_has_answered_may_conclude_and_is_marked():
    asked = step(h(1), ALICE, RequestVerification(questions="是否属实", others=(UNIT,)))
    steps = (registered(), judged(), assigned(), asked, answered(UNIT))
    assert own_word(*steps, concluded_by(UNIT))
    given(*steps, law=replace(LAW, edition=2)).when(concluded_by(UNIT)).refused(Reason.CONFLICT_OF_INTEREST)


def test_a_conclusion_again_is_marked_anew():
    policed = (registered(involved=involved(POLICE)), judged(), assigned(POLICE), ASKED, answered(POLICE))
    first = (*policed, concluded_by(OFFICE))
    assert own_word(*first)
    assert not own_word(*first, answered(CYBERSPACE, h(4)), concluded_by(OFFICE, h(5)))


def test_cases_of_earlier_editions_know_no_mark():
    steps = (registered(), judged(), assigned())
    assert (
        not given(*steps, law=replace(LAW, edition=2))
        .when(concluded_by(UNIT))
        .then("concluded")
        .state.conclusion.own_word
    )
