"""The cast and the clock of the domain's tests: one law, a few units with fixed parts,
instants counted from discovery.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.case.records import Evidence, Interim, Source
from domain.case.state import Incident
from domain.catalogue import AnyCommand
from domain.law.levels import Factor, Factors, Metrics
from domain.law.responsibility import Involvement
from domain.steps.assign import Assign
from domain.steps.close import Close, RecordHandling
from domain.steps.judge import Judge, Rejudge
from domain.steps.publish import Publish
from domain.steps.register import Register
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.steps.sign import SignFor
from domain.steps.verify import Conclude
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    InvolvementRole,
    Platform,
    PlatformCode,
    PublicationForm,
    ReviewStage,
    WarningLevel,
)
from domain.terms.workdays import SHANGHAI
from storage.regulations import load_law

LAW = load_law("gaoan-2020", 2026)

OFFICE, CYBERSPACE, POLICE, MEDIA = "gov_office", "cac_office", "public_security", "media_center"
UNIT, SECOND, THIRD = (
    "urban_management",
    "market_supervision",
    "transport",
)  # departments; UNIT is the one that answers
TOWN, TOWN2, TOWN3, PARK = "qingxi", "shiqiao", "yunling", "chengdong_park"
STRANGER = "agriculture"  # has no part in any case
SUPERIOR = "yichun_office"

DISCOVERED = datetime(2026, 9, 7, 10, 0, tzinfo=SHANGHAI).astimezone(UTC)  # a Monday
EVIDENCE = (Evidence(url="https://example.invalid/1", sha256="a" * 64),)


def h(hours: float = 0, *, m: int = 0, s: int = 0) -> datetime:
    """So long after discovery, which starts the clock."""
    return DISCOVERED + timedelta(hours=hours, minutes=m, seconds=s)


def on(day: str, time: str = "10:00", year: int = 2026) -> datetime:
    """An instant in Shanghai, as `on("09-14", "23:59:59")`."""
    local = datetime.fromisoformat(f"{year}-{day}T{time}").replace(tzinfo=SHANGHAI)
    return local.astimezone(UTC)


def of(unit: str, role: Role = Role.HANDLER, person: str = "") -> Actor:
    """Somebody of a unit; without a name, the one person who holds that role there."""
    return Actor(person=person or f"{unit}/{role}", role=role, unit=unit)


ALICE = of(OFFICE, Role.PRINCIPAL_LEADER, "alice")  # runs the office
BOB = of(UNIT, Role.HANDLER, "bob")  # handles the case in the unit that answers
CAROL = of(UNIT, Role.DEPUTY_LEADER, "carol")  # his deputy leader
MALLORY = of(STRANGER, Role.PRINCIPAL_LEADER, "mallory")  # must see and do nothing
VICTOR = of("discipline", Role.AUDITOR, "victor")  # sees all, does nothing


Given = AnyCommand | Callable[[Incident], AnyCommand]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command given at an instant; a function of the case where it must name what came before.

    `lag` is how much later than its receipt the case takes it up, `deferred` whether it came by signal,
    `on_duty` whether its sender was on duty by the rota.
    """

    at: datetime
    by: Actor
    command: Given
    lag: timedelta = timedelta(0)
    deferred: bool = False
    expected_number: int | None = None
    on_duty: bool = False


def step(at: datetime, by: Actor, command: Given, **more: Any) -> Step:
    """One step."""
    return Step(at=at, by=by, command=command, **more)


def involved(*units: str, role: InvolvementRole = InvolvementRole.ACCOUNTABLE) -> tuple[Involvement, ...]:
    """Units with one role."""
    return tuple(Involvement(unit=unit, role=role) for unit in units)


def factors(score: int = 2) -> Factors:
    """The same score in each factor."""
    factor = Factor(score=score, text="说明")
    return Factors(nature=factor, intensity=factor, public_reaction=factor, media_involvement=factor)


def registration(**changes: Any) -> Register:
    """What is registered: found at 10:00 on Monday, one department accountable, counts that call for L2."""
    plain = Register(
        title="城管执法视频",
        discovered_at=DISCOVERED,
        sources=(Source(at=h(), platform=Platform.DOUYIN, gist="视频"),),
        involved=involved(UNIT),
        metrics=(Metrics(at=DISCOVERED, posts=15, reads=34000, comments=610, local=1),),
    )
    return replace(plain, **changes)


def registered(at: datetime | None = None, **changes: Any) -> Step:
    """Registered five minutes after discovery."""
    return step(at or h(m=5), ALICE, registration(**changes))


