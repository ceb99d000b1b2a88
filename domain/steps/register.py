"""登记: opening a case, and the sources, counts and concerns that come in while it runs (一(一), 三(一))."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import ObligationOpened
from domain.case.records import Concern, Source
from domain.case.state import Incident
from domain.case.superiors import Incoming
from domain.law.articles import Article
from domain.law.levels import LevelSuggestion, Metrics
from domain.law.regulation import Law, shared
from domain.law.responsibility import Involvement
from domain.rules import obligation_factory
from domain.rules.intake import named
from domain.rules.papers import PaperDrafted, issued
from domain.terms.copies import changed
from domain.terms.drill import DrillClock
from domain.terms.free_texts import PublicText
from domain.terms.instants import past
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import STAFF, Actor, Deed, Role, Standing
from domain.terms.vocabulary import (
    Audience,
    ClockStart,
    PaperKind,
    Platform,
    ResponseClass,
    SubjectKind,
)

REGISTRATION = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Command):
    """Register an incident; the statutory clock runs from its discovery (DD-02).

    `secondary_to` is the id of the closed incident that it follows; it has a clock of its own (DD-17).
    `superior_notice` is what a superior wrote where that brings the registration about: 市政府办公室 alone
    enters one, and no source is asked for beside (R308).
    """

    kind: Literal["register"] = "register"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.ANY_UNIT})
    clause: ClassVar[str] = Article.MONITORING

    title: str
    discovered_at: datetime
    sources: tuple[Source, ...]
    occurred_at: datetime | None = None
    subject_kind: SubjectKind = SubjectKind.GOV_OPINION
    topic: str = ""
    involved: tuple[Involvement, ...] = ()
    metrics: tuple[Metrics, ...] = ()
    concerns: tuple[PublicText, ...] = ()
    secondary_to: str = ""
    superior_notice: Incoming | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSource(Command):
    """Add an intake item to a running incident (R302)."""

    kind: Literal["add_source"] = "add_source"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {
            Standing.OFFICE,
            Standing.RECEIVING,
            Standing.CYBERSPACE_OFFICE,
            Standing.REGISTRANT,
            Standing.RESPONDER,
            Standing.INVOLVED,
        }
    )
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.MONITORING

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMetrics(Command):
    """Record cumulative counts as they stood at an instant (R305)."""

    kind: Literal["record_metrics"] = "record_metrics"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = AddSource.standings
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.MONITORING

    metrics: Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConcern(Command):
    """Record what the public asks (R006, R104)."""

    kind: Literal["record_concern"] = "record_concern"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = AddSource.standings
    clause: ClassVar[str] = Article.PEOPLES_DEMANDS

    text: PublicText
    audience: Audience = Audience.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Event):
    """The case was opened under the law frozen here."""

    kind: Literal["registered"] = "registered"
    by: Actor
    incident_id: str
    number: str
    law: Law
    drill: DrillClock | None
    title: str
    subject_kind: SubjectKind
    topic: str
    occurred_at: datetime | None
    discovered_at: datetime
    involved: tuple[Involvement, ...]
    sources: tuple[Source, ...]
    secondary_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAdded(Event):
    """An intake item came in."""

    kind: Literal["source_added"] = "source_added"
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsRecorded(Event):
    """Counts were taken, and what level they suggest."""

    kind: Literal["metrics_recorded"] = "metrics_recorded"
    metrics: Metrics
    suggestion: LevelSuggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRecorded(Event):
    """A concern of the public was written down."""

    kind: Literal["concern_recorded"] = "concern_recorded"
    concern: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the office adds to a registration: the identifiers drawn,
    the law in force and the drill's clock.
    """

    incident_id: str
    number: str
    law: Law
    drill: DrillClock | None = None


RegisterEvent = Registered | SourceAdded | MetricsRecorded | ConcernRecorded


def open_case(command: Register, opening: Opening, deed: Deed) -> Iterator[Event]:
    """The first events of a case.

    1. Instants may not lie in the future, nor discovery before occurrence; every unit named must exist.
    2. One RESP48 without unit runs from the start of the clock, held by 市政府办公室 until assignment.
    3. The flash report is drafted from what was registered.
    """
    registered = _registered(command, opening, deed)
    incident = opened(registered)
    yield registered
    yield ObligationOpened(
        at=deed.at, obligation=obligation_factory.first_clock(incident, cause=REGISTRATION)
    )
    flash = issued(incident, PaperKind.FLASH_REPORT, incident.receiving_office, cause=REGISTRATION, deed=deed)
    yield PaperDrafted(at=deed.at, paper=flash)
    for number, text in enumerate(command.concerns, start=1):
        yield _concern(number, text, Audience.PUBLIC, deed)
    for metrics in sorted(command.metrics, key=lambda taken: taken.at):
        recorded = _metrics(incident, metrics, deed)
        incident = evolve(incident, recorded)
        yield recorded


