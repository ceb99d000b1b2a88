"""A case that has grown: so many posts, counts, drafts and other steps, given as the web gives them,
texts beside them.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from domain.case.records import Source
from domain.case.state import Incident
from domain.catalogue import AnyCommand, Decision, Submission, Tick
from domain.incident import apply, decision, next_alarm
from domain.law.levels import Metrics
from domain.reading import read
from domain.steps.close import RecordHandling
from domain.steps.register import AddSource, Opening, RecordConcern, RecordMetrics
from domain.steps.report import ReportUp
from domain.steps.respond import RecordInternalReply
from domain.terms.free_texts import CaseText, referred
from domain.terms.roles import Actor
from domain.terms.vocabulary import Platform
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
    OFFICE,
    UNIT,
    assigned,
    draft,
    h,
    involved,
    judged,
    registration,
)

_UNITS = tuple(unit.code for unit in LAW.units)[:60]
_HAN = [chr(code) for code in range(0x4E00, 0x9FA5)]


class Grown:
    """A case of some size, with what it decided and the texts beside it."""

    def __init__(self, *, share: float, seed: int = 1, length: int = 1_000) -> None:
        self.incident: Incident | None = None
        self.decisions: list[Decision] = []
        self.texts: list[CaseText] = []
        self.now = h()
        self._random = random.Random(seed)
        self._length = length
        self._number = 0
        opening = Opening(incident_id="inc-" + "a" * 24, number="舆〔2026〕1号", law=LAW)
        self.give(registration(involved=involved(*_UNITS)), ALICE, opening=opening)
        for first in (judged(), assigned(UNIT)):
            assert not callable(first.command)
            self.give(first.command, first.by)
        steps = [
            *self._posts(int(5_000 * share)),
            *self._counts(int(2_000 * share)),
            *self._drafts(int(300 * share)),
            *self._others(int(5_000 * share)),
        ]
        for command, actor in steps:
            self.give(command, actor)

    @property
    def state(self) -> Incident:
        """The case as it stands."""
        assert self.incident is not None
        return self.incident

    def give(self, command: AnyCommand, actor: Actor, *, opening: Opening | None = None) -> Decision:
        """One step, a minute after the last, with all that the clock has to say meanwhile."""
        self.now += timedelta(seconds=20)
        while self.incident and (alarm := next_alarm(self.incident)) and alarm <= self.now:
            self._take(decision(self.incident, Tick(), alarm))
        decided = decision(self.incident, self.submission(command, actor, opening), self.now)
        self._take(decided)
        assert decided is not None
        return decided

    def submission(self, command: AnyCommand, actor: Actor, opening: Opening | None = None) -> Submission:
        """The command as the web would send it now."""
        self._number += 1
        referring, texts = referred(command, f"salt-{self._number}")
        self.texts += texts
        return Submission(
            command=referring,
            actor=actor,
            received_at=self.now,
            command_id=f"{self._number:064x}",
            digest="d" * 64,
            opening=opening,
            texts=texts,
            reading=read(command, self.incident, LAW.edition),
        )

    def text(self, length: int = 0) -> str:
        """A text of Han characters."""
        return "".join(self._random.choices(_HAN, k=length or self._length))

    def _take(self, decided: Decision | None) -> None:
        assert decided is not None
        self.incident = apply(self.incident, decided)
        self.decisions.append(decided)

    def _posts(self, count: int) -> Iterator[tuple[Any, Actor]]:
        platforms = [Platform.DOUYIN, Platform.WEIBO, Platform.WECHAT, Platform.SUPERIOR]
        for number in range(count):
            source = Source(
                at=h(),
                platform=platforms[number % 4],
                gist=self.text(),
                url=f"https://posts.example/{number}",
            )
            yield AddSource(source=source), ALICE

    def _counts(self, count: int) -> Iterator[tuple[Any, Actor]]:
        posts = 100_000
        for number in range(count):
            posts += self._random.randrange(200)
            metrics = Metrics(
                at=h() + timedelta(seconds=number),
                posts=posts,
                reads=posts * 90,
                comments=posts * 3,
                local=20,
            )
            yield RecordMetrics(metrics=metrics), ALICE

    def _drafts(self, count: int) -> Iterator[tuple[Any, Actor]]:
        for number in range(count):
            text = draft(
                title=f"关于有关情况的通报（第{number}稿）",
                facts=self.text(),
                measures=self.text(),
                result=self.text(),
            )
            yield text, BOB

    def _others(self, count: int) -> Iterator[tuple[Any, Actor]]:
        for number in range(count):
            match number % 4:
                case 0:
                    yield ReportUp(to=OFFICE, report=self.text()), BOB
                case 1:
                    yield RecordHandling(text=self.text()), BOB
                case 2:
                    yield RecordConcern(text=self.text(40)), ALICE
                case _:
                    yield RecordInternalReply(note=self.text()), BOB
