"""更正时钟、重定依据: the start of the clock corrected, the case put under the law now in force;
audited, nothing erased (DD-02, R007).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Literal, NamedTuple

from domain.case.as_of import seeded
from domain.case.events import Command, Event
from domain.case.obligations import (
    RESPONSE_KINDS,
    BreachWithdrawn,
    LateEvidenceReviewed,
    Obligation,
    Status,
)
from domain.case.oversight import ClockCorrection, Retimed
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.regulation import Escalation, Law, shared
from domain.rules import obligation_factory
from domain.rules.performance import fallen
from domain.rules.reclassify import due_after
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, names
from domain.terms.instants import past, whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind, ResponseClass
from domain.terms.workdays import WorkCalendar

_OFFICE = frozenset({Standing.OFFICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectClockStart(Command):
    """Correct when the incident was discovered, with the reason; both values are kept (DD-02)."""

    kind: Literal["correct_clock_start"] = "correct_clock_start"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = Article.STATUTORY_LIMIT

    discovered_at: datetime
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase(Command):
    """Put the case under the law now in force, with the reason; its open responses are timed anew (R007).

    With `calendar_only` the law of the case takes over the years of its calendar and nothing else (DD-39).
    """

    kind: Literal["rebase"] = "rebase"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.PRINCIPAL_LEADER})
    standings: ClassVar[frozenset[Standing]] = _OFFICE
    clause: ClassVar[str] = Article.AUTHORITATIVE_INFORMATION

    reason: FreeText
    calendar_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStartCorrected(Event):
    """The start of the clock was corrected; the obligations listed run by the new one."""

    kind: Literal["clock_start_corrected"] = "clock_start_corrected"
    before: datetime
    after: datetime
    reason: FreeText
    response_due_at: datetime
    retimed: tuple[Retimed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebased(Event):
    """The case runs under the law given here; `former` is the digest of the one it ran under before.

    With `calendar_only` it is the same law with more years in its calendar (DD-39).
    """

    kind: Literal["rebased"] = "rebased"
    law: Law
    former: str
    former_version: str
    reason: FreeText
    response_due_at: datetime
    retimed: tuple[Retimed, ...]
    calendar_only: bool = False


AmendEvent = ClockStartCorrected | Rebased


def decide(incident: Incident, command: CorrectClockStart, deed: Deed) -> Iterator[Event]:
    """Correcting the start of the clock.

    1. Discovery lies before registration, and not before occurrence; the same value is no correction.
    2. Open RESP48 and PUB24 fall due as if the clock had run from the corrected start, an upgrade's five
       hours counted from the upgrade as before (DD-08); so do the internal target and, without a time of
       occurrence, the limits of the upper rules. Other obligations have starts of their own.
    3. A due instant that now lies in the past is breached at once, stamped with itself.
    4. What was breached or fulfilled before stays so, by the due instant it had then (DD-19):
       a correction erases no breach. Where the breach would not have been, the unit may ask for tolerance.
    5. Reminders sent are not sent again; of those whose new instants have gone by, the latest alone is.
    """
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    start = past(command.discovered_at, deed.at, "discovered_at")
    if start > incident.registered_at:
        raise Refused(Reason.AFTER_REGISTRATION, "discovered_at")
    if incident.occurred_at is not None and start < incident.occurred_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "discovered_at")
    if start == incident.discovered_at:
        raise Refused(Reason.ALREADY_DONE, "discovered_at")
    corrected = changed(incident, discovered_at=start)
    corrected = changed(corrected, response_due_at=due_from_start(corrected))
    yield ClockStartCorrected(
        at=deed.at,
        by=deed.actor,
        before=incident.discovered_at,
        after=start,
        reason=command.reason,
        response_due_at=corrected.response_due_at,
        retimed=tuple(_retimed(incident, corrected, deed.at, _from_start(corrected, deed.at))),
    )


def rebase(incident: Incident, command: Rebase, law: Law | None, deed: Deed) -> Iterator[Event]:
    """Putting the case under another law, which the envelope carries.

    1. It differs from the law of the case, and knows every unit that has a part in the case.
    2. The class stays as it was judged; a later judgement follows the new law.
    3. Open RESP48 and PUB24 are timed anew by its limits, never into the past: a longer limit is granted at
       once; a shorter one leaves as much time as an upgrade does (DD-08), and none at all where it would have
       run out already, so that the old due instant stays. Those that run by other limits keep theirs; new
       ones take the new law's.
    4. From the third edition on, limits in working days are counted again by the calendars
       of both laws (DD-39).
    """
    law = _law_after(incident, command, law)
    after = changed(incident, law=law)
    after = changed(after, response_due_at=_spared(incident, after, deed.at))
    plainly_due = due_from_start(after) == after.response_due_at
    responses = {
        item.id: item if plainly_due else changed(item, computed=changed(item.computed, rule="rebased_limit"))
        for item in _statutory(after, deed.at)
    }
    counted = (
        tuple(_counted_again(incident, law, deed.at))
        if command.calendar_only or law.has(Switch.WORKDAYS_ANEW)
        else ()
    )
    yield Rebased(
        at=deed.at,
        by=deed.actor,
        law=law,
        former=incident.law.digest,
        former_version=incident.law.version,
        reason=command.reason,
        response_due_at=after.response_due_at,
        retimed=(
            *_retimed(incident, after, deed.at, {} if command.calendar_only else responses),
            *(one.retimed for one in counted),
        ),
        calendar_only=command.calendar_only,
    )
    for one in counted:
        if one.is_disproved:
            yield from _disproved(incident, one.obligation, command.reason, deed)


def _law_after(incident: Incident, command: Rebase, law: Law | None) -> Law:
    """The law that the case goes on under; refuses one that is no change,
    or that lacks a unit of the case.
    """
    if law is None:
        raise Refused(Reason.MISSING_PART, "law")
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    if command.calendar_only:
        law = _with_calendar(incident.law, law.calendar)
    if (law.digest, law.edition) == (incident.law.digest, incident.law.edition):
        raise Refused(Reason.LAW_UNCHANGED, law.version)
    for code in sorted({*incident.concerned_units, *(item.unit or "" for item in incident.obligations)}):
        if code and incident.law.knows(code):
            law.unit(code)
    return law


class _Counted(NamedTuple):
    """A limit in working days by the calendar that is at hand now, and whether its breach was none by it."""

    obligation: Obligation
    retimed: Retimed
    is_disproved: bool


def _disproved(incident: Incident, obligation: Obligation, reason: str, deed: Deed) -> Iterator[Event]:
    """A breach that the calendar disproves is turned on time, both kept, or runs on;
    what it called for falls (DD-12, DD-39).
    """
    if obligation.fulfilled_at is None:
        yield BreachWithdrawn(at=deed.at, by=deed.actor, obligation=obligation.id)
    else:
        yield LateEvidenceReviewed(
            at=deed.at, by=deed.actor, obligation=obligation.id, accepted=True, reason=reason
        )
    yield from fallen(incident, obligation.id, deed.at, even_done=True)


def _counted_again(incident: Incident, law: Law, at: datetime) -> Iterator[_Counted]:
    """Limits in working days that are open, or were breached by a year without calendar,
    counted from their own start (DD-39).

    1. Each has the days that it was ordered with; one whose count comes out as before stays where it is.
    2. What is owed falls due at the end of the next working day at the earliest.
    3. A breach is disproved where the deed was done by the new due instant, or that instant is still to come.
    """
    calendar = changed(incident.law.calendar.joined(law.calendar), fixed_days=law.calendar.fixed_days)
    counted = changed(incident, law=changed(incident.law, calendar=calendar))
    next_day = whole(calendar.end_of_workday_after(at, 1)[0])
    for obligation in incident.obligations:
        is_open = obligation.status is Status.OPEN
        fell_back = obligation.status is Status.BREACHED and bool(obligation.computed.years_without_calendar)
        if obligation.kind is not ObligationKind.RECTIFY or obligation.superseded_at is not None:
            continue
        if not (is_open or fell_back):
            continue
        former, fresh = _ordered(incident, obligation), _ordered(counted, obligation)
        if fell_back and fresh.due_at < (obligation.fulfilled_at or at):
            continue
        due_at, rule = fresh.due_at, fresh.computed.rule
        if fresh.due_at == former.due_at:
            due_at, rule = obligation.due_at, obligation.computed.rule
        if due_at != obligation.due_at and obligation.fulfilled_at is None and due_at < next_day:
            due_at, rule = next_day, "recounted_limit"  # no sum of the limit's any more
        computed = changed(fresh.computed, rule=rule)
        if (due_at, computed) == (obligation.due_at, obligation.computed):
            continue
        retimed = Retimed(
            obligation=obligation.id,
            clock_start=obligation.clock_start,
            due_at=due_at,
            former_due_at=obligation.due_at,
            computed=computed,
            passed_over=_passed_over(changed(obligation, due_at=due_at), law.escalation, at),
        )
        yield _Counted(obligation, retimed, fell_back)


def _ordered(incident: Incident, obligation: Obligation) -> Obligation:
    """A rectification by the calendar of the case, with the days that it was ordered with."""
    days = int(obligation.computed.limit.split()[0])
    return obligation_factory.rectification(
        incident, obligation.unit or "", cause=obligation.cause, signed_at=obligation.clock_start, days=days
    )


def _with_calendar(law: Law, calendar: WorkCalendar) -> Law:
    """The law with the years of another calendar, under a digest that says so;
    the same where it has them all.
    """
    joined = law.calendar.joined(calendar)
    if joined == law.calendar.joined(law.calendar):
        return law
    return changed(law, calendar=joined, digest=sha256(f"{law.digest} {joined}".encode()).hexdigest())


def due_from_start(incident: Incident) -> datetime:
    """When the response falls due by the start of the clock, the class and, in the upgraded class,
    its upgrade (DD-08).
    """
    limits, start, upgraded_at = incident.law.limits, incident.clock_start, _upgraded_at(incident)
    if incident.response_class is ResponseClass.H48 or upgraded_at is None:
        return start + limits.statutory(incident.response_class)
    calm = changed(incident, response_class=ResponseClass.H48, response_due_at=start + limits.h48)
    return due_after(calm, ResponseClass.H24, upgraded_at)


def _upgraded_at(incident: Incident) -> datetime | None:
    """When the class was last raised, by the limit that this brought; None where none was."""
    upgrades = [
        obligation.created_at
        for obligation in incident.obligations
        if obligation.kind is ObligationKind.PUB24 and names(obligation.cause, Thing.RECLASSIFIED)
    ]
    return upgrades[-1] if upgrades else None


def _spared(before: Incident, after: Incident, at: datetime) -> datetime:
    """The due instant under new limits, never in the past nor nearer than an upgrade may bring it."""
    due, old = due_from_start(after), before.response_due_at
    if due >= old:
        return due
    return old if due < at else max(due, min(old, at + after.law.limits.reclassified))


def _statutory(incident: Incident, at: datetime) -> Iterator[Obligation]:
    for item in incident.obligations:
        if item.kind in RESPONSE_KINDS:
            fresh = obligation_factory.statutory(incident, item.unit, cause=item.cause, at=at)
            yield changed(fresh, id=item.id)


def _from_start(incident: Incident, at: datetime) -> dict[str, Obligation]:
    """Every obligation that counts from the start of the clock, as it would be opened now, by its id."""
    fresh = {obligation.id: obligation for obligation in _statutory(incident, at)}
    overlay = {limit.kind: limit for limit in incident.law.overlay.limits}
    for item in incident.obligations:
        if item.kind is ObligationKind.INT24:
            fresh[item.id] = obligation_factory.internal_target(incident, cause=item.cause, at=at)
        elif item.kind in overlay:
            fresh[item.id] = obligation_factory.overlay(incident, overlay[item.kind], cause=item.cause, at=at)
    return fresh


def _retimed(
    before: Incident, after: Incident, at: datetime, fresh: dict[str, Obligation]
) -> Iterator[Retimed]:
    """The open obligations whose clock moves; a response that was due later than all (DD-13)
    never falls due sooner for it.
    """
    for obligation in before.obligations:
        if obligation.status is not Status.OPEN or obligation.id not in fresh:
            continue
        new = fresh[obligation.id]
        due_at = new.due_at
        if obligation.kind in RESPONSE_KINDS and obligation.due_at != before.response_due_at:
            due_at = max(obligation.due_at, new.due_at)
        if (new.clock_start, due_at) == (obligation.clock_start, obligation.due_at):
            continue
        yield Retimed(
            obligation=obligation.id,
            clock_start=new.clock_start,
            due_at=due_at,
            former_due_at=obligation.due_at,
            computed=new.computed,
            passed_over=_passed_over(
                changed(obligation, clock_start=new.clock_start, due_at=due_at), after.law.escalation, at
            ),
        )


def _passed_over(obligation: Obligation, escalation: Escalation, at: datetime) -> tuple[int, ...]:
    """Reminders not sent whose instants have gone by: all of an overdue one, else all but the latest."""
    if obligation.kind not in escalation.reminded:
        return ()
    span = obligation.due_at - obligation.clock_start
    gone = [
        percent
        for percent in escalation.reminder_percents
        if percent not in obligation.reminded and whole(obligation.clock_start + span * percent // 100) < at
    ]
    return tuple(gone if obligation.due_at < at else gone[:-1])


def evolve(incident: Incident, event: AmendEvent) -> Incident:
    """The case after an amendment."""
    after = changed(
        incident,
        response_due_at=event.response_due_at,
        obligations=_with_clocks(incident.obligations, event.retimed),
    )
    match event:
        case ClockStartCorrected():
            correction = ClockCorrection(
                at=event.at, before=event.before, after=event.after, reason=event.reason
            )
            corrections = (*incident.clock_corrections, correction)
            return changed(after, discovered_at=event.after, clock_corrections=corrections)
        case Rebased():
            # Counts were not asked for before.
            if Switch.COUNTS.begins(incident.law.edition, event.law.edition):
                after = changed(after, oversight=changed(after.oversight, counts_told_at=event.at))
            return seeded(changed(after, law=shared(event.law)), _upgraded_at(after))


def _with_clocks(obligations: tuple[Obligation, ...], retimed: tuple[Retimed, ...]) -> tuple[Obligation, ...]:
    clocks = {item.obligation: item for item in retimed}
    return tuple(_with_clock(obligation, clocks.get(obligation.id)) for obligation in obligations)


def _with_clock(obligation: Obligation, clock: Retimed | None) -> Obligation:
    if clock is None:
        return obligation
    return changed(
        obligation,
        clock_start=clock.clock_start,
        due_at=clock.due_at,
        computed=clock.computed,
        reminded=(*obligation.reminded, *clock.passed_over),
    )
