"""Keys of obligations: due instants, reminders, breaches, natural hours,
continuous publication and scores.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TypedDict

from domain.case.obligations import (
    RESPONSE_KINDS,
    BreachWithdrawn,
    LateEvidenceReviewed,
    Obligation,
    ObligationBreached,
    ReminderSent,
    Status,
)
from domain.rules.scores import score_deltas
from domain.steps.respond import InternallyReplied
from domain.terms.vocabulary import ObligationKind
from domain.terms.workdays import SHANGHAI
from rehearsals.account import AccountView
from rehearsals.keys.registry import Comparison, key
from rehearsals.values import UnitCode

_SATURDAY = 5


class ObligationPart(TypedDict, total=False):
    """One obligation; `unit: none` before assignment."""

    kind: ObligationKind
    unit: UnitCode | None
    cause: str
    due: datetime
    status: Status
    fulfilled_at: datetime | None
    breached_at: datetime | None
    overdue: timedelta
    superseded_at: datetime | None
    clock_start: datetime
    created_at: datetime
    clause: str
    advisory: bool
    scored: bool
    provisional: bool
    evidence: str


class ObligationName(TypedDict, total=False):
    """Which obligations are meant."""

    kind: ObligationKind
    unit: UnitCode | None
    cause: str
    status: Status


class ReminderPart(TypedDict, total=False):
    """One reminder."""

    kind: ObligationKind
    unit: UnitCode | None
    percent: int
    at: datetime


class UpdatesPart(TypedDict, total=False):
    """Continuous publication: the limit between publications, and whether it was kept."""

    max_gap: timedelta
    gaps_ok: bool


@key(
    tuple[ObligationPart, ...],
    "应有的任务（时限）及其结果",
    "obligations that must be there",
    Comparison.CONTAINS,
)
def obligations(view: AccountView) -> tuple[ObligationPart, ...]:
    """As named."""
    return _obligations(view)


@key(tuple[ObligationName, ...], "不得有的任务", "obligations that must not be there", Comparison.ABSENT)
def no_obligations(view: AccountView) -> tuple[ObligationPart, ...]:
    """As named."""
    return _obligations(view)


def _obligations(view: AccountView) -> tuple[ObligationPart, ...]:
    return tuple(_obligation(obligation, view.at) for obligation in view.incident.obligations)


def _obligation(obligation: Obligation, at: datetime) -> ObligationPart:
    return ObligationPart(
        kind=obligation.kind,
        unit=UnitCode(obligation.unit) if obligation.unit else None,
        cause=obligation.cause,
        due=obligation.due_at,
        status=obligation.status,
        fulfilled_at=obligation.fulfilled_at,
        breached_at=obligation.breached_at,
        overdue=obligation.overdue(at),
        superseded_at=obligation.superseded_at,
        clock_start=obligation.clock_start,
        created_at=obligation.created_at,
        clause=obligation.clause,
        advisory=obligation.advisory,
        scored=obligation.scored,
        provisional=obligation.provisional,
        evidence=obligation.evidence,
    )


@key(
    dict[ObligationKind, int],
    "各类任务的数目（不计被替代、不再需要的）",
    "how many obligations stand, by kind",
)
def obligation_count(view: AccountView) -> dict[ObligationKind, int]:
    """As named; of kinds without any there are 0."""
    gone = {Status.SUPERSEDED, Status.VOID}
    standing = Counter(
        obligation.kind
        for obligation in view.incident.obligations
        if obligation.status not in gone and not (obligation.superseded_at and obligation.unit is None)
    )
    return {kind: standing[kind] for kind in ObligationKind}


@key(tuple[datetime, ...], "全部提醒的时刻（去重）", "the instants of all reminders, each once")
def reminders_at(view: AccountView) -> tuple[datetime, ...]:
    """As named."""
    return tuple(dict.fromkeys(event.at for event in view.events if isinstance(event, ReminderSent)))


@key(tuple[ReminderPart, ...], "应有的提醒", "reminders that must be there", Comparison.CONTAINS)
def reminders(view: AccountView) -> tuple[ReminderPart, ...]:
    """As named."""
    return tuple(_reminder(view, event) for event in view.events if isinstance(event, ReminderSent))


def _reminder(view: AccountView, event: ReminderSent) -> ReminderPart:
    obligation = view.incident.obligation(event.obligation)
    unit = UnitCode(obligation.unit) if obligation.unit else None
    return ReminderPart(kind=obligation.kind, unit=unit, percent=event.percent, at=event.at)


@key(datetime | None, "整改到期时刻", "when the rectification falls due")
def rectify_due(view: AccountView) -> datetime | None:
    """The earliest one, where several units rectify."""
    obligations = (
        obligation.due_at
        for obligation in view.incident.obligations
        if obligation.kind is ObligationKind.RECTIFY
    )
    return min(obligations, default=None)


@key(bool, "时限是否因周末暂停", "whether limits pause on weekends (none where no weekend lies within)")
def weekend_pause(view: AccountView) -> bool | None:
    """As named (DD-04)."""
    return _pauses(
        view,
        [
            obligation
            for obligation in _statutory(view)
            if any(day.weekday() >= _SATURDAY for day in _days(obligation))
        ],
    )


@key(bool, "时限是否因节假日暂停", "whether limits pause on days off (none where no day off lies within)")
def holiday_pause(view: AccountView) -> bool | None:
    """As named (DD-04)."""
    calendar = view.incident.law.calendar
    return _pauses(
        view,
        [
            obligation
            for obligation in _statutory(view)
            if not all(map(calendar.is_workday, _days(obligation)))
        ],
    )


def _statutory(view: AccountView) -> list[Obligation]:
    obligations = view.incident.obligations
    return [
        obligation
        for obligation in obligations
        if obligation.kind in RESPONSE_KINDS and obligation.computed.rule == "statutory_limit"
    ]


def _days(obligation: Obligation) -> Iterator[date]:
    day, last = (
        obligation.clock_start.astimezone(SHANGHAI).date(),
        obligation.due_at.astimezone(SHANGHAI).date(),
    )
    while day <= last:
        yield day
        day += timedelta(days=1)


def _pauses(view: AccountView, touched: list[Obligation]) -> bool | None:
    limits = view.incident.law.limits
    natural = {ObligationKind.RESP48: limits.h48, ObligationKind.PUB24: limits.h24}
    if not touched:
        return None
    return any(
        obligation.due_at - obligation.clock_start != natural[obligation.kind] for obligation in touched
    )


@key(bool, "内部答复是否停止了计时", "whether an internal reply stopped a clock (none where none was given)")
def internal_reply_stops_clock(view: AccountView) -> bool | None:
    """As named (DD-06): what was owed before the reply is owed after it, by the same instant."""
    before: dict[str, datetime] = {}
    stopped: bool | None = None
    for fact, incident in view.account.states(view.facts):
        owed = {obligation.id: obligation.due_at for obligation in incident.owed(*RESPONSE_KINDS)}
        if isinstance(fact.event, InternallyReplied):
            stopped = bool(stopped) or owed != before
        before = owed
    return stopped


@key(bool, "已记录的超时是否被抹去", "whether a recorded breach was erased (none where none was recorded)")
def breach_erasable(view: AccountView) -> bool | None:
    """As named (DD-19); one withdrawn or reversed for a timely deed is not erased,
    both stay on record (DD-12).
    """
    breached = {event.obligation for event in view.events if isinstance(event, ObligationBreached)}
    withdrawn = {
        event.obligation
        for event in view.events
        if isinstance(event, BreachWithdrawn) or (isinstance(event, LateEvidenceReviewed) and event.accepted)
    }
    if not breached:
        return None
    return any(view.incident.obligation(name).status is not Status.BREACHED for name in breached - withdrawn)


@key(dict[UnitCode, float], "各单位的扣分", "the score delta of units")
def score_delta(view: AccountView) -> dict[str, float]:
    """As named; units without any have 0."""
    units = {unit.code: 0.0 for unit in view.incident.law.units}
    return {**units, **score_deltas(view.incident, view.at)}


@key(
    UpdatesPart,
    "持续发布的最大间隔及是否守住",
    "the longest gap allowed between publications, and whether it was kept",
)
def continuous_updates(view: AccountView) -> UpdatesPart:
    """As named (R348): kept when something was said and no gap of the 24-hour class was missed.

    A gap counts while the class holds, up to the end of the emergency response;
    one that late evidence proved kept is not missed (DD-12).
    """
    incident = view.incident
    spoken = (*incident.standing_publications, *incident.press_conferences)
    missed = any(
        obligation.kind is ObligationKind.CONT_UPD and obligation.status is Status.BREACHED
        for obligation in incident.obligations
    )
    return UpdatesPart(max_gap=incident.law.limits.continuous_gap, gaps_ok=bool(spoken) and not missed)
