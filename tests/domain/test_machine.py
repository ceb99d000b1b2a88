"""A whole incident under random steps, jumps of the clock and late hand-overs, beside the reference model."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.assign import Assign, DesignateLead, Reassign, SignFor
from domain.catalogue import AnyCommand, Tick
from domain.escalate import SignIssue, SubmitRectification
from domain.incident import decide, fold, next_alarm
from domain.judge import Judge, Rejudge
from domain.obligations import BreachWithdrawn, ObligationBreached
from domain.publish import EndEmergencyResponse, HoldPressConference, Publish, ReportUp
from domain.records import PaperStatus
from domain.register import RecordConcern
from domain.respond import DraftResponse
from domain.roles import Actor
from domain.scores import score_deltas
from domain.state import Incident
from domain.verify import AnswerVerification, RequestVerification
from domain.vocabulary import (
    EmergencyGrade,
    PaperKind,
    Platform,
    PublicationForm,
    VerificationAnswer,
    WarningLevel,
)
from storage.codec import DECISION, INCIDENT
from tests.domain.cast import (
    ALICE,
    BOB,
    DISCOVERED,
    EVIDENCE,
    OFFICE,
    POLICE,
    SECOND,
    THIRD,
    UNIT,
    concluded,
    draft,
    factors,
    h,
    of,
    promise,
    registered,
    reviewed,
    step,
)
from tests.domain.given import Case
from tests.domain.owed import rows
from tests.domain.reference import PEERS, Reference

pytestmark = pytest.mark.timeout(600)  # a difference found is worth the time that it takes to shrink

UNITS = st.sampled_from([UNIT, SECOND, THIRD])
GROUPS = st.lists(UNITS, min_size=1, max_size=2, unique=True)
JUMPS = st.sampled_from([1, 60, 1800, 3 * 3600, 12 * 3600, 25 * 3600, 80 * 3600])
LAGS = st.sampled_from([0, 0, 1, 59, 60, 61, 7200])
BACK = st.sampled_from([0, 0, 1, 3600, 11 * 3600, 13 * 3600])
GRADES = st.sampled_from([EmergencyGrade.NONE, EmergencyGrade.RELATIVELY_MAJOR, EmergencyGrade.MAJOR])
LEVELS = {
    EmergencyGrade.NONE: WarningLevel.SOCIAL_HOTSPOT,
    EmergencyGrade.RELATIVELY_MAJOR: WarningLevel.COMPLEX_SENSITIVE,
    EmergencyGrade.MAJOR: WarningLevel.MAJOR_SITUATION,
}
Given = AnyCommand | Callable[[Incident], AnyCommand]


class Incidents(RuleBasedStateMachine):
    """Each rule gives a step to the rules and tells the reference what the requirements make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.case = Case().give((registered(), concluded(at=h(m=5))))
        self.reference = Reference(DISCOVERED, h(m=5))
        self.now = h(m=5)
        self.last = h(m=5)

    # -- time and receipt -------------------------------------------------------------------------------------------

    def run_to(self, instant: datetime) -> None:
        self.now = instant
        self.case.until(instant)
        self.reference.advance(instant)

    def give(self, by: Actor, command: Given, lag: int = 0, *, deferred: bool = False) -> datetime:
        """Give a step received `lag` seconds ago; returns as of when it is judged."""
        received_at = max(self.now - timedelta(seconds=lag), self.last)
        held = deferred or self.now - received_at <= timedelta(seconds=60)
        self.last = received_at if held else self.now
        submission = self.case.submission(step(received_at, by, command, deferred=deferred))
        foreseen = decide(self.case.state, submission, self.now)
        decided = self.case.take(submission, self.now)
        assert decided is not None
        assert decided.events == foreseen
        return self.last

    @rule(seconds=JUMPS)
    def jump(self, seconds: int) -> None:
        self.run_to(self.now + timedelta(seconds=seconds))

    @rule(offset=st.sampled_from([-1, 0, 1]))
    def go_to_the_next_alarm(self, offset: int) -> None:
        alarm = next_alarm(self.case.state)
        if alarm is not None:
            self.run_to(max(self.now, alarm + timedelta(seconds=offset)))

    @rule(seconds=JUMPS)
    def sleep_through(self, seconds: int) -> None:
        """An outage: no clock until its end."""
        self.now += timedelta(seconds=seconds)
        self.case.take(Tick(), self.now)
        self.reference.advance(self.now)

    # -- steps ------------------------------------------------------------------------------------------------------

    @rule(lag=LAGS, deferred=st.booleans())
    def record_a_concern(self, lag: int, *, deferred: bool) -> None:
        self.give(BOB, RecordConcern(text="何时公布"), lag, deferred=deferred)

    @rule(grade=GRADES, lag=LAGS, covers=st.booleans())
    def judge(self, grade: EmergencyGrade, lag: int, *, covers: bool) -> None:
        reason, level = "研判", LEVELS[grade]
        command: AnyCommand
        if self.case.state.judgement is None:
            command = Judge(level=level, factors=factors(), emergency_grade=grade, reason=reason)
        else:
            command = Rejudge(
                level=level, emergency_grade=grade, reason=reason, earlier_publication_covers=covers
            )
        first = self.case.state.judgement is None
        at = self.give(ALICE, command, lag)
        self.reference.judge(urgent=grade is EmergencyGrade.MAJOR, at=at, covers=covers and not first)
        self.reference.advance(self.now)

    @precondition(lambda self: self.case.state.judgement is not None)
    @rule(first=GROUPS, also=st.lists(UNITS, max_size=1), lag=LAGS)
    def name_units(self, first: list[str], also: list[str], lag: int) -> None:
        kind = Assign if self.case.state.assignment is None else Reassign
        lead = self.case.state.lead
        at = self.give(ALICE, kind(first=tuple(first), also=tuple(also), reason="指定"), lag)
        self.reference.name(first, also, at, lead)
        self.reference.advance(self.now)

    @precondition(lambda self: self.case.state.assignment is not None)
    @rule(unit=UNITS, lag=LAGS)
    def name_a_lead(self, unit: str, lag: int) -> None:
        if unit != self.case.state.lead:
            at = self.give(ALICE, DesignateLead(unit=unit, reason="牵头"), lag)
            self.reference.name_lead(unit, at)
            self.reference.advance(self.now)

    @rule(unit=UNITS, lag=LAGS, deferred=st.booleans())
    def sign_for(self, unit: str, lag: int, *, deferred: bool) -> None:
        if any(duty.unit == unit for duty in self.reference.alive("SIGN")):
            at = self.give(of(unit), SignFor(), lag, deferred=deferred)
            self.reference.perform("SIGN", unit, at)

    @rule(unit=UNITS, lag=LAGS, deferred=st.booleans(), back=BACK, ahead=st.sampled_from([0, 0, 1, 30, 72]))
    def publish(self, unit: str, lag: int, back: int, ahead: int, *, deferred: bool) -> None:
        """A final text, or with `ahead` an interim response that promises the next in so many hours."""
        if unit not in self.reference.responders:
            return
        received_at = max(self.now - timedelta(seconds=lag), self.last)
        held = deferred or self.now - received_at <= timedelta(seconds=60)
        said_at = max((received_at if held else self.now) - timedelta(seconds=back), DISCOVERED)
        until = said_at + timedelta(hours=ahead) if ahead else None
        self._draft(unit, until)
        at = self.give(
            of(unit),
            lambda case: Publish(
                draft=case.drafts[-1].id, published_at=said_at, channels=(Platform.WEIBO,), evidence=EVIDENCE
            ),
            lag,
            deferred=deferred,
        )
        self.reference.publish(unit, at, said_at, until)
        self.reference.advance(self.now)

    def _draft(self, unit: str, until: datetime | None) -> None:
        """Drafted and reviewed at the instant as of which the last step was judged, so that it holds nothing up."""
        text: DraftResponse = draft()
        if until is not None:
            text = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(until))
        for one in (step(self.last, of(unit), text, deferred=True), *reviewed(unit, self.last)):
            self.case.take(self.case.submission(replace(one, deferred=True)), self.now)

    @precondition(lambda self: self.case.state.assignment is not None)
    @rule(lag=LAGS)
    def hold_a_press_conference(self, lag: int) -> None:
        held_at = self.last
        at = self.give(ALICE, HoldPressConference(held_at=held_at, evidence=EVIDENCE), lag)
        self.reference.speak(at, held_at)
        self.reference.advance(self.now)

    @precondition(lambda self: self.case.state.in_emergency and self.case.state.emergency_ended_at is None)
    @rule()
    def end_the_emergency(self) -> None:
        self.reference.end_emergency(self.give(ALICE, EndEmergencyResponse(reason="处置完毕")))

    @rule(unit=UNITS, lag=LAGS)
    def report_up(self, unit: str, lag: int) -> None:
        if unit in self.reference.responders:
            self.reference.perform(
                "REPORT_UP", unit, self.give(of(unit), ReportUp(to=OFFICE, report="情况"), lag)
            )

    @rule(lag=LAGS)
    def ask_the_peers(self, lag: int) -> None:
        waiting = {request.peer for request in self.case.state.verifications if request.answer is None}
        if waiting != set(PEERS):
            self.reference.ask(self.give(ALICE, RequestVerification(questions="是否属实"), lag))
            self.reference.advance(self.now)

    @rule(lag=LAGS)
    def answer_a_peer(self, lag: int) -> None:
        if any(duty.unit == POLICE for duty in self.reference.alive("VERIFY")):
            answer = AnswerVerification(answer=VerificationAnswer.TRUE, result="属实")
            self.reference.perform("VERIFY", POLICE, self.give(of(POLICE), answer, lag))

    @rule()
    def sign_an_order(self) -> None:
        for paper in self.case.state.papers:
            if paper.kind is PaperKind.SUPERVISION_ORDER and paper.status is PaperStatus.DRAFTED:
                duty = self.case.state.obligation(paper.cause)
                at = self.give(ALICE, SignIssue(paper=paper.id))
                order = next(
                    owed
                    for owed in self.reference.owed
                    if owed.missed
                    and (owed.kind, owed.unit, owed.due, owed.created)
                    == (duty.kind, duty.unit, duty.due_at, duty.created_at)
                )
                self.reference.order_rectification(paper.unit, at, order)
                return

    @rule(unit=st.sampled_from([UNIT, SECOND, THIRD, OFFICE]), lag=LAGS)
    def rectify(self, unit: str, lag: int) -> None:
        if any(duty.unit == unit for duty in self.reference.alive("RECTIFY")):
            at = self.give(of(unit), SubmitRectification(report="整改"), lag)
            self.reference.perform("RECTIFY", unit, at)

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def the_duties_are_those_of_the_reference(self) -> None:
        assert rows(self.case.state) == self.reference.rows()

    @invariant()
    def reminders_orders_and_points_are_those_of_the_reference(self) -> None:
        told = [event.percent for event in self.case.happened("reminder_sent")]
        assert sorted(told) == sorted(percent for duty in self.reference.owed for percent in duty.told)
        papers = [paper for paper in self.case.state.papers if paper.status is not PaperStatus.VOID]
        ladder = [
            paper.kind
            for paper in papers
            if paper.kind in {PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM}
        ]
        assert len(ladder) == sum(duty.rungs for duty in self.reference.owed)
        assert sum(paper.kind is PaperKind.ADMONITORY_TALK for paper in papers) == self.reference.talks
        points = {unit: value for unit, value in score_deltas(self.case.state, self.now).items() if value}
        assert points == {unit: value for unit, value in self.reference.points(self.now).items() if value}

    @invariant()
    def the_clock_has_nothing_left_to_say(self) -> None:
        alarm = next_alarm(self.case.state)
        assert alarm is None or alarm > self.now

    @invariant()
    def names_are_unique_and_numbers_contiguous(self) -> None:
        state = self.case.state
        duties, papers = [duty.id for duty in state.obligations], [paper.id for paper in state.papers]
        assert (len(set(duties)), len(set(papers))) == (len(duties), len(papers))
        numbers = [n for one in self.case.decisions for n in range(one.first_number, one.last_number + 1)]
        assert numbers == list(range(1, state.event_number + 1))

    def teardown(self) -> None:
        """At the end: no breach erased but by its withdrawal, folding and JSON give the same case."""
        state = self.case.state
        withdrawn = {event.obligation for event in self.case.events if isinstance(event, BreachWithdrawn)}
        for event in self.case.events:
            if isinstance(event, ObligationBreached) and event.obligation not in withdrawn:
                duty = state.obligation(event.obligation)
                assert (duty.status.value, duty.breached_at) == ("breached", duty.due_at)
        assert fold(self.case.events) == state
        assert INCIDENT.validate_json(INCIDENT.dump_json(state)) == state
        for decided in self.case.decisions:
            assert DECISION.validate_json(DECISION.dump_json(decided)) == decided


TestIncidents = Incidents.TestCase
TestIncidents.settings = settings(
    max_examples=100, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
