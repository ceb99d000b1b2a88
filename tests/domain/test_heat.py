"""Heat: new posts of the last day against the hottest day, linear between counts, then flat (DD-18)."""

from datetime import timedelta

import pytest

from domain.law.levels import Metrics
from domain.rules.heat import heat_is_down
from tests.domain.cast import h

DAY = timedelta(hours=24)


def down(at, *points, percent=20):
    return heat_is_down(
        tuple(Metrics(at=h(hour), posts=posts) for hour, posts in points), at, window=DAY, percent=percent
    )


@pytest.mark.parametrize(
    ("at", "points", "cooled"),
    [
        (h(48), (), True),  # nothing was ever posted
        (h(48), ((0, 0), (24, 0)), True),
        (h(0), ((0, 15),), False),
        (h(23), ((0, 15),), False),
        (h(24), ((0, 15),), True),
        (h(48), ((0, 0), (24, 500), (48, 600)), False),  # 100 of 500 is not under a fifth
        (h(48), ((0, 0), (24, 500), (48, 599)), True),
        (h(48), ((0, 0), (24, 501), (48, 601)), True),
        (h(30), ((0, 0), (24, 480)), False),  # half of the hottest day still lies in the last one
        (h(48), ((0, 0), (24, 480)), True),  # flat after the last count
        (h(43), ((0, 0), (24, 480)), False),  # 5 of 24 hours left: 100 of 480
        (h(44), ((0, 0), (24, 480)), True),  # 4 of 24 hours left: 80 of 480
        (h(36), ((0, 0), (12, 0), (36, 900)), False),  # the last day is the hottest
    ],
)
def test_the_heat_is_down_under_a_fifth_of_the_hottest_day(at, points, cooled):
    assert down(at, *points) is cooled


def test_a_share_at_the_limit_does_not_hang_on_rounding():
    # Three posts in seven hours: the share of a day has no finite figure.
    points = ((0, 0), (7, 3 * 7), (24, 3 * 7), (48, 3 * 7), (55, 3 * 7 + 21))
    assert not down(h(55), *points, percent=100)


def test_counts_after_the_instant_are_not_looked_at():
    assert down(h(48), (0, 0), (24, 500), (60, 5000))


def test_the_order_in_which_counts_came_in_does_not_matter():
    assert down(h(48), (24, 480), (0, 0)) is down(h(48), (0, 0), (24, 480))
