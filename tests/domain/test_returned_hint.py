"""退回提示: a hint that went to the wrong unit is returned as an order is (DD-37)."""

from dataclasses import replace

import pytest

from domain.steps.assign import Reassign
from domain.steps.coordinate import IssueHint
from domain.steps.sign import RETURNED, ReturnBack
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import ObligationKind
from tests.domain.cast import (
    ALICE,
    CAROL,
    LAW,
    SECOND,
    THIRD,
    UNIT,
    assigned,
    h,
    judged,
    of,
    registered,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given

SIGN = ObligationKind.SIGN


HINTED = (registered(), judged(), assigned(), step(h(1), ALICE, IssueHint(to=(SECOND,), text="请核实")))
OF_SECOND = of(SECOND, Role.DEPUTY_LEADER)


def sent_back(at, by=OF_SECOND):
    return step(at, by, ReturnBack(reason="非本单位职责"))


@pytest.mark.parametrize("at", [h(1), h(1, m=29, s=59), h(1, m=30)])
def test_a_hint_returned_within_the_limit_is_answered(at):
    case = given(*HINTED).when(sent_back(at)).then("returned_back", "obligation_fulfilled")
    obligation = case.obligation(ObligationKind.SIGN, SECOND)
    assert (obligation.status, obligation.fulfilled_at, obligation.evidence) == (ON_TIME, at, RETURNED)
    assert SECOND not in case.state.responders
    assert SECOND not in case.scores(h(2))


def test_one_returned_a_second_later_is_not_and_stays_to_be_signed():
    case = given(*HINTED).when(sent_back(h(1, m=30, s=1))).then("returned_back")
    assert case.happened("returned_back")
    assert case.obligation(ObligationKind.SIGN, SECOND).status is BREACHED


def test_the_second_return_of_a_unit_answers_nothing_be_it_a_hint_or_an_order():
    again = step(h(2), ALICE, IssueHint(to=(SECOND,), text="请再核实"))
    case = given(*HINTED, sent_back(h(1, m=10)), again).when(sent_back(h(2, m=10))).then("returned_back")
    assert case.obligation(ObligationKind.SIGN, SECOND).status is OPEN
    order = step(h(2), ALICE, Reassign(first=(SECOND,), reason="改派"))
    case = given(*HINTED, sent_back(h(1, m=10)), order).when(sent_back(h(2, m=10))).then("returned_back")
    assert case.obligation(ObligationKind.SIGN, SECOND).status is OPEN


def test_a_unit_that_was_sent_nothing_or_has_signed_has_nothing_to_return():
    given(*HINTED).when(sent_back(h(1), of(THIRD, Role.DEPUTY_LEADER))).refused(Reason.UNIT_NOT_CONCERNED)
    given(*HINTED, signed_for(SECOND, h(1, m=5))).when(sent_back(h(1, m=10))).refused(
        Reason.UNIT_NOT_CONCERNED
    )


def test_under_an_earlier_edition_a_hint_is_not_returned():
    given(*HINTED, law=replace(LAW, edition=2)).when(sent_back(h(1, m=10))).refused(Reason.UNIT_NOT_CONCERNED)


HINT_AND_ORDER = (
    registered(),
    judged(),
    step(h(1), ALICE, IssueHint(to=(UNIT,), text="请核实")),
    assigned(at=h(1)),
)


def test_a_hint_returned_by_itself_leaves_the_order_to_be_signed():
    back = step(h(1, m=10), CAROL, ReturnBack(reason="提示内容有误", hint="hint-1"))
    case = given(*HINT_AND_ORDER).when(back).then("returned_back", "obligation_fulfilled")
    assert {
        obligation.cause.split("-")[0]: obligation.status for obligation in case.obligations(SIGN, UNIT)
    } == {
        "hint": ON_TIME,
        "assignment": OPEN,
    }


def test_an_order_returned_answers_the_hints_of_the_same_matter_too():
    back = step(h(1, m=10), CAROL, ReturnBack(reason="非本单位职责"))
    case = (
        given(*HINT_AND_ORDER)
        .when(back)
        .then("returned_back", "obligation_fulfilled", "obligation_fulfilled")
    )
    assert [obligation.status for obligation in case.obligations(SIGN, UNIT)] == [ON_TIME, ON_TIME]


@pytest.mark.parametrize("hint", ["hint-2", "assignment-1"])
def test_no_hint_is_returned_that_does_not_wait_to_be_signed(hint):
    back = step(h(1, m=10), CAROL, ReturnBack(reason="有误", hint=hint))
    given(*HINT_AND_ORDER).when(back).refused(Reason.UNKNOWN_REFERENCE, hint)
