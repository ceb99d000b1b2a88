"""Performing an obligation: what a deed makes of an owed obligation and of what its breach had brought."""

from collections.abc import Iterator
from datetime import datetime

from domain.case.events import Event
from domain.case.obligations import (
    OVERLAY_KINDS,
    BreachWithdrawn,
    Obligation,
    ObligationVoided,
    Status,
    fulfil,
)
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.rules.papers import voided_with
from domain.terms.roles import Deed


def perform(
    incident: Incident,
    obligation: Obligation,
    deed: Deed,
    *,
    happened_at: datetime | None = None,
    evidence: str = "",
) -> Iterator[Event]:
    """The events of doing what `obligation` asks; `happened_at` is when it was done in the world,
    else as of the deed.

    A breach that the clock stamped after the deed was received is withdrawn,
    and with it the papers it drafted and the rectification that one of them ordered.
    """
    done_at = happened_at or deed.at
    if _shown_as_passed_though_met(incident, obligation, done_at, deed.at):
        yield BreachWithdrawn(at=deed.at, obligation=obligation.id)
    events = fulfil(
        obligation,
        happened_at=done_at,
        received_at=deed.at,
        evidence=evidence,
        late_evidence=incident.law.limits.late_evidence,
    )
    for event in events:
        yield event
        if isinstance(event, BreachWithdrawn):
            yield from fallen(incident, obligation.id, deed.at)


def _shown_as_passed_though_met(
    incident: Incident, obligation: Obligation, done_at: datetime, received_at: datetime
) -> bool:
    """Whether an advisory limit of the upper rules was met in time and only registered later (DD-03, DD-12).

    It is no breach, so it needs no review. One created after its instant stays shown as passed (DD-24).
    """
    if not incident.law.has(Switch.OVERLAY_MET_LATER) or obligation.status is not Status.PASSED:
        return False
    if (
        obligation.kind not in OVERLAY_KINDS
        or obligation.created_at > obligation.due_at
        or not obligation.is_owed
    ):
        return False
    registered_late = received_at > obligation.due_at
    soon_enough = received_at - done_at <= incident.law.limits.late_evidence
    return registered_late and soon_enough and done_at <= obligation.due_at


def fallen(incident: Incident, cause: str, at: datetime, *, even_done: bool = False) -> Iterator[Event]:
    """What falls with its cause: papers, what they ordered, and the papers that came of that.

    With `even_done` also what was rectified already, and the minutes of talks held:
    the order never had a ground (DD-12). All is voided, nothing deleted.
    """
    for voided in voided_with(incident, cause, at):
        yield voided
        for obligation in incident.obligations:
            if obligation.cause != voided.paper or not (obligation.is_owed or even_done):
                continue
            if obligation.status is Status.BREACHED:
                yield BreachWithdrawn(at=at, obligation=obligation.id)
            yield ObligationVoided(at=at, obligation=obligation.id, cause=voided.paper)
            yield from fallen(incident, obligation.id, at, even_done=even_done)
        if even_done:
            yield from voided_with(incident, voided.paper, at)
