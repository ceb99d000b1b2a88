"""The lamp of an obligation: how many hours are left, by `practice.md` 3.7, always shown with its word."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.rules.alarms import ONE_SECOND
from words.language import marked
from words.wording import limit_span

_DAY = timedelta(hours=24)
# Hours left at which the lamp turns yellow, orange, red: `practice.md` 3.7, for a limit of a day and less,
# and for longer ones.
_SHORT = (timedelta(hours=12), timedelta(hours=6), timedelta(hours=3))
_LONG = (timedelta(hours=24), timedelta(hours=12), timedelta(hours=6))


class Lamp(StrEnum):
    """What the lamp says; its word stands beside its colour, so that colour is never alone."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    OVERDUE = "overdue"
    DONE = "done"
    OFF = "off"


LAMP_WORDS = {
    Lamp.GREEN: marked("绿"),
    Lamp.YELLOW: marked("黄"),
    Lamp.ORANGE: marked("橙"),
    Lamp.RED: marked("红"),
    Lamp.OVERDUE: marked("超时"),
    Lamp.DONE: marked("完成"),
    Lamp.OFF: marked("失效"),
}


def limit_of(obligation: Obligation) -> timedelta:
    """The limit by which the lamp is lit: the statutory one for a response,
    even when its due instant was moved.
    """
    if obligation.kind in RESPONSE_KINDS:
        return limit_span(obligation.computed.limit)
    return obligation.due_at - obligation.clock_start


def lamp(obligation: Obligation, at: datetime) -> Lamp:
    """The lamp of an obligation at an instant of its case's clock; at the due second itself it is still red.

    A lapsed advisory limit and what fell away have no lamp any more; a late deed keeps 超时 (DD-19).
    """
    if obligation.status is Status.BREACHED:
        return Lamp.OVERDUE
    if obligation.fulfilled_at is not None:
        return Lamp.DONE
    if not obligation.is_owed or obligation.status is Status.PASSED:
        return Lamp.OFF
    left = obligation.due_at - at
    if left < timedelta(0):
        return Lamp.OFF if obligation.advisory else Lamp.OVERDUE
    lit = sum(left <= turn for turn in _turns(obligation))
    return (Lamp.GREEN, Lamp.YELLOW, Lamp.ORANGE, Lamp.RED)[lit]


def turns_at(obligation: Obligation, at: datetime) -> datetime | None:
    """When the lamp of an open obligation next changes,
    so that a page knows when to look again; else None.
    """
    if obligation.status is not Status.OPEN:
        return None
    changes = [obligation.due_at - turn for turn in _turns(obligation)] + [obligation.due_at + ONE_SECOND]
    return min((instant for instant in changes if instant > at), default=None)


def _turns(obligation: Obligation) -> tuple[timedelta, ...]:
    return _SHORT if limit_of(obligation) <= _DAY else _LONG
