"""Lays each expectation beside the record of its incident; every kind of comparison has its own function."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rehearsals.account import CaseAccount
from rehearsals.expectations import Expectation
from rehearsals.keys import Comparison
from rehearsals.matching import matches, nearest, pairs, part
from rehearsals.source import SourcePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One expectation beside what was recorded.

    `expected` and `actual` are values, shown by `rehearsals.showing`.

    With `unwanted` what is named must not be there.
    """

    place: SourcePlace
    subject: str
    at: datetime | None
    expected: Any
    actual: Any
    agrees: bool
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found for the element at `position` of what is expected, or for all of it."""

    expected: Any
    actual: Any
    agrees: bool
    position: int | None = None


Compared = Callable[[Any, Any, timedelta], Iterator[_Answer]]


def compare(account: CaseAccount, expectation: Expectation, until: datetime) -> Iterator[Disagreement]:
    """The findings of one expectation: one, or one per expected element where each must be there
    or not be there.
    """
    actual = expectation.key.actual(account.view(expectation.at or until))
    compared = _COMPARED[expectation.key.comparison]
    for answer in compared(expectation.expected, actual, account.tolerance):
        yield Disagreement(
            place=expectation.place if answer.position is None else expectation.place_of(answer.position),
            subject=expectation.key.name,
            at=expectation.at,
            expected=answer.expected,
            actual=answer.actual,
            agrees=answer.agrees,
            unwanted=expectation.key.comparison in {Comparison.ABSENT, Comparison.UNSAID},
        )


def _same(expected: Any, actual: Any, tolerance: timedelta) -> Iterator[_Answer]:
    yield _Answer(expected, _reduced(expected, actual), matches(expected, actual, tolerance))


def _same_members(expected: Any, actual: Any, tolerance: timedelta) -> Iterator[_Answer]:
    del tolerance
    yield _Answer(expected, actual, sorted(map(str, expected)) == sorted(map(str, actual)))


def _not_before(expected: Any, actual: Any, tolerance: timedelta) -> Iterator[_Answer]:
    yield _Answer(expected, actual, actual is None or actual >= expected - tolerance)


def _contains(expected: Sequence[Any], actual: Sequence[Any], tolerance: timedelta) -> Iterator[_Answer]:
    matches = pairs(expected, actual, tolerance)
    for position, wanted in enumerate(expected):
        if position in matches:
            record = actual[matches[position]]
        else:
            free = [other for number, other in enumerate(actual) if number not in matches.values()]
            record = nearest(wanted, free, tolerance)
        yield _Answer(wanted, _reduced(wanted, record), position in matches, position)


def _absent(expected: Sequence[Any], actual: Sequence[Any], tolerance: timedelta) -> Iterator[_Answer]:
    for position, unwanted in enumerate(expected):
        present = [record for record in actual if matches(unwanted, record, tolerance)]
        rest = _reduced(unwanted, present[0]) if present else None
        yield _Answer(unwanted, rest, not present, position)


def _unsaid(expected: Sequence[str], actual: Sequence[str], tolerance: timedelta) -> Iterator[_Answer]:
    del tolerance
    for position, word in enumerate(expected):
        saying = next((said for said in actual if word in said), None)
        yield _Answer(word, saying, saying is None, position)


_COMPARED: dict[Comparison, Compared] = {
    Comparison.SAME: _same,
    Comparison.SET: _same_members,
    Comparison.NOT_BEFORE: _not_before,
    Comparison.CONTAINS: _contains,
    Comparison.ABSENT: _absent,
    Comparison.UNSAID: _unsaid,
}


def _reduced(wanted: Any, actual: Any) -> Any:
    """Of a record only the fields that were expected, so that both sides of the table read alike."""
    if isinstance(wanted, dict) and actual is not None:
        return {name: _reduced(value, part(actual, name)) for name, value in wanted.items()}
    return actual
