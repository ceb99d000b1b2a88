"""Keys of the course: stage, judgement, verification and close."""

from datetime import datetime
from typing import TypedDict

from domain.case.state import Incident
from domain.steps.close import Close, close_gaps, unanswered_concerns
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    KeyCategory,
    ResponseClass,
    Stage,
    VerificationAnswer,
    WarningLevel,
)
from rehearsals.account import AccountView, closes_by_itself
from rehearsals.keys.registry import Comparison, key
from rehearsals.values import UnitCode

# Closing with every waiver given: what still stands in the way then can be waived by nobody.
_ALL_WAIVED = Close(opinion="-", heat_override="-", concerns_waiver="-", papers_waiver="-")
_NOTHING_WAIVED = Close(opinion="-")


class VerificationPart(TypedDict, total=False):
    """One peer's part in the verification; `answer: none` is 未反馈."""

    peer: UnitCode
    asked_at: datetime
    answer: VerificationAnswer | None
    answered_at: datetime | None
    result: str


@key(Stage, "事件所处阶段", "the stage of the incident")
def stage(view: AccountView) -> Stage:
    """As named."""
    return view.incident.stage


@key(WarningLevel | None, "现行预警等级，未研判为 none", "the warning level in force, none before judgement")
def level(view: AccountView) -> WarningLevel | None:
    """As named."""
    return view.incident.level


@key(WarningLevel | None, "首次研判确定的等级", "the level of the first judgement")
def level_at_judgement(view: AccountView) -> WarningLevel | None:
    """As named."""
    path = view.incident.level_path
    return path[0].level if path else None


@key(tuple[WarningLevel, ...], "先后确定的等级", "the levels decided, in order")
def level_path(view: AccountView) -> tuple[WarningLevel, ...]:
    """As named."""
    return tuple(decided.level for decided in view.incident.level_path)


@key(WarningLevel, "按该时刻数据建议的等级", "the level that the counts of the instant suggest")
def level_suggestion(view: AccountView) -> WarningLevel:
    """As named; the factors count once a person has scored them."""
    return view.incident.level_suggestion(view.at).level


@key(WarningLevel, "等级下限", "the floor below which no judgement may go")
def level_floor(view: AccountView) -> WarningLevel:
    """As named."""
    return view.incident.level_suggestion(view.at).floor


@key(
    EmergencyGrade, "突发事件等级（与预警等级是两条轴）", "the statutory grade, an axis apart from the level"
)
def emergency_grade(view: AccountView) -> EmergencyGrade:
    """As named."""
    return view.incident.grade


@key(
    tuple[KeyCategory, ...],
    "回应处置重点 K1–K6（含上级来文）",
    "the key categories as judged, K5 with a superior's notice",
    Comparison.SET,
)
def key_categories(view: AccountView) -> tuple[KeyCategory, ...]:
    """As named."""
    return view.incident.key_categories


@key(ResponseClass, "法定时限类别 H24/H48", "the statutory class")
def response_class(view: AccountView) -> ResponseClass:
    """As named."""
    return view.incident.response_class


@key(datetime, "首次回应的到期时刻", "when the response falls due")
def response_due_at(view: AccountView) -> datetime:
    """As named."""
    return view.incident.response_due_at


@key(FactConclusion | None, "核实结论，未作出为 none", "the conclusion on the facts, none before it")
def fact_conclusion(view: AccountView) -> FactConclusion | None:
    """As named."""
    conclusion = view.incident.conclusion
    return conclusion.value if conclusion else None


@key(tuple[VerificationPart, ...], "各单位的核实反馈", "the peers' verification", Comparison.CONTAINS)
def verifications(view: AccountView) -> tuple[object, ...]:
    """As named."""
    return view.incident.verifications


@key(
    datetime | None,
    "下一个对外时限：RESP48、PUB24、SUP_FB、FOLLOW_UP 中最早的",
    "the earliest open deadline shown",
)
def display_deadline(view: AccountView) -> datetime | None:
    """As named."""
    return view.incident.display_deadline


@key(bool, "是否处于督办（回应已超时且未完成）", "whether a response is overdue and still owed")
def supervised(view: AccountView) -> bool:
    """As named."""
    return view.incident.is_supervised


@key(tuple[int, ...], "未答复的公众关切的编号", "the numbers of concerns that no publication answers")
def unanswered(view: AccountView) -> tuple[int, ...]:
    """As named."""
    return unanswered_concerns(view.incident)


@key(datetime | None, "办结时刻，未办结为 none", "when it was closed, none while open")
def closed_at(view: AccountView) -> datetime | None:
    """As named."""
    return None if view.incident.screening.sent_on is not None else view.incident.closed_at


@key(datetime | None, "归档时刻，未归档为 none", "when it was archived, none before")
def archived_at(view: AccountView) -> datetime | None:
    """As named."""
    return view.incident.archived_at


@key(bool, "系统是否自行办结过", "whether the system ever closed it by itself")
def auto_close(view: AccountView) -> bool:
    """As named (DD-19)."""
    return any(closes_by_itself(event) for event in view.events)


@key(tuple[Reason, ...], "此刻办结的全部障碍", "all that stands in the way of closing", Comparison.SET)
def close_obstacles(view: AccountView) -> tuple[Reason, ...]:
    """As named, nothing waived (DD-18)."""
    return tuple(dict.fromkeys(reason for reason, _ in close_gaps(view.incident, _NOTHING_WAIVED, view.at)))


@key(
    datetime,
    "此刻之前任何时候都不能办结",
    "the instant before which nothing could have closed it",
    Comparison.NOT_BEFORE,
)
def cannot_close_before(view: AccountView) -> datetime | None:
    """When the last obstacle that nobody can waive fell:
    at the first fact that leaves none until the view's end.
    """
    free_since: datetime | None = None
    for fact, incident in view.account.states(view.facts):
        if _is_barred(incident, fact.counts_at):
            free_since = None
        elif free_since is None:
            free_since = fact.counts_at
    return free_since


def _is_barred(incident: Incident, at: datetime) -> bool:
    return any(close_gaps(incident, _ALL_WAIVED, at))
