"""The counts of a case, thinned to what heat and levels need: the shape of the curve, its ends, and the latest."""

from fractions import Fraction

from domain.bounds import MOST_COUNTS
from domain.law.levels import Metrics


def thinned(metrics: tuple[Metrics, ...]) -> tuple[Metrics, ...]:
    """The counts, at most so many: what is left out is each time the one that the curve of posts misses least.

    The first and the last by their instants stay, and of two for one instant the one recorded later. In doubt the older goes.
    """
    held = list(metrics)
    while len(held) > MOST_COUNTS:
        order = sorted(range(len(held)), key=lambda place: (held[place].at, place))
        inner = zip(order, order[1:], order[2:], strict=False)
        _, _, place = min((_missed(held[a], held[b], held[c]), held[b].at, b) for a, b, c in inner)
        del held[place]
    return tuple(held)


def _missed(before: Metrics, between: Metrics, after: Metrics) -> Fraction:
    """How far the curve of posts lies from one of its points when that point is left out."""
    if between.at == after.at:  # the later record of one instant counts
        return Fraction(-1)
    whole = int((after.at - before.at).total_seconds())
    passed = int((between.at - before.at).total_seconds())
    straight = Fraction((after.posts - before.posts) * passed, whole)
    return abs(between.posts - before.posts - straight)
