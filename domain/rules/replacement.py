"""撤回与补发: what a withdrawn publication had met, what stands in for it,
and what is owed again without it (DD-13).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain.case.as_of import said_under
from domain.case.events import Event
from domain.case.obligations import (
    RESPONSE_KINDS,
    FulfilmentKept,
    Obligation,
    ObligationBreached,
    ObligationOpened,
    ObligationPassed,
    ObligationReopened,
    ObligationSuperseded,
    Status,
    after,
    fulfil,
)
from domain.case.records import Publication
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.law.obligation_kinds import kinds_that
from domain.rules import obligation_factory
from domain.terms.copies import changed
from domain.terms.ids import Thing, numbered
from domain.terms.vocabulary import ObligationKind, WarningLevel

_TARGETS = frozenset(kinds_that(lambda rule: rule.with_response))
_SERVED = RESPONSE_KINDS | _TARGETS | {
    ObligationKind.FOLLOW_UP,
    ObligationKind.CONT_UPD,
    ObligationKind.CORRECT,
}  # fmt: skip


class PublicStatement(NamedTuple):
    """A word to the public that meets an obligation: when it was said, when it was recorded, and its id."""

    said_at: datetime
    received_at: datetime
    id: str


def met_by(incident: Incident, publication_id: str, unit: str | None = None) -> tuple[Obligation, ...]:
    """The obligations, of one unit or of all, whose fulfilment rests on that publication."""
    item = incident.publication(publication_id)
    return tuple(
        obligation
        for obligation in incident.obligations
        if obligation.kind in _SERVED and unit in {None, obligation.unit} and _rests_on(obligation, item)
    )


def _rests_on(obligation: Obligation, item: Publication) -> bool:
    if obligation.fulfilled_at is None:
        return False
    if obligation.evidence:
        return obligation.evidence == item.id
    # A target opened after its deed holds no reference, only the instant of it.
    return (
        obligation.kind in _TARGETS
        and obligation.fulfilled_at == item.published_at
        and obligation.unit in item.issuers
    )


def satisfies(incident: Incident, publication: Publication, obligation: Obligation) -> bool:
    """Whether a publication itself does what an obligation asks of its unit (DD-13, DD-14)."""
    if obligation.kind is ObligationKind.CORRECT:
        return obligation.unit in publication.issuers and _corrects(incident, publication, obligation)
    follows = obligation.clock_start < publication.published_at
    if obligation.kind is ObligationKind.CONT_UPD:
        return publication.counts and follows
    if not publication.counts or obligation.unit not in publication.answers_for:
        return False
    match obligation.kind:
        case ObligationKind.FOLLOW_UP:
            return follows
        case ObligationKind.RESP48 | ObligationKind.PUB24 | ObligationKind.OVL_5H:
            return _answers(incident, publication, obligation)
        case _:
            return obligation.kind in _TARGETS


def _corrects(incident: Incident, publication: Publication, obligation: Obligation) -> bool:
    mended = incident.draft(publication.draft).corrects
    return any(error.id == obligation.cause and error.publication in mended for error in incident.errors)


def _answers(incident: Incident, publication: Publication, obligation: Obligation) -> bool:
    """Whether its form answers and it speaks of the facts that raised the class:
    said since, or stated so (DD-08).
    """
    if obligation.kind in RESPONSE_KINDS and not obligation_factory.answers(
        incident, publication, obligation.kind
    ):
        return False
    if obligation.kind is ObligationKind.RESP48:
        return True
    if not incident.law.has(Switch.TIMELINES):
        since = obligation.created_at <= publication.published_at
    else:
        since = said_under(incident, obligation, publication.published_at)
    return since or (
        obligation_factory.class_is_h24(incident) and obligation_factory.counts(incident, publication)
    )


def withdrawn(
    incident: Incident, publication: Publication, withdrawn_at: datetime, at: datetime
) -> Iterator[Event]:
    """What a withdrawal does to the obligations that the publication had met; `incident` is the case after.

    1. What another standing publication said by `withdrawn_at` + 2 h meets as well stays met.
    2. For the rest each unit has two hours for a replacement: an advisory REPLACE; then `expired`.
    """
    limit = withdrawn_at + incident.law.limits.replacement
    waiting: dict[str | None, None] = {}
    for obligation in met_by(incident, publication.id):
        other = min(_words(incident, obligation), default=None)
        if other is None or other.said_at > limit:
            waiting[obligation.unit] = None
        else:
            yield FulfilmentKept(at=withdrawn_at, obligation=obligation.id, evidence=other.id)
    for unit in waiting:
        obligation = _replacement(incident, unit, publication.id, withdrawn_at, at)
        yield ObligationOpened(at=at, obligation=obligation)


def _words(incident: Incident, obligation: Obligation) -> Iterator[PublicStatement]:
    """What else meets it: another publication that stands, or for continuous publication the press."""
    for item in incident.standing_publications:
        if satisfies(incident, item, obligation):
            yield PublicStatement(item.published_at, item.received_at, item.id)
    if obligation.kind is ObligationKind.CONT_UPD:
        gone = {item.published_at for item in incident.publications if item.withdrawn_at and item.is_spoken}
        for number, held_at in enumerate(incident.press_conferences, start=1):
            if obligation.clock_start < held_at and held_at not in gone:
                yield PublicStatement(held_at, held_at, numbered(Thing.PRESS, number))


def _replacement(
    incident: Incident, unit: str | None, cause: str, withdrawn_at: datetime, at: datetime
) -> Obligation:
    clock = obligation_factory.Clock(withdrawn_at, incident.law.limits.replacement)
    return obligation_factory.opened(incident, ObligationKind.REPLACE, unit, clock, cause=cause, at=at)


def still_met_by(incident: Incident, publication: Publication, pending: Obligation) -> tuple[Obligation, ...]:
    """Of the obligations that wait for a replacement, those that a publication replaces in time."""
    if pending.status is not Status.OPEN:
        return ()
    waiting = met_by(incident, pending.cause, pending.unit)
    return tuple(obligation for obligation in waiting if satisfies(incident, publication, obligation))


def still_met_by_press(incident: Incident, held_at: datetime, pending: Obligation) -> tuple[Obligation, ...]:
    """Of the obligations that wait for a replacement, the continuous publication that a press
    conference keeps up.
    """
    if pending.status is not Status.OPEN:
        return ()
    waiting = met_by(incident, pending.cause, pending.unit)
    return tuple(
        obligation
        for obligation in waiting
        if obligation.kind is ObligationKind.CONT_UPD and obligation.clock_start < held_at
    )


def expired(incident: Incident, pending: Obligation) -> Iterator[Event]:
    """No replacement came: what the withdrawn publication had met is owed again, from this instant.

    It falls due at the later of its own due instant and `withdrawn_at` + 2 h; where that is now, it is
    breached now. A breach recorded before stands (DD-19). The gap that the withdrawn word had begun in
    continuous publication gives way to the one it had ended; where that gap was missed already, it is not
    counted twice.
    """
    at = pending.due_at
    yield ObligationPassed(at=at, obligation=pending.id)
    gaps = [
        obligation
        for obligation in incident.owed(ObligationKind.CONT_UPD, unit=pending.unit)
        if obligation.cause == pending.cause
    ]
    for obligation in gaps:
        if obligation.status is Status.OPEN:
            yield ObligationSuperseded(at=at, obligation=obligation.id, cause=pending.cause)
    waiting = met_by(incident, pending.cause, pending.unit)
    gap = _gap_before(waiting, gaps)
    for obligation in waiting:
        if obligation.kind is not ObligationKind.CONT_UPD or obligation is gap:
            yield from _owed_again(incident, obligation, pending.cause, at)
    if any(obligation.kind in RESPONSE_KINDS for obligation in waiting):
        yield from _response_in_force(incident, pending, at)


def _gap_before(waiting: tuple[Obligation, ...], gaps: list[Obligation]) -> Obligation | None:
    """The one gap that is open again: the longest, or one missed before;
    none where a later one was missed already.
    """
    if any(obligation.status is Status.BREACHED for obligation in gaps):
        return None
    before = [obligation for obligation in waiting if obligation.kind is ObligationKind.CONT_UPD]
    missed = [obligation for obligation in before if obligation.status is Status.BREACHED]
    return min(missed or before, key=lambda obligation: obligation.clock_start, default=None)


def _owed_again(incident: Incident, obligation: Obligation, cause: str, at: datetime) -> Iterator[Event]:
    reopened = ObligationReopened(
        at=at, obligation=obligation.id, cause=cause, due_at=max(obligation.due_at, at)
    )
    yield reopened
    if not _still_asked(incident, obligation):
        yield ObligationSuperseded(at=at, obligation=obligation.id, cause=cause)
        return
    owed = after(obligation, reopened)
    if owed.status is Status.OPEN and owed.due_at <= at:
        missed = _missed(owed, at)
        yield missed
        owed = after(owed, missed)
    yield from _done_since(incident, owed)


def _done_since(incident: Incident, obligation: Obligation) -> Iterator[Event]:
    """Where the withdrawal was recorded late, what was said after the two hours has met it already."""
    if (word := min(_words(incident, obligation), default=None)) is not None:
        yield from fulfil(
            obligation,
            happened_at=word.said_at,
            received_at=word.received_at,
            evidence=word.id,
            late_evidence=incident.law.limits.late_evidence,
        )


def _missed(obligation: Obligation, at: datetime) -> ObligationBreached | ObligationPassed:
    if obligation.advisory:
        return ObligationPassed(at=at, obligation=obligation.id)
    return ObligationBreached(at=at, obligation=obligation.id, clause=obligation.clause)


def _still_asked(incident: Incident, obligation: Obligation) -> bool:
    """Whether the case asks this of the unit today, as level, class and assignment now stand."""
    if obligation.kind in {ObligationKind.FOLLOW_UP, ObligationKind.CORRECT}:
        return True
    if obligation.kind in RESPONSE_KINDS:
        in_force = obligation.kind is incident.response_kind
        overdue = obligation.kind is ObligationKind.RESP48 and obligation.status is Status.BREACHED
        return obligation.unit in incident.responders and (in_force or overdue)
    return obligation.unit == obligation_factory.holder(incident, obligation.kind) and _is_wanted(
        incident, obligation.kind
    )


def _is_wanted(incident: Incident, kind: ObligationKind) -> bool:
    match kind:
        case ObligationKind.INT24:
            return incident.level is WarningLevel.MAJOR_SITUATION and not incident.in_emergency
        case ObligationKind.CONT_UPD:
            return obligation_factory.class_is_h24(incident) and incident.emergency_ended_at is None
        case _:
            limits = incident.law.overlay.limits
            return any(
                limit.kind is kind and incident.grade.rank >= limit.from_grade.rank for limit in limits
            )


def _response_in_force(incident: Incident, pending: Obligation, at: datetime) -> Iterator[Event]:
    """A responder whose answer of the former class is gone owes one of the class in force,
    unless it has one.
    """
    kind, unit = incident.response_kind, pending.unit
    has_one = any(
        obligation.kind is kind and obligation.unit == unit and obligation.superseded_at is None
        for obligation in incident.obligations
    )
    if unit not in incident.responders or has_one:
        return
    cause = f"{pending.cause}.withdrawn"
    obligation = obligation_factory.statutory(incident, unit, cause=cause, at=incident.clock_start)
    obligation = changed(obligation, due_at=max(obligation.due_at, at), created_at=at)
    yield ObligationOpened(at=at, obligation=obligation)
    word = min(_words(incident, obligation), default=None)
    if obligation.due_at <= at and (word is None or word.said_at > obligation.due_at):
        missed = _missed(obligation, at)
        yield missed
        obligation = after(obligation, missed)
    yield from _done_since(incident, obligation)
