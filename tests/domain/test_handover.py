"""交接: promises, and what is owed once per incident, when units come and go."""

from domain.steps.assign import DesignateLead, Reassign
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    SECOND,
    THIRD,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    promise,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, PASSED, SUPERSEDED, given
from tests.domain.outcomes import ASSIGNED_IN_EMERGENCY, LEAD_JOINS, LEAD_JOINS_IN_EMERGENCY, REASSIGNED

FOLLOW_UP, CONT_UPD, RESP48 = ObligationKind.FOLLOW_UP, ObligationKind.CONT_UPD, ObligationKind.RESP48
INT24, FIVE_HOURS = ObligationKind.INT24, ObligationKind.OVL_5H
START = (registered(), judged(), assigned(), signed_for())
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)))


def interim(until):
    return draft(PublicationForm.INTERIM_RESPONSE, interim=promise(until))


def notice():
    return draft(PublicationForm.FIRST_NOTICE)


def reassigned(at, *first):
    return step(at, ALICE, Reassign(first=first, reason="改派"))


def lead(at, unit):
    return step(at, ALICE, DesignateLead(unit=unit, reason="牵头"))


def test_a_promise_of_a_unit_that_leaves_is_kept_by_its_successor():
    case = (
        given(*START, published(at=h(2), text=interim(h(30))))
        .when(reassigned(h(4), SECOND))
        .then(
            "assigned",
            "obligation_superseded",
            "obligation_opened",
            "obligation_opened",
            "paper_drafted",
            "obligation_superseded",
            "obligation_opened",
        )
    )
    assert case.obligation(FOLLOW_UP, UNIT).status is SUPERSEDED
    assert (case.obligation(FOLLOW_UP, SECOND).status, case.obligation(FOLLOW_UP, SECOND).due_at) == (
        OPEN,
        h(30),
    )
    case.give((concluded(at=h(5)), published(SECOND, at=h(30))))
    assert case.obligation(FOLLOW_UP, SECOND).status is ON_TIME


def test_a_broken_promise_is_not_held_against_the_successor():
    case = (
        given(*START, published(at=h(2), text=interim(h(30))))
        .when(reassigned(h(31), SECOND))
        .then(
            "assigned",
            "obligation_superseded",
            "obligation_opened",
            "obligation_opened",
            "paper_drafted",
            "obligation_superseded",
            "obligation_opened",
            "reminder_sent",
        )
    )
    assert (case.obligation(FOLLOW_UP, UNIT).status, case.obligation(FOLLOW_UP, SECOND).scored) == (
        BREACHED,
        False,
    )
    assert case.scores(h(31)) == {UNIT: -1}


def test_a_promise_that_wanders_keeps_names_apart():
    case = given(
        *START, published(at=h(2), text=interim(h(30))), reassigned(h(3), SECOND), reassigned(h(4), UNIT)
    ).case
    assert [obligation.status for obligation in case.obligations(FOLLOW_UP)] == [SUPERSEDED, SUPERSEDED, OPEN]
    assert len({obligation.id for obligation in case.obligations(FOLLOW_UP)}) == 3


def test_every_obligation_of_a_wandering_case_has_a_name_of_its_own():
    steps = [reassigned(h(hour), *((UNIT, SECOND) if hour % 2 else (THIRD,))) for hour in range(1, 9)]
    case = given(*URGENT, published(at=h(m=40), text=notice(), second=False), *steps, lead(h(9), UNIT)).case
    names = [obligation.id for obligation in case.state.obligations]
    assert len(names) == len(set(names))


def test_continuous_publication_is_the_lead_s():
    case = (
        given(*URGENT, published(at=h(2), text=notice()))
        .when(lead(h(3), SECOND))
        .then(*LEAD_JOINS_IN_EMERGENCY)
    )
    assert case.obligation(CONT_UPD, UNIT).status is SUPERSEDED
    assert (case.obligation(CONT_UPD, SECOND).status, case.obligation(CONT_UPD, SECOND).due_at) == (
        OPEN,
        h(26),
    )


