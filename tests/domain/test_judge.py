"""研判: two axes, floors, and what needs a reason."""

from dataclasses import replace
from typing import Any

import pytest

from domain.law.editions import SECOND_EDITION
from domain.law.levels import Factor, Metrics
from domain.steps.judge import Judge, Rejudge
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    KeyCategory,
    ObligationKind,
    ResponseClass,
    ResponseValue,
    Stage,
    Trend,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
    SECOND,
    THIRD,
    UNIT,
    assigned,
    concluded,
    factors,
    h,
    involved,
    judged,
    published,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import OPEN, PASSED, VOID, given
from tests.domain.outcomes import ASSIGNED_IN_EMERGENCY, TARGET_SET

L1, L2, L3, L4 = WarningLevel
K1, K2, K3, K4, K5, K6 = KeyCategory
QUIET = registered(metrics=(Metrics(at=h(), reads=10, comments=5),))
INT24, RESP48, PUB24 = ObligationKind.INT24, ObligationKind.RESP48, ObligationKind.PUB24


def judging(**changes):
    return step(h(m=15), ALICE, replace(Judge(level=L2, factors=factors()), **changes))


def test_the_suggested_level_needs_no_reason():
    case = given(registered()).when(judging()).then("judged")
    assert (case.state.level, case.state.stage, case.state.response_class) == (
        L2,
        Stage.JUDGED,
        ResponseClass.H48,
    )


LEVEL_SET = {  # at L4 an internal target is owed
    L1: ("judged",),
    L3: ("judged", "consultation_proposed"),
    L4: ("judged", "obligation_opened", "consultation_proposed"),
}


@pytest.mark.parametrize("level", [L1, L3, L4])
def test_another_level_needs_a_reason(level):
    given(registered()).when(judging(level=level)).refused(Reason.REASON_MISSING, "level:social_hotspot")
    case = given(registered()).when(judging(level=level, reason="理由")).then(*LEVEL_SET[level])
    assert case.state.level is level


@pytest.mark.parametrize(
    ("changes", "floor"),
    [
        ({"key_categories": (K3,), "level": L2}, L3),
        ({"key_categories": (K5,), "level": L1}, L2),
        ({"emergency_grade": EmergencyGrade.RELATIVELY_MAJOR, "level": L2}, L3),
        ({"emergency_grade": EmergencyGrade.MAJOR, "level": L3}, L4),
    ],
)
def test_no_reason_lowers_a_level_below_its_floor(changes, floor):
    given(registered()).when(judging(reason="理由", **changes)).refused(Reason.BELOW_FLOOR, floor)


@pytest.mark.parametrize(("number", "holds"), [(610, True), (611, False)])
def test_from_how_many_comments_an_impact_is_larger_is_data_of_the_law(number, holds):
    law = replace(LAW, larger_impact_comments=number, digest=f"comments-{number}")
    low = judging(level=L1, factors=factors(1), key_categories=(K2,), reason="理由")
    asked = given(registered(), law=law).when(low)
    if holds:
        asked.then("judged")
    else:
        asked.refused(Reason.KEY_CATEGORY_UNFOUNDED, K2)


@pytest.mark.parametrize("score", [0, 6])
def test_factors_are_scored_from_one_to_five(score):
    scores = replace(factors(), nature=Factor(score=score))
    given(registered()).when(judging(factors=scores)).refused(Reason.MISSING_PART, "factors")


def test_vital_interest_needs_an_impact():
    low = judging(level=L1, factors=factors(1), key_categories=(K2,))
    given(QUIET).when(low).refused(Reason.KEY_CATEGORY_UNFOUNDED, K2)
    given(QUIET).when(judging(level=L2, factors=factors(2), key_categories=(K2,))).then("judged")
    talked = registered(metrics=(Metrics(at=h(), comments=100),))
    given(talked).when(judging(level=L1, key_categories=(K2,), reason="理由")).then("judged")


def test_an_emergency_or_disaster_comes_with_its_grade_or_with_the_reason_why_there_is_none():
    disaster = (KeyCategory.EMERGENCY_DISASTER,)
    plain = judged(reason="", key_categories=disaster)
    given(registered()).when(plain).refused(Reason.REASON_MISSING, "emergency_grade")
    reasoned = judged(reason="未构成突发事件等级", key_categories=disaster)
    assert given(registered(), reasoned).case.state.judgement is not None
    graded = judged(
        reason="", level=WarningLevel.MAJOR_SITUATION, grade=EmergencyGrade.MAJOR, key_categories=disaster
    )
    assert given(registered(), graded).case.state.judgement is not None
    designated = judged(reason="", designated_major=True, key_categories=disaster)
    assert given(registered(), designated).case.state.judgement is not None


def test_a_case_of_an_earlier_edition_is_asked_for_no_grade():
    earlier = replace(LAW, edition=SECOND_EDITION)
    step_of = judged(reason="", key_categories=(KeyCategory.EMERGENCY_DISASTER,))
    assert given(registered(), step_of, law=earlier).case.state.judgement is not None


def test_other_major_matters_need_their_reason():
    given(registered()).when(judging(key_categories=(K6,))).refused(Reason.REASON_MISSING, K6)
    given(registered()).when(judging(key_categories=(K6,), reason="理由")).then("judged")


