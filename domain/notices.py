"""What a decision must tell: units, never persons, each by event, purpose and unit (R307)."""

from dataclasses import dataclass

from domain.case.state import Incident
from domain.catalogue import Decision
from domain.purposes import Purpose
from domain.whom_to_tell import told_of

__all__ = ["Notice", "Purpose", "notices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one unit; with the incident it is its own idempotency key.

    `subject` is an id, never content.
    """

    event_number: int
    purpose: Purpose
    unit: str
    subject: str = ""


def notices(incident: Incident, decided: Decision) -> tuple[Notice, ...]:
    """All that a decision must tell, `incident` being the case after it;
    each unit once per event and purpose.
    """
    notes: dict[tuple[int, Purpose, str], Notice] = {}
    for number, event in enumerate(decided.events, start=decided.first_number):
        for purpose, unit, subject in told_of(incident, event):
            notice = Notice(event_number=number, purpose=purpose, unit=unit, subject=subject)
            notes.setdefault((number, purpose, unit), notice)
    return tuple(notes.values())
