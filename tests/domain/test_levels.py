"""Level suggestions: every threshold at its edge, floors, and what one reason says."""

from dataclasses import replace

import pytest

from domain.law.levels import Factor, Factors, LevelBasis, Metrics, suggest_level, weighted_score
from domain.law.regulation import JudgingProfile, LevelThreshold
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, WarningLevel
from tests.domain.cast import LAW, factors, h

L1, L2, L3, L4 = WarningLevel


def suggested(*, units=0, scores=None, categories=(), grade=EmergencyGrade.NONE, **counts):
    basis = LevelBasis(
        metrics=Metrics(at=h(), **counts) if counts else None,
        units=frozenset(f"unit_{number}" for number in range(units)),
        factors=scores,
        key_categories=categories,
        grade=grade,
    )
    return suggest_level(LAW, basis)


@pytest.mark.parametrize(
    ("counts", "level"),
    [
        ({}, L1),
        ({"reads": 9_999}, L1),
        ({"reads": 10_000}, L2),
        ({"reads": 499_999}, L2),
        ({"reads": 500_000}, L3),
        ({"reads": 4_999_999}, L3),
        ({"reads": 5_000_000}, L4),
        ({"comments": 99}, L1),
        ({"comments": 100}, L2),
        ({"comments": 1_000_000}, L2),
        ({"local": 1}, L2),
        ({"municipal": 1}, L2),
        ({"provincial": 1}, L3),
        ({"central": 1}, L4),
        ({"posts": 1_000_000}, L1),
    ],
)
def test_each_count_suffices_alone_from_its_threshold_on(counts, level):
    assert suggested(**counts).level is level


@pytest.mark.parametrize(("units", "level"), [(2, L1), (3, L3), (9, L3)])
def test_three_accountable_units_call_for_l3(units, level):
    assert suggested(units=units).level is level


@pytest.mark.parametrize(
    ("nature", "intensity", "reaction", "media", "score", "level"),
    [
        (1, 1, 1, 1, 100, L1),
        (2, 2, 2, 1, 180, L1),
        (2, 2, 2, 2, 200, L2),
        (3, 3, 3, 2, 280, L2),
        (3, 3, 3, 3, 300, L3),
        (4, 4, 4, 3, 380, L3),
        (4, 4, 4, 4, 400, L4),
        (5, 5, 5, 5, 500, L4),
    ],
)
def test_the_weighted_score_counts_from_each_whole_step(nature, intensity, reaction, media, score, level):
    scores = [Factor(score=value) for value in (nature, intensity, reaction, media)]
    given = Factors(
        nature=scores[0], intensity=scores[1], public_reaction=scores[2], media_involvement=scores[3]
    )
    assert weighted_score(LAW, given) == score
    assert suggested(scores=given).level is level


def test_without_a_person_s_scores_the_factors_say_nothing():
    assert suggested(units=0).reasons == ()


@pytest.mark.parametrize(
    ("categories", "grade", "floor"),
    [
        ((), EmergencyGrade.NONE, L1),
        ((KeyCategory.VITAL_INTEREST,), EmergencyGrade.ORDINARY, L1),
        ((KeyCategory.SUPERIOR_REQUIRED,), EmergencyGrade.NONE, L2),
        ((KeyCategory.MORAL_BOTTOM_LINE,), EmergencyGrade.NONE, L3),
        ((KeyCategory.SUPERIOR_REQUIRED, KeyCategory.MORAL_BOTTOM_LINE), EmergencyGrade.NONE, L3),
        ((), EmergencyGrade.RELATIVELY_MAJOR, L3),
        ((), EmergencyGrade.MAJOR, L4),
        ((), EmergencyGrade.EXCEPTIONALLY_MAJOR, L4),
    ],
)
def test_categories_and_grades_set_floors(categories, grade, floor):
    found = suggested(categories=categories, grade=grade)
    assert (found.floor, found.level) == (floor, floor)


def test_the_highest_trigger_wins_and_all_are_told():
    found = suggested(reads=20_000, provincial=1, scores=factors(2))
    assert found.level is L3
    assert found.floor is L1
    assert [
        (reason.trigger, reason.measured, reason.threshold, reason.level) for reason in found.reasons
    ] == [
        ("reads", "20000", "10000", L2),
        ("factors", "2.00", "2.00", L2),
        ("media_provincial", "1", "1", L3),
    ]


def profiled(*profiles: JudgingProfile, units: set[str], **counts: int):
    law = replace(LAW, profiles=profiles)
    return suggest_level(law, LevelBasis(metrics=Metrics(at=h(), **counts), units=frozenset(units)))


STRICT = JudgingProfile(unit="health", thresholds=(LevelThreshold(level=L3, score=300, comments=50),))
LOOSE = JudgingProfile(unit="tax", thresholds=(LevelThreshold(level=L2, score=200, reads=200_000),))


@pytest.mark.parametrize(
    ("profiles", "units", "counts", "level"),
    [
        ((STRICT,), {"health"}, {"comments": 49}, L1),
        ((STRICT,), {"health"}, {"comments": 50}, L3),
        ((STRICT,), set(), {"comments": 50}, L1),
        ((STRICT,), {"tax"}, {"comments": 50}, L1),
        ((STRICT,), {"health", "tax"}, {"comments": 50}, L3),
        (
            (STRICT,),
            {"health"},
            {"reads": 10_000},
            L2,
        ),  # the city's row of a level that the unit does not name
        ((STRICT,), {"health"}, {"reads": 500_000}, L2),  # its own row says nothing of reads
        ((LOOSE,), {"tax"}, {"reads": 199_999}, L1),
        ((LOOSE,), {"tax"}, {"reads": 200_000}, L2),
        ((LOOSE,), {"tax", "water"}, {"reads": 10_000}, L2),  # the city's standards are the other one's
        ((LOOSE, STRICT), {"tax", "health"}, {"reads": 10_000}, L2),
    ],
)
def test_each_accountable_unit_is_judged_by_its_own_standards_else_by_the_citys(
    profiles, units, counts, level
):
    assert profiled(*profiles, units=units, **counts).level is level


def test_a_reason_names_the_unit_whose_standard_it_is():
    (reason,) = profiled(STRICT, units={"health"}, comments=50).reasons
    assert (reason.unit, reason.threshold) == ("health", "50")
    (reason,) = profiled(STRICT, units={"tax"}, reads=10_000).reasons
    assert reason.unit == ""


def test_no_standard_of_a_unit_lowers_a_floor():
    law = replace(LAW, profiles=(LOOSE,))
    basis = LevelBasis(
        metrics=None, units=frozenset({"tax"}), key_categories=(KeyCategory.MORAL_BOTTOM_LINE,)
    )
    assert suggest_level(law, basis).level is L3


def test_levels_and_grades_are_ordered():
    assert [level.rank for level in WarningLevel] == [0, 1, 2, 3]
    assert EmergencyGrade.MAJOR.rank > EmergencyGrade.RELATIVELY_MAJOR.rank
