"""What was handed over to cases while no worker answered:
how much waits for each, and under which command ids.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from casework.outcomes import Unavailable
from domain.bounds import WAITING

_MOST: Final = 10_000  # of the cases and commands handed over last


@dataclass(slots=True)
class _Pile:
    """Bytes that may still wait for one case, and the command handed over last."""

    size: int
    command_id: str


class HandedOver:
    """The hand-overs of this process; what waits for a case is bounded,
    or its first task afterwards has too much to do.
    """

    def __init__(self) -> None:
        self._piles: OrderedDict[str, _Pile] = OrderedDict()
        self._bodies: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def body_of(self, command_id: str, otherwise: tuple[str, str]) -> tuple[str, str]:
        """Digest and body of what was handed over under a command id."""
        return self._bodies.get(command_id, otherwise)

    def last(self, incident_id: str) -> str | None:
        """The command id handed over last to a case, of which it is not known that it was carried out."""
        pile = self._piles.get(incident_id)
        return None if pile is None else pile.command_id

    def reserve(self, incident_id: str, command_id: str, size: int) -> None:
        """Count a step in before it is handed over, so that those under way beside it are counted;
        raises Unavailable.
        """
        pile = self._piles.get(incident_id) or _Pile(0, command_id)
        if pile.size + size > WAITING:
            raise Unavailable("record")
        self._piles[incident_id] = _Pile(pile.size + size, command_id)
        self._piles.move_to_end(incident_id)
        if len(self._piles) > _MOST:
            self._piles.popitem(last=False)

    def give_back(self, incident_id: str, size: int) -> None:
        """What was counted in was not handed over."""
        if (pile := self._piles.get(incident_id)) is not None:
            pile.size -= size

    def note(self, command_id: str, digest: str, body: str) -> None:
        """It was handed over: the same id with another body is told from it."""
        self._bodies[command_id] = digest, body
        if len(self._bodies) > _MOST:
            self._bodies.popitem(last=False)

    def forget(self, incident_id: str) -> None:
        """The case has answered: nothing waits for it."""
        self._piles.pop(incident_id, None)
