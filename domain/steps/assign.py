"""交办: who answers by rules R1 to R5, re-assignment, lead and coordinators (二)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from domain.case.as_of import noted
from domain.case.events import Command, Event
from domain.case.records import Assignment
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.responsibility import ResponsibilitySuggestion, suggest_responsibility
from domain.rules.handover import handed_over
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing
from domain.terms.vocabulary import DutyMatter

CLAUSE: str = Article.DUTY_OF_UNITS
ANOTHER_SUBJECT: Final = (
    "assign"  # what a reason is missing for, where other units than the suggested are named
)
_OFFICE = frozenset({Standing.OFFICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Command):
    """Name who answers: `first` are first-responsible, `also` respond beside them;
    to differ needs a reason.
    """

    kind: Literal["assign"] = "assign"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE
    duty_matter = DutyMatter.ASSIGNMENT

    first: tuple[str, ...]
    also: tuple[str, ...] = ()
    lead: str | None = None
    reason: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign(Command):
    """Name others; due instants stay, the former units' obligations are superseded."""

    kind: Literal["reassign"] = "reassign"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = CLAUSE
    duty_matter = DutyMatter.ASSIGNMENT

    first: tuple[str, ...]
    also: tuple[str, ...] = ()
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignateLead(Command):
    """Name the lead unit; no clock waits for it (DD-22)."""

    kind: Literal["designate_lead"] = "designate_lead"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = Article.SEVERAL_DEPARTMENTS
    duty_matter = DutyMatter.LEAD

    unit: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCoordinator(Command):
    """Add a unit that coordinates beside 市政府办公室 and 网信办 (R209)."""

    kind: Literal["add_coordinator"] = "add_coordinator"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = Article.SEVERAL_DEPARTMENTS

    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Event):
    """Responsibility was given; the suggestion stands beside the decision."""

    kind: Literal["assigned"] = "assigned"
    assignment: Assignment
    suggestion: ResponsibilitySuggestion
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDesignated(Event):
    """A lead unit was named."""

    kind: Literal["lead_designated"] = "lead_designated"
    unit: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorAdded(Event):
    """A unit coordinates from now on."""

    kind: Literal["coordinator_added"] = "coordinator_added"
    unit: str


AssignCommand = Assign | Reassign | DesignateLead | AddCoordinator
AssignEvent = Assigned | LeadDesignated | CoordinatorAdded


def suggestion(incident: Incident) -> ResponsibilitySuggestion:
    """Whom the rules name on what is known now; a conflict between units calls for a lead (R210)."""
    policy = incident.judgement is not None and incident.judgement.involves_city_policy
    suggested = suggest_responsibility(
        incident.law, incident.involved, involves_city_policy=policy, topic=incident.topic
    )
    return changed(suggested, lead_suggested=True) if incident.open_conflicts else suggested


def decide(incident: Incident, command: AssignCommand, deed: Deed) -> Iterator[Event]:
    """Assigning: a person confirms what the rules suggest; due instants never move."""
    match command:
        case Assign():
            return _assign(incident, command, deed)
        case Reassign():
            return _reassign(incident, command, deed)
        case DesignateLead():
            return _lead(incident, command, deed)
        case AddCoordinator():
            return _coordinator(incident, command, deed)


def _assign(incident: Incident, command: Assign, deed: Deed) -> Iterator[Event]:
    if incident.assignment is not None:
        raise Refused(Reason.ALREADY_ASSIGNED, "assign")
    if incident.judgement is None:
        raise Refused(Reason.NOT_JUDGED, "assign")
    assigned = _assigned(incident, command.first, command.also, command.reason, deed)
    yield assigned
    after = evolve(incident, assigned)
    if command.lead is not None and command.lead != after.lead:
        incident.law.unit(command.lead)
        designated = LeadDesignated(at=deed.at, by=deed.actor, unit=command.lead, reason=command.reason)
        yield designated
        after = evolve(after, designated)
    for office in incident.powers.named:
        if office not in incident.coordinators:
            yield CoordinatorAdded(at=deed.at, unit=office)
    yield from handed_over(incident, after, numbered(Thing.ASSIGNMENT, assigned.assignment.round), deed)


