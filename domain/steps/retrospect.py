"""复盘: root cause, prevention and evaluation of a grave incident,
asked for within ten working days of its close (R109, R110).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.oversight import Retrospective
from domain.case.state import Incident
from domain.law.articles import Article
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.instants import whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing
from domain.terms.vocabulary import WarningLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRetrospective(Command):
    """Record the review after the fact: what the cause was, how to prevent it,
    how the response did (R109, R110).
    """

    kind: Literal["record_retrospective"] = "record_retrospective"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.RESPONDER})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.GRADED_RESPONSIBILITY

    root_cause: FreeText
    prevention: FreeText
    evaluation: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrospectiveRecorded(Event):
    """A unit reviewed the incident."""

    kind: Literal["retrospective_recorded"] = "retrospective_recorded"
    retrospective: Retrospective


def decide(incident: Incident, command: RecordRetrospective, deed: Deed) -> Iterator[Event]:
    """Each unit may review, more than once; none of its three parts is empty."""
    del incident
    for name in ("root_cause", "prevention", "evaluation"):
        if not getattr(command, name).strip():
            raise Refused(Reason.MISSING_PART, name)
    retrospective = Retrospective(
        at=deed.at,
        unit=deed.actor.unit,
        root_cause=command.root_cause,
        prevention=command.prevention,
        evaluation=command.evaluation,
    )
    yield RetrospectiveRecorded(at=deed.at, by=deed.actor, retrospective=retrospective)


def is_asked_for(incident: Incident) -> bool:
    """Whether the incident ever stood at L3 or above (R110)."""
    return any(decided.level.rank >= WarningLevel.COMPLEX_SENSITIVE.rank for decided in incident.level_path)


def retrospective_due(incident: Incident) -> datetime | None:
    """Until when the review is asked for: the last second of so many working days after the close (DD-28);
    shown only.
    """
    if incident.closed_at is None or not is_asked_for(incident):
        return None
    days = incident.law.limits.retrospective_workdays
    return whole(incident.law.calendar.end_of_workday_after(incident.closed_at, days)[0])


def evolve(incident: Incident, event: RetrospectiveRecorded) -> Incident:
    """The case after a review."""
    oversight = incident.oversight
    after = changed(oversight, retrospectives=(*oversight.retrospectives, event.retrospective))
    return changed(incident, oversight=after)
