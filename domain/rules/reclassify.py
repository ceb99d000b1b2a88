"""Upgrade and downgrade of the class, and the obligations that follow level and grade (DD-01, DD-05, DD-08,
DD-09, DD-24).
"""

from collections.abc import Iterator
from datetime import datetime

from domain.case.events import Event
from domain.case.obligations import (
    Obligation,
    ObligationFulfilled,
    ObligationOpened,
    ObligationSuperseded,
    ObligationVoided,
    Status,
)
from domain.case.state import Incident
from domain.law.regulation import Law
from domain.rules import obligation_factory
from domain.terms.ids import Thing, numbered
from domain.terms.roles import Deed
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, ResponseClass, WarningLevel


def classify(law: Law, grade: EmergencyGrade, *, designated: bool) -> ResponseClass:
    """H24 only by grade or by designation of 市政府办 (DD-01)."""
    return ResponseClass.H24 if designated or grade in law.h24_grades else ResponseClass.H48


def due_after(incident: Incident, response_class: ResponseClass, at: datetime) -> datetime:
    """When the response falls due under a class judged at `at`.

    1. The same class: unchanged (DD-10).
    2. Upgrade: min(old due, max(clock start + 24 h, at + 5 h));
       an old due instant already past does not count, so that no breach arises in the past (DD-08).
    3. Downgrade: clock start + 48 h (DD-09).
    """
    if response_class is incident.response_class:
        return incident.response_due_at
    limit = incident.clock_start + incident.law.limits.statutory(response_class)
    if response_class is ResponseClass.H48:
        return limit
    limit = max(limit, at + incident.law.limits.reclassified)
    return limit if incident.response_due_at < at else min(incident.response_due_at, limit)


def reclassified(before: Incident, after: Incident, deed: Deed, *, covers: bool) -> Iterator[Event]:
    """The responses owed under the new class, for each responder,
    or for the office before assignment (DD-08, DD-09).
    """
    cause = numbered(Thing.RECLASSIFIED, before.event_number)
    change = _raised if after.response_class is ResponseClass.H24 else _lowered
    for unit in after.responders or (None,):
        yield from change(before, after, unit, cause=cause, at=deed.at, covers=covers)
    yield from _continuous(before, after, deed, cause)


def _raised(
    before: Incident, after: Incident, unit: str | None, *, cause: str, at: datetime, covers: bool
) -> Iterator[Event]:
    """An open RESP48 gives way to a PUB24; a response already given counts for it only when
    it `covers` the facts.
    """
    for obligation in before.owed(ObligationKind.RESP48, unit=unit):
        if obligation.unit == unit and obligation.status is Status.OPEN:
            yield ObligationSuperseded(at=at, obligation=obligation.id, cause=cause)
    published = obligation_factory.statutory(after, unit, cause=cause, at=at)
    yield ObligationOpened(at=at, obligation=published)
    responses = obligation_factory.given_responses(before, unit)
    if covers and responses and (done_at := responses[-1].fulfilled_at) is not None:
        yield ObligationFulfilled(at=done_at, obligation=published.id, evidence=responses[-1].evidence)


def _lowered(
    before: Incident, after: Incident, unit: str | None, *, cause: str, at: datetime, covers: bool
) -> Iterator[Event]:
    """A PUB24 gives way to a RESP48, its breach standing; what has been published already needs no more."""
    del covers  # asked of an upgrade alone
    for obligation in before.owed(ObligationKind.PUB24, unit=unit):
        if obligation.unit == unit:
            yield ObligationSuperseded(at=at, obligation=obligation.id, cause=cause)
    still_owed = any(obligation.unit == unit for obligation in before.owed(ObligationKind.RESP48))
    if not still_owed and not obligation_factory.given_responses(before, unit):
        yield from obligation_factory.opened_response(after, unit, cause=cause, at=at)


def _continuous(before: Incident, after: Incident, deed: Deed, cause: str) -> Iterator[Event]:
    """Continuous publication starts with the upgrade where something was published before,
    and ends with the class.
    """
    if not obligation_factory.class_is_h24(after):
        for obligation in before.owed(ObligationKind.CONT_UPD):
            yield ObligationVoided(at=deed.at, obligation=obligation.id, cause=cause)
    elif before.standing_publications:
        yield from obligation_factory.rearmed(after, cause=cause, spoken_at=deed.at, at=deed.at)


def targets_and_overlay(before: Incident, after: Incident, deed: Deed, *, covers: bool) -> Iterator[Event]:
    """The internal target of a major situation without emergency, and the upper rules' limits by grade.

    What was done before a limit was opened counts for it;
    an earlier publication counts for the 5-hour limit only when it `covers` the facts that raised the grade.
    """
    cause = numbered(Thing.JUDGED, before.event_number)
    wanted = after.level is WarningLevel.MAJOR_SITUATION and not after.in_emergency
    target = obligation_factory.internal_target(after, cause=cause, at=deed.at) if wanted else None
    yield from _follow(after, ObligationKind.INT24, deed, wanted=target, covers=covers)
    for limit in after.law.overlay.limits:
        reached = after.grade.rank >= limit.from_grade.rank
        obligation = obligation_factory.overlay(after, limit, cause=cause, at=deed.at) if reached else None
        yield from _follow(after, limit.kind, deed, wanted=obligation, covers=covers)


def _follow(
    incident: Incident, kind: ObligationKind, deed: Deed, *, wanted: Obligation | None, covers: bool
) -> Iterator[Event]:
    """Open an obligation that is wanted and not there; void one that is open and no longer wanted."""
    gone = {Status.SUPERSEDED, Status.VOID}
    standing = [
        obligation
        for obligation in incident.obligations
        if obligation.kind is kind and obligation.status not in gone
    ]
    if wanted is None:
        for obligation in standing:
            if obligation.status is Status.OPEN:
                cause = numbered(Thing.JUDGED, incident.event_number)
                yield ObligationVoided(at=deed.at, obligation=obligation.id, cause=cause)
    elif not standing:
        done = _done_before(incident, kind, covers=covers)
        yield from obligation_factory.opened_late(incident, wanted, done, at=deed.at)


def _done_before(incident: Incident, kind: ObligationKind, *, covers: bool) -> obligation_factory.Done | None:
    """The deed that a newly opened limit asks for, where it had been done already."""
    if kind is ObligationKind.OVL_RPT2H:
        office = incident.receiving_office
        reports = (
            obligation_factory.Done(item.at, item.at) for item in incident.reports if item.unit == office
        )
        return min(reports, default=None)
    if kind is ObligationKind.OVL_PRESS24:
        return min(
            (obligation_factory.Done(held_at, held_at) for held_at in incident.press_conferences),
            default=None,
        )
    if kind is ObligationKind.OVL_5H and not covers:
        return None
    unit = obligation_factory.holder(incident, kind)
    published = (
        obligation_factory.Done(item.published_at, item.received_at)
        for item in incident.standing_publications
        if item.counts and unit in item.answers_for
    )
    return min(published, default=None)
