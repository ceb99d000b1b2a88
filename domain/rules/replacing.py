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
from domain.rules import duties
from domain.terms.copies import changed
from domain.terms.ids import Thing, numbered
from domain.terms.vocabulary import ObligationKind, WarningLevel

_TARGETS = frozenset(kinds_that(lambda rule: rule.with_response))
_SERVED = RESPONSE_KINDS | _TARGETS | {
    ObligationKind.FOLLOW_UP,
    ObligationKind.CONT_UPD,
    ObligationKind.CORRECT,
}  # fmt: skip


class PublicWord(NamedTuple):
    """A word to the public that meets a duty: when it was said, when it was recorded, and its id."""

    said_at: datetime
    received_at: datetime
    id: str


def served(incident: Incident, publication_id: str, unit: str | None = None) -> tuple[Obligation, ...]:
    """The duties, of one unit or of all, whose fulfilment rests on that publication."""
    item = incident.publication(publication_id)
    return tuple(
        duty
        for duty in incident.obligations
        if duty.kind in _SERVED and unit in {None, duty.unit} and _rests_on(duty, item)
    )


def _rests_on(duty: Obligation, item: Publication) -> bool:
    if duty.fulfilled_at is None:
        return False
    if duty.evidence:
        return duty.evidence == item.id
    # A target opened after its deed holds no reference, only the instant of it.
    return duty.kind in _TARGETS and duty.fulfilled_at == item.published_at and duty.unit in item.issuers


def meets(incident: Incident, publication: Publication, duty: Obligation) -> bool:
    """Whether a publication itself does what a duty asks of its unit, whatever else did (DD-13, DD-14)."""
    if duty.kind is ObligationKind.CORRECT:
        return duty.unit in publication.issuers and _corrects(incident, publication, duty)
    follows = duty.clock_start < publication.published_at
    if duty.kind is ObligationKind.CONT_UPD:
        return publication.counts and follows
    if not publication.counts or duty.unit not in publication.answers_for:
        return False
    match duty.kind:
        case ObligationKind.FOLLOW_UP:
            return follows
        case ObligationKind.RESP48 | ObligationKind.PUB24 | ObligationKind.OVL_5H:
            return _answers(incident, publication, duty)
        case _:
            return duty.kind in _TARGETS


def _corrects(incident: Incident, publication: Publication, duty: Obligation) -> bool:
    mended = incident.draft(publication.draft).corrects
    return any(error.id == duty.cause and error.publication in mended for error in incident.errors)


def _answers(incident: Incident, publication: Publication, duty: Obligation) -> bool:
    """Whether its form answers and it speaks of the facts that raised the class:
    said since, or stated so (DD-08).
    """
    if duty.kind in RESPONSE_KINDS and not duties.answers(incident, publication, duty.kind):
        return False
    if duty.kind is ObligationKind.RESP48:
        return True
    if not incident.law.has(Switch.TIMELINES):
        since = duty.created_at <= publication.published_at
    else:
        since = said_under(incident, duty, publication.published_at)
    return since or (duties.class_is_h24(incident) and duties.counts(incident, publication))


def withdrawn(
    incident: Incident, publication: Publication, withdrawn_at: datetime, at: datetime
) -> Iterator[Event]:
    """What a withdrawal does to the duties that the publication had met, `incident` being the case after it.

    1. What another standing publication said by `withdrawn_at` + 2 h meets as well stays met.
    2. For the rest each unit has two hours for a replacement: an advisory REPLACE; when it goes by, `lapsed`.
    """
    limit = withdrawn_at + incident.law.limits.replacement
    waiting: dict[str | None, None] = {}
    for duty in served(incident, publication.id):
        other = min(_words(incident, duty), default=None)
        if other is None or other.said_at > limit:
            waiting[duty.unit] = None
        else:
            yield FulfilmentKept(at=withdrawn_at, obligation=duty.id, evidence=other.id)
    for unit in waiting:
        duty = _replacement(incident, unit, publication.id, withdrawn_at, at)
        yield ObligationOpened(at=at, obligation=duty)


def _words(incident: Incident, duty: Obligation) -> Iterator[PublicWord]:
    """What else meets the duty: another publication that stands, or for continuous publication the press."""
    for item in incident.standing_publications:
        if meets(incident, item, duty):
            yield PublicWord(item.published_at, item.received_at, item.id)
    if duty.kind is ObligationKind.CONT_UPD:
        gone = {item.published_at for item in incident.publications if item.withdrawn_at and item.is_spoken}
        for number, held_at in enumerate(incident.press_conferences, start=1):
            if duty.clock_start < held_at and held_at not in gone:
                yield PublicWord(held_at, held_at, numbered(Thing.PRESS, number))


def _replacement(
    incident: Incident, unit: str | None, cause: str, withdrawn_at: datetime, at: datetime
) -> Obligation:
    clock = duties.Clock(withdrawn_at, incident.law.limits.replacement)
    return duties.opened(incident, ObligationKind.REPLACE, unit, clock, cause=cause, at=at)


def kept_by(incident: Incident, publication: Publication, pending: Obligation) -> tuple[Obligation, ...]:
    """Of the duties that wait for a replacement, those that a publication replaces in time."""
    if pending.status is not Status.OPEN:
        return ()
    waiting = served(incident, pending.cause, pending.unit)
    return tuple(duty for duty in waiting if meets(incident, publication, duty))


