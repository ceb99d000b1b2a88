"""What became of one obligation, read off the decisions that name it alone:
the case around it is not needed.
"""

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any, Final

from domain.case.obligations import Obligation, ObligationEvent, ObligationOpened, after
from domain.case.oversight import Retimed
from domain.catalogue import CaseEvent, Decision
from domain.steps.amend import ClockStartCorrected, Rebased
from domain.terms.copies import changed

_INSTANTS: Final = (
    *("clock_start", "due_at", "fulfilled_at", "breached_at", "superseded_at", "reopened_at", "created_at"),
)
_VALUES: Final = (
    *("id", "kind", "unit", "cause", "clause", "status", "evidence", "advisory", "scored", "provisional"),
)


def names(text: str, name: str) -> bool:
    """Whether the canonical text of a decision has a value that is `name`."""
    return json.dumps(name, ensure_ascii=False) in text


def obligation_of(decisions: Iterable[Decision], name: str) -> Obligation | None:
    """The obligation after its events in these decisions, in their order; None where none opens it."""
    duty: Obligation | None = None
    for decided in decisions:
        for event in decided.events:
            duty = _carried_on(duty, event, name)
    return duty


def _carried_on(duty: Obligation | None, event: CaseEvent, name: str) -> Obligation | None:
    if isinstance(event, ObligationOpened):
        return event.obligation if event.obligation.id == name else duty
    if duty is None:
        return None
    if isinstance(event, ClockStartCorrected | Rebased):
        moved = next((item for item in event.retimed if item.obligation == name), None)
        return _moved(duty, moved) if moved is not None else duty
    if isinstance(event, ObligationEvent) and event.obligation == name:
        return after(duty, event)
    return duty


def _moved(duty: Obligation, clock: Retimed) -> Obligation:
    return changed(duty, clock_start=clock.clock_start, due_at=clock.due_at, computed=clock.computed)


def outcome(duty: Obligation) -> dict[str, Any]:
    """How an obligation stands, as JSON: its values, and its instants in UTC."""
    instants = {name: getattr(duty, name) for name in _INSTANTS}
    return {
        **{name: getattr(duty, name) for name in _VALUES},
        **{
            name: instant.astimezone(UTC).isoformat(timespec="seconds") if instant else None
            for name, instant in instants.items()
        },
    }
