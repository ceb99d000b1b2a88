"""扣分: each line of the table, full days further, and who loses nothing."""

import pytest

from domain.rules.scores import ScoreItem, score_deltas, score_items, total_of
from domain.terms.vocabulary import EmergencyGrade
from tests.domain.cast import (
    LAW,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    judged,
    published,
    registered,
    reported,
    signed_for,
)
from tests.domain.given import given

START = (registered(), judged(), assigned(), signed_for())
URGENT = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), signed_for(at=h(m=25)))


@pytest.mark.parametrize(
    ("at", "points"),
    [
        (h(48), 0),
        (h(48, s=1), -3),
        (h(71, m=59), -3),
        (h(72), -4),
        (h(96), -5),
        (h(48 + 24 * 5), -8),
        (h(48 + 24 * 6), -8),  # further days cost five points at most
        (h(48 + 24 * 60), -8),
    ],
)
def test_each_further_full_day_costs_a_point_up_to_five(at, points):
    case = given(*START).by(at)
    assert score_deltas(case.state, at) == {UNIT: points}


@pytest.mark.parametrize(("at", "points"), [(h(24), 0), (h(24, s=1), -5), (h(48), -6), (h(400), -10)])
def test_a_missed_publication_costs_five(at, points):
    assert score_deltas(given(*URGENT).by(at).state, at)[UNIT] == points


@pytest.mark.parametrize(("answered", "points"), [(h(71, m=59, s=59), -3), (h(72), -4), (h(76), -4)])
def test_the_count_stops_with_the_answer(answered, points):
    case = given(*START, concluded(), published(at=answered)).by(h(900))
    assert score_deltas(case.state, h(900)) == {UNIT: points}


def test_a_provisional_breach_has_no_further_days():
    case = given(*START, concluded(), published(at=h(50), said_at=h(47))).by(h(400))
    assert score_deltas(case.state, h(400)) == {UNIT: -3}


def test_every_responder_has_an_entry_though_it_lost_nothing():
    assert score_deltas(given(*START).case.state, h(1)) == {UNIT: 0}


def test_each_item_names_its_rule_and_obligation():
    case = given(registered(), judged(), assigned()).by(h(73))
    assert [(item.rule, item.points, item.obligation) for item in score_items(case.state, h(73))] == [
        ("breach_48h", -3, f"RESP48:{UNIT}:assignment-1"),
        ("each_further_full_24h_overdue", -1, f"RESP48:{UNIT}:assignment-1"),
        ("sign_late", -0.5, f"SIGN:{UNIT}:assignment-1"),
    ]


def test_a_report_upward_that_is_late_costs_nothing():
    late = given(*START, concluded(), published(), reported(at=h(90)), handled(), closed())
    assert late.case.scores(h(999)) == {}


def test_a_units_total_is_the_base_with_all_points_and_own_discoveries_up_to_a_years_most():
    def item(rule: str, points: float) -> ScoreItem:
        return ScoreItem(unit=UNIT, points=points, rule=rule)

    assert total_of([], LAW.scores) == 100
    found = [(2026, item("self_discovered", 1)) for _ in range(7)]
    assert total_of(found, LAW.scores) == 105
    assert total_of([*found, (2027, item("self_discovered", 1))], LAW.scores) == 106
    assert (
        total_of([(2026, item("breach_48h", -3)), (2026, item("model_response", 2)), *found], LAW.scores)
        == 104
    )
