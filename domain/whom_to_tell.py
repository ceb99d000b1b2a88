"""Whom an event must be told to: units, never persons (R307, R108)."""

from collections.abc import Iterator
from datetime import datetime

from domain.case.as_of import risen
from domain.case.obligations import (
    RESPONSE_KINDS,
    BreachWithdrawn,
    LateEvidenceReviewed,
    ObligationBreached,
    ObligationOpened,
    ObligationReopened,
    ReminderSent,
)
from domain.case.records import PaperStatus
from domain.case.state import Incident
from domain.catalogue import CaseEvent, SubmissionRefused, SubmissionUnreadable
from domain.law.editions import Switch
from domain.law.obligation_kinds import kinds_that
from domain.purposes import Purpose, Telling
from domain.rules.consistency import ConflictFound
from domain.rules.coordination import CONFLICT_OF_INTEREST, ConsultationProposed, CoordinatorsNamed
from domain.rules.correction import ErrorRecorded
from domain.rules.counting import CountsMissing
from domain.rules.exposure import PersonalDataFound
from domain.rules.floors import LevelRaised
from domain.rules.papers import PaperDrafted, PaperIssued
from domain.rules.watch import AlarmRaised, TaskReminded
from domain.steps.accountability import FileHandedOver
from domain.steps.amend import ClockStartCorrected, Rebased
from domain.steps.appraise import ModelRated, ToleranceDecided, ToleranceRequested
from domain.steps.assign import CoordinatorAdded
from domain.steps.close import Closed
from domain.steps.consult import ConsultationHeld
from domain.steps.coordinate import SuperiorNoticeReceived
from domain.steps.instruct import Instructed, instruction_owed
from domain.steps.judge import Judged
from domain.steps.reconcile import TalkingPointsApproved
from domain.steps.register import MetricsRecorded, Registered
from domain.steps.respond import Reviewed
from domain.steps.screen import MergedInto, RegistrationVoided, SentOnward
from domain.steps.sign import ReturnedBack
from domain.steps.transfer import (
    ClueAcknowledged,
    ClueDeclined,
    ClueProposed,
    ClueResultReported,
    ClueTransferred,
)
from domain.steps.withdraw import PublicationWithdrawn
from domain.terms.vocabulary import ObligationKind

_TO_DO = frozenset(kinds_that(lambda rule: rule.tells_unit))


