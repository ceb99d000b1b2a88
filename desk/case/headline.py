"""The head of an incident, to be taken in at one glance on a phone: the nearest limit, who holds the ball,
level and class.
"""

from dataclasses import dataclass
from datetime import datetime

from desk.board.view import BoardRow, board_row
from desk.case.view import case_time
from domain.case.state import Incident
from words.holders import HolderLine, holders


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The incident's row of the board, and all who have to do something next:
    the first at once, the others on asking.
    """

    row: BoardRow
    first: tuple[HolderLine, ...]
    others: tuple[HolderLine, ...]


def headline(incident: Incident, now: datetime) -> Headline:
    """The head at the real instant `now`."""
    lines = holders(incident, case_time(incident.drill, now))
    return Headline(row=board_row(incident, now), first=lines[:1], others=lines[1:])
