"""The course of a rehearsal: every step of every incident and of the system,
in the order of their instants.
"""

from dataclasses import dataclass
from datetime import datetime

from rehearsals.document import IncidentPlan, Rehearsal, SystemStep
from rehearsals.steps import RehearsalStep


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledDeed:
    """A step of one incident."""

    at: datetime
    plan: IncidentPlan
    step: RehearsalStep


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledSwitch:
    """A part of the system stopped or started."""

    at: datetime
    step: SystemStep


def schedule(rehearsal: Rehearsal) -> tuple[ScheduledDeed | ScheduledSwitch, ...]:
    """All steps by instant; at the same instant the system's first, then in the order of the file."""
    switches = [ScheduledSwitch(at=step.at, step=step) for step in rehearsal.system]
    deeds = [
        ScheduledDeed(at=step.at, plan=plan, step=step) for plan in rehearsal.incidents for step in plan.steps
    ]
    return tuple(sorted((*switches, *deeds), key=lambda move: move.at))