def _registered(command: Register, opening: Opening, deed: Deed) -> Registered:
    if not command.title.strip():
        raise Refused(Reason.MISSING_PART, "title")
    notice = command.superior_notice
    if not command.sources and notice is None:
        raise Refused(Reason.MISSING_PART, "sources")
    if notice is not None and deed.actor.unit != opening.law.offices.office:
        raise Refused(Reason.UNIT_NOT_CONCERNED, deed.actor.unit)
    for part in command.involved:
        opening.law.unit(part.unit)
    discovered_at = past(command.discovered_at, deed.at, "discovered_at")
    if notice is not None:  # the clock starts with what came first (DD-02)
        discovered_at = min(discovered_at, past(notice.received_at, deed.at, "received_at"))
    occurred_at = command.occurred_at and past(command.occurred_at, deed.at, "occurred_at")
    if occurred_at is not None and discovered_at < occurred_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "discovered_at")
    return Registered(
        at=deed.at,
        by=deed.actor,
        incident_id=opening.incident_id,
        number=opening.number,
        law=opening.law,
        drill=opening.drill,
        title=command.title,
        subject_kind=command.subject_kind,
        topic=command.topic,
        occurred_at=occurred_at,
        discovered_at=discovered_at,
        involved=command.involved,
        sources=tuple(named(source, opening.law, deed) for source in _sources(command)),
        secondary_to=command.secondary_to,
    )


def _sources(command: Register) -> tuple[Source, ...]:
    """The intake items; a superior's notice is one where nothing else is known yet."""
    notice = command.superior_notice
    if command.sources or notice is None:
        return command.sources
    return (Source(at=notice.received_at, platform=Platform.SUPERIOR, gist=notice.requirement),)


def decide(
    incident: Incident, command: AddSource | RecordMetrics | RecordConcern, deed: Deed
) -> Iterator[Event]:
    """What comes in while the case runs."""
    match command:
        case AddSource():
            yield SourceAdded(at=deed.at, by=deed.actor, source=named(command.source, incident.law, deed))
        case RecordMetrics():
            yield _metrics(incident, command.metrics, deed)
        case RecordConcern():
            yield _concern(len(incident.concern_numbers) + 1, command.text, command.audience, deed)


def _concern(number: int, text: str, audience: Audience, deed: Deed) -> ConcernRecorded:
    if not text.strip():
        raise Refused(Reason.MISSING_PART, "concern")
    return ConcernRecorded(
        at=deed.at, by=deed.actor, concern=Concern(number=number, text=text, audience=audience)
    )


def _metrics(incident: Incident, metrics: Metrics, deed: Deed) -> MetricsRecorded:
    """Cumulative counts never fall, whichever way round they come in."""
    at = past(metrics.at, deed.at, "metrics.at")
    taken = metrics if metrics.at is at else changed(metrics, at=at)
    if min(taken.counts()) < 0:
        raise Refused(Reason.COUNTS_FALL, "metrics")
    before = incident.metrics_by(taken.at)
    after = [other for other in incident.metrics if other.at > taken.at]
    if (before and not taken.reaches(before)) or not all(other.reaches(taken) for other in after):
        raise Refused(Reason.COUNTS_FALL, "metrics")
    with_counts = changed(incident, metrics=(*incident.metrics, taken))
    suggestion = with_counts.level_suggestion(taken.at)
    return MetricsRecorded(at=taken.at, by=deed.actor, metrics=taken, suggestion=suggestion)


def opened(event: Registered) -> Incident:
    """The case as registration leaves it."""
    law = shared(event.law)
    start = event.discovered_at
    if law.clock_start is ClockStart.OCCURRED_AT and event.occurred_at is not None:
        start = event.occurred_at
    return Incident(
        incident_id=event.incident_id,
        number=event.number,
        law=law,
        drill=event.drill,
        title=event.title,
        subject_kind=event.subject_kind,
        topic=event.topic,
        occurred_at=event.occurred_at,
        discovered_at=event.discovered_at,
        registered_at=event.at,
        registrant=event.by,
        involved=event.involved,
        sources=(),
        response_due_at=start + law.limits.statutory(ResponseClass.H48),
        secondary_to=event.secondary_to,
    ).with_items(event.sources)


def evolve(incident: Incident, event: SourceAdded | MetricsRecorded | ConcernRecorded) -> Incident:
    """The case after something came in."""
    match event:
        case SourceAdded():
            return incident.with_items((event.source,))
        case MetricsRecorded():
            return incident.with_counts(event.metrics)
        case ConcernRecorded():
            return incident.with_concern(event.concern)
