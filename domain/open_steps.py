"""What is open to somebody now, and what each step may name: one answer for API, pages and terminal.

A step is open where role, standing and stage allow it and what it asks for is there: a text to review,
a paper to sign, a limit to answer. What its own content must be, only the step itself can say.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, Final

from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.law.editions import Switch
from domain.nameable import nameable
from domain.rules.permissions import may
from domain.steps.accountability import files_to_hand_over
from domain.steps.close import approves_close
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind

_MAY_BE_EMPTY: Final = frozenset({("approve_talking_points", "conflicts")})


def why_closed(kind: str, incident: Incident, actor: Actor, *, on_duty: bool = False) -> Refused | None:
    """Why a step is not open to somebody now, by the rota `on_duty` or not; None where it is.

    `kind` is a command's.
    """
    command: Any = COMMANDS[kind]  # role, standing and stage are asked of the class alone
    if (refused := may(actor, command, incident, incident.law, on_duty=on_duty)) is not None:
        return refused
    if (needed := _NEEDED.get(kind)) is not None and (reason := needed(incident, actor)) is not None:
        return Refused(reason, kind)
    for field in fields(command):
        is_required = field.default is MISSING and field.default_factory is MISSING
        is_wanted = is_required and (kind, field.name) not in _MAY_BE_EMPTY
        if is_wanted and nameable(kind, field.name, incident, actor) == ():
            return Refused(Reason.UNKNOWN_REFERENCE, field.name)
    return None


def open_to(incident: Incident, actor: Actor, *, on_duty: bool = False) -> tuple[str, ...]:
    """The kinds of the steps that are open to somebody, in the order of the catalogue."""
    return tuple(
        kind
        for kind in COMMANDS
        if kind != "register" and why_closed(kind, incident, actor, on_duty=on_duty) is None
    )


def _owes(kind: ObligationKind, otherwise: Reason) -> Callable[[Incident, Actor], Reason | None]:
    return lambda incident, actor: None if incident.owed(kind, unit=actor.unit) else otherwise


def _verification(incident: Incident, actor: Actor) -> Reason | None:
    awaits = any(item.peer == actor.unit and item.answer is None for item in incident.verifications)
    return None if awaits else Reason.ALREADY_ANSWERED


def _assignment(incident: Incident, _: Actor) -> Reason | None:
    if incident.assignment is not None:
        return Reason.ALREADY_ASSIGNED
    return Reason.NOT_JUDGED if incident.judgement is None else None


def _emergency(incident: Incident, _: Actor) -> Reason | None:
    if not incident.in_emergency:
        return Reason.NOT_AN_EMERGENCY
    return None if incident.emergency_ended_at is None else Reason.ALREADY_DONE


def _close(incident: Incident, actor: Actor) -> Reason | None:
    if not approves_close(incident, actor.unit):
        return Reason.UNIT_NOT_CONCERNED
    return Reason.CLOSE_CONCLUSION_MISSING if incident.conclusion is None else None


def _file(incident: Incident, _: Actor) -> Reason | None:
    if any(True for _ in files_to_hand_over(incident)):
        return None
    return Reason.ALREADY_DONE if incident.oversight.files else Reason.NOT_BREACHED


# Steps that name nothing, and yet need something there; each gives the reason that the step itself would.
_NEEDED: Final[dict[str, Callable[[Incident, Actor], Reason | None]]] = {
    "sign_for": _owes(ObligationKind.SIGN, Reason.ALREADY_SIGNED),
    "submit_rectification": _owes(ObligationKind.RECTIFY, Reason.ALREADY_DONE),
    "answer_verification": _verification,
    "judge": lambda incident, _: None if incident.judgement is None else Reason.ALREADY_DONE,
    "rejudge": lambda incident, _: Reason.NOT_JUDGED if incident.judgement is None else None,
    "assign": _assignment,
    "reassign": lambda incident, _: Reason.NOT_ASSIGNED if incident.assignment is None else None,
    "end_emergency_response": _emergency,
    "hand_over_file": _file,
    "confirm_duty_steps": lambda incident, _: None if incident.duty_steps else Reason.ALREADY_DONE,
    "send_on": lambda incident, _: Reason.WRONG_STAGE if not incident.law.has(Switch.SENT_ONWARD) else None,
    "close": _close,
    "archive": lambda incident, _: None if incident.archived_at is None else Reason.WRONG_STAGE,
}
