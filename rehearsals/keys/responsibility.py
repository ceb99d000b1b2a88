"""Keys of responsibility: rule, units, lead, signing and forwarding."""

from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from domain.case.obligations import Obligation, Status
from domain.law.responsibility import ResponsibilitySuggestion
from domain.steps.assign import suggestion
from domain.terms.vocabulary import ObligationKind, Rule
from rehearsals.account import AccountView
from rehearsals.keys.registry import Comparison, key
from rehearsals.values import UnitCode


class TimelinessKey(StrEnum):
    """What became of a hand-over."""

    OPEN = "open"
    ON_TIME = "on_time"
    LATE = "late"


class HandOver(TypedDict, total=False):
    """A hand-over inside the house with its limit."""

    unit: UnitCode
    due: datetime
    done_at: datetime | None
    status: TimelinessKey


class SuggestionPart(TypedDict, total=False):
    """Whom the rules name, and what a person must look at."""

    rule: Rule | None
    first: tuple[UnitCode, ...]
    also: tuple[UnitCode, ...]
    clause: str
    lead_suggested: bool
    comprehensive_suggested: bool
    needs_confirmation: bool


@key(Rule | None, "交办适用的规则 R1–R5", "the rule of the assignment")
def rule(view: AccountView) -> Rule | None:
    """As named."""
    assignment = view.incident.assignment
    return assignment.rule if assignment else None


@key(tuple[UnitCode, ...], "第一责任主体", "the first-responsible units", Comparison.SET)
def first_responsible(view: AccountView) -> tuple[str, ...]:
    """As named."""
    return view.incident.first_responsible


@key(tuple[UnitCode, ...], "全部承担回应的单位", "all units that respond", Comparison.SET)
def responders(view: AccountView) -> tuple[str, ...]:
    """As named."""
    return view.incident.responders


@key(UnitCode | None, "牵头单位，未确定为 none", "the lead unit, none without")
def lead(view: AccountView) -> str | None:
    """As named."""
    return view.incident.lead


@key(tuple[UnitCode, ...], "组织协调单位", "the coordinating units", Comparison.SET)
def coordinators(view: AccountView) -> tuple[str, ...]:
    """As named."""
    return view.incident.coordinators


@key(SuggestionPart, "此刻规则建议的责任单位", "whom the rules name on what is known at the instant")
def responsibility_suggestion(view: AccountView) -> ResponsibilitySuggestion:
    """As named."""
    return suggestion(view.incident)


@key(tuple[HandOver, ...], "交办的签收", "the signing for orders", Comparison.CONTAINS)
def sign(view: AccountView) -> tuple[HandOver, ...]:
    """As named."""
    return _hand_overs(view, ObligationKind.SIGN)


@key(tuple[HandOver, ...], "上级来文的转办", "the forwarding of superior notices", Comparison.CONTAINS)
def forward(view: AccountView) -> tuple[HandOver, ...]:
    """As named."""
    return _hand_overs(view, ObligationKind.FORWARD)


def _hand_overs(view: AccountView, kind: ObligationKind) -> tuple[HandOver, ...]:
    return tuple(
        _hand_over(obligation) for obligation in view.incident.obligations if obligation.kind is kind
    )


def _hand_over(obligation: Obligation) -> HandOver:
    late = obligation.status is Status.BREACHED
    done = TimelinessKey.LATE if late else TimelinessKey.ON_TIME
    status = done if late or obligation.fulfilled_at is not None else TimelinessKey.OPEN
    return HandOver(
        unit=UnitCode(obligation.unit or ""),
        due=obligation.due_at,
        done_at=obligation.fulfilled_at,
        status=status,
    )


@key(
    Status | None,
    "第一责任主体的回应状态（取最差）",
    "the worst status among the first-responsible units' answers",
)
def incident_primary_status(view: AccountView) -> Status | None:
    """As named."""
    return view.incident.primary_status
