"""办结、归档: the conditions under which a person may close, and the end of the case (DD-18, DD-19, R123)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.obligations import ObligationVoided, Status
from domain.case.records import Handling
from domain.case.state import Incident
from domain.case.thinning import lately
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.obligation_kinds import kinds_that
from domain.rules.content import said_at, uncorrected_verdicts
from domain.rules.cooling import has_cooled
from domain.rules.papers import required_papers
from domain.rules.replacement import met_by
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import FactConclusion, ObligationKind, PaperKind, Stage, WarningLevel

CLAUSE: str = Article.GRADED_RESPONSIBILITY
_BLOCKING = kinds_that(lambda rule: rule.blocks_close)
_RESULT_DEMANDED = frozenset({FactConclusion.TRUE, FactConclusion.PARTLY_TRUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHandling(Command):
    """Record what was done on the ground, or with `needed` false why nothing has to be (R123);
    `handled_at` is when, where that was earlier (DD-29).
    """

    kind: Literal["record_handling"] = "record_handling"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.RESPONDER, Standing.INVOLVED}
    )
    clause: ClassVar[str] = Article.LINKED_ACTION

    text: FreeText
    needed: bool = True
    handled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Command):
    """Close the incident; what is overridden (heat, unanswered concerns, papers) needs its reason."""

    kind: Literal["close"] = "close"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.RESPONDER})
    clause: ClassVar[str] = CLAUSE

    opinion: FreeText
    heat_override: FreeText = ""
    concerns_waiver: FreeText = ""
    papers_waiver: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive(Command):
    """Archive a closed incident; its workflow ends."""

    kind: Literal["archive"] = "archive"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    stages = frozenset({Stage.CLOSED, Stage.NOT_OURS})
    clause: ClassVar[str] = CLAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingRecorded(Event):
    """The offline track moved."""

    kind: Literal["handling_recorded"] = "handling_recorded"
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """The incident was closed by a person."""

    kind: Literal["closed"] = "closed"
    opinion: FreeText
    heat_override: FreeText
    concerns_waiver: FreeText
    papers_waiver: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived(Event):
    """The case ended, by command or by the regulation's time after close."""

    kind: Literal["archived"] = "archived"


CloseCommand = RecordHandling | Close | Archive
CloseEvent = HandlingRecorded | Closed | Archived


def decide(incident: Incident, command: CloseCommand, deed: Deed) -> Iterator[Event]:
    """The end of a case; nothing closes by itself (DD-19)."""
    match command:
        case RecordHandling():
            return _handling(incident, command, deed)
        case Close():
            return _close(incident, command, deed)
        case Archive():
            return _archive(incident, deed)


def _handling(incident: Incident, command: RecordHandling, deed: Deed) -> Iterator[Event]:
    if not command.text.strip():
        raise Refused(Reason.MISSING_PART, "text")
    handled_at = deed.at
    if command.handled_at is not None:
        handled_at = said_at(incident, command.handled_at, deed.at, "handled_at")
    handling = Handling(at=handled_at, unit=deed.actor.unit, text=command.text, needed=command.needed)
    yield HandlingRecorded(at=deed.at, by=deed.actor, handling=handling)


def _archive(incident: Incident, deed: Deed) -> Iterator[Event]:
    if incident.archived_at is not None:  # a case that was not ours keeps its stage in the archive
        raise Refused(Reason.WRONG_STAGE, Stage.ARCHIVED)
    yield Archived(at=deed.at, by=deed.actor)


def _close(incident: Incident, command: Close, deed: Deed) -> Iterator[Event]:
    """Closing with all conditions of DD-18; a breach stays on record for good (DD-19).

    What is still open falls away, save the correction of an error, whose two hours run on (DD-15).
    """
    if not command.opinion.strip():
        raise Refused(Reason.MISSING_PART, "opinion")
    _check_approver(incident, deed)
    for reason, detail in close_gaps(incident, command, deed.at):
        raise Refused(reason, detail)
    yield Closed(
        at=deed.at,
        by=deed.actor,
        opinion=command.opinion,
        heat_override=command.heat_override,
        concerns_waiver=command.concerns_waiver,
        papers_waiver=command.papers_waiver,
    )
    for obligation in incident.obligations:
        if obligation.status is Status.OPEN and obligation.kind is not ObligationKind.CORRECT:
            yield ObligationVoided(at=deed.at, obligation=obligation.id, cause="closed")


def approves_close(incident: Incident, unit: str) -> bool:
    """Whether a unit's leader may close: of who decides; at L1 the responsible unit's own as well (DD-18).

    From the third edition on not 市政府办公室 where it is the subject: another closes its case (DD-21).
    """
    if unit in incident.powers.deciding:
        return True
    gives_way = incident.law.has(Switch.POWERS_APART) and unit == incident.law.offices.office
    own = incident.level is WarningLevel.GENERAL_MATTER and unit in incident.first_responsible
    return own and not gives_way


