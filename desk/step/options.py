"""What a field of a form may name: units of the law, and what the record of the case holds."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from desk.step.fields import Option, Options, is_required, members
from desk.step.references import OF_COMMAND, OF_FIELD
from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.law.regulation import Law
from domain.steps.close import approves_close
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind

_UNITS: Final = frozenset(
    {"unit", "to", "first", "also", "lead", "others", "members", "co_issuers", "sender", "receiver", "organ", "peer"}
)  # fmt: skip


def options_in(kind: str, law: Law, incident: Incident | None, actor: Actor) -> Options:
    """What each field of a command may name; None for a field that takes anything."""

    def given(field: str) -> Sequence[Option] | None:
        if field in _UNITS:
            return [Option(value=unit.code, text=unit.name) for unit in law.units]
        if incident is None:
            return None
        listed = OF_COMMAND.get((kind, field)) or OF_FIELD.get(field)
        return None if listed is None else list(listed(incident, actor))

    return given


def nothing_to_name(kind: str, incident: Incident, actor: Actor) -> bool:
    """Whether a command must name something and there is nothing of the kind: then it is not offered."""
    demanded = _DEMANDED.get(kind)
    if demanded is not None and not demanded(incident, actor):
        return True
    options = options_in(kind, incident.law, incident, actor)
    command: Any = COMMANDS[kind]
    named = [field.name for field, _ in members(command) if is_required(field)]
    may_be_empty = _MAY_BE_EMPTY.get(kind, frozenset())
    return any(name in OF_FIELD and name not in may_be_empty and options(name) == [] for name in named)


_MAY_BE_EMPTY: Final = {"approve_talking_points": frozenset({"conflicts"})}


def _owes(*kinds: ObligationKind) -> Callable[[Incident, Actor], bool]:
    return lambda incident, actor: bool(incident.owed(*kinds, unit=actor.unit))


def _asked(incident: Incident, actor: Actor) -> bool:
    return any(item.peer == actor.unit and item.answer is None for item in incident.verifications)


# Commands that name nothing, and yet need something there.
_DEMANDED: Final[dict[str, Callable[[Incident, Actor], bool]]] = {
    "sign_for": _owes(ObligationKind.SIGN),
    "submit_rectification": _owes(ObligationKind.RECTIFY),
    "answer_verification": _asked,
    "judge": lambda incident, _: incident.judgement is None,
    "rejudge": lambda incident, _: incident.judgement is not None,
    "assign": lambda incident, _: incident.judgement is not None and incident.assignment is None,
    "reassign": lambda incident, _: incident.assignment is not None,
    "end_emergency_response": lambda incident, _: (
        incident.in_emergency and incident.emergency_ended_at is None
    ),
    "close": lambda incident, actor: incident.conclusion is not None and approves_close(incident, actor.unit),
}
