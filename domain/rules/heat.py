"""Whether an incident has cooled down: new posts of the last day against the hottest day
(DD-18, R118, R367).
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from operator import itemgetter

from domain.law.levels import Metrics

_TICK = timedelta(microseconds=1)


def heat_is_down(metrics: tuple[Metrics, ...], at: datetime, *, window: timedelta, percent: int) -> bool:
    """Whether the new posts of the last `window` are under `percent` of those of the hottest
    window up to `at`.

    Cumulative posts are linear between snapshots, zero before the first and flat after the last.
    Without posts there is nothing to cool down.
    """
    points = sorted(
        ((taken.at, taken.posts) for taken in metrics if taken.at <= at), key=lambda point: point[0]
    )
    ends = {
        at,
        *(taken for taken, _ in points),
        *(taken + window for taken, _ in points if taken + window <= at),
    }
    peak = max(_gained(points, end, window) for end in ends)
    if peak == 0:
        return True
    return _gained(points, at, window) * 100 < percent * peak


def gained(metrics: Sequence[Metrics], end: datetime, window: timedelta) -> float:
    """The new posts of the time so long up to an instant, by the counts at hand."""
    points = sorted(((taken.at, taken.posts) for taken in metrics), key=itemgetter(0))
    return float(_gained(points, end, window))


def _gained(points: list[tuple[datetime, int]], end: datetime, window: timedelta) -> Fraction:
    return _posts(points, end) - _posts(points, end - window)


def _posts(points: list[tuple[datetime, int]], at: datetime) -> Fraction:
    """Posts by `at`, exact: a share at the very limit must not hang on rounding."""
    place = bisect_right(points, at, key=itemgetter(0))
    if place == 0:
        return Fraction(0)
    start, count = points[place - 1]
    if place == len(points):
        return Fraction(count)
    later = points[place]
    share = Fraction((at - start) // _TICK, (later[0] - start) // _TICK)
    return count + (later[1] - count) * share
