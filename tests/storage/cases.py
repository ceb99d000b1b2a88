"""Cases for the tests of storage: real decisions of the domain, one step after another."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.case.records import Evidence, Source
from domain.case.state import Incident
from domain.catalogue import AnyCommand, Decision, Submission, Tick
from domain.incident import apply, decision, next_alarm
from domain.law.editions import SECOND_EDITION
from domain.law.levels import Factor, Factors, Metrics
from domain.law.regulation import Law
from domain.law.responsibility import Involvement
from domain.steps.amend import Rebase
from domain.steps.assign import Assign
from domain.steps.close import Archive, Close, RecordHandling
from domain.steps.escalate import SignIssue
from domain.steps.judge import Judge
from domain.steps.publish import Publish
from domain.steps.register import Opening, Register
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.steps.sign import SignFor
from domain.steps.verify import Conclude
from domain.steps.withdraw import WithdrawPublication
from domain.terms.drill import DrillClock
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    InvolvementRole,
    KeyCategory,
    Platform,
    PublicationForm,
    ReviewStage,
    WarningLevel,
)
from storage.regulations import load_law

START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
LAW = load_law("gaoan-2020", 2026)
OFFICE = Actor(person="alice", role=Role.PRINCIPAL_LEADER, unit="gov_office")
AUDITOR = Actor(person="victor", role=Role.AUDITOR, unit="discipline")
REVIEWERS = (
    (ReviewStage.FIRST_REVIEW, Role.HANDLER, "r1"),
    (ReviewStage.SECOND_REVIEW, Role.DEPUTY_LEADER, "r2"),
    (ReviewStage.FINAL_REVIEW, Role.PRINCIPAL_LEADER, "r3"),
)


def of_unit(unit: str, role: Role = Role.HANDLER, person: str = "bob") -> Actor:
    """Somebody of a unit."""
    return Actor(person=person, role=role, unit=unit)


class Case:
    """One incident carried by the pure rules; `decisions` is what a workflow would hand over
    to be recorded.
    """

    def __init__(
        self,
        name: str = "1",
        *,
        unit: str = "urban_management",
        drill: bool = False,
        title: str = "占道经营舆情",
        law: Law = LAW,
    ) -> None:
        self.incident_id = f"inc-{hashlib.sha256(name.encode()).hexdigest()[:24]}"
        self.unit = unit
        self.now = START
        self.incident: Incident | None = None
        self.decisions: tuple[Decision, ...] = ()
        clock = DrillClock(epoch=START, origin=START, scale=1.0) if drill else None
        number = f"演〔2026〕{name}号" if drill else f"舆〔2026〕{name}号"
        self._opening = Opening(incident_id=self.incident_id, number=number, law=law, drill=clock)
        self.submit(
            Register(
                title=title,
                discovered_at=START,
                sources=(Source(at=START, platform=Platform.DOUYIN, gist="视频"),),
                involved=(Involvement(unit=unit, role=InvolvementRole.ACCOUNTABLE),),
                metrics=(Metrics(at=START, posts=15, reads=34000, comments=610, local=1),),
            )
        )

    @property
    def state(self) -> Incident:
        """The incident as it stands."""
        assert self.incident is not None
        return self.incident

    @property
    def unit_leader(self) -> Actor:
        """The leader of the unit that answers."""
        return of_unit(self.unit, Role.PRINCIPAL_LEADER, "carol")

    def submit(self, command: AnyCommand, actor: Actor = OFFICE) -> Decision:
        """One step by a person, a minute after the last."""
        self.wait(timedelta(minutes=1))
        name = f"{self.incident_id}/{len(self.decisions)}"
        submission = Submission(
            command=command,
            actor=actor,
            received_at=self.now,
            command_id=hashlib.sha256(name.encode()).hexdigest(),
            digest="d" * 64,
            opening=self._opening if self.incident is None else None,
            law=LAW if isinstance(command, Rebase) else None,
        )
        decided = decision(self.incident, submission, self.now)
        assert decided is not None
        self._take(decided)
        return decided

    def wait(self, time: timedelta) -> None:
        """Let time pass, with all that the clock has to say meanwhile."""
        until = self.now + time
        while self.incident and (alarm := next_alarm(self.incident)) and alarm <= until:
            ticked = decision(self.incident, Tick(), alarm)
            assert ticked is not None
            self._take(ticked)
        self.now = until

    def _take(self, decided: Decision) -> None:
        self.incident = apply(self.incident, decided)
        self.decisions = (*self.decisions, decided)

    def judge(
        self, level: WarningLevel = WarningLevel.SOCIAL_HOTSPOT, grade: EmergencyGrade = EmergencyGrade.NONE
    ) -> "Case":
        """Judged with a middling score in each factor."""
        middling = Factor(score=2, text="中等")
        factors = Factors(
            nature=middling, intensity=middling, public_reaction=middling, media_involvement=middling
        )
        command = Judge(
            level=level, factors=factors, key_categories=(KeyCategory.VITAL_INTEREST,), emergency_grade=grade
        )
        self.submit(command)
        return self

    def assign(self) -> "Case":
        """Judged and assigned to the unit."""
        self.judge()
        self.submit(Assign(first=(self.unit,)))
        return self

    def publish(self) -> "Case":
        """Carried up to the publication."""
        self.assign()
        self.submit(SignFor(), of_unit(self.unit))
        return self._answer()

    def _answer(self) -> "Case":
        proof = (Evidence(url="file:///proof", sha256="a" * 64),)
        self.submit(Conclude(value=FactConclusion.TRUE, finding="属实", evidence=proof))
        draft = DraftResponse(
            form=PublicationForm.SITUATION_NOTICE,
            title="情况通报",
            facts="f",
            measures="m",
            result="r",
            evidence=proof,
        )
        self.submit(draft, of_unit(self.unit))
        for stage, role, person in REVIEWERS:
            review = ReviewDraft(draft="draft-1", stage=stage, approved=True)
            self.submit(review, of_unit(self.unit, role, person))
        publication = Publish(
            draft="draft-1", published_at=self.now, channels=(Platform.DOUYIN,), evidence=proof
        )
        self.submit(publication, of_unit(self.unit))
        return self

    def report(self) -> "Case":
        """Published and reported: nothing is owed any more."""
        self.publish()
        self.submit(ReportUp(to="gov_office", report="r"), of_unit(self.unit))
        return self

    def _finish(self) -> "Case":
        self.submit(ReportUp(to="gov_office", report="r"), of_unit(self.unit))
        self.submit(RecordHandling(text="已整改"), of_unit(self.unit))
        waived = Close(opinion="同意", heat_override="已平息", concerns_waiver="无", papers_waiver="无")
        self.submit(waived)
        return self

    def close(self) -> "Case":
        """Carried to its close."""
        self.publish()
        return self._finish()

    def close_late(self) -> "Case":
        """Answered after three days, never signed for, and closed."""
        self.overdue()
        self._answer()
        return self._finish()

    def archive(self) -> "Case":
        """Carried to its end."""
        self.close()
        self.submit(Archive())
        return self

    def overdue(self) -> "Case":
        """Assigned, and nobody answered for three days."""
        self.assign()
        self.wait(timedelta(days=3))
        return self

    def withdraw(self) -> "Case":
        """Published, and withdrawn since: a replacement is awaited."""
        self.publish()
        command = WithdrawPublication(
            publication="publication-1", withdrawn_at=self.now, reason="数据有误", because_of_error=False
        )
        self.submit(command, self.unit_leader)
        return self

    def supervised(self) -> "Case":
        """Overdue, with the supervision order signed."""
        self.overdue()
        self.submit(SignIssue(paper="supervision_order-1"))
        return self


def rebased() -> Case:
    """A case of the second edition, overdue, put under the third,
    and then with its supervision order signed.
    """
    case = Case("1", unit="shiqiao", law=replace(LAW, edition=SECOND_EDITION)).overdue()
    case.submit(Rebase(reason="新规"))
    case.submit(SignIssue(paper="supervision_order-1"))
    return case


def tampered(decided: Decision) -> Decision:
    """Another decision under the same number."""
    return replace(decided, now=decided.now + timedelta(seconds=1))
