"""交办: naming who answers, signing, returning, naming others, a lead, coordinators."""

from dataclasses import replace

import pytest

from domain.steps.assign import AddCoordinator, DesignateLead, Reassign
from domain.steps.sign import ReturnBack, SignFor
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, InvolvementRole, ObligationKind, PaperKind, Rule, Stage
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    CYBERSPACE,
    LAW,
    MALLORY,
    OFFICE,
    SECOND,
    THIRD,
    TOWN,
    TOWN2,
    UNIT,
    assigned,
    concluded,
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
from tests.domain.given import BREACHED, ON_TIME, OPEN, SUPERSEDED, given
from tests.domain.outcomes import (
    ASSIGNED,
    ASSIGNED_IN_EMERGENCY,
    EMERGENCY_JUDGED,
    JOINS,
    LEAD_JOINS,
    REASSIGNED,
    TWO_ASSIGNED,
)

RESP48, SIGN, REPORT_UP = ObligationKind.RESP48, ObligationKind.SIGN, ObligationKind.REPORT_UP


def reassigned(at, *first, also=(), reason="改派"):
    return step(at, ALICE, Reassign(first=first, also=also, reason=reason))


def lead(at, unit, reason="牵头"):
    return step(at, ALICE, DesignateLead(unit=unit, reason=reason))


def test_assignment_hands_the_clock_over_with_an_order_and_its_signing():
    case = (
        given(registered(), judged())
        .when(assigned())
        .then(
            *ASSIGNED,
        )
    )
    held, obligation = case.obligations(RESP48)
    assert (held.unit, held.status, obligation.unit, obligation.due_at, obligation.clock_start) == (
        None,
        SUPERSEDED,
        UNIT,
        h(48),
        h(),
    )
    assert case.obligation(SIGN, UNIT).due_at == h(m=50)
    assert [paper.unit for paper in case.papers(PaperKind.ASSIGNMENT_ORDER)] == [UNIT]
    assert case.state.coordinators == (OFFICE, CYBERSPACE)
    assert case.state.stage is Stage.ASSIGNED


def test_the_suggested_units_need_no_reason_and_others_do():
    suggested = given(registered(), judged())
    assert suggested.when(assigned(reason="")).then(*ASSIGNED).state.assignment.rule is Rule.R5
    given(registered(), judged()).when(assigned(SECOND, reason=" ")).refused(
        Reason.REASON_MISSING, "assign:R5"
    )
    given(registered(), judged()).when(assigned(UNIT, also=(SECOND,), reason="")).refused(
        Reason.REASON_MISSING
    )


def test_each_place_of_several_answers_for_itself():
    parts = (*involved(THIRD), *involved(TOWN, TOWN2, role=InvolvementRole.TERRITORIAL))
    case = (
        given(registered(involved=parts), judged())
        .when(assigned(THIRD, also=(TOWN, TOWN2), reason=""))
        .then(*TWO_ASSIGNED, *JOINS)
    )
    assert [(obligation.unit, obligation.due_at) for obligation in case.obligations(RESP48)[1:]] == [
        (unit, h(48)) for unit in (THIRD, TOWN, TOWN2)
    ]
    assert case.state.assignment.rule is Rule.R3
    assert [paper.id for paper in case.papers(PaperKind.ASSIGNMENT_ORDER)] == [
        f"assignment_order-{number}" for number in (1, 2, 3)
    ]


def test_nobody_is_named_before_judgement_twice_or_without_a_name():
    given(registered()).when(assigned()).refused(Reason.NOT_JUDGED)
    given(registered(), judged(), assigned()).when(assigned()).refused(Reason.ALREADY_ASSIGNED)
    from_nobody = step(h(1), ALICE, Reassign(first=(), reason="改派"))
    given(registered(), judged(), assigned()).when(from_nobody).refused(Reason.MISSING_PART, "first")
    given(registered(), judged()).when(assigned("nowhere")).refused(Reason.UNKNOWN_UNIT, "nowhere")
    given(registered(), judged()).when(reassigned(h(1), UNIT)).refused(Reason.NOT_ASSIGNED)


