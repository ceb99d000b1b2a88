"""When a case is healed: once the same thing has been wrong for a while,
and again after ever longer rests.
"""

from collections.abc import Callable, Collection, Mapping
from operator import eq
from typing import Final

_FIRST_REST: Final = 30.0
_LONGEST_REST: Final = 600.0


class Patience:
    """Before when a case is not to be healed again; in seconds of one clock."""

    def __init__(self) -> None:
        self._rests: dict[str, tuple[float, float]] = {}

    def note(self, wrong: Collection[str], now: float) -> None:
        """Forget the rests of what is right again."""
        self._rests = {case: rest for case, rest in self._rests.items() if case in wrong or rest[0] > now}

    def may_heal(self, case: str, now: float) -> bool:
        """Whether the rest after the last healing is over."""
        return self._rests.get(case, (0.0, 0.0))[0] <= now

    def healed(self, case: str, now: float) -> None:
        """It was healed, or could not be: the next time comes later."""
        rest = min(max(2 * self._rests.get(case, (0.0, 0.0))[1], _FIRST_REST), _LONGEST_REST)
        self._rests[case] = (now + rest, rest)


class Unmoved:
    """For how long each thing has been found as it is, in seconds of one clock;
    `same` tells whether it still is.
    """

    def __init__(self, same: Callable[[object, object], bool] = eq) -> None:
        self._same = same
        self._changes: dict[str, tuple[object, float]] = {}

    def note(self, things: Mapping[str, object], now: float) -> None:
        """Begin anew with each that is another than before, and forget those that are not found any more."""
        self._changes = {name: self._kept(name, thing, now) for name, thing in things.items()}

    def age(self, name: str, now: float) -> float:
        """Since it was first found so; zero for what is not found."""
        return now - self._changes.get(name, (None, now))[1]

    def _kept(self, name: str, thing: object, now: float) -> tuple[object, float]:
        before = self._changes.get(name)
        is_same = before is not None and self._same(before[0], thing)
        return (thing, before[1] if before is not None and is_same else now)
