"""Compares what was expected with what was recorded: exactly, or within a tolerance, record by record."""

from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from typing import Any

_NEAR = 1e-9


def matches(expected: Any, actual: Any, tolerance: timedelta) -> bool:
    """Whether an actual value is the expected one; of a mapping only the given fields are compared."""
    if isinstance(expected, dict):
        return all(matches(value, part(actual, name), tolerance) for name, value in expected.items())
    if isinstance(expected, tuple):
        return _in_order(expected, actual, tolerance)
    if isinstance(expected, datetime):
        return isinstance(actual, datetime) and abs(actual - expected) <= tolerance
    if isinstance(expected, timedelta):
        return isinstance(actual, timedelta) and abs(actual - expected) <= tolerance
    if isinstance(expected, float):
        return isinstance(actual, int | float) and abs(actual - expected) < _NEAR
    return bool(expected == actual)


def part(actual: Any, name: Any) -> Any:
    """A field of a mapping or record; None where there is none."""
    if isinstance(actual, dict):
        return actual.get(name)
    return getattr(actual, str(name), None) if is_dataclass(actual) else None


def _in_order(expected: Sequence[Any], actual: Any, tolerance: timedelta) -> bool:
    if not isinstance(actual, tuple | list) or len(actual) != len(expected):
        return False
    return all(matches(one, other, tolerance) for one, other in zip(expected, actual, strict=True))


def pairs(expected: Sequence[Any], actual: Sequence[Any], tolerance: timedelta) -> dict[int, int]:
    """For each expected record (by position) one of its own among the actual ones,
    for as many as possible.
    """
    fits = [
        [number for number, record in enumerate(actual) if matches(wanted, record, tolerance)]
        for wanted in expected
    ]
    chosen: dict[int, int] = {}
    for position in range(len(expected)):
        _choose(position, fits, chosen, set())
    return {wanted: place for place, wanted in chosen.items()}


def _choose(position: int, fits: list[list[int]], chosen: dict[int, int], visited: set[int]) -> bool:
    """Augmenting path of a bipartite matching: two expectations never rest on one record."""
    for candidate in fits[position]:
        if candidate in visited:
            continue
        visited.add(candidate)
        taken_by = chosen.get(candidate)
        if taken_by is None or _choose(taken_by, fits, chosen, visited):
            chosen[candidate] = position
            return True
    return False


def nearest(expected: Any, actual: Sequence[Any], tolerance: timedelta) -> Any:
    """The record that agrees with most of the expected fields, the first fields weighing most;
    None without any.
    """
    if not isinstance(expected, dict):
        return actual[0] if actual else None

    def agreement(record: Any) -> tuple[bool, ...]:
        return tuple(matches(value, part(record, name), tolerance) for name, value in expected.items())

    return max(actual, key=lambda record: (agreement(record)[:1], sum(agreement(record))), default=None)