def test_a_gap_before_the_lead_was_named_is_the_former_unit_s_alone():
    case = (
        given(*URGENT, published(at=h(2), text=notice()))
        .when(lead(h(27), SECOND))
        .then(*LEAD_JOINS_IN_EMERGENCY)
    )
    assert case.scores(h(27)) == {UNIT: -1}
    assert case.obligation(CONT_UPD, SECOND).is_owed


def test_the_five_hours_stay_with_the_first_responsible_unit():
    case = given(*URGENT).when(lead(h(1), SECOND)).then(*LEAD_JOINS)
    assert [(obligation.unit, obligation.status) for obligation in case.obligations(FIVE_HOURS)] == [
        (None, SUPERSEDED),
        (UNIT, OPEN),
    ]
    case.give(reassigned(h(2), SECOND))
    assert (case.obligation(FIVE_HOURS).unit, case.obligation(FIVE_HOURS).due_at) == (SECOND, h(5))


def test_a_limit_already_passed_goes_on_as_passed():
    case = (
        given(registered(), judged(grade=EmergencyGrade.MAJOR))
        .when(assigned(at=h(6)))
        .then(*ASSIGNED_IN_EMERGENCY)
    )
    assert (case.obligation(FIVE_HOURS).unit, case.obligation(FIVE_HOURS).status) == (UNIT, PASSED)


def test_the_internal_target_goes_with_the_first_responsible_unit():
    case = (
        given(registered(), judged(level=WarningLevel.MAJOR_SITUATION), assigned())
        .when(reassigned(h(3), SECOND))
        .then(*REASSIGNED, "obligation_superseded", "obligation_opened")
    )
    assert [(obligation.unit, obligation.status) for obligation in case.obligations(INT24)][1:] == [
        (UNIT, SUPERSEDED),
        (SECOND, OPEN),
    ]


def test_a_unit_named_in_a_joint_release_before_it_joined_has_answered():
    joint = draft(co_issuers=(SECOND,))
    case = (
        given(*START, concluded(), published(at=h(5), text=joint))
        .when(lead(h(6), SECOND))
        .then(
            "lead_designated",
            "obligation_opened",
            "obligation_fulfilled",
            "obligation_opened",
            "paper_drafted",
        )
    )
    assert (case.obligation(RESP48, SECOND).status, case.obligation(RESP48, SECOND).fulfilled_at) == (
        ON_TIME,
        h(5),
    )
    late = (
        given(*START, concluded(), published(at=h(5), text=joint))
        .when(lead(h(60), SECOND))
        .then(
            "lead_designated",
            "obligation_opened",
            "obligation_fulfilled",
            "obligation_opened",
            "paper_drafted",
        )
    )
    assert late.obligation(RESP48, SECOND).status is ON_TIME


def test_in_the_24_hour_class_only_what_answered_there_counts_for_who_joins_later():
    early = (
        given(
            *URGENT,
            published(
                at=h(1),
                text=draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(9)), co_issuers=(SECOND,)),
            ),
        )
        .when(lead(h(2), SECOND))
        .then(*LEAD_JOINS_IN_EMERGENCY)
    )
    assert early.obligation(ObligationKind.PUB24, SECOND).status is OPEN
    notices = draft(PublicationForm.FIRST_NOTICE, co_issuers=(SECOND,))
    joined = (
        given(*URGENT, published(at=h(1), text=notices))
        .when(lead(h(2), SECOND))
        .then(
            "lead_designated",
            "obligation_opened",
            "obligation_fulfilled",
            "obligation_opened",
            "paper_drafted",
            "obligation_superseded",
            "obligation_opened",
        )
    )
    assert joined.obligation(ObligationKind.PUB24, SECOND).status is ON_TIME
