"""What the system recorded of a rehearsed incident, laid beside the rehearsal:
the ground of every expectation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.case.obligations import ObligationBreached, ObligationPassed
from domain.case.state import Incident
from domain.catalogue import CaseEvent
from domain.incident import evolve
from domain.notices import Notice
from domain.rules.alarms import ONE_SECOND
from domain.rules.counting import CountsMissing
from domain.rules.papers import PaperDrafted, drafted_by_the_clock
from domain.rules.watch import AlarmRaised
from domain.steps.close import Archived
from rehearsals.steps import RehearsalStep
from storage.event_log import RecordedEvent

EXACT = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFact:
    """One event of the record.

    `counts_at` is the instant of the rehearsal from which it counts: for what a step brought the step's, for
    what the clock says the instant at which the clock was to look. On an exact clock it is when it was
    recorded.
    """

    number: int
    event: CaseEvent
    counts_at: datetime
    recorded_at: datetime
    step: RehearsalStep | None


@dataclass(frozen=True, slots=True)
class CaseAccount:
    """The record of one incident, by how much its instants may differ from the rehearsal's,
    and what units were told.
    """

    facts: tuple[AccountFact, ...]
    tolerance: timedelta = EXACT
    notices: tuple[Notice, ...] = ()
    _states: dict[int, Incident] = field(default_factory=dict, compare=False, repr=False)

    def view(self, at: datetime) -> "AccountView":
        """The case as it stands at an instant; before its registration, as registered."""
        opening = self.facts[0].counts_at
        count = sum(fact.counts_at <= max(at, opening) for fact in self.facts)
        return AccountView(account=self, at=at, facts=self.facts[:count], incident=self._state(count))

    def _state(self, count: int) -> Incident:
        if count not in self._states:
            before = None
            for fact in self.facts[:count]:
                before = evolve(before, fact.event)
            if before is None:
                raise ValueError("an account has at least its first event")
            self._states[count] = before
        return self._states[count]

    def states(self, facts: Sequence[AccountFact]) -> Iterator[tuple[AccountFact, Incident]]:
        """Each fact with the case that it left."""
        for count, fact in enumerate(facts, start=1):
            yield fact, self._state(count)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as of an instant: the facts that count by then, and the case that they make."""

    account: CaseAccount
    at: datetime
    facts: tuple[AccountFact, ...]
    incident: Incident

    @property
    def events(self) -> tuple[CaseEvent, ...]:
        """The events that count."""
        return tuple(fact.event for fact in self.facts)


def account(
    steps: Mapping[str, RehearsalStep],
    recorded: Sequence[RecordedEvent],
    tolerance: timedelta = EXACT,
    notices: Sequence[Notice] = (),
) -> CaseAccount:
    """The account of one incident from its event log;
    `steps` are those of the rehearsal by their command ids.

    On a scaled clock a step is received somewhat after its instant, and what the clock said meanwhile stands
    before it in the log; the facts are therefore laid in the order in which they count.
    """
    facts: list[AccountFact] = []
    latest = datetime.min.replace(tzinfo=UTC)
    for event in recorded:
        step = steps.get(event.command_id or "")
        counts_at = _counts_at(event, step)
        if is_of_clock(event.event):  # a reminder made up for is stamped before what it reminds of was there
            counts_at = max(counts_at, latest)
        latest = max(counts_at, latest)
        fact = AccountFact(
            number=event.number,
            event=event.event,
            counts_at=counts_at,
            recorded_at=event.recorded_at,
            step=step,
        )
        facts.append(fact)
    return CaseAccount(tuple(sorted(facts, key=lambda fact: fact.counts_at)), tolerance, tuple(notices))


def _counts_at(expected: RecordedEvent, step: RehearsalStep | None) -> datetime:
    event = expected.event
    if is_of_clock(event):
        return min(expected.recorded_at, event.at + (ONE_SECOND if _looked_at_later(event) else EXACT))
    return step.at if step is not None else expected.recorded_at


def is_of_clock(event: CaseEvent) -> bool:
    """Whether the clock says such an event by itself, also while it catches up before a command."""
    if isinstance(event, PaperDrafted):
        return drafted_by_the_clock(event)
    return event.by is None and event.kind in {
        "obligation_breached",
        "obligation_passed",
        "reminder_sent",
        "alarm_raised",
        "counts_missing",
        "archived",
    }


def _looked_at_later(event: CaseEvent) -> bool:
    """The clock looks for what was missed one second after the due instant,
    since a deed at that second is on time.
    """
    return isinstance(
        event, AlarmRaised | CountsMissing | ObligationBreached | ObligationPassed | PaperDrafted
    )


def closes_by_itself(event: CaseEvent) -> bool:
    """Whether an event ended a case without a person: only archiving may."""
    return event.by is None and not isinstance(event, Archived) and event.kind == "closed"
