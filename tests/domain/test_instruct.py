"""批示、督办: leaders ask for themselves, and supervise without waiting for a breach (R401, R209)."""

from dataclasses import replace

import pytest

from domain.purposes import Purpose
from domain.rules.permissions import may_see
from domain.steps.assign import Reassign
from domain.steps.coordinate import IssueHint
from domain.steps.instruct import Instruct, IssueSupervision, instruction_owed
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    LAW,
    MALLORY,
    OFFICE,
    SECOND,
    STRANGER,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    judged,
    of,
    on,
    published,
    registered,
    rejudged,
    reported,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, given
from tests.domain.outcomes import ASSIGNED, HINT_ISSUED

RECTIFY = ObligationKind.RECTIFY
MAYOR = of(STRANGER, Role.CITY_LEADER, "mayor")
CHIEF = of(UNIT, Role.PRINCIPAL_LEADER, "chief")
START = (registered(), judged(), assigned(), signed_for())
GRAVE = (registered(), judged(level=WarningLevel.COMPLEX_SENSITIVE), assigned(), signed_for())


def instructed(at, by=ALICE, *to, text="立即核实"):
    return step(at, by, Instruct(text=text, to=to or (UNIT,)))


def supervised(at, unit=UNIT, by=ALICE, demand="限期整改"):
    return step(at, by, IssueSupervision(unit=unit, demand=demand))


@pytest.mark.parametrize("by", [ALICE, CHIEF, MAYOR])
def test_leaders_of_the_office_of_the_unit_and_of_the_city_instruct(by):
    case = given(*START).when(instructed(h(1), by)).then("instructed")
    (given_,) = case.state.oversight.instructions
    assert (given_.id, given_.by, given_.to, given_.text) == ("instruction-1", by, (UNIT,), "立即核实")


def test_nobody_below_and_no_leader_without_part_instructs():
    for by in (BOB, of(OFFICE, Role.DEPUTY_LEADER)):
        given(*START).when(instructed(h(1), by)).refused(Reason.ROLE_NOT_ALLOWED)
    given(*START).when(instructed(h(1), MALLORY)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*START).when(instructed(h(1), of("nowhere", Role.CITY_LEADER))).refused(Reason.UNKNOWN_UNIT)


def test_an_instruction_has_words_and_addressees():
    given(*START).when(instructed(h(1), text=" ")).refused(Reason.MISSING_PART, "text")
    given(*START).when(step(h(1), ALICE, Instruct(text="办", to=()))).refused(Reason.MISSING_PART, "to")
    given(*START).when(instructed(h(1), ALICE, "nowhere")).refused(Reason.UNKNOWN_UNIT)


def test_the_office_may_instruct_any_unit_which_then_sees_the_case_and_a_unit_only_those_concerned():
    case = given(*START, instructed(h(1), ALICE, STRANGER)).case
    assert may_see(of(STRANGER), case.state)
    case.tells((Purpose.INSTRUCTED, STRANGER))
    given(*START).when(instructed(h(1), CHIEF, STRANGER)).refused(Reason.UNIT_NOT_CONCERNED, STRANGER)


def test_at_the_third_level_the_leaders_of_the_office_and_of_each_responder_are_to_ask_themselves():
    assert instruction_owed(given(*START).case.state) == ()
    case = given(*GRAVE).case
    assert instruction_owed(case.state) == (OFFICE, UNIT)
    case.give((instructed(h(1), MAYOR), instructed(h(1), CHIEF)))
    assert instruction_owed(case.state) == (OFFICE,)
    case.give(instructed(h(2)))
    assert instruction_owed(case.state) == ()


def test_so_they_are_in_the_24_hour_class():
    case = given(registered(), judged(grade=EmergencyGrade.MAJOR), assigned(UNIT, SECOND)).case
    assert instruction_owed(case.state) == (OFFICE, UNIT, SECOND)


def test_after_a_missed_response_the_leader_of_the_unit_asks_again():
    case = given(*START, instructed(h(1), CHIEF)).by(h(49))
    assert instruction_owed(case.state) == (UNIT,)
    case.give(instructed(h(50), CHIEF))
    assert instruction_owed(case.state) == ()


def test_a_closed_case_asks_nobody():
    done = (concluded(), published(), reported(), handled(), closed())
    assert instruction_owed(given(*GRAVE, *done).case.state) == ()


def test_a_leader_orders_supervision_without_a_breach_and_rectification_runs():
    case = (
        given(*START).when(supervised(h(2))).then("supervision_issued", "paper_drafted", "obligation_opened")
    )
    (order,) = case.papers(PaperKind.SUPERVISION_ORDER)
    assert (order.unit, order.status, order.signed_at) == (UNIT, "issued", h(2))
    obligation = case.obligation(RECTIFY, UNIT)
    assert (obligation.cause, obligation.due_at) == (order.id, on("09-10", "23:59:59"))