def judged(
    at: datetime | None = None,
    *,
    level: WarningLevel = WarningLevel.SOCIAL_HOTSPOT,
    grade: EmergencyGrade = EmergencyGrade.NONE,
    **more: Any,
) -> Step:
    """Judged a quarter of an hour after discovery, L2 with a middling score;
    a grade brings its floor with it.
    """
    if grade in LAW.h24_grades:
        level = WarningLevel.MAJOR_SITUATION
    command = Judge(level=level, factors=factors(), emergency_grade=grade, **{"reason": "研判", **more})
    return step(at or h(m=15), ALICE, command)


def rejudged(at: datetime, *, grade: EmergencyGrade | None = None, **more: Any) -> Step:
    """Judged again; a 24-hour grade raises the level to its floor."""
    if grade in LAW.h24_grades:
        more.setdefault("level", WarningLevel.MAJOR_SITUATION)
    return step(at, ALICE, Rejudge(emergency_grade=grade, **{"reason": "重新研判", **more}))


def assigned(*first: str, at: datetime | None = None, also: tuple[str, ...] = (), **more: Any) -> Step:
    """Assigned twenty minutes after discovery."""
    return step(at or h(m=20), ALICE, Assign(first=first or (UNIT,), also=also, **{"reason": "指定", **more}))


def signed_for(unit: str = UNIT, at: datetime | None = None) -> Step:
    """Signed for half an hour after discovery."""
    return step(at or h(m=30), of(unit), SignFor())


def concluded(value: FactConclusion = FactConclusion.TRUE, at: datetime | None = None) -> Step:
    """The facts concluded within the hour."""
    return step(at or h(1), ALICE, Conclude(value=value, finding="查明", evidence=EVIDENCE))


def draft(form: PublicationForm = PublicationForm.SITUATION_NOTICE, **more: Any) -> DraftResponse:
    """A text with all its blocks."""
    blocks: dict[str, Any] = {
        "title": "情况通报",
        "facts": "事实",
        "measures": "措施",
        "result": "结果",
        "clarification": "澄清",
        "evidence": EVIDENCE,
    }
    return DraftResponse(form=form, **{**blocks, **more})


def promise(until: datetime) -> Interim:
    """What an interim response states."""
    return Interim(verifying="执法过程", verifying_by="市城市管理局", next_update_at=until)


def reviewed(unit: str, at: datetime, *, second: bool = True) -> Iterator[Step]:
    """The reviews of the latest draft, by three people."""
    stages = [
        (ReviewStage.FIRST_REVIEW, of(unit, Role.SPOKESPERSON)),
        (ReviewStage.SECOND_REVIEW, of(unit, Role.DEPUTY_LEADER)),
        (ReviewStage.FINAL_REVIEW, of(unit, Role.PRINCIPAL_LEADER)),
    ]
    for stage, reviewer in stages:
        if second or stage is not ReviewStage.SECOND_REVIEW:
            yield step(at, reviewer, _review(stage))


def _review(stage: ReviewStage) -> Callable[[Incident], AnyCommand]:
    return lambda case: ReviewDraft(draft=case.drafts[-1].id, stage=stage, approved=True)


def publish(
    at: datetime, channels: tuple[PlatformCode, ...] = (Platform.WECHAT,), anyway: str = ""
) -> Callable[[Incident], Publish]:
    """The latest draft, published at that instant; with a reason, though it could not go out."""
    return lambda case: Publish(
        draft=case.drafts[-1].id,
        published_at=at,
        channels=channels,
        evidence=EVIDENCE,
        went_out_anyway=anyway,
    )


def published(
    unit: str = UNIT,
    at: datetime | None = None,
    *,
    said_at: datetime | None = None,
    text: DraftResponse | None = None,
    second: bool = True,
) -> tuple[Step, ...]:
    """Drafted, reviewed and published in one go, twelve hours after discovery;
    recorded at `at`, said at `said_at`.

    What was said before that was out before its draft and its reviews, and is recorded as such (DD-30).
    """
    when = at or h(12)
    anyway = "停机期间按纸质流程审签" if said_at and said_at < when else ""
    return (
        step(when, of(unit), text or draft()),
        *reviewed(unit, when, second=second),
        step(when, of(unit), publish(said_at or when, anyway=anyway)),
    )


def reported(unit: str = UNIT, at: datetime | None = None, to: str = OFFICE) -> Step:
    """Reported upward."""
    return step(at or h(20), of(unit), ReportUp(to=to, report="情况报告"))


def handled(at: datetime | None = None) -> Step:
    """The offline track."""
    return step(at or h(21), ALICE, RecordHandling(text="现场处置"))


def closed(at: datetime | None = None, by: Actor = ALICE, **more: Any) -> Step:
    """Closed long after the posts ceased."""
    return step(
        at or h(240),
        by,
        Close(**{"opinion": "同意办结", "papers_waiver": "另册归档", "heat_override": "数据已停采", **more}),
    )
