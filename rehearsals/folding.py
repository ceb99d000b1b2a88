"""Folds a rehearsal by the pure domain alone: the same steps and the same clock, without any server."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.case.state import Incident
from domain.catalogue import Decision, Submission, Tick
from domain.incident import apply, decision, next_alarm
from domain.law.regulation import Law
from domain.notices import Notice, notices
from domain.reading import read
from domain.rules.permissions import may_see
from domain.steps.amend import Rebase
from domain.steps.register import Opening, Register
from domain.terms.free_texts import CaseText, filled_from, referred
from domain.terms.refusals import Refused
from domain.terms.workdays import SHANGHAI
from rehearsals.document import IncidentPlan, Rehearsal
from rehearsals.outcomes import StepOutcome
from rehearsals.steps import GONE, NOT_FOUND, RehearsalStep
from storage.codec import command_digest, named_by_key
from storage.event_log import RecordedEvent
from storage.numbers import incident_id
from storage.regulations import load_law


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What the rules alone made of one incident: its decisions in order, and the outcome of each step."""

    plan: IncidentPlan
    decisions: tuple[Decision, ...]
    outcomes: tuple[StepOutcome, ...]
    incident: Incident | None
    notices: tuple[Notice, ...] = ()
    texts: tuple[CaseText, ...] = ()


def fold_rehearsal(rehearsal: Rehearsal) -> tuple[Folded, ...]:
    """Every incident of a file, each to the end of the file,
    since its clock goes on while others are at work.
    """
    folded = []
    for plan in rehearsal.incidents:
        run = f"{rehearsal.name}/{plan.name}"
        opening = Opening(
            incident_id=incident_id(registered_as(run, plan)),
            number=rehearsal.name,
            law=load_law(rehearsal.regulation, plan.registration.at.astimezone(SHANGHAI).year),
        )
        folded.append(fold_plan(plan, opening, run, until=rehearsal.ends_at))
    return tuple(folded)


def fold_to_age(plan: IncidentPlan, opening: Opening, run: str, age: timedelta) -> Folded:
    """An incident up to an age, counted from its discovery, with its texts beside it;
    steps after it are left out.
    """
    command = plan.registration.command
    if not isinstance(command, Register):
        raise TypeError("a registration registers")
    return fold_plan(plan, opening, run, until=command.discovered_at + age, beside=True)


def registered_as(run: str, plan: IncidentPlan) -> str:
    """The command id of a plan's registration within a run, as the web makes them from caller,
    route and key.
    """
    step = plan.registration
    return named_by_key(step.actor.person, step.actor.unit, step.command.kind, _key(run, plan, step))


def _key(run: str, plan: IncidentPlan, step: RehearsalStep) -> str:
    """The Idempotency-Key under which a step within a run is given."""
    return hashlib.sha256(f"{run}/{plan.steps.index(step)}".encode()).hexdigest()


def fold_plan(
    plan: IncidentPlan, opening: Opening, run: str, *, until: datetime, beside: bool = False
) -> Folded:
    """The decisions and outcomes of an incident up to an instant, steps and alarms at that instant included.

    With `beside` its texts stand beside it, as those of every case in a ledger;
    salted alike each time, being made up.
    """
    course = _Plan(opening, beside=beside)
    outcomes = []
    for step in plan.steps:
        if step.at > until:
            break
        course.pass_time(step.at)
        outcomes.append(course.take(step, _key(run, plan, step)))
    course.pass_time(until)
    return Folded(
        plan=plan,
        decisions=tuple(course.decisions),
        outcomes=tuple(outcomes),
        incident=course.incident,
        notices=called_for(course.decisions),
        texts=tuple(course.texts),
    )


class FoldedCourse:
    """One case while it is being folded."""

    def __init__(self) -> None:
        self.incident: Incident | None = None
        self.decisions: list[Decision] = []

    def pass_time(self, until: datetime) -> None:
        """Let the clock speak at each of its alarms up to an instant."""
        while (
            self.incident is not None and (alarm := next_alarm(self.incident)) is not None and alarm <= until
        ):
            self.add(decision(self.incident, Tick(), alarm))

    def add(self, decided: Decision | None) -> None:
        """Take in a decision, if there is one."""
        if decided is not None:
            self.incident = apply(self.incident, decided)
            self.decisions.append(decided)


class _Plan(FoldedCourse):
    """A case whose steps are given by a plan."""

    def __init__(self, opening: Opening, *, beside: bool) -> None:
        super().__init__()
        self.texts: list[CaseText] = []
        self._opening, self._beside = opening, beside

    def take(self, step: RehearsalStep, key: str) -> StepOutcome:
        """Give a step's command under its key; the outcome says whether it was accepted."""
        if self.incident is not None and not may_see(step.actor, self.incident):
            return StepOutcome(step=step, refused=NOT_FOUND)
        if self.incident is not None and self.incident.archived_at is not None:
            return StepOutcome(step=step, refused=GONE, detail=self.incident.number)
        submission = self._submission(step, key)
        try:
            self.add(decision(self.incident, submission, step.at))
        except Refused as refused:
            return StepOutcome(step=step, refused=str(refused.reason), detail=refused.detail)
        return StepOutcome(step=step, command_id=submission.command_id)

    def _submission(self, step: RehearsalStep, key: str) -> Submission:
        drill, case = self._opening.drill, self._opening.incident_id
        route = step.command.kind if self.incident is None else f"{case}/{step.command.kind}"
        plain = Submission(
            command=step.command,
            actor=step.actor,
            received_at=drill.real(step.at) if drill else step.at,
            command_id=named_by_key(step.actor.person, step.actor.unit, route, key),
            key=key,
            digest=command_digest(step.command),
            opening=self._opening if self.incident is None else None,
            law=self._law_now(step.at) if isinstance(step.command, Rebase) else None,
            on_duty=step.on_duty,
        )
        return self._with_texts_beside(plain) if self._beside else plain

    def _with_texts_beside(self, plain: Submission) -> Submission:
        command, texts = referred(plain.command, plain.command_id)
        self.texts += texts
        incident = self.incident and filled_from(self.incident, self.texts)
        return replace(
            plain,
            command=command,
            digest=command_digest(command),
            texts=texts,
            reading=read(plain.command, incident, self._opening.law.edition),
        )

    def _law_now(self, at: datetime) -> Law:
        return load_law(self._opening.law.regulation, at.astimezone(SHANGHAI).year)


def recorded(decisions: Sequence[Decision]) -> tuple[RecordedEvent, ...]:
    """The events of decisions as the event log would give them."""
    return tuple(
        RecordedEvent(
            number=number,
            recorded_at=decided.now,
            cause=decided.cause.kind,
            command_id=decided.cause.command_id if isinstance(decided.cause, Submission) else None,
            event=event,
        )
        for decided in decisions
        for number, event in enumerate(decided.events, start=decided.first_number)
    )


def called_for(decisions: Sequence[Decision]) -> tuple[Notice, ...]:
    """The notices that decisions, from the first on, call for."""
    notes: list[Notice] = []
    incident = None
    for decided in decisions:
        incident = apply(incident, decided)
        notes.extend(notices(incident, decided))
    return tuple(notes)