def told_of(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """Whom an event must be told to and why, `incident` being the case after the decision that holds it."""
    yield from _of_steps(incident, event)
    yield from _of_texts(incident, event)
    yield from _of_coordination(incident, event)
    yield from _of_clues(incident, event)
    yield from _of_hand_overs(incident, event)
    yield from _of_publications(incident, event)
    yield from _of_obligations(incident, event)
    yield from _of_oversight(incident, event)
    yield from _of_appraisal(incident, event)
    yield from _of_leaders(incident, event)


def _of_steps(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """What asks for a decision is told to each who may take it (DD-21)."""
    deciding = incident.powers.deciding
    match event:
        case Registered():
            for unit in dict.fromkeys((incident.receiving_office, *deciding, incident.powers.cyberspace)):
                yield Purpose.REGISTERED, unit, ""
        case ReturnedBack():
            yield from ((Purpose.RETURNED, unit, event.unit) for unit in deciding)
        case CoordinatorAdded():
            yield Purpose.COORDINATE, event.unit, ""
        case MetricsRecorded():
            yield from _level_suggested(incident, event)
        case Judged() | Closed():
            purpose = Purpose.WARNING if isinstance(event, Judged) else Purpose.CLOSED
            yield from ((purpose, unit, "") for unit in _all_told(incident))
        case _:
            return


def _all_told(incident: Incident) -> tuple[str, ...]:
    """Who hears of the case as a whole: who takes it in,
    who decides or coordinates in it and who answers in it.
    """
    offices = (incident.receiving_office, *incident.powers.deciding)
    return tuple(dict.fromkeys((*offices, *incident.coordinators, *incident.responders)))


def _of_coordination(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """Superiors, consultations and who coordinates;
    cases of the first edition knew none of these messages.
    """
    if not incident.law.has(Switch.COORDINATION):
        return
    match event:
        case SuperiorNoticeReceived():
            yield Purpose.COORDINATE, incident.powers.cyberspace, event.notice.id
        case LevelRaised():
            yield from ((Purpose.WARNING, unit, event.level) for unit in _all_told(incident))
        case ConsultationProposed():
            yield Purpose.CONSULT, incident.coordinating_office, ",".join(event.causes)
        case ConsultationHeld():
            consultation = event.consultation
            yield from ((Purpose.CONSULT, unit, consultation.id) for unit in consultation.members)
            yield from ((Purpose.TO_DO, task.unit, task.id) for task in consultation.tasks)
        case TaskReminded():
            meetings = incident.consultations
            units = (task.unit for one in meetings for task in one.tasks if task.id == event.task)
            yield from ((Purpose.REMINDER, unit, event.task) for unit in units)
        case CoordinatorsNamed():
            has_moved = event.cause == CONFLICT_OF_INTEREST and incident.law.has(Switch.POWERS_APART)
            hearers = dict.fromkeys((*event.units, *incident.powers.deciding) if has_moved else event.units)
            yield from ((Purpose.COORDINATE, unit, event.cause) for unit in hearers)
        case _:
            return


def _of_clues(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """A clue goes to its signers, its receiver, and back to the unit that proposed it."""
    clues = {clue.id: clue for clue in incident.clues}
    match event:
        case ClueProposed():
            for unit in (event.clue.unit, incident.coordinating_office):
                yield Purpose.TO_SIGN, unit, event.clue.id
        case ClueTransferred():
            yield Purpose.TO_DO, event.receiver, event.clue
            yield Purpose.CLUE, clues[event.clue].unit, event.clue
        case ClueDeclined() | ClueAcknowledged() | ClueResultReported():
            for unit in (clues[event.clue].unit, incident.coordinating_office):
                yield Purpose.CLUE, unit, event.clue
        case RegistrationVoided() | MergedInto() | SentOnward():
            yield from ((Purpose.CLOSED, unit, "") for unit in _all_told(incident))
        case _:
            return


def _of_texts(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """What holds a draft back is told to its unit; a conflict also to the other one and to those who
    may resolve it.
    """
    office, publicity = incident.coordinating_office, incident.law.offices.publicity_department
    match event:
        case ConflictFound():
            units = (incident.draft(event.draft).unit, _speaker(incident, event.other))
            for unit in dict.fromkeys((*units, office, publicity, incident.lead)):
                if unit is not None:
                    yield Purpose.CONFLICT, unit, event.id
        case TalkingPointsApproved():
            for unit in dict.fromkeys((office, *incident.responders)):
                yield Purpose.TALKING_POINTS, unit, event.points.id
        case PersonalDataFound():
            yield Purpose.PERSONAL_DATA, incident.draft(event.draft).unit, event.draft
        case _:
            return


def _speaker(incident: Incident, source: str) -> str:
    """The unit whose draft or publication it is; both are held while a conflict is new."""
    drafts = {draft.id: draft.unit for draft in incident.drafts}
    return drafts.get(source) or incident.publication(source).unit


def _of_hand_overs(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """What came to nothing goes back to whoever sent it."""
    match event:
        case SubmissionRefused() if event.by is not None:
            yield Purpose.SUBMISSION_REFUSED, event.by.unit, event.command_id
        case SubmissionUnreadable():
            yield Purpose.SUBMISSION_REFUSED, incident.receiving_office, ""
        case Reviewed() if not event.review.approved:
            yield Purpose.DRAFT_RETURNED, event.review.by.unit, event.draft
        case _:
            return


def _of_publications(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """What happened to a publication after it went out, and to what rested on it,
    is for its units and who coordinates.
    """
    match event:
        case PublicationWithdrawn():
            purpose, subject, issuers = (
                Purpose.WITHDRAWN,
                event.publication,
                _issuers(incident, event.publication),
            )
        case ErrorRecorded():
            name = event.error.publication
            purpose, subject, issuers = Purpose.ERROR_KNOWN, name, _issuers(incident, name)
        case ObligationReopened() | LateEvidenceReviewed():
            reopened = isinstance(event, ObligationReopened)
            purpose = Purpose.REOPENED if reopened else Purpose.EVIDENCE_REVIEWED
            unit = incident.obligation(event.obligation).unit
            subject, issuers = event.obligation, () if unit is None else (unit,)
        case _:
            return
    for unit in dict.fromkeys((*issuers, incident.coordinating_office)):
        yield purpose, unit, subject


def _issuers(incident: Incident, publication: str) -> tuple[str, ...]:
    return incident.publication(publication).issuers


def _of_obligations(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    holding = incident.receiving_office
    match event:
        case ObligationBreached() | BreachWithdrawn():
            yield from _of_breaches(incident, event)
        case ObligationOpened() if event.obligation.kind in _TO_DO:
            yield Purpose.TO_DO, event.obligation.unit or holding, event.obligation.id
        case ReminderSent():
            yield Purpose.REMINDER, incident.obligation(event.obligation).unit or holding, event.obligation
        case PaperDrafted() if event.paper.status is PaperStatus.DRAFTED:
            yield from ((Purpose.TO_SIGN, unit, event.paper.id) for unit in incident.powers.deciding)
        case PaperIssued():
            yield Purpose.PAPER_ISSUED, incident.paper(event.paper).unit, event.paper
        case _:
            return


def _of_oversight(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    match event:
        case ClockStartCorrected() | Rebased():
            for unit in dict.fromkeys(
                incident.obligation(item.obligation).unit or incident.receiving_office
                for item in event.retimed
            ):
                yield Purpose.CLOCK_MOVED, unit, ""
        case AlarmRaised():
            units = dict.fromkeys((*incident.powers.deciding, event.unit))
            yield from ((Purpose.ALARM, unit, event.cause) for unit in units)
        case CountsMissing():
            yield Purpose.COUNTS_MISSING, incident.coordinating_office, ""
        case _:
            return


def _of_appraisal(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    match event:
        case Instructed():
            for unit in event.instruction.to:
                yield Purpose.INSTRUCTED, unit, event.instruction.id
        case ToleranceRequested():
            deciding = incident.powers.deciding
            yield from ((Purpose.TOLERANCE_ASKED, unit, event.obligation) for unit in deciding)
        case ToleranceDecided():
            yield Purpose.TOLERANCE_DECIDED, event.unit, event.obligation
        case ModelRated():
            yield Purpose.RATED_MODEL, event.rating.unit, event.rating.publication
        case FileHandedOver():
            yield Purpose.FILE_HANDED_OVER, event.file.organ, event.file.id
        case _:
            return


def _of_leaders(incident: Incident, event: CaseEvent) -> Iterator[Telling]:
    """A unit is told once its principal leader is to ask for himself (R401), from the third edition on.

    Where level or class rise, each that owes it; of those that answer later and of a missed response,
    the unit itself.
    """
    if not incident.law.has(Switch.LEADERS_ASK):
        return
    match event:
        case Judged() | LevelRaised() if _rises(incident, event.at):
            units, subject = instruction_owed(incident), event.level.value
        case ObligationOpened() if event.obligation.kind is ObligationKind.SIGN:
            units, subject = _joining(incident, event.obligation.unit), ""
        case ObligationBreached() if incident.obligation(event.obligation).kind in RESPONSE_KINDS:
            missed = incident.obligation(event.obligation)
            units, subject = (missed.unit or incident.law.offices.office,), missed.id
        case _:
            return
    owed = instruction_owed(incident)
    yield from ((Purpose.INSTRUCTION_OWED, unit, subject) for unit in units if unit in owed)


def _rises(incident: Incident, at: datetime) -> bool:
    """Whether level or class rose at an instant; a judgement that keeps or lowers them asks nobody again."""
    *before, latest = incident.level_path
    is_higher = not before or before[-1].level.rank < latest.level.rank
    return (latest.at == at and is_higher) or risen(incident) == at


def _joining(incident: Incident, unit: str | None) -> tuple[str, ...]:
    """A unit that was given an order as one that answers."""
    return (unit,) if unit is not None and unit in incident.responders else ()


def _of_breaches(incident: Incident, event: ObligationBreached | BreachWithdrawn) -> Iterator[Telling]:
    """The unit and who coordinates (DD-21); that nobody signed for an order the coordinators hear
    as well (R108).

    That an advisory limit passed nobody was told, so nobody is told that it was met after all.
    """
    office, obligation = incident.coordinating_office, incident.obligation(event.obligation)
    if obligation.advisory and incident.law.has(Switch.OVERLAY_PASSES_QUIETLY):
        return
    unsigned = obligation.kind is ObligationKind.SIGN and incident.law.has(Switch.ALARMS)
    purpose = Purpose.BREACH if isinstance(event, ObligationBreached) else Purpose.BREACH_WITHDRAWN
    holder = obligation.unit or incident.receiving_office
    for unit in dict.fromkeys((holder, office, *(incident.coordinators if unsigned else ()))):
        yield purpose, unit, obligation.id


def _level_suggested(incident: Incident, event: MetricsRecorded) -> Iterator[Telling]:
    """The office hears when the counts call for more than the level in force, or for L2 before judgement."""
    decided = incident.level.rank if incident.level is not None else 0
    if event.suggestion.level.rank > decided:
        level = event.suggestion.level
        yield from ((Purpose.LEVEL_SUGGESTED, unit, level) for unit in incident.powers.deciding)
