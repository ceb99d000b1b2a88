"""核实: asking the three peers in parallel, their answers or silence,
and the conclusion on the facts (三(一)#2, 三(三)#3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.as_of import noted
from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import ObligationOpened
from domain.case.records import Conclusion, Evidence, Verification, check_evidence
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules import obligation_factory
from domain.rules.content import check_unlocked
from domain.rules.papers import PaperDrafted, issued
from domain.rules.performance import perform
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, STAFF, Deed, Role, Standing
from domain.terms.vocabulary import FactConclusion, ObligationKind, PaperKind, VerificationAnswer

CLAUSE: str = Article.MONITORING


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVerification(Command):
    """Ask all peers at once, and any others named; their clocks run from now (R304)."""

    kind: Literal["request_verification"] = "request_verification"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.REGISTRANT, Standing.RESPONDER}
    )
    clause: ClassVar[str] = CLAUSE

    questions: FreeText
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVerification(Command):
    """Answer for one's own unit (R304)."""

    kind: Literal["answer_verification"] = "answer_verification"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.PEER})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    answer: VerificationAnswer
    result: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude(Command):
    """State the conclusion on the facts, with what it rests on (R343);
    that they cannot be verified is one too (DD-26).

    `approver` says who approved it; its lack is shown and blocks nothing.
    """

    kind: Literal["conclude"] = "conclude"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.RESPONDER})
    clause: ClassVar[str] = Article.FACTS_AND_RESULTS

    value: FactConclusion
    finding: FreeText
    evidence: tuple[Evidence, ...]
    approver: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequested(Event):
    """One peer was asked."""

    kind: Literal["verification_requested"] = "verification_requested"
    peer: str
    cause: str
    questions: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationAnswered(Event):
    """A peer answered."""

    kind: Literal["verification_answered"] = "verification_answered"
    peer: str
    answer: VerificationAnswer
    result: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded(Event):
    """The facts were concluded."""

    kind: Literal["concluded"] = "concluded"
    conclusion: Conclusion


VerifyCommand = RequestVerification | AnswerVerification | Conclude
VerifyEvent = VerificationRequested | VerificationAnswered | Concluded


def decide(incident: Incident, command: VerifyCommand, deed: Deed) -> Iterator[Event]:
    """Verification never waits and never blocks: silence is recorded by the clock (DD-25)."""
    match command:
        case RequestVerification():
            return _request(incident, command, deed)
        case AnswerVerification():
            return _answer(incident, command, deed)
        case Conclude():
            return _conclude(incident, command, deed)


def _request(incident: Incident, command: RequestVerification, deed: Deed) -> Iterator[Event]:
    if not command.questions.strip():
        raise Refused(Reason.MISSING_PART, "questions")
    others = tuple(incident.law.unit(code).code for code in command.others)
    waiting = {request.peer for request in incident.verifications if request.answer is None}
    peers = [
        peer
        for peer in dict.fromkeys((*incident.law.offices.verification_peers, *_outsider(incident), *others))
        if peer not in waiting
    ]
    if not peers:
        raise Refused(Reason.ALREADY_DONE, "request_verification")
    cause = numbered(Thing.REQUEST, len({request.cause for request in incident.verifications}) + 1)
    for offset, peer in enumerate(peers):
        yield VerificationRequested(
            at=deed.at, by=deed.actor, peer=peer, cause=cause, questions=command.questions
        )
        yield ObligationOpened(
            at=deed.at, obligation=obligation_factory.verification(incident, peer, cause=cause, at=deed.at)
        )
        slip = issued(incident, PaperKind.VERIFICATION_SLIP, peer, cause=cause, deed=deed, offset=offset)
        yield PaperDrafted(at=deed.at, paper=slip)


def _answer(incident: Incident, command: AnswerVerification, deed: Deed) -> Iterator[Event]:
    peer = deed.actor.unit
    if not any(request.peer == peer and request.answer is None for request in incident.verifications):
        raise Refused(Reason.ALREADY_ANSWERED, peer)
    yield VerificationAnswered(
        at=deed.at, by=deed.actor, peer=peer, answer=command.answer, result=command.result
    )
    for obligation in incident.owed(ObligationKind.VERIFY, unit=peer):
        yield from perform(incident, obligation, deed)


def _outsider(incident: Incident) -> tuple[str, ...]:
    """Who is asked beside the three when one of them is itself the subject,
    so that it is no sole verifier (DD-21).
    """
    offices = incident.law.offices
    if not incident.law.has(Switch.OUTSIDE_VERIFIER) or not incident.subjects & set(
        offices.verification_peers
    ):
        return ()
    barred = incident.subjects | {"", *offices.verification_peers}
    others = (offices.publicity_department, offices.discipline, offices.deputy_mayor)
    return next(((unit,) for unit in others if unit not in barred), ())


def _check_not_own_word(incident: Incident, unit: str) -> None:
    """Refuses the conclusion of one of the three on its own doing while nobody else has answered (DD-21).

    Up to the second edition that of any subject that alone had answered, too;
    since then it is marked (`own_word`).
    """
    if not incident.law.has(Switch.OUTSIDE_VERIFIER) or unit not in incident.subjects:
        return
    answered = _answered(incident)
    bodies = set(incident.law.offices.verification_peers)
    verifies = unit in (bodies if incident.law.has(Switch.OWN_WORD) else bodies | answered)
    if verifies and answered <= {unit}:
        raise Refused(Reason.CONFLICT_OF_INTEREST, unit)


def _answered(incident: Incident) -> frozenset[str]:
    return frozenset(request.peer for request in incident.verifications if request.answer is not None)


def _is_own_word(incident: Incident, unit: str) -> bool:
    """Whether an accountable unit concludes, or nobody but accountable units has answered (DD-21)."""
    answered = _answered(incident)
    alone = unit in incident.subjects or (bool(answered) and answered <= incident.subjects)
    return alone and incident.law.has(Switch.OWN_WORD)


def _conclude(incident: Incident, command: Conclude, deed: Deed) -> Iterator[Event]:
    if not command.finding.strip():
        raise Refused(Reason.MISSING_PART, "finding")
    check_evidence(command.evidence, incident.law.edition)
    check_unlocked(incident, command.value)
    _check_not_own_word(incident, deed.actor.unit)
    conclusion = Conclusion(
        at=deed.at,
        value=command.value,
        finding=command.finding,
        evidence=command.evidence,
        own_word=_is_own_word(incident, deed.actor.unit),
        approver=command.approver,
    )
    yield Concluded(at=deed.at, by=deed.actor, conclusion=conclusion)


def evolve(incident: Incident, event: VerifyEvent) -> Incident:
    """The case after a step of verification."""
    match event:
        case VerificationRequested():
            verification = Verification(peer=event.peer, cause=event.cause, asked_at=event.at)
            return changed(incident, verifications=(*incident.verifications, verification))
        case VerificationAnswered():
            answered = replaced(
                incident.verifications,
                lambda request: request.peer == event.peer and request.answer is None,
                lambda request: changed(
                    request, answered_at=event.at, answer=event.answer, result=event.result
                ),
            )
            return changed(incident, verifications=answered)
        case Concluded():
            return noted(changed(incident, conclusion=event.conclusion), event.at)
