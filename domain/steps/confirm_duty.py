"""次晨补审: a leader confirms what the duty officer decided, or takes an order back (DD-43)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import ObligationVoided
from domain.case.records import PaperStatus
from domain.case.state import Incident
from domain.law.articles import Article
from domain.rules.by_rota import DutyStepsChanged, without
from domain.rules.papers import PaperVoided
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind

CLAUSE: str = Article.STATUTORY_LIMIT
REVOKED = "revoked_on_review"  # why an order and what it asked for fell away
_OFFICE = frozenset({Standing.OFFICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDutySteps(Command):
    """Confirm what was decided on duty: the `steps` named, or all that wait.

    Whoever differs judges, assigns or designates anew.
    """

    kind: Literal["confirm_duty_steps"] = "confirm_duty_steps"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    steps: tuple[str, ...] = ()
    comment: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeDutyOrder(Command):
    """Take back an order that was signed on duty and is not confirmed, with the reason;
    it is voided, never deleted.
    """

    kind: Literal["revoke_duty_order"] = "revoke_duty_order"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    paper: str
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStepsConfirmed(Event):
    """A leader confirmed what had been decided on duty; `late` names those whose nine o'clock had gone by."""

    kind: Literal["duty_steps_confirmed"] = "duty_steps_confirmed"
    steps: tuple[str, ...]
    late: tuple[str, ...] = ()
    comment: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyOrderRevoked(Event):
    """A leader took back an order that had been signed on duty."""

    kind: Literal["duty_order_revoked"] = "duty_order_revoked"
    paper: str
    reason: FreeText


ConfirmDutyCommand = ConfirmDutySteps | RevokeDutyOrder
ConfirmDutyEvent = DutyStepsConfirmed | DutyOrderRevoked


def decide(incident: Incident, command: ConfirmDutyCommand, deed: Deed) -> Iterator[Event]:
    """The word of a leader, who is another person than the one on duty; it moves no clock."""
    match command:
        case ConfirmDutySteps():
            return _confirm(incident, command, deed)
        case RevokeDutyOrder():
            return _revoke(incident, command, deed)


def _confirm(incident: Incident, command: ConfirmDutySteps, deed: Deed) -> Iterator[Event]:
    if not incident.duty_steps:
        raise Refused(Reason.ALREADY_DONE, "confirm_duty_steps")
    waiting = {taken.name: taken for taken in incident.duty_steps}
    names = tuple(dict.fromkeys(command.steps)) or tuple(waiting)
    for name in names:
        if name not in waiting:
            raise Refused(Reason.UNKNOWN_REFERENCE, name)
        if waiting[name].person == deed.actor.person:
            raise Refused(Reason.DUTY_SELF_CONFIRMED, deed.actor.person)
    late = tuple(name for name in names if deed.at > waiting[name].confirm_by)
    yield DutyStepsConfirmed(at=deed.at, by=deed.actor, steps=names, late=late, comment=command.comment)


def _revoke(incident: Incident, command: RevokeDutyOrder, deed: Deed) -> Iterator[Event]:
    """The order and the rectification that it asked for fall away;
    what was handed in or missed by then stands.
    """
    signed = {taken.paper for taken in incident.duty_steps if taken.paper}
    if command.paper not in signed or incident.paper(command.paper).status is not PaperStatus.ISSUED:
        raise Refused(Reason.UNKNOWN_REFERENCE, command.paper)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    yield DutyOrderRevoked(at=deed.at, by=deed.actor, paper=command.paper, reason=command.reason)
    yield PaperVoided(at=deed.at, paper=command.paper, cause=REVOKED)
    for obligation in incident.owed(ObligationKind.RECTIFY):
        if obligation.cause == command.paper:
            yield ObligationVoided(at=deed.at, obligation=obligation.id, cause=REVOKED)
    yield DutyStepsChanged(at=deed.at, by=deed.actor, steps=(command.paper,))


def evolve(incident: Incident, event: ConfirmDutyEvent) -> Incident:
    """The case without what was confirmed; of an order taken back its own events say what becomes of it."""
    match event:
        case DutyStepsConfirmed():
            return without(incident, event.steps)
        case DutyOrderRevoked():
            return incident
