"""上级来文、舆情提示、上级反馈: superior notices with their own clocks,
forwarded as hints and answered (三(一)#4, 三(二)#4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.meetings import Task
from domain.case.obligations import Obligation, ObligationOpened
from domain.case.state import Incident
from domain.case.superiors import Incoming, SuperiorNotice
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.regulation import UnitKind
from domain.rules import obligation_factory
from domain.rules.exposure import pointed_out
from domain.rules.floors import raised_to_floor
from domain.rules.papers import PaperDrafted, issued
from domain.rules.performance import perform
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered, origin, task_id
from domain.terms.instants import past, whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind, PaperKind

CLAUSE: str = Article.SUPERIOR_NOTICES
_RECEIVING = frozenset({Standing.RECEIVING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSuperiorNotice(Command):
    """Take in a superior's notice: it adds its own feedback clock and key category K5,
    and never moves the first clock.

    Without `feedback_due_at` the feedback is due as RESP48, from receipt.
    """

    kind: Literal["receive_superior_notice"] = "receive_superior_notice"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _RECEIVING
    clause: ClassVar[str] = CLAUSE

    sender: str
    received_at: datetime
    requirement: FreeText
    doc_number: str = ""
    feedback_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueHint(Command):
    """Issue an opinion hint to units, who sign for it (R309, R329).

    It forwards the superior's notice that it names, else every notice still waiting;
    without any it is an early warning.
    """

    kind: Literal["issue_hint"] = "issue_hint"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _RECEIVING
    clause: ClassVar[str] = Article.OPINION_HINT

    to: tuple[str, ...]
    text: FreeText
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveSuperiorFeedback(Command):
    """Answer a superior's notice; neither conclusion nor publication is needed for it."""

    kind: Literal["give_superior_feedback"] = "give_superior_feedback"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _RECEIVING
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    notice: str
    report: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperiorNoticeReceived(Event):
    """A superior wrote; `at` is when the notice was received. 网信办 hears of it at once (R310)."""

    kind: Literal["superior_notice_received"] = "superior_notice_received"
    notice: SuperiorNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class HintIssued(Event):
    """Units were told what to look at, on whose notice where one was named."""

    kind: Literal["hint_issued"] = "hint_issued"
    to: tuple[str, ...]
    text: FreeText
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperiorFeedbackGiven(Event):
    """A superior's notice was answered."""

    kind: Literal["superior_feedback_given"] = "superior_feedback_given"
    notice: str
    report: FreeText


CoordinateCommand = ReceiveSuperiorNotice | IssueHint | GiveSuperiorFeedback
CoordinateEvent = SuperiorNoticeReceived | HintIssued | SuperiorFeedbackGiven


def decide(incident: Incident, command: CoordinateCommand, deed: Deed) -> Iterator[Event]:
    """Dealing with superiors; none of it moves the clock of the response (DD-02)."""
    match command:
        case ReceiveSuperiorNotice():
            return receive(incident, command, deed)
        case IssueHint():
            return _hint(incident, command, deed)
        case GiveSuperiorFeedback():
            return _feedback(incident, command, deed)


def receive(incident: Incident, command: ReceiveSuperiorNotice | Incoming, deed: Deed) -> Iterator[Event]:
    """Take in what a superior wrote, in a case that runs or with the registration
    that it brings about (R308).
    """
    if incident.law.unit(command.sender).type is not UnitKind.SUPERIOR_ORGAN:
        raise Refused(Reason.UNIT_NOT_CONCERNED, command.sender)
    if not command.requirement.strip():
        raise Refused(Reason.MISSING_PART, "requirement")
    received_at = past(command.received_at, deed.at, "received_at")
    feedback_due_at = command.feedback_due_at and whole(command.feedback_due_at)
    if feedback_due_at is not None and feedback_due_at <= received_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "feedback_due_at")
    notice = SuperiorNotice(
        id=numbered(Thing.NOTICE, len(incident.superior_notices) + 1),
        sender=command.sender,
        received_at=received_at,
        requirement=command.requirement,
        doc_number=command.doc_number,
        feedback_due_at=feedback_due_at,
    )
    received = SuperiorNoticeReceived(at=received_at, by=deed.actor, notice=notice)
    yield received
    yield ObligationOpened(at=deed.at, obligation=obligation_factory.forward(incident, notice, at=deed.at))
    yield ObligationOpened(
        at=deed.at, obligation=obligation_factory.superior_feedback(incident, notice, at=deed.at)
    )
    yield from raised_to_floor(evolve(incident, received), deed.at)


