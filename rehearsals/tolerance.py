"""On a scaled clock a deed is judged by when it happened: what came only of its late receipt is set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.case.state import Incident
from domain.catalogue import Decision, Intrusion, Submission, Tick, Unreadable
from domain.incident import apply, decision, received
from domain.terms.refusals import Refused
from rehearsals.folding import FoldedCourse
from rehearsals.steps import RehearsalStep

_AHEAD = timedelta(
    seconds=1
)  # a stamp after the case's own time is passed over by the rules, which take that time


def judged_by_deed(
    decisions: Sequence[Decision], steps: Mapping[str, RehearsalStep], lateness: timedelta, until: datetime
) -> tuple[Decision, ...]:
    """The decisions that the rules make of the recorded deeds when each is received at its own instant.

    1. A deed received within `lateness` after its step counts at the step's instant; one later, when it came.
    2. The clock speaks at its own instants, as far as the record goes, and not past `until`.
    3. A record that does not follow from its own causes and stamps stays as it is,
       and so does one with a deed that the rules refuse at its own instant.
    """
    if not _follows(decisions):
        return tuple(decisions)
    course = FoldedCourse()
    try:
        for decided in decisions:
            _take(course, decided, steps, lateness)
    except Refused:
        return tuple(decisions)
    if decisions:
        course.pass_time(min(until, decisions[-1].now))
    return tuple(course.decisions)


def _follows(decisions: Sequence[Decision]) -> bool:
    """Whether the rules make every decision again from its cause and its stamp."""
    incident: Incident | None = None
    for decided in decisions:
        try:
            again = decision(incident, decided.cause, decided.now)
        except Refused:
            return False
        if again != decided:
            return False
        incident = apply(incident, decided)
    return True


def _take(
    course: FoldedCourse, decided: Decision, steps: Mapping[str, RehearsalStep], lateness: timedelta
) -> None:
    cause = decided.cause
    if isinstance(cause, Tick):
        return  # the clock is let speak anew
    at = decided.now
    if isinstance(cause, Submission):
        at = _happened_at(
            received(course.incident, cause, decided.now), steps.get(cause.command_id), lateness
        )
    if course.decisions:
        at = max(at, course.decisions[-1].now)
    course.pass_time(at)
    course.add(decision(course.incident, _stamped(cause, course.incident, at), at))


def _happened_at(as_of: datetime, step: RehearsalStep | None, lateness: timedelta) -> datetime:
    """When the deed took place: at its step where only the receipt was late, else when it was received."""
    return step.at if step is not None and step.at <= as_of <= step.at + lateness else as_of


def _stamped(
    cause: Submission | Unreadable | Intrusion, incident: Incident | None, at: datetime
) -> Submission | Unreadable | Intrusion:
    if not isinstance(cause, Submission):
        return cause
    drill = incident.drill if incident else cause.opening.drill if cause.opening else None
    return replace(cause, received_at=(drill.real(at) if drill else at) + _AHEAD)
