"""持续发布: gaps in the 24-hour class, what re-arms them,
the press conference and the end of the emergency.
"""

import pytest

from domain.steps.publish import EndEmergencyResponse, HoldPressConference
from domain.terms.refusals import Reason
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PublicationForm, WarningLevel
from tests.domain.cast import (
    ALICE,
    EVIDENCE,
    MALLORY,
    SECOND,
    UNIT,
    assigned,
    draft,
    h,
    judged,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, VOID, given
from tests.domain.outcomes import ANSWERED, ANSWERED_IN_EMERGENCY, PRESS_IN_EMERGENCY, TWO_ANSWERED, UPDATED

CONT_UPD, PRESS24 = ObligationKind.CONT_UPD, ObligationKind.OVL_PRESS24
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)))


def notice(at, unit=UNIT, said_at=None):
    return published(unit, at=at, said_at=said_at, text=draft(PublicationForm.UPDATE_NOTICE))


def press(at, by=ALICE, held_at=None, evidence=EVIDENCE):
    return step(at, by, HoldPressConference(held_at=held_at or at, evidence=evidence))


def ended(at, reason="处置完毕"):
    return step(at, ALICE, EndEmergencyResponse(reason=reason))


def test_the_first_publication_starts_it():
    case = given(*URGENT).when(*notice(h(2))).then(*ANSWERED_IN_EMERGENCY)
    assert (case.obligation(CONT_UPD).unit, case.obligation(CONT_UPD).due_at) == (UNIT, h(26))


def test_in_the_48_hour_class_there_is_none():
    calm = (
        registered(),
        judged(grade=EmergencyGrade.RELATIVELY_MAJOR, level=WarningLevel.COMPLEX_SENSITIVE),
        assigned(),
    )
    assert given(*calm).when(*notice(h(2))).then(*ANSWERED).obligations(CONT_UPD) == ()


@pytest.mark.parametrize(
    ("at", "status", "points"), [(h(26), ON_TIME, {}), (h(26, s=1), BREACHED, {UNIT: -1})]
)
def test_each_publication_keeps_the_gap_and_re_arms_it(at, status, points):
    case = given(*URGENT, notice(h(2))).when(*notice(at)).then(*UPDATED)
    kept, next_ = case.obligations(CONT_UPD)
    assert (kept.status, kept.fulfilled_at, next_.status, next_.due_at) == (
        status,
        at,
        OPEN,
        at + (h(24) - h()),
    )
    assert case.scores(h(27)) == points


def test_one_silence_of_several_days_is_one_gap():
    case = given(*URGENT, notice(h(2))).by(h(200))
    assert [obligation.status for obligation in case.obligations(CONT_UPD)] == [BREACHED]
    case.give(notice(h(201)))
    assert [(obligation.status, obligation.is_owed) for obligation in case.obligations(CONT_UPD)] == [
        (BREACHED, False),
        (OPEN, True),
    ]


def test_any_responder_s_publication_re_arms_it():
    two = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(UNIT, SECOND))
    case = (
        given(*two, notice(h(2)))
        .when(*notice(h(20), SECOND))
        .then(
            *TWO_ANSWERED,
        )
    )
    assert [
        (obligation.unit, obligation.status, obligation.due_at) for obligation in case.obligations(CONT_UPD)
    ] == [
        (UNIT, ON_TIME, h(26)),
        (UNIT, OPEN, h(44)),
    ]


def test_a_publication_recorded_out_of_order_moves_nothing():
    case = given(*URGENT, notice(h(5))).when(*notice(h(6), said_at=h(3))).then("published", "paper_drafted")
    assert [obligation.due_at for obligation in case.obligations(CONT_UPD)] == [h(29)]


def test_a_publication_recorded_late_counts_from_when_it_was_said():
    case = given(*URGENT, notice(h(2))).when(*notice(h(30), said_at=h(20))).then(*UPDATED)
    assert [(obligation.status, obligation.provisional) for obligation in case.obligations(CONT_UPD)] == [
        (BREACHED, True),
        (OPEN, False),
    ]
    assert case.obligation(CONT_UPD).due_at == h(44)


@pytest.mark.parametrize("said_at", [h(19, m=30), h(24)])
def test_a_press_conference_meets_its_limit_and_re_arms(said_at):
    case = (
        given(*URGENT, notice(h(2)))
        .when(press(said_at))
        .then("press_conference_held", "obligation_fulfilled", "obligation_fulfilled", "obligation_opened")
    )
    assert (case.obligation(PRESS24).status, case.obligation(PRESS24).fulfilled_at) == (ON_TIME, said_at)
    assert [(obligation.status, obligation.due_at) for obligation in case.obligations(CONT_UPD)][-1] == (
        OPEN,
        said_at + (h(24) - h()),
    )


def test_a_press_conference_answers_no_responder_s_obligation():
    case = given(*URGENT).when(press(h(3))).then(*PRESS_IN_EMERGENCY)
    assert case.obligation(ObligationKind.PUB24, UNIT).status is OPEN
    assert case.obligation(CONT_UPD).due_at == h(27)


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (press(h(3), evidence=()), Reason.EVIDENCE_MISSING),
        (press(h(3), held_at=h(4)), Reason.IN_THE_FUTURE),
        (press(h(3), held_at=h(s=-1)), Reason.BEFORE_OCCURRENCE),
        (press(h(3), by=MALLORY), Reason.UNIT_NOT_CONCERNED),
    ],
)
def test_a_press_conference_with_a_fault_is_refused(given_, reason):
    given(*URGENT).when(given_).refused(reason)


def test_the_end_of_the_emergency_ends_it():
    case = (
        given(*URGENT, notice(h(2))).when(ended(h(20))).then("emergency_response_ended", "obligation_voided")
    )
    assert case.obligation(CONT_UPD).status is VOID
    case.give(notice(h(21)))
    assert [obligation.status for obligation in case.obligations(CONT_UPD)] == [VOID]


def test_a_gap_missed_before_the_end_stays_missed():
    case = given(*URGENT, notice(h(2)), ended(h(40))).case
    assert (case.obligation(CONT_UPD).status, case.obligation(CONT_UPD).is_owed) == (BREACHED, False)
    assert case.scores(h(50)) == {UNIT: -1}


def test_an_emergency_ends_once_with_a_reason_where_there_is_one():
    given(*URGENT, ended(h(3))).when(ended(h(4))).refused(Reason.ALREADY_DONE)
    given(*URGENT).when(ended(h(4), reason=" ")).refused(Reason.REASON_MISSING)
    given(registered(), judged()).when(ended(h(4))).refused(Reason.NOT_AN_EMERGENCY)
