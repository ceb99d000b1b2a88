"""Obligations: what an incident owes, to the second, and what the clock makes of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from domain.case.events import Event
from domain.law.obligation_kinds import kinds_that
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.vocabulary import ObligationKind, ResponseClass

STATUTORY_KINDS = {ResponseClass.H24: ObligationKind.PUB24, ResponseClass.H48: ObligationKind.RESP48}
RESPONSE_KINDS = frozenset(kinds_that(lambda rule: rule.response))
# What nothing waits for: silence is recorded, and stands in the way of nobody (DD-25, DD-40).
BESIDE_KINDS = frozenset(kinds_that(lambda rule: rule.beside))
OVERLAY_KINDS = frozenset(kinds_that(lambda rule: rule.overlay))


class Status(StrEnum):
    """What became of an obligation; `breached` stays when it is fulfilled later (DD-19)."""

    OPEN = "open"
    ON_TIME = "on_time"
    ON_TIME_LATE_EVIDENCE = "on_time_late_evidence"
    BREACHED = "breached"
    PASSED = "passed"
    SUPERSEDED = "superseded"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """How a due instant was computed, for people to check:
    base instant, limit, rule, missing calendar years.
    """

    base: str
    limit: str
    rule: str
    years_without_calendar: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One obligation of one unit with its own clock; `unit` None is held by 市政府办公室 until assignment.

    `id` is natural: kind, unit and cause. `breached_at` is always the due instant (DD-03). `advisory` ones
    pass instead of being breached (DD-24). `scored` is False where the unit was named only after the due
    instant. `provisional` marks a breach against which evidence of a timely deed was registered late (DD-12).
    `reopened_at` is when it began to be owed again, after the publication that had met it was withdrawn
    (DD-13).
    """

    id: str
    kind: ObligationKind
    unit: str | None
    cause: str
    clause: str
    clock_start: datetime
    due_at: datetime
    created_at: datetime
    computed: Computation
    status: Status = Status.OPEN
    advisory: bool = False
    scored: bool = True
    provisional: bool = False
    fulfilled_at: datetime | None = None
    breached_at: datetime | None = None
    superseded_at: datetime | None = None
    reopened_at: datetime | None = None
    evidence: str = ""
    reminded: tuple[int, ...] = ()
    rungs: int = 0

    @property
    def is_owed(self) -> bool:
        """Whether the deed is still to be done: open, or breached and neither fulfilled nor superseded."""
        if self.fulfilled_at is not None or self.superseded_at is not None:
            return False
        return self.status in {Status.OPEN, Status.PASSED, Status.BREACHED}

    def overdue(self, at: datetime) -> timedelta:
        """How long the breach has lasted as of `at`; zero without a breach."""
        if self.breached_at is None or self.status is not Status.BREACHED:
            return timedelta(0)
        end = min(stop for stop in (self.fulfilled_at, self.superseded_at, at) if stop is not None)
        return max(end - self.breached_at, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationOpened(Event):
    """An obligation began to run."""

    kind: Literal["obligation_opened"] = "obligation_opened"
    obligation: Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationFulfilled(Event):
    """The deed was done at `at`; a breach recorded before stands (DD-19)."""

    kind: Literal["obligation_fulfilled"] = "obligation_fulfilled"
    obligation: str
    evidence: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationBreached(Event):
    """The due instant `at` went by without the deed."""

    kind: Literal["obligation_breached"] = "obligation_breached"
    obligation: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationPassed(Event):
    """An advisory limit went by; shown, never counted (DD-24)."""

    kind: Literal["obligation_passed"] = "obligation_passed"
    obligation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachWithdrawn(Event):
    """What the clock stamped while a deed received in time was under way is taken back;
    both stay on record.
    """

    kind: Literal["breach_withdrawn"] = "breach_withdrawn"
    obligation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationSuperseded(Event):
    """Another obligation took this one's place; a breach recorded before stands."""

    kind: Literal["obligation_superseded"] = "obligation_superseded"
    obligation: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationVoided(Event):
    """The obligation fell away (an incident closed, an emergency response ended)."""

    kind: Literal["obligation_voided"] = "obligation_voided"
    obligation: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSent(Event):
    """`percent` of the time of an obligation had gone by at `at` (R103)."""

    kind: Literal["reminder_sent"] = "reminder_sent"
    obligation: str
    percent: int
    passed_over: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentKept(Event):
    """Another publication stands in for the withdrawn one that had met the obligation;
    it stays met as it was (DD-13).
    """

    kind: Literal["fulfilment_kept"] = "fulfilment_kept"
    obligation: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationReopened(Event):
    """What met it was withdrawn and not replaced in time: it is owed again, due at `due_at` (DD-13)."""

    kind: Literal["obligation_reopened"] = "obligation_reopened"
    obligation: str
    cause: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEvidenceReviewed(Event):
    """市政府办公室 decided on evidence registered late; the breach was recorded and stays so (DD-12)."""

    kind: Literal["late_evidence_reviewed"] = "late_evidence_reviewed"
    obligation: str
    accepted: bool
    reason: FreeText


ObligationEvent = (
    ObligationOpened
    | ObligationFulfilled
    | ObligationBreached
    | ObligationPassed
    | BreachWithdrawn
    | ObligationSuperseded
    | ObligationVoided
    | ReminderSent
    | FulfilmentKept
    | ObligationReopened
    | LateEvidenceReviewed
)


def after(obligation: Obligation, event: ObligationEvent) -> Obligation:  # noqa: PLR0911  one answer per event
    """The obligation after one of its events; total, since events are facts."""
    match event:
        case ObligationOpened():
            return event.obligation
        case ObligationFulfilled():
            return _done(obligation, event)
        case ObligationBreached() | ObligationPassed():
            return _missed(obligation, event)
        case BreachWithdrawn():
            return changed(obligation, status=Status.OPEN, breached_at=None, rungs=0)
        case ObligationSuperseded() | ObligationVoided():
            return _ended(obligation, event)
        case ReminderSent():
            return changed(obligation, reminded=(*obligation.reminded, *event.passed_over, event.percent))
        case FulfilmentKept() | ObligationReopened() | LateEvidenceReviewed():
            return _after_second_look(obligation, event)


def _after_second_look(
    obligation: Obligation, event: FulfilmentKept | ObligationReopened | LateEvidenceReviewed
) -> Obligation:
    """What became of an obligation after it had been met: a breach recorded before stands,
    a timely deed proved late ends it.
    """
    match event:
        case FulfilmentKept():
            return changed(obligation, evidence=event.evidence)
        case ObligationReopened():
            missed = obligation.status in {Status.BREACHED, Status.PASSED}
            return changed(
                obligation,
                status=obligation.status if missed else Status.OPEN,
                due_at=obligation.due_at if missed else event.due_at,
                fulfilled_at=None,
                evidence="",
                provisional=False,
                reopened_at=event.at,
            )
        case LateEvidenceReviewed():
            accepted = changed(obligation, status=Status.ON_TIME_LATE_EVIDENCE, rungs=0)
            return changed(accepted if event.accepted else obligation, provisional=False)


def _missed(obligation: Obligation, event: ObligationBreached | ObligationPassed) -> Obligation:
    if isinstance(event, ObligationPassed):
        return changed(obligation, status=Status.PASSED)
    return changed(obligation, status=Status.BREACHED, breached_at=event.at)


def _done(obligation: Obligation, event: ObligationFulfilled) -> Obligation:
    missed = obligation.status in {Status.BREACHED, Status.PASSED}
    return changed(
        obligation,
        status=obligation.status if missed else Status.ON_TIME,
        fulfilled_at=event.at,
        evidence=event.evidence,
        provisional=event.provisional,
    )


def _ended(obligation: Obligation, event: ObligationSuperseded | ObligationVoided) -> Obligation:
    ended = Status.SUPERSEDED if isinstance(event, ObligationSuperseded) else Status.VOID
    ending = Status.BREACHED if obligation.status is Status.BREACHED else ended
    return changed(obligation, status=ending, superseded_at=event.at)


def fulfil(
    obligation: Obligation,
    *,
    happened_at: datetime,
    received_at: datetime,
    evidence: str = "",
    late_evidence: timedelta,
) -> Iterator[ObligationEvent]:
    """What a deed makes of an owed obligation; nothing when it is not owed.

    1. A deed received by the due second is on time; a breach or a passing stamped meanwhile is withdrawn.
    2. A deed done in time, yet registered after the due instant, leaves a provisional breach when it was
       registered within `late_evidence` of the deed (DD-12).
    3. All else is late: the breach stands and the deed is recorded.
    """
    if not obligation.is_owed:
        return
    in_time = received_at <= obligation.due_at
    if in_time and obligation.status is not Status.OPEN:
        yield BreachWithdrawn(at=received_at, obligation=obligation.id)
    if not in_time and obligation.status is Status.OPEN and not obligation.advisory:
        yield ObligationBreached(at=obligation.due_at, obligation=obligation.id, clause=obligation.clause)
    timely_deed = happened_at <= obligation.due_at and received_at - happened_at <= late_evidence
    yield ObligationFulfilled(
        at=happened_at,
        obligation=obligation.id,
        evidence=evidence,
        provisional=not in_time and timely_deed and not obligation.advisory,
    )
