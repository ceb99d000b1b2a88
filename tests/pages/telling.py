"""A story: one incident carried through the pure domain,
so that every event is one that the rules decided.
"""

import hashlib
from datetime import datetime, timedelta

from domain import incident as rules
from domain.case.records import Evidence
from domain.case.state import Incident
from domain.catalogue import CaseCommand, Decision, Submission, Tick
from domain.law.levels import Factor, Factors
from domain.law.responsibility import Involvement
from domain.steps.publish import Publish
from domain.steps.register import Opening, Register
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.terms.drill import DrillClock
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import InvolvementRole, Platform, PublicationForm, ReviewStage
from storage.regulations import load_law

PROOF = (Evidence(url="https://gaoan.example/notice/1", sha256="a" * 64),)
OFFICE = Actor(person="zhang-wei", role=Role.PRINCIPAL_LEADER, unit="gov_office")


class Story:
    """One incident told from its discovery on; times are hours after it."""

    def __init__(self, name: str, discovered_at: datetime, drill: DrillClock | None = None) -> None:
        self.name = name
        self.incident_id = "inc-" + hashlib.sha256(name.encode()).hexdigest()[:24]
        self.start = discovered_at
        self.drill = drill
        self.incident: Incident | None = None
        self.decisions: list[Decision] = []

    def at(self, hours: float) -> datetime:
        """The instant so many hours after the discovery."""
        return self.start + timedelta(seconds=round(hours * 3600))

    def clock(self, until: datetime) -> "Story":
        """Let the clock say all it has to say by an instant."""
        while self.incident and (alarm := rules.next_alarm(self.incident)) and alarm <= until:
            self._take(rules.decision(self.incident, Tick(), alarm))
        return self

    def does(
        self, hours: float, actor: Actor, command: Register | CaseCommand, opening: Opening | None = None
    ) -> "Story":
        """A person's step."""
        now = self.at(hours)
        self.clock(now)
        number = len(self.decisions) + 1
        received = self.drill.real(now) if self.drill else now
        step = Submission(
            command=command,
            actor=actor,
            received_at=received,
            command_id=f"{self.name}-{number}",
            digest="0" * 64,
            opening=opening,
        )
        self._take(rules.decision(self.incident, step, now))
        return self

    def _take(self, decided: Decision | None) -> None:
        assert decided is not None
        self.incident = rules.apply(self.incident, decided)
        self.decisions.append(decided)

    def told(self) -> Incident:
        """The incident as it now stands."""
        assert self.incident is not None
        return self.incident

    def registers(self, hours: float, command: Register, *, number: str) -> "Story":
        """The registration, by the office."""
        law = load_law("gaoan-2020", self.start.year)
        opening = Opening(incident_id=self.incident_id, number=number, law=law, drill=self.drill)
        return self.does(hours, OFFICE, command, opening)


def someone(unit: str, role: Role, person: str) -> Actor:
    return Actor(person=person, role=role, unit=unit)


def factors(nature: int, intensity: int, reaction: int, media: int) -> Factors:
    scores = [Factor(score=score) for score in (nature, intensity, reaction, media)]
    return Factors(
        nature=scores[0], intensity=scores[1], public_reaction=scores[2], media_involvement=scores[3]
    )


def involved(*units: str) -> tuple[Involvement, ...]:
    return tuple(Involvement(unit=unit, role=InvolvementRole.ACCOUNTABLE) for unit in units)


def publishes(story: Story, hours: float, unit: str, draft: DraftResponse) -> None:
    """A unit drafts, has the text reviewed three times and publishes it, half an hour in all."""
    story.does(hours, someone(unit, Role.HANDLER, "writer"), draft)
    drafted = story.told().drafts[-1].id
    reviewers = (
        (ReviewStage.FIRST_REVIEW, Role.HANDLER),
        (ReviewStage.SECOND_REVIEW, Role.DEPUTY_LEADER),
        (ReviewStage.FINAL_REVIEW, Role.PRINCIPAL_LEADER),
    )
    for number, (stage, role) in enumerate(reviewers, start=1):
        review = ReviewDraft(draft=drafted, stage=stage, approved=True)
        story.does(hours + number * 0.1, someone(unit, role, f"reviewer-{number}"), review)
    done = Publish(
        draft=drafted,
        published_at=story.at(hours + 0.5),
        channels=(Platform.DOUYIN, Platform.WECHAT),
        evidence=PROOF,
    )
    story.does(hours + 0.5, someone(unit, Role.HANDLER, "writer"), done)


def notice(title: str) -> DraftResponse:
    return DraftResponse(
        form=PublicationForm.SITUATION_NOTICE,
        title=title,
        facts="经查，情况属实。",
        measures="立即退还并致歉。",
        result="相关人员已处理。",
        clarification="网传“抢东西”与事实不符。",
        evidence=PROOF,
    )