def _reassign(incident: Incident, command: Reassign, deed: Deed) -> Iterator[Event]:
    if incident.assignment is None:
        raise Refused(Reason.NOT_ASSIGNED, "reassign")
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    assigned = _assigned(incident, command.first, command.also, command.reason, deed)
    yield assigned
    after = evolve(incident, assigned)
    yield from handed_over(incident, after, numbered(Thing.ASSIGNMENT, assigned.assignment.round), deed)


def _assigned(
    incident: Incident, first: tuple[str, ...], also: tuple[str, ...], reason: str, deed: Deed
) -> Assigned:
    if not first:
        raise Refused(Reason.MISSING_PART, "first")
    for code in (*first, *also):
        incident.law.unit(code)
    suggested = suggestion(incident)
    differs = set(first) != set(suggested.first) or set(also) - set(first) != set(suggested.also) - set(first)
    if differs and not reason.strip():
        raise Refused(Reason.REASON_MISSING, f"{ANOTHER_SUBJECT}:{suggested.rule or '-'}")
    assignment = Assignment(
        at=deed.at,
        round=incident.assignment.round + 1 if incident.assignment else 1,
        rule=suggested.rule,
        first=tuple(dict.fromkeys(first)),
        also=tuple(code for code in dict.fromkeys(also) if code not in first),
        reason=reason,
    )
    return Assigned(
        at=deed.at,
        by=deed.actor,
        assignment=assignment,
        suggestion=suggested,
        clause=suggested.clause or incident.law.clause(CLAUSE),
    )


def _lead(incident: Incident, command: DesignateLead, deed: Deed) -> Iterator[Event]:
    """The lead joins the responders; named before assignment, it does so with it (DD-22)."""
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    incident.law.unit(command.unit)
    if command.unit == incident.lead:
        raise Refused(Reason.ALREADY_DONE, command.unit)
    designated = LeadDesignated(at=deed.at, by=deed.actor, unit=command.unit, reason=command.reason)
    yield designated
    if incident.assignment is not None:
        after = evolve(incident, designated)
        yield from handed_over(incident, after, numbered(Thing.LEAD, incident.event_number), deed)


def _coordinator(incident: Incident, command: AddCoordinator, deed: Deed) -> Iterator[Event]:
    incident.law.unit(command.unit)
    if command.unit in incident.coordinators:
        raise Refused(Reason.ALREADY_DONE, command.unit)
    yield CoordinatorAdded(at=deed.at, by=deed.actor, unit=command.unit)


def evolve(incident: Incident, event: AssignEvent) -> Incident:
    """The case after a step of assigning."""
    match event:
        case Assigned():
            return noted(_with_assignment(incident, event.assignment), event.at)
        case LeadDesignated():
            led = changed(incident, lead=event.unit)
            if led.assignment is None:
                return led
            return noted(changed(led, assignment=_joined_by(led.assignment, event.unit)), event.at)
        case CoordinatorAdded():
            added = (
                incident.coordinators_added
                if event.by is None
                else (*incident.coordinators_added, event.unit)
            )
            coordinators = (*incident.coordinators, event.unit)
            return changed(incident, coordinators=coordinators, coordinators_added=added)


def _with_assignment(incident: Incident, assignment: Assignment) -> Incident:
    """A lead named before the first assignment joins it;
    at a later one it stays only if it is named again.
    """
    lead = incident.lead
    if lead is not None and incident.assignment is None:
        assignment = _joined_by(assignment, lead)
    elif lead not in {*assignment.first, *assignment.also}:
        lead = None
    return changed(incident, assignment=assignment, lead=lead)


def _joined_by(assignment: Assignment, unit: str) -> Assignment:
    if unit in {*assignment.first, *assignment.also}:
        return assignment
    return changed(assignment, also=(*assignment.also, unit))
