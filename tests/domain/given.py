"""given(*steps).when(step).then(...) or .refused(reason):
a case carried by the pure rules, its clock as a workflow keeps it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest

from domain.case.obligations import Obligation, Status
from domain.case.records import Paper
from domain.case.state import Incident
from domain.catalogue import AnyCommand, CaseEvent, Decision, Submission, Tick, Unreadable
from domain.incident import apply, decision, next_alarm
from domain.law.regulation import Law
from domain.notices import Purpose, notices
from domain.rules.scores import score_deltas
from domain.steps.register import Opening
from domain.terms.drill import DrillClock
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind, PaperKind
from tests.domain.cast import LAW, Step, step

Steps = Step | Iterable["Steps"]


class Case:
    """One case under way: what was decided, and the case as it stands."""

    def __init__(self, law: Law = LAW, drill: DrillClock | None = None) -> None:
        self.incident: Incident | None = None
        self.decisions: list[Decision] = []
        self.given = 0
        self._opening = Opening(incident_id="inc-1", number="舆〔2026〕1号", law=law, drill=drill)

    @property
    def state(self) -> Incident:
        assert self.incident is not None
        return self.incident

    @property
    def now(self) -> datetime:
        """When the case was last decided."""
        return self.decisions[-1].now

    @property
    def events(self) -> tuple[CaseEvent, ...]:
        """All events so far."""
        return tuple(event for decided in self.decisions for event in decided.events)

    def give(self, steps: Steps) -> "Case":
        """Give the steps in order, each at its instant, the clock running up to each."""
        if not isinstance(steps, Step):
            for given in steps:
                self.give(given)
            return self
        if self.incident is not None:
            self.until(steps.at)
        self.take(self.submission(steps), steps.at + steps.lag)
        return self

    def submission(self, given: Step) -> Submission:
        """The step in its envelope."""
        self.given += 1
        command = given.command(self.state) if callable(given.command) else given.command
        return Submission(
            command=command,
            actor=given.by,
            received_at=given.at,
            command_id=f"{self.given:064x}",
            digest="d" * 64,
            expected_number=given.expected_number,
            opening=self._opening if self.incident is None else None,
            deferred=given.deferred,
            on_duty=given.on_duty,
        )

    def until(self, instant: datetime) -> "Case":
        """Let the clock run to an instant: each alarm is answered when it comes."""
        while (alarm := next_alarm(self.state)) is not None and alarm <= instant:
            self.take(Tick(), alarm)
        return self

    def take(self, cause: Submission | Tick | Unreadable, now: datetime) -> Decision | None:
        """Decide a cause and apply what comes of it."""
        decided = decision(self.incident, cause, now)
        if decided is not None:
            self.incident = apply(self.incident, decided)
            self.decisions.append(decided)
        return decided

    def tells(self, *told: tuple[Purpose, str], by: str = "") -> "Case":
        """The latest decision, or the first that holds an event of the kind `by`,
        tells exactly this to exactly these units; each notice is named.
        """
        made = [one for one in self.decisions if by in {event.kind for event in one.events}]
        decided = made[0] if by else self.decisions[-1]
        found = [(notice.purpose, notice.unit) for notice in notices(self.state, decided)]
        assert sorted(found) == sorted(told), sorted(found)
        return self

    def tells_in_all(self, *told: tuple[Purpose, str]) -> "Case":
        """All decisions so far tell exactly this to exactly these units, however often."""
        found = {(note.purpose, note.unit) for one in self.decisions for note in notices(self.state, one)}
        assert sorted(found) == sorted(told), sorted(found)
        return self

    def subjects(self, purpose: Purpose) -> list[tuple[str, str]]:
        """Whom the latest decision tells for a purpose, and of what, in order."""
        found = notices(self.state, self.decisions[-1])
        return [(notice.unit, notice.subject) for notice in found if notice.purpose is purpose]

    def obligations(self, kind: ObligationKind, unit: str | None = None) -> tuple[Obligation, ...]:
        """The obligations of a kind and unit, oldest first; of all units for None."""
        return tuple(
            obligation
            for obligation in self.state.obligations
            if obligation.kind is kind and unit in {None, obligation.unit}
        )

    def obligation(self, kind: ObligationKind, unit: str | None = None) -> Obligation:
        """The youngest of them."""
        return self.obligations(kind, unit)[-1]

    def papers(self, kind: PaperKind) -> tuple[Paper, ...]:
        """The papers of a kind."""
        return tuple(paper for paper in self.state.papers if paper.kind is kind)

    def happened(self, kind: str) -> tuple[Any, ...]:
        """All events of a kind, whose class the test knows."""
        return tuple(event for event in self.events if event.kind == kind)

    def scores(self, at: datetime) -> dict[str, float]:
        """Points of all units, those of none left out."""
        return {unit: points for unit, points in score_deltas(self.state, at).items() if points}


class When:
    """A step about to be taken."""

    def __init__(self, case: Case, taken: Callable[[], Decision | None]) -> None:
        self.case = case
        self._taken = taken

    def then(self, kind: str, *kinds: str) -> Case:
        """The step brings events of exactly these kinds, in order; each is named."""
        decided = self._taken()
        found = [event.kind for event in decided.events] if decided else []
        assert found == [kind, *kinds]
        return self.case

    def refused(self, reason: Reason, detail: str | None = None) -> Case:
        """The step is refused for that reason, and nothing changed."""
        before = self.case.incident
        with pytest.raises(Refused) as caught:
            self._taken()
        assert (caught.value.reason, caught.value.detail) == (reason, detail or caught.value.detail)
        assert self.case.incident is before
        return self.case


class Givens:
    """Steps already taken."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def when(self, *steps: Steps) -> When:
        """The last of the steps is the one asked about."""
        *before, last = flat(steps)
        for earlier in before:
            self.case.give(earlier)
        if self.case.incident is not None:
            self.case.until(last.at)
        return When(self.case, lambda: self.case.take(self.case.submission(last), last.at + last.lag))

    def asked(self, at: datetime, by: Actor, command: AnyCommand) -> When:
        """A command in short."""
        return self.when(step(at, by, command))

    def by(self, instant: datetime) -> Case:
        """The case when the clock has run to an instant."""
        return self.case.until(instant)


def given(*steps: Steps, law: Law = LAW, drill: DrillClock | None = None) -> Givens:
    """A case after these steps."""
    return Givens(Case(law, drill).give(steps))


def flat(steps: Steps) -> list[Step]:
    """The steps one by one, in order."""
    return [steps] if isinstance(steps, Step) else [one for given in steps for one in flat(given)]


OPEN, ON_TIME, BREACHED, PASSED = Status.OPEN, Status.ON_TIME, Status.BREACHED, Status.PASSED
SUPERSEDED, VOID = Status.SUPERSEDED, Status.VOID
