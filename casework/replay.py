"""The replay of a case: the stops at which somebody who goes through it step by step halts,
and what stands out among them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.case.obligations import Status
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision, Submission
from domain.incident import evolve
from domain.rules.alarms import ONE_SECOND
from domain.terms.roles import Actor
from domain.terms.vocabulary import ResponseClass
from storage.past_states import SealedState

BASE_EVERY: Final = 64  # decisions from one state that is kept to the next: what a stop is folded from
_PEOPLE: Final = 60
_OUT: Final = frozenset({"published", "press_conference_held", "publication_withdrawn"})
_TAKEN_BACK: Final = frozenset({"breach_withdrawn", "late_evidence_reviewed", "tolerance_decided"})


class ReplayMark(StrEnum):
    """What one may jump to."""

    DUE = "due"  # a limit passed by, on record or not
    BREACH = "breach"
    REVERSAL = "reversal"  # of a breach: withdrawn, or looked at again
    PUBLICATION = "publication"
    RISE = "rise"  # of level, grade or class


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A decision (`first` to `number` are its events),
    or an instant at which limits passed that nothing recorded then.

    `at` is on the case's clock; at an instant `number` is the last event before it,
    and `passed` are the obligations.
    """

    first: int
    number: int
    at: datetime
    marks: frozenset[ReplayMark]
    passed: tuple[str, ...] = ()

    @property
    def is_instant(self) -> bool:
        """Whether nothing was recorded here."""
        return bool(self.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A case's stops in order, who acted in it, and states on the way, the last one among them."""

    stops: tuple[Stop, ...]
    people: tuple[Actor, ...]
    bases: tuple[SealedState, ...]

    @property
    def last(self) -> SealedState:
        """Where the record ends."""
        return self.bases[-1]

    def base_of(self, number: int) -> SealedState | None:
        """The last state that is kept up to an event; None where the case is folded from its beginning."""
        return next((base for base in reversed(self.bases) if base.number <= number), None)


def outlined(sealed: Sequence[tuple[Decision, str]], before: Outline | None = None) -> Outline:
    """The outline of a case by its decisions and their seals, all, or those after the outline `before`."""
    state = before.last.state if before else None
    stops = list(before.stops) if before else []
    people = dict.fromkeys(before.people if before else ())
    bases = list(before.bases) if before else []
    for place, (decided, seal) in enumerate(sealed, start=1):
        if state is not None:
            stops += silent(state, stops[-1].at, decided.now)
        earlier = state
        for event in decided.events:
            state = evolve(state, event)
        if state is None:
            continue
        marks = frozenset(_marks(earlier, state, decided.events))
        stops.append(
            Stop(first=decided.first_number, number=decided.last_number, at=decided.now, marks=marks)
        )
        if isinstance(decided.cause, Submission) and len(people) < _PEOPLE:
            people[decided.cause.actor] = None
        if place % BASE_EVERY == 0 or place == len(sealed):
            bases.append(SealedState(state=state, hash=seal))
    return Outline(stops=tuple(stops), people=tuple(people), bases=tuple(bases))


def silent(state: Incident, after: datetime, before: datetime) -> list[Stop]:
    """The instants between two that are given, at which a limit of the case passed without
    an event saying so.

    A deed at the due second is on time, so the instant is one second later.
    """
    passed: dict[datetime, list[str]] = {}
    for obligation in state.obligations:
        instant = obligation.due_at + ONE_SECOND
        if obligation.is_owed and obligation.status is Status.OPEN and after < instant < before:
            passed.setdefault(instant, []).append(obligation.id)
    number = state.event_number
    return [
        Stop(
            first=number + 1,
            number=number,
            at=at,
            marks=frozenset({ReplayMark.DUE}),
            passed=tuple(passed[at]),
        )
        for at in sorted(passed)
    ]


def stops_until(outline: Outline, now: datetime) -> tuple[Stop, ...]:
    """All stops, with the limits that passed since the last record."""
    last = outline.stops[-1]
    return (*outline.stops, *silent(outline.last.state, last.at, now + timedelta(seconds=1)))


def place_of(stops: Sequence[Stop], wanted: int | datetime) -> int | None:
    """Where a number stands, or which stop came last by an instant: from 1 on;
    None for a time before the first.
    """
    if isinstance(wanted, int):
        return next(
            (place for place, stop in enumerate(stops, start=1) if stop.first <= wanted <= stop.number), None
        )
    by_then = sum(stop.at <= wanted for stop in stops)
    return by_then or None


def _marks(before: Incident | None, after: Incident, events: Iterable[CaseEvent]) -> Iterator[ReplayMark]:
    for event in events:
        if event.kind in {"obligation_breached", "obligation_passed"}:
            yield ReplayMark.DUE
        if event.kind == "obligation_breached":
            yield ReplayMark.BREACH
        if event.kind in _TAKEN_BACK:
            yield ReplayMark.REVERSAL
        if event.kind in _OUT:
            yield ReplayMark.PUBLICATION
    if before is not None and before.level is not None and _height(before) < _height(after):
        yield ReplayMark.RISE


def _height(incident: Incident) -> tuple[int, int, int]:
    """Class, grade and level as one height: a rise of any is one, unless what weighs more fell."""
    is_urgent = incident.response_class is ResponseClass.H24
    return int(is_urgent), incident.grade.rank, -1 if incident.level is None else incident.level.rank