def test_assignment_at_the_due_second_is_in_time_and_a_second_later_unscored():
    at_due = (
        given(registered(), judged())
        .when(assigned(at=h(48)))
        .then(*ASSIGNED, "reminder_sent", "alarm_raised")
    )
    assert (at_due.obligation(RESP48, UNIT).status, at_due.obligation(RESP48, UNIT).scored) == (OPEN, True)
    late = (
        given(registered(), judged()).when(assigned(at=h(48, s=1))).then(*ASSIGNED).obligation(RESP48, UNIT)
    )
    assert (late.status, late.breached_at, late.scored) == (BREACHED, h(48), False)


def test_a_unit_assigned_late_owes_its_answer_without_ladder_or_points():
    case = given(registered(), judged(), assigned(at=h(50)), signed_for(at=h(50))).by(h(90))
    assert [(paper.unit, paper.drafted_at) for paper in case.papers(PaperKind.SUPERVISION_ORDER)] == [
        (OFFICE, h(48))
    ]
    assert case.obligation(RESP48, UNIT).is_owed
    assert case.scores(h(90)) == {}


@pytest.mark.parametrize(("at", "status"), [(h(m=50), ON_TIME), (h(m=50, s=1), BREACHED)])
def test_signing_at_the_due_second_is_on_time(at, status):
    case = (
        given(registered(), judged(), assigned())
        .when(signed_for(at=at))
        .then("signed_for", "obligation_fulfilled")
    )
    assert case.obligation(SIGN, UNIT).status is status
    assert case.scores(h(1)) == ({} if status is ON_TIME else {UNIT: -0.5})


def test_the_signing_limit_takes_the_class_at_the_instant_of_asking():
    case = (
        given(registered(), judged(grade=EmergencyGrade.MAJOR)).when(assigned()).then(*ASSIGNED_IN_EMERGENCY)
    )
    assert case.obligation(SIGN, UNIT).due_at == h(m=35)
    later = (
        given(registered(), judged(), assigned())
        .when(rejudged(h(m=25), grade=EmergencyGrade.MAJOR))
        .then(*EMERGENCY_JUDGED)
    )
    assert later.obligation(SIGN, UNIT).due_at == h(m=50)


def test_an_order_is_signed_for_once_by_those_who_got_it():
    given(registered(), judged(), assigned(), signed_for()).when(signed_for()).refused(Reason.ALREADY_SIGNED)
    given(registered(), judged(), assigned()).when(step(h(1), MALLORY, SignFor())).refused(
        Reason.UNIT_NOT_CONCERNED
    )


def test_an_order_returned_stays_with_the_unit_until_another_is_named():
    back = step(h(1), CAROL, ReturnBack(reason="非本单位职责"))
    case = given(registered(), judged(), assigned()).when(back).then("returned_back")  # past the sign limit
    assert case.obligation(RESP48, UNIT).status is OPEN
    given(registered(), judged(), assigned()).when(step(h(1), CAROL, ReturnBack(reason=""))).refused(
        Reason.REASON_MISSING
    )
    given(registered(), judged(), assigned()).when(step(h(1), BOB, ReturnBack(reason="不是"))).refused(
        Reason.ROLE_NOT_ALLOWED
    )


def test_an_order_returned_in_time_is_answered_the_first_time_alone():
    back = step(h(m=30), CAROL, ReturnBack(reason="非本单位职责"))
    case = given(registered(), judged(), assigned()).when(back).then("returned_back", "obligation_fulfilled")
    assert (case.obligation(SIGN, UNIT).status, case.obligation(RESP48, UNIT).status) == (ON_TIME, OPEN)
    again = (registered(), judged(), assigned(), back, reassigned(h(m=40), SECOND), reassigned(h(m=45), UNIT))
    case = given(*again).when(step(h(m=50), CAROL, ReturnBack(reason="仍非本单位职责"))).then("returned_back")
    latest = [
        obligation
        for obligation in case.state.obligations
        if (obligation.kind, obligation.unit) == (SIGN, UNIT)
    ][-1]
    assert latest.status is OPEN


