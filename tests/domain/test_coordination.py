"""Who coordinates: comprehensive opinions, a subject that may not judge itself,
a lead suggested and never waited for.
"""

from dataclasses import replace

import pytest

from domain.purposes import Purpose
from domain.rules.coordination import owners
from domain.rules.leading import LeadReason, lead_reasons
from domain.rules.permissions import standings
from domain.steps.appraise import RequestTolerance
from domain.steps.assign import Assign, DesignateLead
from domain.steps.close import Close
from domain.steps.coordinate import GiveSuperiorFeedback, ReceiveSuperiorNotice
from domain.steps.escalate import SignIssue
from domain.steps.judge import Judge
from domain.steps.verify import AnswerVerification, Conclude, RequestVerification
from domain.terms.refusals import Reason
from domain.terms.roles import Role, Standing
from domain.terms.vocabulary import (
    FactConclusion,
    InvolvementRole,
    ObligationKind,
    PaperKind,
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
    THIRD,
    TOWN,
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
    signed_for,
    step,
)
from tests.domain.given import OPEN, SUPERSEDED, given
from tests.domain.outcomes import ASSIGNED, FEEDBACK_GIVEN, NOTICE_RECEIVED

PUBLICITY, DEPUTY_MAYOR = "publicity_dept", "deputy_mayor"
FIRST_EDITION = replace(LAW, edition=1)
SECOND_EDITION = replace(LAW, edition=2)
HEAD = of(PUBLICITY, Role.PRINCIPAL_LEADER)


# Comprehensive opinions (R330).


def test_a_comprehensive_opinion_is_owned_by_the_office_with_the_cyberspace_office():
    case = given(registered()).when(judged(comprehensive=True)).then("judged", "coordinators_named")
    assert owners(case.state) == case.state.coordinators == (OFFICE, CYBERSPACE)
    both, told = (OFFICE, CYBERSPACE), (Purpose.COORDINATE, Purpose.WARNING)
    case.tells(*((purpose, unit) for purpose in told for unit in both))


def test_its_responders_are_still_named_by_the_rules():
    comprehensive = judged(comprehensive=True)
    case = (
        given(registered(involved=involved(TOWN)), comprehensive)
        .when(assigned(TOWN, reason=""))
        .then("assigned", "obligation_superseded", "obligation_opened", "obligation_opened", "paper_drafted")
    )
    assert (case.state.assignment.rule, case.state.responders) == ("R2", (TOWN,))
    assert len(case.happened("coordinators_named")) == 1
    assert not case.happened("coordinator_added")


def test_judging_it_comprehensive_later_names_them_once():
    case = given(registered(), judged(), assigned()).when(rejudged(h(3), comprehensive=True)).then("judged")
    assert owners(case.state) == (OFFICE, CYBERSPACE)
    assert not case.happened("coordinators_named")  # assignment had added both (R204)


def test_nobody_owns_another_opinion():
    assert owners(given(registered(), judged(), assigned()).case.state) == ()


def test_both_coordinate_where_one_township_answers():
    case = given(registered(involved=involved(TOWN)), judged()).when(assigned(TOWN)).then(*ASSIGNED)
    assert case.state.coordinators == (OFFICE, CYBERSPACE)
    case.tells((Purpose.COORDINATE, OFFICE), (Purpose.COORDINATE, CYBERSPACE), (Purpose.TO_DO, TOWN))


# The office itself, or 网信办, as the subject (DD-21); what the third edition changed stands in test_powers.


@pytest.mark.parametrize("subject", [OFFICE, CYBERSPACE])
def test_up_to_the_second_edition_the_publicity_department_has_all_powers_of_either(subject):
    case = given(registered(involved=involved(subject)), law=SECOND_EDITION).case
    assert case.state.coordinating_office == PUBLICITY
    assert Standing.OFFICE in standings(PUBLICITY, case.state)
    assert Standing.OFFICE not in standings(OFFICE, case.state)


def test_where_that_is_a_subject_too_the_deputy_mayor_does():
    assert (
        given(registered(involved=involved(OFFICE, PUBLICITY))).case.state.coordinating_office
        == "deputy_mayor"
    )


def test_an_assisting_office_is_no_subject():
    assisting = (*involved(UNIT), *involved(OFFICE, role=InvolvementRole.ASSISTING))
    assert given(registered(involved=assisting)).case.state.coordinating_office == OFFICE


def test_cases_of_the_first_edition_keep_the_office():
    case = given(registered(involved=involved(OFFICE)), law=FIRST_EDITION).case
    assert case.state.coordinating_office == OFFICE


JUDGED_BY = step(h(m=15), HEAD, Judge(level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(), reason="研判"))
ASSIGNED_BY = step(h(m=20), HEAD, Assign(first=(OFFICE,), reason="指定"))
ABOUT_THE_OFFICE = (registered(involved=involved(OFFICE)), JUDGED_BY, ASSIGNED_BY)