def kept_by_press(incident: Incident, held_at: datetime, pending: Obligation) -> tuple[Obligation, ...]:
    """Of the duties that wait for a replacement, the continuous publication that a press
    conference keeps up.
    """
    if pending.status is not Status.OPEN:
        return ()
    waiting = served(incident, pending.cause, pending.unit)
    return tuple(
        duty for duty in waiting if duty.kind is ObligationKind.CONT_UPD and duty.clock_start < held_at
    )


def lapsed(incident: Incident, pending: Obligation) -> Iterator[Event]:
    """No replacement came: what the withdrawn publication had met is owed again, from this instant.

    It falls due at the later of its own due instant and `withdrawn_at` + 2 h; where that is now, it is
    breached now. A breach recorded before stands (DD-19). The gap that the withdrawn word had begun in
    continuous publication gives way to the one it had ended; where that gap was missed already, it is not
    counted twice.
    """
    at = pending.due_at
    yield ObligationPassed(at=at, obligation=pending.id)
    gaps = [
        duty
        for duty in incident.owed(ObligationKind.CONT_UPD, unit=pending.unit)
        if duty.cause == pending.cause
    ]
    for duty in gaps:
        if duty.status is Status.OPEN:
            yield ObligationSuperseded(at=at, obligation=duty.id, cause=pending.cause)
    waiting = served(incident, pending.cause, pending.unit)
    gap = _gap_before(waiting, gaps)
    for duty in waiting:
        if duty.kind is not ObligationKind.CONT_UPD or duty is gap:
            yield from _owed_again(incident, duty, pending.cause, at)
    if any(duty.kind in RESPONSE_KINDS for duty in waiting):
        yield from _response_in_force(incident, pending, at)


def _gap_before(waiting: tuple[Obligation, ...], gaps: list[Obligation]) -> Obligation | None:
    """The one gap that is open again: the longest, or one missed before;
    none where a later one was missed already.
    """
    if any(duty.status is Status.BREACHED for duty in gaps):
        return None
    before = [duty for duty in waiting if duty.kind is ObligationKind.CONT_UPD]
    missed = [duty for duty in before if duty.status is Status.BREACHED]
    return min(missed or before, key=lambda duty: duty.clock_start, default=None)


def _owed_again(incident: Incident, duty: Obligation, cause: str, at: datetime) -> Iterator[Event]:
    reopened = ObligationReopened(at=at, obligation=duty.id, cause=cause, due_at=max(duty.due_at, at))
    yield reopened
    if not _still_asked(incident, duty):
        yield ObligationSuperseded(at=at, obligation=duty.id, cause=cause)
        return
    owed = after(duty, reopened)
    if owed.status is Status.OPEN and owed.due_at <= at:
        missed = _missed(owed, at)
        yield missed
        owed = after(owed, missed)
    yield from _done_since(incident, owed)


def _done_since(incident: Incident, duty: Obligation) -> Iterator[Event]:
    """Where the withdrawal was recorded late, what was said after the two hours has done the duty already."""
    if (word := min(_words(incident, duty), default=None)) is not None:
        yield from fulfil(
            duty,
            happened_at=word.said_at,
            received_at=word.received_at,
            evidence=word.id,
            late_evidence=incident.law.limits.late_evidence,
        )


def _missed(duty: Obligation, at: datetime) -> ObligationBreached | ObligationPassed:
    if duty.advisory:
        return ObligationPassed(at=at, obligation=duty.id)
    return ObligationBreached(at=at, obligation=duty.id, clause=duty.clause)


def _still_asked(incident: Incident, duty: Obligation) -> bool:
    """Whether the case asks for the duty of this unit today, as level, class and assignment now stand."""
    if duty.kind in {ObligationKind.FOLLOW_UP, ObligationKind.CORRECT}:
        return True
    if duty.kind in RESPONSE_KINDS:
        in_force = duty.kind is incident.response_kind
        overdue = duty.kind is ObligationKind.RESP48 and duty.status is Status.BREACHED
        return duty.unit in incident.responders and (in_force or overdue)
    return duty.unit == duties.holder(incident, duty.kind) and _is_wanted(incident, duty.kind)


def _is_wanted(incident: Incident, kind: ObligationKind) -> bool:
    match kind:
        case ObligationKind.INT24:
            return incident.level is WarningLevel.MAJOR_SITUATION and not incident.in_emergency
        case ObligationKind.CONT_UPD:
            return duties.class_is_h24(incident) and incident.emergency_ended_at is None
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
        duty.kind is kind and duty.unit == unit and duty.superseded_at is None
        for duty in incident.obligations
    )
    if unit not in incident.responders or has_one:
        return
    cause = f"{pending.cause}.withdrawn"
    duty = duties.statutory(incident, unit, cause=cause, at=incident.clock_start)
    duty = changed(duty, due_at=max(duty.due_at, at), created_at=at)
    yield ObligationOpened(at=at, obligation=duty)
    word = min(_words(incident, duty), default=None)
    if duty.due_at <= at and (word is None or word.said_at > duty.due_at):
        missed = _missed(duty, at)
        yield missed
        duty = after(duty, missed)
    yield from _done_since(incident, duty)
