"""P7: what one command costs the rules, and what it costs to fold a case of 100 events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from statistics import median
from time import perf_counter_ns

from bench.cases import course
from domain import incident as rules
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision, Submission

_START = datetime(2026, 9, 7, 2, 5, tzinfo=UTC)
_EVENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesCost:
    """Microseconds of decide and evolve per kind of command, and milliseconds of folding 100 events."""

    microseconds: dict[str, float]
    fold_milliseconds: float

    @property
    def median_microseconds(self) -> float:
        """The median over the kinds of the mix."""
        return median(self.microseconds.values())


def measure(repeats: int) -> RulesCost:
    """Time the rules on a case under way; each figure is the median of `repeats` timings."""
    before, submissions = _case_under_way()
    steps = {submission.command.kind: submission for submission in submissions}
    costs = {str(kind): _median_us(before, submission, repeats) for kind, submission in sorted(steps.items())}
    return RulesCost(microseconds=costs, fold_milliseconds=_median_fold_ms(_hundred_events(), repeats))


def _case_under_way() -> tuple[Incident, list[Submission]]:
    """A case of some 40 events, and a submission of each kind of the mix that comes next."""
    submissions = list(course(_START, "bench-rules", 24))
    incident: Incident | None = None
    for earlier in submissions[:-6]:
        incident = rules.apply(incident, _decided(incident, earlier))
    if incident is None:
        raise RuntimeError("the case was not registered")
    return incident, submissions[-6:]


def _decided(incident: Incident | None, sent: Submission) -> Decision:
    decided = rules.decision(incident, sent, sent.received_at)
    if decided is None:
        raise RuntimeError("a command brought no event")
    return decided


def _hundred_events() -> Sequence[CaseEvent]:
    events: list[CaseEvent] = []
    incident: Incident | None = None
    for submission in course(_START, "bench-fold", _EVENTS):
        decided = _decided(incident, submission)
        incident = rules.apply(incident, decided)
        events += decided.events
    return list(islice(events, _EVENTS))


def _median_us(incident: Incident, submission: Submission, repeats: int) -> float:
    """The median time of deciding a command and evolving the case by its events,
    as the workflow's handler does.
    """
    taken: list[int] = []
    for _ in range(repeats):
        began = perf_counter_ns()
        for event in rules.decide(incident, submission, submission.received_at):
            rules.evolve(incident, event)
        taken.append(perf_counter_ns() - began)
    return median(taken) / 1e3


def _median_fold_ms(events: Sequence[CaseEvent], repeats: int) -> float:
    taken: list[int] = []
    for _ in range(max(repeats // 10, 3)):
        began = perf_counter_ns()
        rules.fold(events)
        taken.append(perf_counter_ns() - began)
    return median(taken) / 1e6