def test_the_office_may_not_judge_its_own_case():
    given(registered(involved=involved(OFFICE))).when(judged()).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)


def test_its_place_is_taken_among_the_coordinators():
    assert given(*ABOUT_THE_OFFICE).case.state.coordinators == (PUBLICITY, CYBERSPACE)


def test_the_office_may_not_sign_its_own_supervision_order():
    late = given(*ABOUT_THE_OFFICE).by(h(49))
    (order,) = late.papers(PaperKind.SUPERVISION_ORDER)
    assert order.unit == OFFICE
    missed = ((Purpose.BREACH, unit) for unit in (OFFICE, PUBLICITY))
    to_sign = ((Purpose.TO_SIGN, unit) for unit in (PUBLICITY, DEPUTY_MAYOR))
    given(*ABOUT_THE_OFFICE).by(h(48, s=1)).tells(*missed, *to_sign, (Purpose.INSTRUCTION_OWED, OFFICE))
    sign = SignIssue(paper=order.id)
    given(*ABOUT_THE_OFFICE).when(step(h(49), ALICE, sign)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*ABOUT_THE_OFFICE).when(step(h(49), HEAD, sign)).then("paper_issued", "obligation_opened")


def test_what_the_office_missed_itself_is_told_to_who_coordinates_in_its_place():
    late = given(*ABOUT_THE_OFFICE).by(h(49))
    late.tells(*((Purpose.ALARM, unit) for unit in (PUBLICITY, DEPUTY_MAYOR, OFFICE)), by="alarm_raised")
    unsigned = ((Purpose.BREACH, unit) for unit in (PUBLICITY, OFFICE, CYBERSPACE))
    late.tells(*unsigned, by="obligation_breached")
    asks = RequestTolerance(obligation=late.obligation(ObligationKind.RESP48, OFFICE).id, reason="系统故障")
    asked = (
        given(*ABOUT_THE_OFFICE)
        .asked(h(49), of(OFFICE, Role.DEPUTY_LEADER), asks)
        .then("tolerance_requested")
    )
    asked.tells(*((Purpose.TOLERANCE_ASKED, unit) for unit in (PUBLICITY, DEPUTY_MAYOR)))


def test_the_office_may_not_close_its_own_case():
    close = Close(opinion="同意办结")
    given(*ABOUT_THE_OFFICE).when(step(h(49), ALICE, close)).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)


def test_the_office_answers_as_any_responder_and_owes_no_report_to_itself():
    concluded = step(h(1), HEAD, Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))
    case = (
        given(*ABOUT_THE_OFFICE, concluded)
        .when(published(OFFICE))
        .then("published", "paper_drafted", "obligation_fulfilled")
    )
    assert case.obligation(ObligationKind.RESP48, OFFICE).fulfilled_at == h(12)
    assert case.obligations(ObligationKind.REPORT_UP) == ()


def test_up_to_the_second_edition_a_superior_is_answered_by_who_coordinates():
    notice = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应")
    case = given(*ABOUT_THE_OFFICE, law=SECOND_EDITION).when(step(h(1), HEAD, notice)).then(*NOTICE_RECEIVED)
    assert case.obligation(ObligationKind.SUP_FB).unit == PUBLICITY


def test_up_to_the_second_edition_responders_report_to_who_coordinates():
    both = (registered(involved=involved(CYBERSPACE, UNIT)), JUDGED_BY)
    named = step(h(m=20), HEAD, Assign(first=(UNIT,), reason="指定"))
    case = given(*both, named, law=SECOND_EDITION)
    case.when(reported(to=OFFICE)).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)
    case.when(reported(to=PUBLICITY)).then("reported_up", "paper_drafted")


