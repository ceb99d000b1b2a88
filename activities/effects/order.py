"""An effect as the workflow orders it: which activity, with what, and by which answer it is done."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.case.state import Incident

BEATS: Final = timedelta(seconds=10)  # without a sign of life after which another worker takes over


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectContext:
    """A case as it stands when an effect is sent, and the name of its last decision."""

    incident: Incident
    lineage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectOrder:
    """An ordinary activity by its name, its argument, and within what time it is tried once.

    `answer` is what the house alone answers to it: any other is a stranger's.
    """

    activity: str
    argument: object
    answer: object
    summary: str
    within: timedelta
