"""第一责任主体: rules R1 to R5, whom each names, and in which order they are asked."""

import pytest

from domain.law.responsibility import Involvement, suggest_responsibility
from domain.terms.vocabulary import InvolvementRole, Rule
from tests.domain.cast import LAW, OFFICE, PARK, SECOND, THIRD, TOWN, TOWN2, TOWN3, UNIT

A, T, S, C = (
    InvolvementRole.ACCOUNTABLE,
    InvolvementRole.TERRITORIAL,
    InvolvementRole.ASSISTING,
    InvolvementRole.COORDINATOR,
)


def suggested(*parts, policy=False, topic=""):
    involved = tuple(Involvement(unit=unit, role=role) for unit, role in parts)
    return suggest_responsibility(LAW, involved, involves_city_policy=policy, topic=topic)


TABLE = [
    # parts, policy, topic → rule, first, also
    (((UNIT, A),), False, "", Rule.R5, (UNIT,), ()),
    (((UNIT, A), (SECOND, S), (THIRD, S)), False, "", Rule.R5, (UNIT,), ()),
    (((UNIT, A), (TOWN, T)), False, "", Rule.R5, (UNIT,), ()),
    (((TOWN, A),), False, "", Rule.R2, (TOWN,), ()),
    (((PARK, A), (SECOND, S)), False, "", Rule.R2, (PARK,), ()),
    (((TOWN, A), (UNIT, A)), False, "", Rule.R2, (TOWN,), (UNIT,)),
    (((TOWN, A), (TOWN2, S)), False, "", Rule.R2, (TOWN,), ()),
    (((UNIT, A), (SECOND, A)), False, "", Rule.R4, (UNIT, SECOND), ()),
    (((UNIT, A), (SECOND, A), (TOWN, A)), False, "", Rule.R4, (UNIT, SECOND), (TOWN,)),
    (((UNIT, A), (SECOND, A), (TOWN, T)), False, "", Rule.R4, (UNIT, SECOND), ()),
    (((UNIT, A), (TOWN, T), (TOWN2, T), (TOWN3, T)), False, "", Rule.R3, (UNIT,), (TOWN, TOWN2, TOWN3)),
    (((TOWN, A), (TOWN2, T), (THIRD, S)), False, "超载", Rule.R3, (THIRD,), (TOWN, TOWN2)),
    (((TOWN, A), (TOWN2, A)), False, "", Rule.R3, (), (TOWN, TOWN2)),
    (((UNIT, A), (SECOND, A), (TOWN, T), (TOWN2, T)), False, "", Rule.R3, (UNIT, SECOND), (TOWN, TOWN2)),
    (((UNIT, A), (TOWN, T)), True, "", Rule.R1, (UNIT,), ()),
    (((UNIT, A), (SECOND, A)), True, "", Rule.R1, (UNIT, SECOND), ()),
    (((UNIT, A), (TOWN, A), (TOWN2, A)), True, "", Rule.R1, (UNIT,), ()),
    (((TOWN, A),), True, "旧改", Rule.R1, ("housing",), ()),
    (((TOWN, A),), True, "", Rule.R1, (), ()),
    ((), False, "食品", Rule.R5, (SECOND,), ()),
    (((OFFICE, C), (TOWN, T)), False, "", None, (), ()),
    ((), False, "", None, (), ()),
]


@pytest.mark.parametrize(("parts", "policy", "topic", "rule", "first", "also"), TABLE)
def test_the_rules_in_their_order(parts, policy, topic, rule, first, also):
    found = suggested(*parts, policy=policy, topic=topic)
    assert (found.rule, found.first, found.also) == (rule, first, also)
    assert found.needs_confirmation is (not first or (rule is Rule.R4 and bool(also)))


@pytest.mark.parametrize(
    ("parts", "policy", "lead"),
    [
        (((UNIT, A), (SECOND, A)), False, False),
        (((UNIT, A), (SECOND, A), (THIRD, A)), False, True),
        (((UNIT, A), (SECOND, A)), True, False),
        (((UNIT, A), (SECOND, A), (TOWN, T), (TOWN2, T)), False, True),
        (((UNIT, A), (TOWN, T), (TOWN2, T)), False, False),
    ],
)
def test_a_lead_is_suggested_from_three_accountable_units_or_among_several_competent_ones(
    parts, policy, lead
):
    assert suggested(*parts, policy=policy).lead_suggested is lead


@pytest.mark.parametrize(
    ("parts", "topic", "comprehensive"),
    [
        (((UNIT, A), (SECOND, A)), "", False),
        (((UNIT, A), (SECOND, A), (TOWN, A)), "", True),
        (((UNIT, S), (TOWN, T)), "", True),
        (((UNIT, S),), "食品", False),
    ],
)
def test_what_no_one_s_duty_covers_or_three_answer_for_is_comprehensive(parts, topic, comprehensive):
    assert suggested(*parts, topic=topic).comprehensive_suggested is comprehensive


def test_a_unit_named_twice_counts_once():
    assert suggested((UNIT, A), (UNIT, A)).rule is Rule.R5


@pytest.mark.parametrize("kind", ["qingxi", "linjiang", "hongxing_farm", "chengdong_park"])
def test_the_four_township_types_are_alike(kind):
    assert suggested((kind, A)).rule is Rule.R2
