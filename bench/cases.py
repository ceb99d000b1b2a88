"""The case that every figure is taken on: one unit answers an incident under way,
and cheap steps keep coming in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.case.records import Evidence, Source
from domain.catalogue import AnyCommand, Submission
from domain.law.levels import Factor, Factors, Metrics
from domain.law.responsibility import Involvement
from domain.steps.assign import Assign
from domain.steps.judge import Judge
from domain.steps.register import AddSource, Opening, RecordConcern, RecordMetrics, Register
from domain.steps.respond import DraftResponse
from domain.steps.sign import SignFor
from domain.steps.verify import RequestVerification
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import InvolvementRole, KeyCategory, Platform, PublicationForm, WarningLevel
from settings import REGULATION
from storage.codec import COMMAND, digest
from storage.regulations import load_law

OFFICE = Actor(person="bench-office", role=Role.PRINCIPAL_LEADER, unit="gov_office")
RESPONDER = Actor(person="bench-responder", role=Role.HANDLER, unit="urban_management")
_TEXT = "市民反映占道经营整治过程中执法方式不当，现场视频在多个平台传播，要求公布执法依据和处理结果。"
_TWO = Factor(score=2, text="有一定影响，未见扩散")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchStep:
    """One command and who gives it."""

    actor: Actor
    command: AnyCommand


def registration(now: datetime, marker: str) -> BenchStep:
    """The registration of a case discovered a minute before `now`."""
    seen_at = now - timedelta(minutes=1)
    command = Register(
        title=f"网传城管执法视频 {marker}",
        discovered_at=seen_at,
        sources=(Source(at=seen_at, platform=Platform.DOUYIN, gist=_TEXT),),
        involved=(Involvement(unit=RESPONDER.unit, role=InvolvementRole.ACCOUNTABLE),),
        metrics=(Metrics(at=seen_at, posts=15, reads=34000, comments=610, local=1),),
    )
    return BenchStep(actor=OFFICE, command=command)


def under_way() -> tuple[BenchStep, ...]:
    """The steps that bring a registered case to where its unit works on the answer."""
    factors = Factors(nature=_TWO, intensity=_TWO, public_reaction=_TWO, media_involvement=_TWO)
    judge = Judge(
        level=WarningLevel.SOCIAL_HOTSPOT, factors=factors, key_categories=(KeyCategory.VITAL_INTEREST,)
    )
    return (
        BenchStep(actor=OFFICE, command=RequestVerification(questions="视频是否属实，执法依据为何")),
        BenchStep(actor=OFFICE, command=judge),
        BenchStep(actor=OFFICE, command=Assign(first=(RESPONDER.unit,))),
        BenchStep(actor=RESPONDER, command=SignFor()),
    )


def _metrics(now: datetime, ordinal: int, marker: str) -> BenchStep:
    del marker
    # Counts never fall, and stay below what would call for another level and a notice with it.
    taken = Metrics(at=now, posts=15 + ordinal, reads=34000 + ordinal, comments=610 + ordinal, local=1)
    return BenchStep(actor=OFFICE, command=RecordMetrics(metrics=taken))


def _source(now: datetime, ordinal: int, marker: str) -> BenchStep:
    del ordinal
    return BenchStep(
        actor=OFFICE,
        command=AddSource(source=Source(at=now, platform=Platform.WEIBO, gist=f"{marker} {_TEXT}")),
    )


def _concern(now: datetime, ordinal: int, marker: str) -> BenchStep:
    del now, ordinal
    return BenchStep(actor=RESPONDER, command=RecordConcern(text=f"{marker} {_TEXT}"))


def _draft(now: datetime, ordinal: int, marker: str) -> BenchStep:
    del now, ordinal
    return BenchStep(
        actor=RESPONDER,
        command=DraftResponse(
            form=PublicationForm.SITUATION_NOTICE,
            title=f"情况通报 {marker}",
            facts=_TEXT,
            measures=_TEXT,
            result=_TEXT,
            evidence=(Evidence(url="https://archive.example/1", sha256="a" * 64),),
        ),
    )


_MIX: tuple[Callable[[datetime, int, str], BenchStep], ...] = (
    _metrics,
    _source,
    _concern,
    _metrics,
    _source,
    _draft,
)


def step(now: datetime, ordinal: int, marker: str) -> BenchStep:
    """The `ordinal`-th step of the mix on one case: counts and sources mostly, concerns,
    now and then a draft.
    """
    return _MIX[ordinal % len(_MIX)](now, ordinal, marker)


def submission(
    wanted_step: BenchStep, now: datetime, command_id: str, opening: Opening | None = None
) -> Submission:
    """The step in its envelope, as the web process makes it."""
    return Submission(
        command=wanted_step.command,
        actor=wanted_step.actor,
        received_at=now,
        command_id=command_id,
        digest=digest(COMMAND.dump_python(wanted_step.command, mode="json")),
        opening=opening,
    )


def opening(incident_id: str, now: datetime) -> Opening:
    """What the office adds to a registration."""
    return Opening(incident_id=incident_id, number=f"舆〔{now.year}〕1号", law=load_law(REGULATION, now.year))


def course(now: datetime, name: str, more: int) -> Iterator[Submission]:
    """A whole case as submissions, one second apart from `now`:
    registration, the way to its unit, `more` of the mix.
    """
    first = registration(now, name)
    yield submission(first, now, f"{name}-0", opening(name, now))
    for ordinal, later in enumerate(under_way(), start=1):
        at = now + timedelta(seconds=ordinal)
        yield submission(later, at, f"{name}-{ordinal}")
    for ordinal in range(more):
        at = now + timedelta(seconds=10 + ordinal)
        yield submission(step(at, ordinal, f"{name}-m{ordinal}"), at, f"{name}-m{ordinal}")
