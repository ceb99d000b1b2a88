"""签收、退回: units sign for what was sent to them, or send it back with the reason (二#1, R201)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.performance import perform
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, names
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, STAFF, Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind

CLAUSE: str = Article.DUTY_OF_UNITS
RETURNED = "returned_back"  # by what a signing is known that was met by a return
_ADDRESSEE = frozenset({Standing.ADDRESSEE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignFor(Command):
    """Sign for what was sent to one's unit (R201)."""

    kind: Literal["sign_for"] = "sign_for"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = _ADDRESSEE
    clause: ClassVar[str] = CLAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnBack(Command):
    """Return the order, or a hint, to the office with a reason;
    the clock runs on and the unit stays responsible until re-assigned.

    The first return of a unit, within the limit, meets the signing of what it was sent (DD-37): of the `hint`
    that it names alone, else of all that it has yet to sign for, since an order returned says that the matter
    is not the unit's.
    """

    kind: Literal["return_back"] = "return_back"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RESPONDER, Standing.ASKED_TO_SIGN})
    clause: ClassVar[str] = CLAUSE

    reason: FreeText
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFor(Event):
    """A unit signed for its order."""

    kind: Literal["signed_for"] = "signed_for"
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedBack(Event):
    """A unit returned its order, or the hint that is named."""

    kind: Literal["returned_back"] = "returned_back"
    unit: str
    reason: FreeText
    hint: str = ""


SignCommand = SignFor | ReturnBack
SignEvent = SignedFor | ReturnedBack


def decide(incident: Incident, command: SignCommand, deed: Deed) -> Iterator[Event]:
    """Taking a matter on, or sending it back."""
    match command:
        case SignFor():
            return _sign(incident, deed)
        case ReturnBack():
            return _return(incident, command, deed)


def _sign(incident: Incident, deed: Deed) -> Iterator[Event]:
    obligation = next(iter(incident.owed(ObligationKind.SIGN, unit=deed.actor.unit)), None)
    if obligation is None:
        raise Refused(Reason.ALREADY_SIGNED, deed.actor.unit)
    yield SignedFor(at=deed.at, by=deed.actor, unit=deed.actor.unit)
    for owed in incident.owed(ObligationKind.SIGN, unit=deed.actor.unit):
        yield from perform(incident, owed, deed)


def _return(incident: Incident, command: ReturnBack, deed: Deed) -> Iterator[Event]:
    """Sending an order back is an answer to it, within the limit and the first time,
    accepted or not (DD-37).
    """
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    unit = deed.actor.unit
    signings = [
        obligation
        for obligation in incident.owed(ObligationKind.SIGN, unit=unit)
        if command.hint in {"", obligation.cause}
    ]
    if command.hint and not (signings and names(command.hint, Thing.HINT)):
        raise Refused(Reason.UNKNOWN_REFERENCE, command.hint)
    yield ReturnedBack(at=deed.at, by=deed.actor, unit=unit, reason=command.reason, hint=command.hint)
    if not incident.law.has(Switch.RETURNED_IN_TIME) or unit in incident.returns:
        return
    for owed in signings:
        if deed.at <= owed.due_at:
            yield from perform(incident, owed, deed, evidence=RETURNED)


def evolve(incident: Incident, event: SignEvent) -> Incident:
    """What was signed for stands with its obligation;
    from the third edition on it is known who has returned an order.
    """
    first = isinstance(event, ReturnedBack) and event.unit not in incident.returns
    if not first or not incident.law.has(Switch.RETURNED_IN_TIME):
        return incident
    return changed(incident, returns=(*incident.returns, event.unit))
