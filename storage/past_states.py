"""States of cases at events that are past, so that the next one that is asked for is folded from one
near before it.
"""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from domain.case.state import Incident

_APART: Final = 64  # events from one state that is kept to the next: what a state is folded from
_MOST: Final = 1024  # states of all cases; those of one case share most of what they hold


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedState:
    """A case after a decision, and the seal of that decision."""

    state: Incident
    hash: str

    @property
    def number(self) -> int:
        """The number of the decision's last event."""
        return self.state.event_number


class PastStates:
    """Of each case states some way apart; the case that was not asked for longest goes first.

    What is kept stands under the seal of its decision:
    whoever takes it asks the log whether that seal stands there.
    """

    def __init__(self, most: int = _MOST, apart: int = _APART) -> None:
        self._most, self._apart = most, apart
        self._cases: OrderedDict[str, list[SealedState]] = OrderedDict()
        self._count = 0
        self._lock = Lock()  # the loop reads, and a thread that folds keeps

    def before(self, incident_id: str, number: int) -> SealedState | None:
        """The last state that is kept up to an event; None for none."""
        with self._lock:
            if (case := self._cases.get(incident_id)) is None:
                return None
            self._cases.move_to_end(incident_id)
            place = bisect_right(case, number, key=_number)
            return case[place - 1] if place else None

    def keep(self, sealed: SealedState) -> None:
        """Keep the state that a decision left, unless one is kept that is near before it,
        or it is near the beginning.
        """
        with self._lock:
            case = self._cases.get(sealed.state.incident_id, [])
            place = bisect_right(case, sealed.number, key=_number)
            if sealed.number - (case[place - 1].number if place else 0) < self._apart:
                return
            case.insert(place, sealed)
            self._cases[sealed.state.incident_id] = case
            self._cases.move_to_end(sealed.state.incident_id)
            self._count += 1
            while self._count > self._most and len(self._cases) > 1:
                _, dropped = self._cases.popitem(last=False)
                self._count -= len(dropped)

    def forget(self, incident_id: str) -> None:
        """Keep nothing more of a case, whose log has another seal where one was kept."""
        with self._lock:
            self._count -= len(self._cases.pop(incident_id, ()))


def _number(sealed: SealedState) -> int:
    return sealed.number


PAST: Final = PastStates()