def test_a_missed_rectification_proposes_a_talk_only_where_the_unit_was_inactive_too():
    answered = given(*START, supervised(h(2)), concluded(at=h(3)), published(at=h(4))).by(h(200))
    assert answered.obligation(RECTIFY, UNIT).status is BREACHED
    assert answered.papers(PaperKind.ADMONITORY_TALK) == ()
    silent = given(*START, supervised(h(2))).by(h(200))
    assert [paper.drafted_at for paper in silent.papers(PaperKind.ADMONITORY_TALK)] == [
        on("09-10", "23:59:59")
    ]


def test_supervision_is_ordered_by_leaders_of_the_office_over_units_of_the_case():
    given(*START).when(supervised(h(2), STRANGER)).refused(Reason.UNIT_NOT_CONCERNED, STRANGER)
    given(*START).when(supervised(h(2), by=CHIEF)).refused(Reason.UNIT_NOT_CONCERNED)
    given(*START).when(supervised(h(2), by=BOB)).refused(Reason.ROLE_NOT_ALLOWED)
    given(*START).when(supervised(h(2), demand="")).refused(Reason.MISSING_PART, "demand")


def test_an_upgrade_makes_the_case_one_to_ask_about():
    case = given(*START, rejudged(h(2), grade=EmergencyGrade.MAJOR)).case
    assert UNIT in instruction_owed(case.state)


# Whoever is to ask is told so, and not only shown (R401).


def asked_by(case):
    """Which units are told by the latest decision that their leader is to ask, and of what."""
    return case.subjects(Purpose.INSTRUCTION_OWED)


L3 = WarningLevel.COMPLEX_SENSITIVE


def test_each_unit_whose_leader_is_to_ask_is_told_when_the_level_rises():
    case = given(*START).when(rejudged(h(3), level=L3)).then("judged", "consultation_proposed")
    warned = ((Purpose.WARNING, unit) for unit in (OFFICE, UNIT, CYBERSPACE))
    asked = ((Purpose.INSTRUCTION_OWED, unit) for unit in (OFFICE, UNIT))
    case.tells(*warned, *asked, (Purpose.CONSULT, OFFICE))
    assert asked_by(case) == [(OFFICE, L3), (UNIT, L3)]


def test_it_is_told_when_the_class_rises_and_the_level_stays():
    major = WarningLevel.MAJOR_SITUATION
    high = (registered(), judged(level=major), assigned(), instructed(h(m=40)))
    case = (
        given(*high)
        .when(rejudged(h(3), grade=EmergencyGrade.MAJOR))
        .then(
            "judged",
            "obligation_superseded",
            "obligation_opened",
            "obligation_voided",
            *3 * ("obligation_opened",),
            "consultation_proposed",
        )
    )
    assert asked_by(case) == [(UNIT, major)]


def test_a_unit_that_answers_later_is_told_with_its_order_and_others_are_not_told_again():
    second = given(*GRAVE[:2]).when(assigned()).then(*ASSIGNED)
    assert asked_by(second) == [(UNIT, "")]
    joined = assigned(UNIT, SECOND, at=h(2))
    again = step(joined.at, joined.by, Reassign(first=(UNIT, SECOND), reason="增加"))
    assert asked_by(
        given(*GRAVE).when(again).then("assigned", "obligation_opened", "obligation_opened", "paper_drafted")
    ) == [(SECOND, "")]


def test_a_judgement_that_keeps_or_lowers_the_level_asks_nobody_again():
    assert asked_by(given(*GRAVE).when(rejudged(h(3), level=L3)).then("judged")) == []
    major = (registered(), judged(level=WarningLevel.MAJOR_SITUATION), assigned())
    assert (
        asked_by(
            given(*major)
            .when(rejudged(h(3), level=L3))
            .then("judged", "obligation_voided", "consultation_proposed")
        )
        == []
    )


def test_who_has_asked_is_not_told():
    asked = (*START, instructed(h(1), ALICE), instructed(h(1), CHIEF))
    assert (
        asked_by(given(*asked).when(rejudged(h(3), level=L3)).then("judged", "consultation_proposed")) == []
    )


def test_a_missed_response_asks_the_leader_of_its_unit_again_at_the_due_instant_and_not_a_second_before():
    asked = (*GRAVE, instructed(h(1), ALICE), instructed(h(1), CHIEF))
    case = given(*asked).by(h(48))
    assert asked_by(case) == []
    late = given(*asked).by(h(48, s=1))
    assert asked_by(late) == [(UNIT, late.obligation(ObligationKind.RESP48, UNIT).id)]
    missed = ((Purpose.BREACH, unit) for unit in (OFFICE, UNIT))
    late.tells(*missed, (Purpose.INSTRUCTION_OWED, UNIT), (Purpose.TO_SIGN, OFFICE))
    in_time = given(*asked, concluded(), *published(at=h(47, m=59, s=59))).by(h(49))
    in_time.tells()


def test_a_hint_asks_no_leader_and_earlier_editions_tell_nobody():
    hint = step(h(2), ALICE, IssueHint(to=(SECOND,), text="请核实"))
    assert asked_by(given(*GRAVE).when(hint).then(*HINT_ISSUED)) == []
    second = replace(LAW, edition=2)
    assert (
        asked_by(
            given(*START, law=second).when(rejudged(h(3), level=L3)).then("judged", "consultation_proposed")
        )
        == []
    )
