"""When a case is healed: once what is wrong has stood for a while, and again after ever longer rests."""

from collections.abc import Collection
from typing import Final

_FIRST_REST: Final = 30.0
_LONGEST_REST: Final = 600.0


class Patience:
    """Since when each matter has been wrong, and before when a case is not to be healed again; in seconds of one clock."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._rests: dict[str, tuple[float, float]] = {}

    def note(self, wrong: Collection[str], now: float) -> None:
        """Begin with what is newly wrong, and forget what is right again."""
        self._since = {case: self._since.get(case, now) for case in wrong}
        self._rests = {case: rest for case, rest in self._rests.items() if case in wrong or rest[0] > now}

    def age(self, case: str, now: float) -> float:
        """For how long a case has been wrong."""
        return now - self._since.get(case, now)

    def may_heal(self, case: str, now: float) -> bool:
        """Whether the rest after the last healing is over."""
        return self._rests.get(case, (0.0, 0.0))[0] <= now

    def healed(self, case: str, now: float) -> None:
        """It was healed, or could not be: the next time comes later."""
        rest = min(max(2 * self._rests.get(case, (0.0, 0.0))[1], _FIRST_REST), _LONGEST_REST)
        self._rests[case] = (now + rest, rest)