def test_a_first_return_after_the_limit_is_the_first_all_the_same():
    back = step(h(1), CAROL, ReturnBack(reason="非本单位职责"))
    again = (registered(), judged(), assigned(), back, reassigned(h(2), SECOND), reassigned(h(3), UNIT))
    soon = step(h(3, m=5), CAROL, ReturnBack(reason="仍非本单位职责"))
    case = given(*again).when(soon).then("returned_back")
    assert case.obligations(SIGN, UNIT)[-1].status is OPEN


def test_under_an_earlier_edition_a_return_answers_nothing():
    back = step(h(m=30), CAROL, ReturnBack(reason="非本单位职责"))
    second = replace(LAW, edition=2, digest="edition 2")
    given(registered(), judged(), assigned(), law=second).when(back).then("returned_back")


def test_naming_another_unit_moves_what_is_owed_with_its_due_instant():
    case = given(registered(), judged(), assigned()).when(reassigned(h(10), SECOND)).then(*REASSIGNED)
    assert {
        obligation.status for obligation in (case.obligation(RESP48, UNIT), case.obligation(SIGN, UNIT))
    } <= {
        SUPERSEDED,
        BREACHED,
    }
    assert (case.obligation(RESP48, SECOND).status, case.obligation(RESP48, SECOND).due_at) == (OPEN, h(48))
    assert case.obligation(SIGN, SECOND).due_at == h(10.5)
    assert case.state.assignment.round == 2


def test_a_breach_before_it_stays_with_the_former_unit_alone():
    case = (
        given(registered(), judged(), assigned(), signed_for())
        .when(reassigned(h(50), SECOND))
        .then("assigned", "obligation_superseded", *JOINS)
    )
    former, present = case.obligation(RESP48, UNIT), case.obligation(RESP48, SECOND)
    assert (former.status, former.breached_at, former.is_owed) == (BREACHED, h(48), False)
    assert (present.status, present.scored, present.is_owed) == (BREACHED, False, True)
    assert case.scores(h(90)) == {UNIT: -3}


def test_units_that_stay_keep_what_they_have():
    case = (
        given(registered(), judged(), assigned(UNIT, SECOND), signed_for())
        .when(reassigned(h(10), UNIT, THIRD))
        .then(*REASSIGNED)
    )
    assert [obligation.status for obligation in case.obligations(RESP48, UNIT)] == [OPEN]
    assert [obligation.status for obligation in case.obligations(SIGN, UNIT)] == [ON_TIME]
    assert case.obligation(RESP48, SECOND).status is SUPERSEDED
    assert case.obligation(RESP48, THIRD).status is OPEN


def test_a_unit_that_comes_back_owes_again_unless_it_has_answered():
    back = (
        given(registered(), judged(), assigned(), reassigned(h(2), SECOND))
        .when(reassigned(h(4), UNIT))
        .then(*REASSIGNED)
    )
    assert [obligation.status for obligation in back.obligations(RESP48, UNIT)] == [SUPERSEDED, OPEN]
    answered = (
        given(registered(), judged(), assigned(), concluded(), published(at=h(2)), reassigned(h(3), SECOND))
        .when(reassigned(h(4), UNIT))
        .then(
            "assigned", "obligation_superseded", "obligation_superseded", "obligation_opened", "paper_drafted"
        )
    )
    assert [obligation.status for obligation in answered.obligations(RESP48, UNIT)] == [ON_TIME]
    assert len(answered.obligations(SIGN, UNIT)) == 2


def test_a_unit_that_leaves_reports_no_more_and_its_successor_does():
    answered = (registered(), judged(), assigned(), concluded(), published(at=h(2)))
    case = given(*answered).when(reassigned(h(3), SECOND)).then(*REASSIGNED)
    assert case.obligation(REPORT_UP, UNIT).status is SUPERSEDED
    case.give(published(SECOND, at=h(4)))
    assert case.obligation(REPORT_UP, SECOND).due_at == h(28)
    case.give(reported(SECOND, at=h(28)))
    assert case.obligation(REPORT_UP, SECOND).status is ON_TIME