def _check_approver(incident: Incident, deed: Deed) -> None:
    if not approves_close(incident, deed.actor.unit):
        raise Refused(Reason.UNIT_NOT_CONCERNED, deed.actor.unit)


def close_gaps(incident: Incident, command: Close, at: datetime) -> Iterator[tuple[Reason, str]]:
    """What still stands in the way of closing, as reason and detail, in the order of DD-18."""
    if incident.conclusion is None:
        yield Reason.CLOSE_CONCLUSION_MISSING, "conclusion"
    for obligation in incident.owed(*_BLOCKING):
        yield Reason.CLOSE_OBLIGATION_OPEN, obligation.id
    for suspended in _suspended(incident):
        yield Reason.CLOSE_OBLIGATION_OPEN, suspended
    yield from _unsaid(incident)
    for clue in incident.clues:
        if clue.lacks_receipt:
            yield Reason.CLOSE_CLUE_RECEIPT_MISSING, clue.id
    if not incident.handling:
        yield Reason.CLOSE_OFFLINE_MISSING, "handling"
    yield from _unwaived(incident, command, at)


def _unsaid(incident: Incident) -> Iterator[tuple[Reason, str]]:
    """What the public, or the superior, has not been told as the facts were concluded."""
    for publication in uncorrected_verdicts(incident):
        yield Reason.CLOSE_VERDICT_UNCORRECTED, publication
    if _lacks_result(incident):
        yield Reason.CLOSE_RESULT_MISSING, "result"
    for unit in _silent_responders(incident):
        yield Reason.CLOSE_REPORT_MISSING, unit


def _suspended(incident: Incident) -> Iterator[str]:
    """What was met by a publication since withdrawn, and waits for its replacement,
    is not met yet (DD-13).
    """
    for pending in incident.owed(ObligationKind.REPLACE):
        for obligation in met_by(incident, pending.cause, pending.unit):
            if obligation.kind in _BLOCKING:
                yield obligation.id


def _unwaived(incident: Incident, command: Close, at: datetime) -> Iterator[tuple[Reason, str]]:
    """The conditions that a person may set aside with a reason."""
    if not command.concerns_waiver.strip() and (open_concerns := unanswered_concerns(incident)):
        yield Reason.CLOSE_CONCERN_UNANSWERED, ",".join(map(str, open_concerns))
    if not command.heat_override.strip() and not has_cooled(incident, at):
        yield Reason.CLOSE_HEAT_NOT_DOWN, "heat"
    if not command.papers_waiver.strip():
        for kind in _missing_papers(incident):
            yield Reason.CLOSE_ARCHIVE_INCOMPLETE, kind


def _lacks_result(incident: Incident) -> bool:
    """TRUE and PARTLY_TRUE demand one result publication per incident,
    given under such a conclusion (R345).
    """
    if incident.conclusion is None or incident.conclusion.value not in _RESULT_DEMANDED:
        return False
    return not any(
        item.gives_result and item.conclusion in _RESULT_DEMANDED for item in incident.standing_publications
    )


def _silent_responders(incident: Incident) -> tuple[str, ...]:
    """Responders that have not reported the situation;
    市政府办公室 reports to no one but its superiors (R342).
    """
    exempt = {incident.law.offices.office, incident.receiving_office}
    reported = {report.unit for report in incident.reports} | exempt
    return tuple(unit for unit in incident.responders if unit not in reported)


def _missing_papers(incident: Incident) -> tuple[PaperKind, ...]:
    return tuple(
        paper.kind
        for paper in required_papers(incident)
        if paper.present < paper.required and paper.kind not in _ELSEWHERE
    )


_ELSEWHERE = frozenset({PaperKind.SITUATION_REPORT, PaperKind.SITUATION_NOTICE})  # conditions of their own


def unanswered_concerns(incident: Incident) -> tuple[int, ...]:
    """The numbers of concerns that no publication before the public answers in a paragraph (R006, R362)."""
    published = {item.draft for item in incident.standing_publications}
    in_words = incident.law.has(Switch.CONCERNS_IN_WORDS)
    answered = {
        answer.concern
        for draft in incident.drafts
        if draft.id in published
        for answer in draft.answers
        if answer.paragraph.strip() or not in_words
    }
    return tuple(number for number in incident.concern_numbers if number not in answered)


def evolve(incident: Incident, event: CloseEvent) -> Incident:
    """The case after a step towards its end."""
    match event:
        case HandlingRecorded():
            handling = (*incident.handling, event.handling)
            thinned = incident.law.has(Switch.BOUNDED)
            return changed(incident, handling=lately(handling) if thinned else handling)
        case Closed():
            return changed(incident, closed_at=event.at)
        case Archived():
            return changed(incident, archived_at=event.at)
