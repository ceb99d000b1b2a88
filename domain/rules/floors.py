"""A floor that arises while the case runs: the rules raise the level themselves,
a person may only go higher (DD-23).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.events import Event
from domain.case.records import LevelDecision
from domain.case.state import Incident
from domain.terms.copies import changed
from domain.terms.vocabulary import WarningLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRaised(Event):
    """The level rose to its floor."""

    kind: Literal["level_raised"] = "level_raised"
    level: WarningLevel
    floor: str


def raised_to_floor(incident: Incident, at: datetime) -> Iterator[LevelRaised]:
    """The rise that a judged case needs when its floor lies above its level; none before judgement."""
    if incident.level is None:
        return
    suggestion = incident.level_suggestion(at)
    if incident.level.rank < suggestion.floor.rank:
        floors = [reason.measured for reason in suggestion.reasons if reason.trigger == "floor"]
        yield LevelRaised(at=at, level=suggestion.floor, floor=",".join(floors))


def evolve(incident: Incident, event: LevelRaised) -> Incident:
    """The case at its floor."""
    decision = LevelDecision(at=event.at, level=event.level, reason=event.floor)
    return changed(incident.with_level(decision), level=event.level)
