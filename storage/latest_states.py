"""The states of cases that were read or written last, each by the seal of the decision that led to it.

A seal stands for all decisions up to it, so what was kept under one is right for whoever finds
that seal in a log.
"""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

from domain.case.state import Incident

_MOST: Final = 128  # states; those of one case share most of what they hold


class LatestStates:
    """So many states, by seal; what was not asked for longest goes first."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._states: OrderedDict[str, Incident] = OrderedDict()
        self._lock = Lock()  # the loop reads, and so does the thread that writes

    def keep(self, seal: str, state: Incident) -> None:
        """Keep the state that the decision of a seal left."""
        with self._lock:
            self._states[seal] = state
            self._states.move_to_end(seal)
            if len(self._states) > self._most:
                self._states.popitem(last=False)

    def first_of(self, seals: Iterable[str]) -> tuple[str, Incident] | None:
        """The first of these seals whose state is kept, and the state."""
        with self._lock:
            for seal in seals:
                if (state := self._states.get(seal)) is not None:
                    return seal, state
        return None


LATEST: Final = LatestStates()
