"""A case and the reference model driven side by side:
each deed is given to the rules and told to the model.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from domain.case.obligations import Obligation
from domain.case.records import Paper, PaperStatus
from domain.case.state import Incident
from domain.catalogue import AnyCommand, Tick
from domain.incident import decide, next_alarm
from domain.steps.assign import Assign, DesignateLead, Reassign
from domain.steps.escalate import SignIssue, SubmitRectification
from domain.steps.judge import Judge, Rejudge
from domain.steps.publish import EndEmergencyResponse, HoldPressConference, Publish
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse
from domain.steps.sign import SignFor
from domain.steps.verify import AnswerVerification, RequestVerification
from domain.terms.roles import Actor
from domain.terms.vocabulary import (
    EmergencyGrade,
    PaperKind,
    Platform,
    PublicationForm,
    VerificationAnswer,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    DISCOVERED,
    EVIDENCE,
    OFFICE,
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
from tests.domain.owed import Owed
from tests.domain.reference import PEERS, Reference

GRACE = timedelta(seconds=60)
LEVELS = {
    EmergencyGrade.NONE: WarningLevel.SOCIAL_HOTSPOT,
    EmergencyGrade.RELATIVELY_MAJOR: WarningLevel.COMPLEX_SENSITIVE,
    EmergencyGrade.MAJOR: WarningLevel.MAJOR_SITUATION,
}
Given = AnyCommand | Callable[[Incident], AnyCommand]

CONCLUDED = h(m=5)  # before it a text that is out answers nobody


class Driven:
    """`now` is the case's time; `last` as of when the latest step was judged,
    before which none is received.
    """

    def __init__(self) -> None:
        self.case = Case().give((registered(), concluded(at=CONCLUDED)))
        self.reference = Reference(DISCOVERED, h(m=5))
        self.now = h(m=5)
        self.last = h(m=5)

    # -- time and receipt
    # -------------------------------------------------------------------------------------------

    def run_to(self, instant: datetime) -> None:
        """Time passes with a clock that answers each alarm."""
        self.now = max(self.now, instant)
        self.case.until(self.now)
        self.reference.advance(self.now)

    def sleep_to(self, instant: datetime) -> None:
        """Time passes without one, until the end."""
        self.now = instant
        self.case.take(Tick(), self.now)
        self.reference.advance(self.now)

    def alarm(self) -> datetime | None:
        """The next alarm of the case."""
        return next_alarm(self.case.state)

    def received_at(self, lag: int) -> datetime:
        """`lag` seconds ago, though never before the last step."""
        return max(self.now - timedelta(seconds=lag), self.last)

    def judged_at(self, lag: int, *, deferred: bool) -> datetime:
        """As of when a step received then is judged: by signal always its receipt, else for a minute."""
        received = self.received_at(lag)
        return received if deferred or self.now - received <= GRACE else self.now

    def give(self, by: Actor, command: Given, lag: int = 0, *, deferred: bool = False) -> datetime:
        """Give a step received `lag` seconds ago; returns as of when it is judged."""
        given = step(self.received_at(lag), by, command, deferred=deferred)
        self.last = self.judged_at(lag, deferred=deferred)
        submission = self.case.submission(given)
        foreseen = decide(self.case.state, submission, self.now)
        decided = self.case.take(submission, self.now)
        assert decided is not None
        assert decided.events == foreseen
        return self.last

    # -- deeds
    # ------------------------------------------------------------------------------------------------------

    def judge(self, grade: EmergencyGrade, lag: int = 0, *, covers: bool = False) -> None:
        """Judged, or judged again."""
        again = self.case.state.judgement is not None
        command: AnyCommand = Judge(
            level=LEVELS[grade], factors=factors(), emergency_grade=grade, reason="研判"
        )
        if again:
            command = Rejudge(
                level=LEVELS[grade], emergency_grade=grade, reason="研判", earlier_publication_covers=covers
            )
        at = self.give(ALICE, command, lag)
        self.reference.judge(urgent=grade is EmergencyGrade.MAJOR, at=at, covers=covers and again)
        self.reference.advance(self.now)

    def name_units(self, first: list[str], also: list[str], lag: int = 0) -> None:
        """Assigned, or assigned anew."""
        kind = Assign if self.case.state.assignment is None else Reassign
        lead = self.case.state.lead
        at = self.give(ALICE, kind(first=tuple(first), also=tuple(also), reason="指定"), lag)
        self.reference.name(first, also, at, lead)
        self.reference.advance(self.now)

    def name_a_lead(self, unit: str, lag: int = 0) -> None:
        """A lead, unless it is the one already."""
        if unit != self.case.state.lead:
            at = self.give(ALICE, DesignateLead(unit=unit, reason="牵头"), lag)
            self.reference.name_lead(unit, at)
            self.reference.advance(self.now)

    def publish(self, unit: str, lag: int, back: int, ahead: int, *, deferred: bool) -> None:
        """A text said `back` seconds before receipt: final,
        or with `ahead` one that promises the next in so many hours.
        """
        said_at = max(self.judged_at(lag, deferred=deferred) - timedelta(seconds=back), CONCLUDED)
        until = said_at + timedelta(hours=ahead) if ahead else None
        self._draft(unit, until)
        at = self.give(
            of(unit),
            lambda case: Publish(
                draft=case.drafts[-1].id,
                published_at=said_at,
                channels=(Platform.WEIBO,),
                evidence=EVIDENCE,
                went_out_anyway="补录",
            ),
            lag,
            deferred=deferred,
        )
        self.reference.publish(unit, at, said_at, until)
        self.reference.advance(self.now)

    def _draft(self, unit: str, until: datetime | None) -> None:
        """Drafted and reviewed as of the last step, so that it holds nothing up."""
        text: DraftResponse = draft()
        if until is not None:
            text = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(until))
        for one in (step(self.last, of(unit), text), *reviewed(unit, self.last)):
            self.case.take(self.case.submission(replace(one, deferred=True)), self.now)

    def hold_a_press_conference(self, lag: int = 0) -> None:
        """The press is spoken to at the instant of the last step."""
        held_at = self.last
        at = self.give(ALICE, HoldPressConference(held_at=held_at, evidence=EVIDENCE), lag)
        self.reference.speak(at, held_at)
        self.reference.advance(self.now)

    def end_the_emergency(self) -> None:
        """No more continuous publication."""
        self.reference.end_emergency(self.give(ALICE, EndEmergencyResponse(reason="处置完毕")))

    def ask_the_peers(self, lag: int = 0) -> None:
        """All peers that are not still silent."""
        waiting = {request.peer for request in self.case.state.verifications if request.answer is None}
        if waiting != set(PEERS):
            self.reference.ask(self.give(ALICE, RequestVerification(questions="是否属实"), lag))
            self.reference.advance(self.now)

    def sign_an_order(self, paper: Paper) -> None:
        """A supervision order drafted by the clock."""
        at = self.give(ALICE, SignIssue(paper=paper.id))
        breached = self._of(self.case.state.obligation(paper.cause))
        self.reference.order_rectification(paper.unit, at, breached)

    def _of(self, obligation: Obligation) -> Owed:
        """The missed obligation of the model that is the case's."""
        same = (obligation.kind, obligation.unit, obligation.due_at, obligation.created_at)
        return next(
            owed
            for owed in self.reference.owed
            if owed.missed and (owed.kind, owed.unit, owed.due, owed.created) == same
        )

    def unsigned_orders(self) -> list[Paper]:
        """Supervision orders that wait for a signature."""
        return [
            paper
            for paper in self.case.papers(PaperKind.SUPERVISION_ORDER)
            if paper.status is PaperStatus.DRAFTED
        ]

    def perform(self, obligation: Owed, lag: int = 0, *, deferred: bool = False) -> None:
        """What an obligation asks: sign, answer, report, rectify, or publish."""
        deeds: dict[str, AnyCommand] = {
            "SIGN": SignFor(),
            "VERIFY": AnswerVerification(answer=VerificationAnswer.TRUE, result="属实"),
            "REPORT_UP": ReportUp(to=OFFICE, report="情况"),
            "RECTIFY": SubmitRectification(report="整改"),
        }
        if obligation.unit is None:
            return
        if obligation.kind in deeds:
            at = self.give(of(obligation.unit), deeds[obligation.kind], lag, deferred=deferred)
            self.reference.perform(obligation.kind, obligation.unit, at)
        else:
            self.publish(obligation.unit, lag, 0, 0, deferred=deferred)
