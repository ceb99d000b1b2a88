"""What the API answers with: cases, events and obligations as JSON,
each with what a reader would else have to work out.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from domain import incident as rules
from domain.case.obligations import Obligation, Status
from domain.case.state import Incident
from domain.catalogue import AnyEvent
from domain.law.levels import LevelSuggestion
from domain.law.responsibility import ResponsibilitySuggestion
from domain.rules.cards import Card, cards
from domain.rules.checklist import Point, advice
from domain.rules.coordination import owners
from domain.rules.coverage import coverage_rate
from domain.rules.indicators import found_after
from domain.rules.leading import LeadReason, lead_reasons
from domain.rules.milestones import Milestones, milestones
from domain.rules.papers import RequiredPaper, required_papers
from domain.rules.reach import reach_rate
from domain.rules.scores import MissedLimits, missed_limits, score_deltas
from domain.steps.assign import suggestion
from domain.steps.instruct import instruction_owed
from domain.steps.retrospect import is_asked_for, retrospective_due
from domain.terms.vocabulary import KeyCategory, Stage
from storage.codec import INCIDENT


@dataclass(frozen=True, slots=True, kw_only=True)
class LawReference:
    """Which law is frozen into the case."""

    regulation: str
    version: str
    title: str
    edition: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSummary:
    """What follows from a case: read off it, not recorded in it. `as_of` is the case's clock.

    `unsaid` is advice alone: what each draft still to go out says nothing of.
    """

    as_of: datetime
    stage: Stage
    is_supervised: bool
    primary_status: Status | None
    display_deadline: datetime | None
    next_alarm: datetime | None
    first_responsible: tuple[str, ...]
    responders: tuple[str, ...]
    principal_unit: str | None
    coordinating_office: str
    owners: tuple[str, ...]
    key_categories: tuple[KeyCategory, ...]
    lead_reasons: tuple[LeadReason, ...]
    level_suggestion: LevelSuggestion
    responsibility_suggestion: ResponsibilitySuggestion
    coverage_rate: float | None
    reach_rate: float | None
    found_after_seconds: int | None
    unsaid: dict[str, tuple[Point, ...]]
    score_deltas: dict[str, float]
    cards: tuple[Card, ...]
    instruction_owed: tuple[str, ...]
    retrospective_asked: bool
    retrospective_due: datetime | None
    missed_limits: MissedLimits
    milestones: Milestones
    required_papers: tuple[RequiredPaper, ...]
    law: LawReference


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedEvent:
    """An event with its number, when it was recorded (on the case's clock), and its cause."""

    number: int
    recorded_at: datetime
    cause: str
    command_id: str | None
    event: AnyEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationStanding(Obligation):
    """An obligation as it stands at `as_of`.

    `remaining_seconds` count down to the due instant and go on below zero while the deed is owed;
    None once it is not. `computed_text` says in Chinese how the due instant came about; lists leave it empty.
    """

    as_of: datetime
    is_owed: bool = field()  # else the property of the same name would be taken for its default
    remaining_seconds: int | None
    overdue_seconds: int
    clause_text: str
    computed_text: str


INCIDENT_SUMMARY = TypeAdapter(IncidentSummary)
NUMBERED = TypeAdapter(NumberedEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedAnswer:
    """The command is durable and will be carried out or refused; the record follows.

    `event_number` is null until the case has decided; `command_id` marks its events.
    """

    incident_id: str
    event_number: int | None
    command_id: str
    detail: str
    detail_en: str
    look_at: str


ACCEPTED = TypeAdapter(AcceptedAnswer)
STANDING = TypeAdapter(ObligationStanding)


def case_now(incident: Incident, now: datetime) -> datetime:
    """What the case's clock shows at a real instant."""
    instant = incident.drill.shown(now) if incident.drill else now
    return instant.replace(microsecond=0)


def incident_json(incident: Incident, as_of: datetime) -> dict[str, Any]:
    """A case without its law, and what follows from it at an instant of its own clock."""
    glance: dict[str, Any] = INCIDENT_SUMMARY.dump_python(_glance(incident, as_of), mode="json")
    content: dict[str, Any] = INCIDENT.dump_python(incident, mode="json", exclude={"law"})
    return {**content, **glance}


def _glance(incident: Incident, as_of: datetime) -> IncidentSummary:
    law = incident.law
    return IncidentSummary(
        as_of=as_of,
        stage=incident.stage,
        is_supervised=incident.is_supervised,
        primary_status=incident.primary_status,
        display_deadline=incident.display_deadline,
        next_alarm=rules.next_alarm(incident),
        first_responsible=incident.first_responsible,
        responders=incident.responders,
        principal_unit=incident.principal_unit,
        coordinating_office=incident.coordinating_office,
        owners=owners(incident),
        key_categories=incident.key_categories,
        lead_reasons=lead_reasons(incident, as_of),
        level_suggestion=incident.level_suggestion(as_of),
        responsibility_suggestion=suggestion(incident),
        coverage_rate=coverage_rate(incident, as_of),
        reach_rate=reach_rate(incident, as_of),
        found_after_seconds=None
        if (lag := found_after(incident, as_of)) is None
        else int(lag.total_seconds()),
        unsaid=advice(incident),
        score_deltas=score_deltas(incident, as_of),
        cards=tuple(cards(incident, as_of)),
        instruction_owed=instruction_owed(incident),
        retrospective_asked=is_asked_for(incident),
        retrospective_due=retrospective_due(incident),
        missed_limits=missed_limits(incident),
        milestones=milestones(incident),
        required_papers=required_papers(incident),
        law=LawReference(
            regulation=law.regulation,
            version=law.version,
            title=law.title,
            edition=law.edition,
            digest=law.digest,
        ),
    )


def event_json(event: NumberedEvent) -> dict[str, Any]:
    """An event with its number."""
    dumped: dict[str, Any] = NUMBERED.dump_python(event, mode="json")
    return dumped


def obligation_standing(
    obligation: Obligation, as_of: datetime, clause_text: str, explained: str = ""
) -> ObligationStanding:
    """An obligation with what is left of its time, how it was computed, and the sentence it rests on."""
    return ObligationStanding(
        **{part.name: getattr(obligation, part.name) for part in fields(Obligation)},
        as_of=as_of,
        is_owed=obligation.is_owed,
        remaining_seconds=int((obligation.due_at - as_of).total_seconds()) if obligation.is_owed else None,
        overdue_seconds=int(obligation.overdue(as_of).total_seconds()),
        clause_text=clause_text,
        computed_text=explained,
    )


def obligation_json(obligation: Obligation, as_of: datetime, clause_text: str) -> dict[str, Any]:
    """The same as JSON."""
    content: dict[str, Any] = STANDING.dump_python(
        obligation_standing(obligation, as_of, clause_text), mode="json"
    )
    return content
