"""On a scaled clock a deed is judged by when it happened: what a late hand of the clock made of it is set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.incident import evolve
from domain.obligations import (
    Obligation,
    ObligationBreached,
    ObligationFulfilled,
    ObligationPassed,
)
from domain.papers import PaperDrafted
from rehearsals.steps import Step
from storage.event_log import RecordedEvent


@dataclass(frozen=True, slots=True)
class _Deed:
    """A deed that was in time by the rehearsal, and the obligation that the record calls late."""

    obligation: str
    happened_at: datetime


def judged_by_deed(
    recorded: Sequence[RecordedEvent], steps: Mapping[str, Step], tolerance: timedelta
) -> tuple[RecordedEvent, ...]:
    """The record without the breaches that arose only because a second of the drill lasts a part of a real one.

    1. A deed counts at its own instant; received within the tolerance after its step, at the step's.
    2. Where that lies by the due instant, the breach stamped meanwhile and the papers it drafted are left out.
    3. All else stays as recorded, numbers too.
    """
    timely = {found.obligation: found for found in _timely(recorded, steps, tolerance)}
    return tuple(_corrected(found, timely) for found in recorded if not _is_set_aside(found, timely))


def _timely(
    recorded: Sequence[RecordedEvent], steps: Mapping[str, Step], tolerance: timedelta
) -> list[_Deed]:
    found = []
    incident = None
    for item in recorded:
        step = steps.get(item.command_id or "")
        if incident is not None and step is not None and isinstance(item.event, ObligationFulfilled):
            duty = incident.obligation(item.event.obligation)
            happened_at = _happened_at(item.event.at, step, duty, tolerance)
            if happened_at <= duty.due_at < item.recorded_at <= duty.due_at + tolerance:
                found.append(_Deed(duty.id, happened_at))
        incident = evolve(incident, item.event)
    return found


def _happened_at(stamped: datetime, step: Step, duty: Obligation, tolerance: timedelta) -> datetime:
    """When the deed took place: as stamped, or at its step where only the receipt was late."""
    if stamped > duty.due_at and step.at <= stamped <= step.at + tolerance:
        return step.at
    return stamped


def _is_set_aside(item: RecordedEvent, timely: Mapping[str, _Deed]) -> bool:
    event = item.event
    if isinstance(event, ObligationBreached | ObligationPassed):
        return event.obligation in timely
    return isinstance(event, PaperDrafted) and event.paper.cause in timely


def _corrected(item: RecordedEvent, timely: Mapping[str, _Deed]) -> RecordedEvent:
    event = item.event
    if isinstance(event, ObligationFulfilled) and event.obligation in timely:
        return replace(item, event=replace(event, at=timely[event.obligation].happened_at, provisional=False))
    return item
