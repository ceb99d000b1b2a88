"""Whom a decision must be told to: units, never persons, each by event, purpose and unit (R307, R108)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.assign import CoordinatorAdded
from domain.catalogue import CaseEvent, Decision, SubmissionRefused, SubmissionUnreadable
from domain.close import Closed
from domain.consistency import ConflictFound
from domain.correcting import ErrorRecorded
from domain.exposure import PersonalDataFound
from domain.judge import Judged
from domain.obligations import (
    BreachWithdrawn,
    LateEvidenceReviewed,
    ObligationBreached,
    ObligationOpened,
    ObligationReopened,
    ReminderSent,
)
from domain.papers import PaperDrafted, PaperIssued
from domain.reconcile import TalkingPointsApproved
from domain.records import PaperStatus
from domain.register import MetricsRecorded, Registered
from domain.respond import Reviewed
from domain.sign import ReturnedBack
from domain.state import Incident
from domain.vocabulary import ObligationKind
from domain.withdraw import PublicationWithdrawn

_ASKED = frozenset(
    {
        ObligationKind.SIGN,
        ObligationKind.VERIFY,
        ObligationKind.FORWARD,
        ObligationKind.RECTIFY,
        ObligationKind.REPLACE,
        ObligationKind.CORRECT,
    }
)


class Purpose(StrEnum):
    """Why a unit is told."""

    REGISTERED = "registered"
    TO_DO = "to_do"
    REMINDER = "reminder"
    BREACH = "breach"
    BREACH_WITHDRAWN = "breach_withdrawn"
    TO_SIGN = "to_sign"
    PAPER_ISSUED = "paper_issued"
    WARNING = "warning"
    LEVEL_SUGGESTED = "level_suggested"
    COORDINATE = "coordinate"
    RETURNED = "returned"
    DRAFT_RETURNED = "draft_returned"
    CONFLICT = "conflict"
    TALKING_POINTS = "talking_points"
    PERSONAL_DATA = "personal_data"
    SUBMISSION_REFUSED = "submission_refused"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ERROR_KNOWN = "error_known"
    REOPENED = "reopened"
    EVIDENCE_REVIEWED = "evidence_reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one unit; with the incident it is its own idempotency key. `subject` is an id, never content."""

    event_number: int
    purpose: Purpose
    unit: str
    subject: str = ""


def notices(incident: Incident, decided: Decision) -> tuple[Notice, ...]:
    """All that a decision must tell, `incident` being the case after it; each unit once per event and purpose."""
    found: dict[tuple[int, Purpose, str], Notice] = {}
    for number, event in enumerate(decided.events, start=decided.first_number):
        for purpose, unit, subject in _of(incident, event):
            notice = Notice(event_number=number, purpose=purpose, unit=unit, subject=subject)
            found.setdefault((number, purpose, unit), notice)
    return tuple(found.values())


def _of(incident: Incident, event: CaseEvent) -> Iterator[tuple[Purpose, str, str]]:
    yield from _of_steps(incident, event)
    yield from _of_texts(incident, event)
    yield from _of_hand_overs(incident, event)
    yield from _of_publications(incident, event)
    yield from _of_duties(incident, event)


def _of_steps(incident: Incident, event: CaseEvent) -> Iterator[tuple[Purpose, str, str]]:
    office = incident.law.offices.office
    match event:
        case Registered():
            yield Purpose.REGISTERED, office, ""
            yield Purpose.REGISTERED, incident.law.offices.cyberspace_office, ""
        case ReturnedBack():
            yield Purpose.RETURNED, office, event.unit
        case CoordinatorAdded():
            yield Purpose.COORDINATE, event.unit, ""
        case MetricsRecorded():
            yield from _level_suggested(incident, event)
        case Judged() | Closed():
            purpose = Purpose.WARNING if isinstance(event, Judged) else Purpose.CLOSED
            for unit in dict.fromkeys((office, *incident.coordinators, *incident.responders)):
                yield purpose, unit, ""
        case _:
            return


def _of_texts(incident: Incident, event: CaseEvent) -> Iterator[tuple[Purpose, str, str]]:
    """What holds a draft back is told to its unit; a conflict also to the other one and to those who may resolve it."""
    offices = incident.law.offices
    match event:
        case ConflictFound():
            units = (incident.draft(event.draft).unit, _speaker(incident, event.other))
            for unit in dict.fromkeys((*units, offices.office, offices.publicity_department, incident.lead)):
                if unit is not None:
                    yield Purpose.CONFLICT, unit, event.id
        case TalkingPointsApproved():
            for unit in dict.fromkeys((offices.office, *incident.responders)):
                yield Purpose.TALKING_POINTS, unit, event.points.id
        case PersonalDataFound():
            yield Purpose.PERSONAL_DATA, incident.draft(event.draft).unit, event.draft
        case _:
            return


def _speaker(incident: Incident, source: str) -> str:
    """The unit whose draft or publication it is."""
    drafts = {draft.id: draft.unit for draft in incident.drafts}
    return drafts.get(source) or incident.publication(source).unit


def _of_hand_overs(incident: Incident, event: CaseEvent) -> Iterator[tuple[Purpose, str, str]]:
    """What came to nothing goes back to whoever sent it."""
    match event:
        case SubmissionRefused() if event.by is not None:
            yield Purpose.SUBMISSION_REFUSED, event.by.unit, event.command_id
        case SubmissionUnreadable():
            yield Purpose.SUBMISSION_REFUSED, incident.law.offices.office, ""
        case Reviewed() if not event.review.approved:
            yield Purpose.DRAFT_RETURNED, event.review.by.unit, event.draft
        case _:
            return


def _of_publications(incident: Incident, event: CaseEvent) -> Iterator[tuple[Purpose, str, str]]:
    """What happened to a publication after it went out, and to what rested on it, is for its units and the office."""
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
    for unit in dict.fromkeys((*issuers, incident.law.offices.office)):
        yield purpose, unit, subject


def _issuers(incident: Incident, publication: str) -> tuple[str, ...]:
    return incident.publication(publication).issuers


def _of_duties(incident: Incident, event: CaseEvent) -> Iterator[tuple[Purpose, str, str]]:
    office = incident.law.offices.office
    match event:
        case ObligationOpened() if event.obligation.kind in _ASKED:
            yield Purpose.TO_DO, event.obligation.unit or office, event.obligation.id
        case ReminderSent():
            yield Purpose.REMINDER, incident.obligation(event.obligation).unit or office, event.obligation
        case ObligationBreached() | BreachWithdrawn():
            purpose = Purpose.BREACH if isinstance(event, ObligationBreached) else Purpose.BREACH_WITHDRAWN
            for unit in dict.fromkeys((incident.obligation(event.obligation).unit or office, office)):
                yield purpose, unit, event.obligation
        case PaperDrafted() if event.paper.status is PaperStatus.DRAFTED:
            yield Purpose.TO_SIGN, office, event.paper.id
        case PaperIssued():
            yield Purpose.PAPER_ISSUED, incident.paper(event.paper).unit, event.paper
        case _:
            return


def _level_suggested(incident: Incident, event: MetricsRecorded) -> Iterator[tuple[Purpose, str, str]]:
    """The office hears when the counts call for more than the level in force, or for L2 before judgement."""
    decided = incident.level.rank if incident.level is not None else 0
    if event.suggestion.level.rank > decided:
        yield Purpose.LEVEL_SUGGESTED, incident.law.offices.office, event.suggestion.level