def _hint(incident: Incident, command: IssueHint, deed: Deed) -> Iterator[Event]:
    if not command.to:
        raise Refused(Reason.MISSING_PART, "to")
    if not command.text.strip():
        raise Refused(Reason.MISSING_PART, "text")
    if command.notice:
        _check_notice(incident, command.notice)
    units = tuple(incident.law.unit(code).code for code in dict.fromkeys(command.to))
    yield HintIssued(at=deed.at, by=deed.actor, to=units, text=command.text, notice=command.notice)
    cause = numbered(Thing.HINT, incident.hints + 1)
    for offset, unit in enumerate(units):
        hint = issued(incident, PaperKind.OPINION_HINT, unit, cause=cause, deed=deed, offset=offset)
        yield PaperDrafted(at=deed.at, paper=hint)
        yield ObligationOpened(
            at=deed.at, obligation=obligation_factory.sign(incident, unit, cause=cause, at=deed.at)
        )
    yield from pointed_out(incident, deed, cause, (("text", command.text),))
    for obligation in incident.owed(ObligationKind.FORWARD):
        if not command.notice or _concerns(obligation, command.notice):
            yield from perform(incident, obligation, deed)


def _concerns(obligation: Obligation, notice_id: str) -> bool:
    """Whether an obligation came of that notice, also where another unit took it over (DD-21)."""
    return origin(obligation.cause) == notice_id


def _check_notice(incident: Incident, notice_id: str) -> None:
    if all(notice.id != notice_id for notice in incident.superior_notices):
        raise Refused(Reason.UNKNOWN_REFERENCE, notice_id)


def _feedback(incident: Incident, command: GiveSuperiorFeedback, deed: Deed) -> Iterator[Event]:
    if not command.report.strip():
        raise Refused(Reason.MISSING_PART, "report")
    _check_notice(incident, command.notice)
    owed = [
        obligation
        for obligation in incident.owed(ObligationKind.SUP_FB)
        if _concerns(obligation, command.notice)
    ]
    if not owed:
        raise Refused(Reason.ALREADY_DONE, command.notice)
    yield SuperiorFeedbackGiven(at=deed.at, by=deed.actor, notice=command.notice, report=command.report)
    office = incident.receiving_office
    paper = issued(incident, PaperKind.SUPERIOR_FEEDBACK, office, cause=command.notice, deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)
    yield from pointed_out(incident, deed, paper.id, (("report", command.report),))
    for obligation in owed:
        yield from perform(incident, obligation, deed)


def evolve(incident: Incident, event: CoordinateEvent) -> Incident:
    """The case after a step with its superiors."""
    match event:
        case SuperiorNoticeReceived():
            return _with_joint_task(incident, event)
        case HintIssued():
            return changed(incident, hints=incident.hints + 1)
        case SuperiorFeedbackGiven():
            return incident


def _with_joint_task(incident: Incident, event: SuperiorNoticeReceived) -> Incident:
    """The case with the notice, and what 市网信办 has to do of it by its monitoring system (R310)."""
    notice = event.notice
    noticed = changed(incident, superior_notices=(*incident.superior_notices, notice))
    if not incident.law.has(Switch.JOINT_TASK):
        return noticed
    unit = incident.powers.cyberspace
    task = Task(id=task_id(notice.id, 1), unit=unit, text=notice.requirement, asked_at=event.at)
    return changed(noticed, joint_tasks=(*incident.joint_tasks, task))
