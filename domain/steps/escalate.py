"""督办、通报批评、约谈: drafted by the clock, effective only when a person signs;
rectification in working days (四3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import RESPONSE_KINDS, Obligation, ObligationOpened, Status
from domain.case.records import Paper, PaperStatus
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.regulation import Rung
from domain.rules import obligation_factory
from domain.rules.papers import PaperDeclined, PaperDrafted, PaperIssued, drafted, issued
from domain.rules.performance import perform
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, names
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import DECIDING, HANDLERS, LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import DutyMatter, ObligationKind, PaperKind

CLAUSE: str = Article.APPRAISAL
ANSWERS: Final = ("sign_issue", "decline_paper")  # the two to a paper that waits for its signature
_OFFICE = frozenset({Standing.OFFICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIssue(Command):
    """Sign a paper that the clock drafted; only then does it take effect (R443)."""

    kind: Literal["sign_issue"] = "sign_issue"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE
    duty_matter = DutyMatter.ORDER

    paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinePaper(Command):
    """Decide against a drafted paper, with the reason; the draft stays on file."""

    kind: Literal["decline_paper"] = "decline_paper"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    paper: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRectification(Command):
    """Hand in the rectification report that a supervision order demanded."""

    kind: Literal["submit_rectification"] = "submit_rectification"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.ADDRESSEE})
    clause: ClassVar[str] = CLAUSE

    report: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTalk(Command):
    """Record the admonitory talk that was notified, with its minutes (R445)."""

    kind: Literal["hold_talk"] = "hold_talk"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    paper: str
    minutes: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectified(Event):
    """A unit handed in its rectification."""

    kind: Literal["rectified"] = "rectified"
    unit: str
    report: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkHeld(Event):
    """The talk took place."""

    kind: Literal["talk_held"] = "talk_held"
    paper: str
    minutes: FreeText


EscalateCommand = SignIssue | DeclinePaper | SubmitRectification | HoldTalk
EscalateEvent = Rectified | TalkHeld


def decide(incident: Incident, command: EscalateCommand, deed: Deed) -> Iterator[Event]:
    """What people make of the ladder."""
    match command:
        case SignIssue():
            return _sign(incident, command, deed)
        case DeclinePaper():
            return _decline(incident, command, deed)
        case SubmitRectification():
            return _rectify(incident, command, deed)
        case HoldTalk():
            return _talk(incident, command, deed)


def _waiting(incident: Incident, paper_id: str) -> Paper:
    paper = incident.paper(paper_id)
    if paper.status is not PaperStatus.DRAFTED:
        raise Refused(Reason.ALREADY_DONE, paper_id)
    return paper


def _sign(incident: Incident, command: SignIssue, deed: Deed) -> Iterator[Event]:
    paper = _waiting(incident, command.paper)
    if paper.kind is PaperKind.SUPERVISION_ORDER and incident.closed_at is not None:
        raise Refused(
            Reason.WRONG_STAGE, incident.stage
        )  # it would order a rectification that nobody can hand in
    if paper.kind is not PaperKind.SUPERVISION_ORDER and deed.actor.role not in DECIDING:
        raise Refused(
            Reason.ROLE_NOT_ALLOWED, deed.actor.role
        )  # by the rota orders are signed, and no sanction
    yield PaperIssued(at=deed.at, by=deed.actor, paper=paper.id)
    if paper.kind is PaperKind.SUPERVISION_ORDER:
        obligation = obligation_factory.rectification(incident, paper.unit, cause=paper.id, signed_at=deed.at)
        yield ObligationOpened(at=deed.at, obligation=obligation)


def _decline(incident: Incident, command: DeclinePaper, deed: Deed) -> Iterator[Event]:
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    paper = _waiting(incident, command.paper)
    yield PaperDeclined(at=deed.at, by=deed.actor, paper=paper.id, reason=command.reason)


def _rectify(incident: Incident, command: SubmitRectification, deed: Deed) -> Iterator[Event]:
    owed = incident.owed(ObligationKind.RECTIFY, unit=deed.actor.unit)
    if not owed:
        raise Refused(Reason.ALREADY_DONE, deed.actor.unit)
    if not command.report.strip():
        raise Refused(Reason.MISSING_PART, "report")
    yield Rectified(at=deed.at, by=deed.actor, unit=deed.actor.unit, report=command.report)
    for obligation in owed:
        yield from perform(incident, obligation, deed)


def _talk(incident: Incident, command: HoldTalk, deed: Deed) -> Iterator[Event]:
    paper = incident.paper(command.paper)
    if paper.kind is not PaperKind.ADMONITORY_TALK or paper.status is not PaperStatus.ISSUED:
        raise Refused(Reason.UNKNOWN_REFERENCE, command.paper)
    if any(other.cause == paper.id for other in incident.papers):
        raise Refused(Reason.ALREADY_DONE, command.paper)
    if not command.minutes.strip():
        raise Refused(Reason.MISSING_PART, "minutes")
    yield TalkHeld(at=deed.at, by=deed.actor, paper=paper.id, minutes=command.minutes)
    minutes = issued(incident, PaperKind.TALK_MINUTES, paper.unit, cause=paper.id, deed=deed)
    yield PaperDrafted(at=deed.at, paper=minutes)


def rung_drafted(
    incident: Incident, obligation: Obligation, rung: Rung, stamped_at: datetime
) -> PaperDrafted:
    """The paper of a rung, stamped with the instant that called for it; to 市政府办公室 before assignment."""
    addressee = obligation.unit or incident.receiving_office
    paper = drafted(incident, rung.paper, addressee, cause=obligation.id, at=stamped_at)
    return PaperDrafted(at=stamped_at, paper=paper)


def talk_proposed(incident: Incident, rectification: Obligation) -> PaperDrafted | None:
    """The proposal of an admonitory talk: inaction AND failed rectification, both conditions (R445)."""
    if rectification.kind is not ObligationKind.RECTIFY or rectification.unit is None:
        return None
    order = incident.paper(rectification.cause)
    if not any(obligation.status is Status.BREACHED for obligation in _inaction(incident, order)):
        return None
    kind = incident.law.escalation.after_failed_rectification
    paper = drafted(incident, kind, rectification.unit, cause=rectification.id, at=rectification.due_at)
    return PaperDrafted(at=rectification.due_at, paper=paper)


def _inaction(incident: Incident, order: Paper) -> Iterator[Obligation]:
    """The obligations whose breach is the inaction behind an order:
    its cause, or any response where a leader gave it.
    """
    for obligation in incident.obligations:
        if obligation.id == order.cause or (
            names(order.cause, Thing.SUPERVISION)
            and obligation.kind in RESPONSE_KINDS
            and obligation.unit == order.unit
        ):
            yield obligation


def evolve(incident: Incident, event: EscalateEvent) -> Incident:
    """The ladder's acts change papers and obligations, whose own events say so."""
    match event:
        case Rectified() | TalkHeld():
            return incident
