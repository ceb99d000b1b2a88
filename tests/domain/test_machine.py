"""A whole incident under random steps, jumps of the clock and late hand-overs, beside the reference model."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.case.obligations import BreachWithdrawn, ObligationBreached
from domain.case.records import PaperStatus
from domain.incident import fold
from domain.rules.scores import score_deltas
from domain.steps.register import RecordConcern
from domain.terms.vocabulary import EmergencyGrade, PaperKind
from storage.codec import DECISION, INCIDENT
from tests.domain.cast import BOB, SECOND, THIRD, UNIT
from tests.domain.driven import Driven
from tests.domain.owed import POINTS, rows

pytestmark = pytest.mark.timeout(600)  # a difference found is worth the time that it takes to shrink

UNITS = st.sampled_from([UNIT, SECOND, THIRD])
GROUPS = st.lists(UNITS, min_size=1, max_size=2, unique=True)
OTHERS = st.lists(UNITS, max_size=1)
JUMPS = st.sampled_from([1, 60, 1800, 3 * 3600, 12 * 3600, 25 * 3600, 80 * 3600])
LAGS = st.sampled_from([0, 0, 1, 59, 60, 61, 7200])
BACK = st.sampled_from([0, 0, 1, 3600, 11 * 3600, 13 * 3600])
AHEAD = st.sampled_from([0, 0, 1, 30, 72])
GRADES = st.sampled_from([EmergencyGrade.NONE, EmergencyGrade.RELATIVELY_MAJOR, EmergencyGrade.MAJOR])
PICK = st.integers(min_value=0, max_value=11)
DUE = (*POINTS, "REPORT_UP")
LADDER = {PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM}


class Incidents(RuleBasedStateMachine):
    """Rules give steps; the invariants compare."""

    def __init__(self) -> None:
        super().__init__()
        self.it = Driven()

    @property
    def assigned(self) -> bool:
        """Whether somebody answers."""
        return bool(self.it.reference.first)

    @initialize(grade=GRADES, first=GROUPS, also=OTHERS, begun=st.booleans())
    def begin(self, grade: EmergencyGrade, first: list[str], also: list[str], *, begun: bool) -> None:
        if begun:
            self.it.judge(grade)
            self.it.name_units(first, also)

    @rule(seconds=JUMPS)
    def jump(self, seconds: int) -> None:
        self.it.run_to(self.it.now + timedelta(seconds=seconds))

    @rule(offset=st.sampled_from([-1, 0, 1]))
    def go_to_the_next_alarm(self, offset: int) -> None:
        if (alarm := self.it.alarm()) is not None:
            self.it.run_to(alarm + timedelta(seconds=offset))

    @rule(seconds=JUMPS)
    def sleep_through(self, seconds: int) -> None:
        self.it.sleep_to(self.it.now + timedelta(seconds=seconds))

    @rule(
        pick=PICK, late=st.sampled_from([-1, 0, 1, 59, 60, 61]), at_once=st.booleans(), deferred=st.booleans()
    )
    def act_around_a_due_instant(self, pick: int, late: int, *, at_once: bool, deferred: bool) -> None:
        """The clock runs to a due instant and a little further; the deed was received there or then."""
        waiting = [
            obligation
            for obligation in self.it.reference.alive(*DUE)
            if obligation.due >= self.it.now and obligation.unit
        ]
        if waiting:
            obligation = waiting[pick % len(waiting)]
            self.it.run_to(obligation.due + timedelta(seconds=late))
            if obligation.alive:
                self.it.perform(obligation, 0 if at_once else max(late, 0), deferred=deferred)

    @rule(pick=PICK, lag=LAGS, deferred=st.booleans())
    def act(self, pick: int, lag: int, *, deferred: bool) -> None:
        waiting = [obligation for obligation in self.it.reference.alive(*DUE) if obligation.unit]
        if waiting:
            self.it.perform(waiting[pick % len(waiting)], lag, deferred=deferred)

    @rule(lag=LAGS, deferred=st.booleans())
    def record_a_concern(self, lag: int, *, deferred: bool) -> None:
        self.it.give(BOB, RecordConcern(text="何时公布"), lag, deferred=deferred)

    @rule(grade=GRADES, lag=LAGS, covers=st.booleans())
    def judge(self, grade: EmergencyGrade, lag: int, *, covers: bool) -> None:
        self.it.judge(grade, lag, covers=covers)

    @precondition(lambda self: self.it.case.state.judgement is not None)
    @rule(first=GROUPS, also=OTHERS, lag=LAGS)
    def name_units(self, first: list[str], also: list[str], lag: int) -> None:
        self.it.name_units(first, also, lag)

    @precondition(lambda self: self.assigned)
    @rule(unit=UNITS, lag=LAGS)
    def name_a_lead(self, unit: str, lag: int) -> None:
        self.it.name_a_lead(unit, lag)

    @precondition(lambda self: self.assigned)
    @rule(pick=PICK, lag=LAGS, back=BACK, ahead=AHEAD, deferred=st.booleans())
    def publish(self, pick: int, lag: int, back: int, ahead: int, *, deferred: bool) -> None:
        responders = self.it.reference.responders
        self.it.publish(responders[pick % len(responders)], lag, back, ahead, deferred=deferred)

    @precondition(lambda self: self.assigned)
    @rule(lag=LAGS)
    def hold_a_press_conference(self, lag: int) -> None:
        self.it.hold_a_press_conference(lag)

    @precondition(
        lambda self: self.it.case.state.in_emergency and self.it.case.state.emergency_ended_at is None
    )
    @rule()
    def end_the_emergency(self) -> None:
        self.it.end_the_emergency()

    @rule(lag=LAGS)
    def ask_the_peers(self, lag: int) -> None:
        self.it.ask_the_peers(lag)

    @precondition(lambda self: self.it.unsigned_orders())
    @rule()
    def sign_an_order(self) -> None:
        self.it.sign_an_order(self.it.unsigned_orders()[0])

    @invariant()
    def the_obligations_are_those_of_the_reference(self) -> None:
        assert rows(self.it.case.state) == self.it.reference.rows()

    @invariant()
    def reminders_orders_and_points_are_those_of_the_reference(self) -> None:
        case, reference, now = self.it.case, self.it.reference, self.it.now
        told = [event.percent for event in case.happened("reminder_sent")]
        assert sorted(told) == sorted(percent for obligation in reference.owed for percent in obligation.told)
        papers = [paper for paper in case.state.papers if paper.status is not PaperStatus.VOID]
        assert sum(paper.kind in LADDER for paper in papers) == sum(
            obligation.rungs for obligation in reference.owed
        )
        assert sum(paper.kind is PaperKind.ADMONITORY_TALK for paper in papers) == reference.talks
        points = {unit: value for unit, value in score_deltas(case.state, now).items() if value}
        assert points == {unit: value for unit, value in reference.points(now).items() if value}

    @invariant()
    def the_clock_has_nothing_left_to_say(self) -> None:
        alarm = self.it.alarm()
        assert alarm is None or alarm > self.it.now

    @invariant()
    def names_are_unique(self) -> None:
        state = self.it.case.state
        obligations, papers = (
            [obligation.id for obligation in state.obligations],
            [paper.id for paper in state.papers],
        )
        assert (len(set(obligations)), len(set(papers))) == (len(obligations), len(papers))

    def teardown(self) -> None:
        """At the end: numbers without a gap, no breach erased but by its withdrawal;
        folding and JSON give the same.
        """
        case, state = self.it.case, self.it.case.state
        numbers = [n for one in case.decisions for n in range(one.first_number, one.last_number + 1)]
        assert numbers == list(range(1, state.event_number + 1))
        withdrawn = {event.obligation for event in case.events if isinstance(event, BreachWithdrawn)}
        for event in case.events:
            if isinstance(event, ObligationBreached) and event.obligation not in withdrawn:
                obligation = state.obligation(event.obligation)
                assert (obligation.status.value, obligation.breached_at) == ("breached", obligation.due_at)
        assert fold(case.events) == state
        assert INCIDENT.validate_json(INCIDENT.dump_json(state)) == state
        for decided in case.decisions:
            assert DECISION.validate_json(DECISION.dump_json(decided)) == decided


TestIncidents = Incidents.TestCase
TestIncidents.settings = settings(
    max_examples=100, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
