"""怎样算出来的: each part of a limit, the limits that it had before,
and how late the deed is against each of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.case.obligations import RESPONSE_KINDS, Obligation, ObligationReopened
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision
from domain.steps.amend import ClockStartCorrected, Rebased
from domain.terms.workdays import SHANGHAI
from words.event_text.rules import cause_words
from words.labels import label
from words.language import say
from words.wording import MomentText, absolute, duration, limit_words, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A limit that was moved: when and why, the due instant before and after."""

    at: MomentText
    why: str
    former: MomentText
    due: MomentText


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """Heading and text of each part; the changes in their order;
    how the deed stands against the first limit and the last.
    """

    parts: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    standing: tuple[str, ...]


def how_computed(incident: Incident, decisions: Iterable[Decision], at: datetime) -> dict[str, How]:
    """How every obligation's limit came about, by its id, at an instant of the case's clock."""
    events = [event for decided in decisions for event in decided.events]
    return {obligation.id: _how(incident, obligation, events, at) for obligation in incident.obligations}


def _how(incident: Incident, obligation: Obligation, events: Iterable[CaseEvent], at: datetime) -> How:
    changes = tuple(_changes(incident, obligation, events))
    first = _instant(changes[0].former) if changes else None
    return How(
        parts=tuple((name, text) for name, text in _parts(incident, obligation) if text),
        changes=changes,
        standing=tuple(_standing(obligation, first, at)) if first is not None else (),
    )


def _instant(at: MomentText) -> datetime:
    return datetime.fromisoformat(at.iso)


def _parts(incident: Incident, obligation: Obligation) -> Iterator[tuple[str, str]]:
    computed = obligation.computed
    base = label("computation_base", computed.base).here
    yield say("起算"), f"{base} {absolute(obligation.clock_start)}"
    yield say("时限"), "" if computed.rule == "promise" else limit_words(computed.limit)
    yield say("算法"), label("computation_rule", computed.rule).here
    yield say("跳过的日子"), _days_off(incident, obligation)
    yield say("到期时刻"), absolute(obligation.due_at)
    yield say("按时"), say("到期那一秒之内收到即为按时；之后才登记的，以办理时刻和登记时刻一并认定。")
    if obligation.kind in RESPONSE_KINDS:
        late = limit_words(_hours(incident.law.limits.late_evidence))
        yield say("补录"), say("期限内已公布、{span}内补录证据的，可认定为按时（补录）。", span=late)
    yield say("容错"), _tolerance(incident, obligation)


def _hours(span: timedelta) -> str:
    return f"PT{span.total_seconds() / 3600:g}H"


def _days_off(incident: Incident, obligation: Obligation) -> str:
    """The days between that were no working days, for a limit in working days."""
    if not obligation.computed.limit.endswith(" workdays"):
        return ""
    first, last = (
        instant.astimezone(SHANGHAI).date() for instant in (obligation.clock_start, obligation.due_at)
    )
    between = (first + timedelta(days=number) for number in range(1, (last - first).days))
    off = [day for day in between if not incident.law.calendar.is_workday(day)]
    return " ".join(map(date.isoformat, off)) or say("无")


def _tolerance(incident: Incident, obligation: Obligation) -> str:
    tolerance = next(
        (item for item in incident.oversight.tolerances if item.obligation == obligation.id), None
    )
    if tolerance is None:
        return ""
    if tolerance.granted is None or tolerance.decided_at is None:
        return say("已申请（{at}），待审定", at=absolute(tolerance.asked_at))
    return say("已同意，免予扣分") if tolerance.granted else say("未同意")


def _changes(incident: Incident, obligation: Obligation, events: Iterable[CaseEvent]) -> Iterator[Change]:
    """In the order in which they came: what it took the place of, then how its own limit was moved."""
    due_at = _opened_due(obligation, events)
    if (former := _former(incident, obligation)) is not None and former.due_at != due_at:
        yield _change(obligation.created_at, cause_words(obligation.cause), former.due_at, due_at)
    for event in events:
        match event:
            case ClockStartCorrected() | Rebased():
                moved = next((item for item in event.retimed if item.obligation == obligation.id), None)
                if moved is not None and moved.due_at != moved.former_due_at:
                    why = f"{label('events', event.kind).here} · {event.reason}"
                    yield _change(event.at, why, moved.former_due_at, moved.due_at)
                    due_at = moved.due_at
            case ObligationReopened() if event.obligation == obligation.id and event.due_at != due_at:
                yield _change(event.at, label("events", event.kind).here, due_at, event.due_at)
                due_at = event.due_at


def _change(at: datetime, why: str, former: datetime, due: datetime) -> Change:
    return Change(at=moment(at), why=why, former=moment(former), due=moment(due))


def _opened_due(obligation: Obligation, events: Iterable[CaseEvent]) -> datetime:
    """When the obligation was due as it was opened."""
    for event in events:
        if event.kind == "obligation_opened" and event.obligation.id == obligation.id:
            return event.obligation.due_at
    return obligation.due_at


def _former(incident: Incident, obligation: Obligation) -> Obligation | None:
    """The response that a change of class replaced by this one:
    the same unit's, ended when this one began.
    """
    if obligation.kind not in RESPONSE_KINDS:
        return None
    for other in incident.obligations:
        same = (
            other.kind in RESPONSE_KINDS
            and other.kind is not obligation.kind
            and other.unit == obligation.unit
        )
        if same and other.superseded_at == obligation.created_at:
            return other
    return None


def _standing(obligation: Obligation, first: datetime, at: datetime) -> Iterator[str]:
    """Against the first limit and against the one in force; nothing of one that fell away undone."""
    if obligation.fulfilled_at is None and not obligation.is_owed:
        return
    yield say("按原时限：{standing}", standing=_against(obligation, first, at))
    yield say("按现时限：{standing}", standing=_against(obligation, obligation.due_at, at))


def _against(obligation: Obligation, due: datetime, at: datetime) -> str:
    done = obligation.fulfilled_at
    if done is None:
        span = duration(abs(due - at))
        return say("还剩 {span}", span=span) if at <= due else say("已超时 {span}", span=span)
    span = duration(abs(due - done))
    return say("提前 {span} 完成", span=span) if done <= due else say("超时 {span} 完成", span=span)