NOTICED = step(h(1), ALICE, ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应"))


def test_up_to_the_second_edition_the_obligations_of_the_office_pass_on_due_when_they_were():
    turned = rejudged(h(3), involved=involved(UNIT, OFFICE))
    case = (
        given(registered(), judged(), assigned(), NOTICED, law=SECOND_EDITION)
        .when(turned)
        .then(
            "judged",
            "coordinators_named",
            "obligation_superseded",
            "obligation_opened",
            "obligation_superseded",
            "obligation_opened",
        )
    )
    assert [
        (obligation.unit, obligation.status, obligation.due_at)
        for obligation in case.obligations(ObligationKind.SUP_FB)
    ] == [
        (OFFICE, SUPERSEDED, h(49)),
        (PUBLICITY, OPEN, h(49)),
    ]
    assert case.state.coordinators == (PUBLICITY, CYBERSPACE)
    named = ((Purpose.COORDINATE, unit) for unit in (PUBLICITY, CYBERSPACE))
    warned = ((Purpose.WARNING, unit) for unit in (PUBLICITY, CYBERSPACE, UNIT))
    case.tells(*named, *warned, (Purpose.TO_DO, PUBLICITY))
    assert case.obligation(ObligationKind.RESP48, UNIT).due_at == h(48)


def test_up_to_the_second_edition_who_took_over_gives_the_feedback():
    turned = rejudged(h(3), involved=involved(UNIT, OFFICE))
    answer = GiveSuperiorFeedback(notice="notice-1", report="已核实")
    steps = (registered(), judged(), assigned(), NOTICED, turned)
    given(*steps, law=SECOND_EDITION).when(step(h(4), ALICE, answer)).refused(Reason.UNIT_NOT_CONCERNED)
    case = given(*steps, law=SECOND_EDITION).when(step(h(4), HEAD, answer)).then(*FEEDBACK_GIVEN)
    assert case.obligation(ObligationKind.SUP_FB, PUBLICITY).fulfilled_at == h(4)


# An accountable unit is not the sole verifier about itself (DD-21).

ASKED = step(h(1), ALICE, RequestVerification(questions="是否属实"))
POLICED = (registered(involved=involved(POLICE)), judged(), assigned(POLICE), ASKED)


def answered(unit, at=None):
    answer = AnswerVerification(answer=VerificationAnswer.TRUE, result="经查")
    return step(at or h(2), of(unit), answer)


def concluded_by(unit):
    return step(h(3), of(unit), Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE))


def test_an_outsider_is_asked_where_a_peer_is_the_subject():
    case = given(*POLICED).case
    assert [request.peer for request in case.state.verifications] == [OFFICE, CYBERSPACE, POLICE, PUBLICITY]


def test_no_outsider_is_asked_otherwise_nor_under_the_first_edition():
    assert len(given(registered(), ASKED).case.state.verifications) == 3
    first = given(registered(involved=involved(POLICE)), ASKED, law=FIRST_EDITION).case
    assert len(first.state.verifications) == 3


def test_a_subject_does_not_conclude_on_its_own_answer_alone():
    given(*POLICED, answered(POLICE)).when(concluded_by(POLICE)).refused(Reason.CONFLICT_OF_INTEREST, POLICE)


def test_nor_does_one_of_the_three_that_nobody_answered():
    given(*POLICED).when(concluded_by(POLICE)).refused(Reason.CONFLICT_OF_INTEREST, POLICE)
    unasked = (registered(involved=involved(POLICE)), judged(), assigned(POLICE))
    given(*unasked).when(concluded_by(POLICE)).refused(Reason.CONFLICT_OF_INTEREST, POLICE)


def test_with_another_answer_beside_it_does():
    given(*POLICED, answered(POLICE), answered(PUBLICITY, h(2, m=1))).when(concluded_by(POLICE)).then(
        "concluded"
    )


def test_the_office_may_conclude_on_it():
    given(*POLICED, answered(POLICE)).when(concluded_by(OFFICE)).then("concluded")


def test_a_responder_that_was_asked_nothing_concludes_as_before():
    given(registered(), judged(), assigned()).when(concluded_by(UNIT)).then("concluded")


# The lead (R210, DD-22).

THREE = (registered(involved=involved(UNIT, SECOND, THIRD)), judged(), assigned(UNIT, SECOND, THIRD))


def test_a_lead_is_suggested_for_three_accountable_units():
    assert lead_reasons(given(*THREE).case.state, h(1)) == (LeadReason.SEVERAL_UNITS,)


def test_a_lead_is_suggested_when_a_unit_has_not_replied_in_two_hours():
    two = (registered(involved=involved(UNIT, SECOND)), judged(), assigned(UNIT, SECOND), signed_for())
    case = given(*two).by(h(4)).state
    assert lead_reasons(case, h(2, m=19)) == ()
    assert lead_reasons(case, h(2, m=20)) == (LeadReason.NO_REPLY,)
    replied = given(*two, signed_for(SECOND, at=h(1))).by(h(4)).state
    assert lead_reasons(replied, h(3)) == ()


@pytest.mark.parametrize("at", [h(m=12), h(30), h(60)])
def test_a_lead_is_named_at_any_time_and_shifts_no_clock(at):
    steps = sorted(
        (*THREE, step(at, ALICE, DesignateLead(unit=UNIT, reason="牵头"))), key=lambda taken: taken.at
    )
    case = given(*steps).by(h(61))
    plain = given(*THREE).by(h(61))
    kinds = (ObligationKind.RESP48, ObligationKind.SIGN)
    due = [
        [
            (obligation.unit, obligation.due_at, obligation.breached_at)
            for kind in kinds
            for obligation in one.obligations(kind)
        ]
        for one in (case, plain)
    ]
    assert due[0] == due[1]
    assert case.state.lead == UNIT
    assert lead_reasons(case.state, h(61)) == ()