def test_naming_others_needs_a_reason():
    given(registered(), judged(), assigned()).when(reassigned(h(1), SECOND, reason=" ")).refused(
        Reason.REASON_MISSING
    )


def test_a_lead_named_late_joins_with_the_same_due_instant():
    case = given(registered(), judged(), assigned()).when(lead(h(20), SECOND)).then(*LEAD_JOINS)
    assert (case.obligation(RESP48, SECOND).due_at, case.obligation(SIGN, SECOND).due_at) == (h(48), h(20.5))
    assert (case.state.responders, case.state.first_responsible) == ((UNIT, SECOND), (UNIT,))
    assert case.papers(PaperKind.ASSIGNMENT_ORDER)[-1].unit == SECOND


def test_a_lead_after_the_due_instant_is_late_and_unscored():
    case = given(registered(), judged(), assigned(), signed_for()).when(lead(h(50), SECOND)).then(*LEAD_JOINS)
    assert (case.obligation(RESP48, SECOND).status, case.obligation(RESP48, SECOND).scored) == (
        BREACHED,
        False,
    )


def test_a_responder_named_lead_gets_no_second_obligation():
    case = (
        given(registered(), judged(), assigned(UNIT, SECOND)).when(lead(h(2), SECOND)).then("lead_designated")
    )
    assert (case.state.lead, case.state.principal_unit, len(case.obligations(RESP48, SECOND))) == (
        SECOND,
        SECOND,
        1,
    )


def test_a_second_lead_leaves_the_first_among_the_responders():
    case = (
        given(registered(), judged(), assigned(), lead(h(1), SECOND))
        .when(lead(h(2), THIRD))
        .then(*LEAD_JOINS)
    )
    assert (case.state.lead, case.state.responders) == (THIRD, (UNIT, SECOND, THIRD))
    assert case.obligation(RESP48, SECOND).status is OPEN


def test_a_lead_named_at_assignment_or_before_it_is_a_responder():
    at_once = (
        given(registered(), judged())
        .when(assigned(lead=SECOND))
        .then(
            "assigned",
            "lead_designated",
            "coordinator_added",
            "coordinator_added",
            "obligation_superseded",
            *JOINS,
            *JOINS,
        )
    )
    assert [paper.id for paper in at_once.papers(PaperKind.ASSIGNMENT_ORDER)] == [
        "assignment_order-1",
        "assignment_order-2",
    ]
    before = given(registered(), judged(), lead(h(m=16), SECOND)).when(assigned()).then(*TWO_ASSIGNED)
    for case in (at_once, before):
        assert (case.state.lead, case.state.responders) == (SECOND, (UNIT, SECOND))
        assert case.obligation(RESP48, SECOND).status is OPEN


def test_a_lead_not_named_again_is_dropped():
    case = (
        given(registered(), judged(), assigned(), lead(h(1), SECOND))
        .when(reassigned(h(2), THIRD))
        .then("assigned", *4 * ("obligation_superseded",), *JOINS)
    )
    assert (case.state.lead, case.state.responders) == (None, (THIRD,))


def test_a_lead_is_named_once_with_a_reason():
    given(registered(), judged(), assigned(), lead(h(1), SECOND)).when(lead(h(2), SECOND)).refused(
        Reason.ALREADY_DONE
    )
    given(registered(), judged(), assigned()).when(lead(h(2), SECOND, reason="")).refused(
        Reason.REASON_MISSING
    )
    given(registered(), judged(), assigned()).when(lead(h(2), "nowhere")).refused(Reason.UNKNOWN_UNIT)


def test_others_coordinate_too_once():
    added = step(h(1), ALICE, AddCoordinator(unit="health"))
    case = given(registered()).when(added).then("coordinator_added")
    assert case.state.coordinators == ("health",)
    given(registered(), added).when(added).refused(Reason.ALREADY_DONE, "health")


def test_only_the_office_names_units():
    given(registered(), judged()).when(step(h(1), of(CYBERSPACE), assigned().command)).refused(
        Reason.UNIT_NOT_CONCERNED
    )
