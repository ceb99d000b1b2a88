"""考评: model responses, commendation and tolerance of errors;
a person decides each, the score table counts (四3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import Status
from domain.case.oversight import Rating, Tolerance
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.rules.papers import PaperDrafted, drafted
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import PaperKind

CLAUSE: str = Article.APPRAISAL
_OFFICE = frozenset({Standing.OFFICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RateModel(Command):
    """Rate a unit's published response a model (R444); it earns points, once for each publication."""

    kind: Literal["rate_model"] = "rate_model"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    unit: str
    publication: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCommendation(Command):
    """Propose a unit, and of its people so many, for commendation;
    the paper waits for a leader's signature (R444).
    """

    kind: Literal["propose_commendation"] = "propose_commendation"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    unit: str
    reason: FreeText
    persons: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTolerance(Command):
    """Ask that one's own missed limit be tolerated 容错; breach and papers stand whatever is decided.

    `obligation` is its id in the incident, such as `RESP48:qingxi:assignment-1`.
    """

    kind: Literal["request_tolerance"] = "request_tolerance"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.ADDRESSEE})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    obligation: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideTolerance(Command):
    """Grant or refuse a unit's request; granted, the limit costs it no points."""

    kind: Literal["decide_tolerance"] = "decide_tolerance"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.PRINCIPAL_LEADER})
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    obligation: str
    granted: bool
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRated(Event):
    """A response was rated a model."""

    kind: Literal["model_rated"] = "model_rated"
    rating: Rating
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class CommendationProposed(Event):
    """A unit was proposed for commendation."""

    kind: Literal["commendation_proposed"] = "commendation_proposed"
    unit: str
    persons: int
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceRequested(Event):
    """A unit asked for tolerance of a missed limit."""

    kind: Literal["tolerance_requested"] = "tolerance_requested"
    obligation: str
    unit: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceDecided(Event):
    """Tolerance was granted or refused."""

    kind: Literal["tolerance_decided"] = "tolerance_decided"
    obligation: str
    unit: str
    granted: bool
    reason: FreeText


AppraiseCommand = RateModel | ProposeCommendation | RequestTolerance | DecideTolerance
AppraiseEvent = ModelRated | CommendationProposed | ToleranceRequested | ToleranceDecided


def decide(incident: Incident, command: AppraiseCommand, deed: Deed) -> Iterator[Event]:
    """What people make of how a unit did; each needs its reason."""
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    match command:
        case RateModel():
            return _rate(incident, command, deed)
        case ProposeCommendation():
            return _commend(incident, command, deed)
        case RequestTolerance():
            return _ask(incident, command, deed)
        case DecideTolerance():
            return _tolerate(incident, command, deed)


def _rate(incident: Incident, command: RateModel, deed: Deed) -> Iterator[Event]:
    """A unit that the published text names, and never the rater's own (DD-21)."""
    unit = incident.law.unit(command.unit).code
    if unit not in incident.publication(command.publication).issuers:
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)
    if unit == deed.actor.unit:
        raise Refused(Reason.CONFLICT_OF_INTEREST, unit)
    rated = {(rating.unit, rating.publication) for rating in incident.oversight.ratings}
    if (unit, command.publication) in rated:
        raise Refused(Reason.ALREADY_DONE, command.publication)
    rating = Rating(unit=unit, publication=command.publication, at=deed.at)
    yield ModelRated(at=deed.at, by=deed.actor, rating=rating, reason=command.reason)


def _commend(incident: Incident, command: ProposeCommendation, deed: Deed) -> Iterator[Event]:
    unit = incident.law.unit(command.unit).code
    if unit not in incident.concerned_units:
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)
    if command.persons < 0:
        raise Refused(Reason.MISSING_PART, "persons")
    yield CommendationProposed(
        at=deed.at, by=deed.actor, unit=unit, persons=command.persons, reason=command.reason
    )
    cause = numbered(Thing.COMMENDATION, incident.oversight.commendations + 1)
    paper = drafted(incident, PaperKind.COMMENDATION, unit, cause=cause, at=deed.at)
    yield PaperDrafted(at=deed.at, paper=paper)


def _ask(incident: Incident, command: RequestTolerance, deed: Deed) -> Iterator[Event]:
    """Its own breach, and nothing that waits for an answer or was granted;
    after a refusal it may ask again.
    """
    obligation, unit = incident.obligation(command.obligation), deed.actor.unit
    if obligation.unit != unit:
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)
    if obligation.status is not Status.BREACHED:
        raise Refused(Reason.NOT_BREACHED, obligation.id)
    tolerance = incident.oversight.tolerance(obligation.id)
    if tolerance is not None and tolerance.granted is not False:
        raise Refused(Reason.ALREADY_DONE, obligation.id)
    yield ToleranceRequested(
        at=deed.at, by=deed.actor, obligation=obligation.id, unit=unit, reason=command.reason
    )


def _tolerate(incident: Incident, command: DecideTolerance, deed: Deed) -> Iterator[Event]:
    """Decided once, and not by the unit that asked (DD-21)."""
    tolerance = incident.oversight.tolerance(incident.obligation(command.obligation).id)
    if tolerance is None:
        raise Refused(Reason.UNKNOWN_REFERENCE, command.obligation)
    if tolerance.granted is not None:
        raise Refused(Reason.ALREADY_DONE, command.obligation)
    if tolerance.unit == deed.actor.unit:
        raise Refused(Reason.CONFLICT_OF_INTEREST, tolerance.unit)
    yield ToleranceDecided(
        at=deed.at,
        by=deed.actor,
        obligation=tolerance.obligation,
        unit=tolerance.unit,
        granted=command.granted,
        reason=command.reason,
    )


def evolve(incident: Incident, event: AppraiseEvent) -> Incident:
    """The case after a step of appraisal."""
    oversight = incident.oversight
    match event:
        case ModelRated():
            after = changed(oversight, ratings=(*oversight.ratings, event.rating))
        case CommendationProposed():
            after = changed(oversight, commendations=oversight.commendations + 1)
        case ToleranceRequested():
            tolerance = Tolerance(obligation=event.obligation, unit=event.unit, asked_at=event.at)
            after = changed(oversight, tolerances=(*oversight.tolerances, tolerance))
        case ToleranceDecided():
            after = changed(oversight, tolerances=_decided(oversight.tolerances, event))
    return changed(incident, oversight=after)


def _decided(tolerances: tuple[Tolerance, ...], event: ToleranceDecided) -> tuple[Tolerance, ...]:
    return replaced(
        tolerances,
        lambda tolerance: tolerance.obligation == event.obligation and tolerance.granted is None,
        lambda tolerance: changed(tolerance, granted=event.granted, decided_at=event.at),
    )
