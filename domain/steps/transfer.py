"""线索移交: one suspected unlawful act goes to who may look into it,
beside the response and never in its place (三(六)#3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from domain.case.clues import RIGHTS, Clue, ClueNature, ClueSide, ClueSignature
from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.records import Evidence, check_evidence
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.clue_texts import check_one_subject, clue_fields, read_clue
from domain.rules.exposure import pointed_out
from domain.rules.papers import PaperDrafted, issued
from domain.rules.receivers import check_one_act, check_receiver, clue_of
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, LEADERS, STAFF, Deed, Role, Standing
from domain.terms.vocabulary import PaperKind

CLAUSE: str = Article.CLUE_TRANSFER
ANSWERS: Final = ("sign_clue", "decline_clue")  # the two to a clue that waits for its signatures
_PROPOSERS = frozenset(
    {
        Standing.OFFICE,
        Standing.CYBERSPACE_OFFICE,
        Standing.RESPONDER,
        Standing.INVOLVED,
        Standing.CLUE_PROPOSER,
    }
)
_RECEIVERS = frozenset({Standing.CLUE_RECEIVER, Standing.OFFICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeClue(Command):
    """Propose to transfer one concrete act: what it is, on which legal basis, with its proof,
    and to whom (R386).

    `act` is one line that names no posts and no persons: the proof stands in `evidence`. `by_outsider` states
    that the act is not that of a unit of the incident; only then may an accountable unit receive it (DD-21).
    """

    kind: Literal["propose_clue"] = "propose_clue"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _PROPOSERS
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    nature: ClueNature
    act: str
    legal_basis: FreeText
    evidence: tuple[Evidence, ...]
    receiver: str
    by_outsider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignClue(Command):
    """Sign a clue: two leaders of the unit that transfers it,
    or one of them and one of the coordinating office (R386).

    Each of them confirms by signing that it is one act of one subject (`one_act`, DD-35).
    """

    kind: Literal["sign_clue"] = "sign_clue"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _PROPOSERS
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    clue: str
    one_act: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineClue(Command):
    """Decide against a proposed clue, with the reason; it stays on file."""

    kind: Literal["decline_clue"] = "decline_clue"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _PROPOSERS
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    clue: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeClue(Command):
    """Confirm that a clue came in; the office enters the receipt of an organ that does not work here."""

    kind: Literal["acknowledge_clue"] = "acknowledge_clue"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = _RECEIVERS
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    clue: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClueResult(Command):
    """Report what came of a clue, until the case is archived."""

    kind: Literal["report_clue_result"] = "report_clue_result"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = _RECEIVERS
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    clue: str
    result: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueProposed(Event):
    """A clue waits for its two signatures."""

    kind: Literal["clue_proposed"] = "clue_proposed"
    clue: Clue


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueSigned(Event):
    """A leader signed a clue."""

    kind: Literal["clue_signed"] = "clue_signed"
    clue: str
    signature: ClueSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueTransferred(Event):
    """The second signature sent the clue to its receiver."""

    kind: Literal["clue_transferred"] = "clue_transferred"
    clue: str
    receiver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueDeclined(Event):
    """A leader decided against a clue."""

    kind: Literal["clue_declined"] = "clue_declined"
    clue: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueAcknowledged(Event):
    """The receiver confirmed the clue."""

    kind: Literal["clue_acknowledged"] = "clue_acknowledged"
    clue: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueResultReported(Event):
    """The receiver said what came of the clue."""

    kind: Literal["clue_result_reported"] = "clue_result_reported"
    clue: str
    result: FreeText


TransferCommand = ProposeClue | SignClue | DeclineClue | AcknowledgeClue | ReportClueResult
_Later = ClueSigned | ClueTransferred | ClueDeclined | ClueAcknowledged | ClueResultReported
TransferEvent = ClueProposed | _Later


def decide(incident: Incident, command: TransferCommand, deed: Deed) -> Iterator[Event]:
    """Transferring a clue: it opens, stops and moves no clock, and answers nobody (R386, DD-06)."""
    match command:
        case ProposeClue():
            return _propose(incident, command, deed)
        case SignClue():
            return _sign(incident, command, deed)
        case DeclineClue():
            return _decline(incident, command, deed)
        case AcknowledgeClue():
            return _acknowledge(incident, command, deed)
        case ReportClueResult():
            return _result(incident, command, deed)


def _propose(incident: Incident, command: ProposeClue, deed: Deed) -> Iterator[Event]:
    if command.nature in RIGHTS:
        raise Refused(Reason.CRITICISM_IS_NO_CLUE, command.nature)
    _check_given(act=command.act, legal_basis=command.legal_basis)
    check_one_act(command.act, incident.law.edition)
    _check_subject(incident, command, deed)
    check_evidence(command.evidence, incident.law.edition)
    clue = Clue(
        id=numbered(Thing.CLUE, len(incident.clues) + 1),
        nature=command.nature,
        act=command.act.strip(),
        legal_basis=command.legal_basis,
        evidence=command.evidence,
        receiver=command.receiver,
        by_outsider=command.by_outsider,
        unit=deed.actor.unit,
        proposed_at=deed.at,
    )
    check_receiver(incident, clue)
    for other in incident.clues:
        if other.declined_at is None and (other.act, other.receiver) == (clue.act, clue.receiver):
            raise Refused(Reason.ALREADY_DONE, other.id)
    yield ClueProposed(at=deed.at, by=deed.actor, clue=clue)
    yield from pointed_out(incident, deed, clue.id, clue_fields(clue))


def _check_subject(incident: Incident, command: ProposeClue, deed: Deed) -> None:
    if incident.law.has(Switch.ONE_SUBJECT):
        check_one_subject(command, deed.reading or read_clue(command, incident.law.edition))


def _check_given(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise Refused(Reason.MISSING_PART, name)


def _sign(incident: Incident, command: SignClue, deed: Deed) -> Iterator[Event]:
    """The two signatures come in either order; the second transfers the clue and issues its letter."""
    clue = _pending(incident, command.clue)
    if any(signature.by.person == deed.actor.person for signature in clue.signatures):
        raise Refused(Reason.CLUE_SIGNER_REPEATED, clue.id)
    if incident.law.has(Switch.ONE_SUBJECT) and not command.one_act:
        raise Refused(Reason.CLUE_NOT_ONE_ACT, "one_act")
    check_receiver(incident, clue)
    signature = ClueSignature(at=deed.at, by=deed.actor, side=_side(incident, clue, deed.actor.unit))
    yield ClueSigned(at=deed.at, by=deed.actor, clue=clue.id, signature=signature)
    if not clue.signatures:
        return
    yield ClueTransferred(at=deed.at, clue=clue.id, receiver=clue.receiver)
    letter = issued(incident, PaperKind.CLUE_TRANSFER, clue.receiver, cause=clue.id, deed=deed)
    yield PaperDrafted(at=deed.at, paper=letter)


def _side(incident: Incident, clue: Clue, unit: str) -> ClueSide:
    """For whom a leader signs: the unit that transfers may sign by two of its own,
    the coordinating office by one.
    """
    coordinates = unit in incident.powers.deciding
    taken = {signature.side for signature in clue.signatures}
    if unit == clue.unit:
        return ClueSide.COORDINATING if coordinates and taken else ClueSide.PROPOSING
    if not coordinates:
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)
    if ClueSide.COORDINATING in taken:
        raise Refused(Reason.ALREADY_SIGNED, unit)
    return ClueSide.COORDINATING


def signs_for(incident: Incident, clue: Clue, unit: str) -> bool:
    """Whether a leader of a unit may give one of the two signatures that a clue still lacks."""
    if unit == clue.unit:
        return True
    taken = {signature.side for signature in clue.signatures}
    return unit in incident.powers.deciding and ClueSide.COORDINATING not in taken


def _decline(incident: Incident, command: DeclineClue, deed: Deed) -> Iterator[Event]:
    clue = _pending(incident, command.clue)
    if deed.actor.unit not in {clue.unit, *incident.powers.deciding}:
        raise Refused(Reason.UNIT_NOT_CONCERNED, deed.actor.unit)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    yield ClueDeclined(at=deed.at, by=deed.actor, clue=clue.id, reason=command.reason)


def _acknowledge(incident: Incident, command: AcknowledgeClue, deed: Deed) -> Iterator[Event]:
    clue = _received(incident, command.clue, deed)
    if clue.acknowledged_at is not None:
        raise Refused(Reason.ALREADY_DONE, clue.id)
    _check_given(receipt=command.receipt)
    yield ClueAcknowledged(at=deed.at, by=deed.actor, clue=clue.id, receipt=command.receipt)


def _result(incident: Incident, command: ReportClueResult, deed: Deed) -> Iterator[Event]:
    clue = _received(incident, command.clue, deed)
    _check_given(result=command.result)
    yield ClueResultReported(at=deed.at, by=deed.actor, clue=clue.id, result=command.result)


def _pending(incident: Incident, clue_id: str) -> Clue:
    clue = clue_of(incident, clue_id)
    if not clue.is_pending:
        raise Refused(Reason.ALREADY_DONE, clue_id)
    return clue


def _received(incident: Incident, clue_id: str, deed: Deed) -> Clue:
    """A transferred clue, for its receiver and the coordinating office alone."""
    clue = clue_of(incident, clue_id)
    if clue.transferred_at is None:
        raise Refused(Reason.UNKNOWN_REFERENCE, clue_id)
    if deed.actor.unit not in {clue.receiver, *incident.powers.deciding}:
        raise Refused(Reason.UNIT_NOT_CONCERNED, deed.actor.unit)
    return clue


def evolve(incident: Incident, event: TransferEvent) -> Incident:
    """The case after a step of a clue."""
    if isinstance(event, ClueProposed):
        return changed(incident, clues=(*incident.clues, event.clue))
    clues = replaced(incident.clues, lambda clue: clue.id == event.clue, lambda clue: _after(clue, event))
    return changed(incident, clues=clues)


def _after(clue: Clue, event: _Later) -> Clue:
    match event:
        case ClueSigned():
            return changed(clue, signatures=(*clue.signatures, event.signature))
        case ClueTransferred():
            return changed(clue, transferred_at=event.at)
        case ClueDeclined():
            return changed(clue, declined_at=event.at)
        case ClueAcknowledged():
            return changed(clue, acknowledged_at=event.at, receipt=event.receipt)
        case ClueResultReported():
            return changed(clue, result=event.result)
