"""The counts of a case, thinned to what heat and levels need:
the shape of the curve, its ends, and the latest.
"""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Final

from domain.bounds import MOST_COUNTS
from domain.law.levels import Metrics

_SECOND: Final = timedelta(seconds=1)


def thinned(metrics: tuple[Metrics, ...]) -> tuple[Metrics, ...]:
    """The counts, at most so many: what is left out is each time the one that the curve
    of posts misses least.

    The first and the last by their instants stay, and of two for one instant the one recorded later.
    In doubt the older goes.
    """
    counts = list(metrics)
    while len(counts) > MOST_COUNTS:
        del counts[_least_missed(counts)]
    return tuple(counts)


def _least_missed(counts: Sequence[Metrics]) -> int:
    """The place of the count that is missed least.

    The quotients are compared as floats first, and whole only where those are equal: a float is the number
    nearest to the quotient, so that no order turns round, and a log of thousands of counts is folded in a
    tenth of the time.
    """
    order = sorted(range(len(counts)), key=lambda place: (counts[place].at, place))
    inner = list(zip(order, order[1:], order[2:], strict=False))
    missed = [_missed(*(counts[place] for place in places)) for places in inner]
    quotients = [difference / seconds for difference, seconds in missed]
    least = min(quotients)
    return min(
        (Fraction(*whole), counts[place].at, place)
        for (_, place, _), whole, quotient in zip(inner, missed, quotients, strict=True)
        if quotient == least
    )[-1]


def _missed(before: Metrics, between: Metrics, after: Metrics) -> tuple[int, int]:
    """How far the curve of posts lies from one of its points when that point is left out:
    a quotient of whole numbers.
    """
    if between.at == after.at:  # the later record of one instant counts
        return -1, 1
    whole, passed = (after.at - before.at) // _SECOND, (between.at - before.at) // _SECOND
    return abs((between.posts - before.posts) * whole - (after.posts - before.posts) * passed), whole
