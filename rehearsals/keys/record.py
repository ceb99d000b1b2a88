"""Keys of the record itself: events, notices, citations, and any field of the case."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, TypedDict

from domain.case.state import Incident
from domain.notices import Notice, Purpose
from rehearsals.account import AccountView
from rehearsals.keys.registry import Comparison, key
from rehearsals.values import EventPart, UnitCode


class NoticePart(TypedDict, total=False):
    """One notice in the inbox of a unit; `subject` is the id of what it is about."""

    unit: UnitCode
    purpose: Purpose
    subject: str


@key(tuple[EventPart, ...], "时间线上应有的记录", "events that must be on the timeline", Comparison.CONTAINS)
def events(view: AccountView) -> tuple[object, ...]:
    """As named; each by its kind and whatever of its fields is given."""
    return view.events


@key(
    tuple[EventPart, ...],
    "时间线上不得有的记录",
    "events that must not be on the timeline",
    Comparison.ABSENT,
)
def no_events(view: AccountView) -> tuple[object, ...]:
    """As named."""
    return view.events


@key(tuple[NoticePart, ...], "各单位应收到的通知", "notices that units must have got", Comparison.CONTAINS)
def notices(view: AccountView) -> tuple[Notice, ...]:
    """As named."""
    return _told(view)


def _told(view: AccountView) -> tuple[Notice, ...]:
    numbers = {fact.number for fact in view.facts}
    return tuple(notice for notice in view.account.notices if notice.event_number in numbers)


@key(tuple[NoticePart, ...], "不得发出的通知", "notices that must not have gone out", Comparison.ABSENT)
def no_notices(view: AccountView) -> tuple[Notice, ...]:
    """As named."""
    return _told(view)


@key(tuple[str, ...], "记录所引用的条款", "clauses that the record cites", Comparison.CONTAINS)
def clauses(view: AccountView) -> tuple[str, ...]:
    """As named, each once."""
    return tuple(dict.fromkeys(clause for event in view.events for clause in _cited(event)))


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _cited(item)
    elif is_dataclass(value):
        for field in fields(value):
            item = getattr(value, field.name)
            if field.name == "clause" and item:
                yield str(item)
            elif not isinstance(item, str | StrEnum) and field.name != "law":
                yield from _cited(item)


@key(Incident, "事件的任何其他字段", "any other field of the case")
def state(view: AccountView) -> Incident:
    """As named."""
    return view.incident