def test_a_response_is_put_off_only_for_a_general_matter_without_category_and_with_a_reason():
    off = {"response_value": ResponseValue.NOT_FOR_NOW, "factors": factors(1)}
    given(QUIET).when(judging(level=L1, reason="理由", **off)).then("judged")
    given(QUIET).when(judging(level=L1, **off)).refused(Reason.REASON_MISSING, "response_value")
    given(QUIET).when(judging(level=L2, reason="理由", **off)).refused(Reason.DEFERRAL_NOT_ALLOWED)
    given(QUIET).when(judging(level=L1, reason="理由", key_categories=(K1,), **off)).refused(
        Reason.DEFERRAL_NOT_ALLOWED
    )


def test_putting_off_leaves_the_clock_running():
    off = judging(level=L1, response_value=ResponseValue.NOT_FOR_NOW, factors=factors(1), reason="理由")
    assert given(QUIET, off).case.obligation(RESP48).status is OPEN


def test_a_case_is_judged_once_and_then_again():
    given(registered(), judged()).when(judging()).refused(Reason.ALREADY_DONE, "judge")
    given(registered()).when(rejudged(h(1))).refused(Reason.NOT_JUDGED, "rejudge")
    given(registered(), judged()).when(step(h(1), ALICE, Rejudge(reason=" "))).refused(Reason.REASON_MISSING)


def test_only_the_office_judges():
    given(registered()).when(step(h(1), BOB, Judge(level=L2, factors=factors()))).refused(
        Reason.UNIT_NOT_CONCERNED
    )


def test_what_a_re_judgement_leaves_out_stays():
    first = judged(key_categories=(K1,), trend=Trend.RISING, involves_city_policy=True, comprehensive=True)
    case = given(registered(), first).when(rejudged(h(3), level=L3)).then("judged", "consultation_proposed")
    judgement = case.state.judgement
    assert judgement is not None
    assert (judgement.key_categories, judgement.trend, judgement.at) == ((K1,), Trend.RISING, h(3))
    assert (judgement.involves_city_policy, judgement.comprehensive) == (True, True)
    assert [decision.level for decision in case.state.level_path] == [L2, L3]


def test_the_level_path_tells_changes_only():
    case = given(registered(), judged(), rejudged(h(2), level=L2), rejudged(h(3), level=L3)).case
    assert [(decision.at, decision.level) for decision in case.state.level_path] == [
        (h(m=15), L2),
        (h(3), L3),
    ]


@pytest.mark.parametrize("level", [L1, L3, L4])
def test_a_change_of_level_moves_no_statutory_limit(level):
    case = (
        given(registered(), judged(), assigned()).when(rejudged(h(23), level=level)).then(*LEVEL_SET[level])
    )
    assert [(obligation.due_at, obligation.status) for obligation in case.obligations(RESP48, UNIT)] == [
        (h(48), OPEN)
    ]


def test_units_named_by_a_re_judgement_count_for_the_suggestion():
    case = (
        given(registered(), judged())
        .when(rejudged(h(1), involved=involved(UNIT, SECOND, THIRD), level=L3))
        .then("judged", "consultation_proposed")
    )
    assert case.state.level_suggestion(h(1)).level is L3


def test_a_major_situation_without_emergency_has_an_internal_target():
    case = (
        given(registered(), judged(level=L4))
        .when(assigned())
        .then(
            *ASSIGNED_IN_EMERGENCY,
        )
    )
    target = case.obligation(INT24)
    assert (target.unit, target.due_at, target.scored, target.status) == (UNIT, h(24), False, OPEN)
    assert case.obligation(RESP48, UNIT).due_at == h(48)


def test_an_internal_target_missed_costs_no_point_and_drafts_no_paper():
    case = given(registered(), judged(level=L4), assigned(), signed_for()).by(h(30))
    assert case.obligation(INT24).breached_at == h(24)
    assert (case.scores(h(30)), [paper for paper in case.state.papers if paper.signed_at is None]) == ({}, [])
    assert not case.state.is_supervised


def test_it_goes_when_the_level_falls_or_an_emergency_is_found():
    fallen = ("judged", "obligation_voided", "consultation_proposed")
    replaced = ("obligation_superseded", "obligation_opened", "obligation_voided")
    opened = 3 * ("obligation_opened",)
    risen = ("judged", *replaced, *opened, "consultation_proposed")
    changes: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
        ({"level": L3}, fallen),
        ({"grade": EmergencyGrade.MAJOR}, risen),
    )
    for change, events in changes:
        case = given(registered(), judged(level=L4), assigned()).when(rejudged(h(2), **change)).then(*events)
        assert case.obligation(INT24).status is VOID


def test_a_target_set_after_its_instant_is_passed_and_one_met_before_is_met():
    late = given(registered(), judged(), assigned()).when(rejudged(h(25), level=L4)).then(*TARGET_SET)
    assert late.obligation(INT24).status is PASSED
    answered = given(registered(), judged(), assigned(), concluded(), published(at=h(20)))
    met = (
        answered.when(rejudged(h(25), level=L4))
        .then("judged", "obligation_opened", "obligation_fulfilled", "consultation_proposed")
        .obligation(INT24)
    )
    assert (met.status, met.fulfilled_at) == ("on_time", h(20))


def test_a_publication_by_the_first_responsible_unit_meets_the_target():
    case = given(registered(), judged(level=L4), assigned(), concluded(), published(at=h(24))).case
    assert (case.obligation(INT24).status, case.obligation(RESP48, UNIT).status) == ("on_time", "on_time")
