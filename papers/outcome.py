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
    obligation: Obligation | None = None
    for decided in decisions:
        for event in decided.events:
            obligation = _carried_on(obligation, event, name)
    return obligation


def _carried_on(obligation: Obligation | None, event: CaseEvent, name: str) -> Obligation | None:
    if isinstance(event, ObligationOpened):
        return event.obligation if event.obligation.id == name else obligation
    if obligation is None:
        return None
    if isinstance(event, ClockStartCorrected | Rebased):
        moved = next((item for item in event.retimed if item.obligation == name), None)
        return _moved(obligation, moved) if moved is not None else obligation
    if isinstance(event, ObligationEvent) and event.obligation == name:
        return after(obligation, event)
    return obligation


def _moved(obligation: Obligation, clock: Retimed) -> Obligation:
    return changed(obligation, clock_start=clock.clock_start, due_at=clock.due_at, computed=clock.computed)


def outcome(obligation: Obligation) -> dict[str, Any]:
    """How an obligation stands, as JSON: its values, and its instants in UTC."""
    instants = {name: getattr(obligation, name) for name in _INSTANTS}
    return {
        **{name: getattr(obligation, name) for name in _VALUES},
        **{
            name: instant.astimezone(UTC).isoformat(timespec="seconds") if instant else None
            for name, instant in instants.items()
        },
    }
