"""The lamp of an obligation: how much of its time is left, by `practice.md` 3.7, always shown with its word."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.rules.alarms import ONE_SECOND
from words.language import marked
from words.wording import limit_span

# 48 h: yellow at 24, orange at 12, red at 6 hours left; 24 h: 12, 6, 3. That is a half, a quarter, an eighth of the
# limit, and the same shares serve the kinds for which 3.7 names no figures.
_DIVISORS = (2, 4, 8)


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


def limit_of(duty: Obligation) -> timedelta:
    """The limit whose shares light the lamp: the statutory one for a response, even when its due instant was moved."""
    if duty.kind in RESPONSE_KINDS:
        return limit_span(duty.computed.limit)
    return duty.due_at - duty.clock_start


def lamp(duty: Obligation, at: datetime) -> Lamp:
    """The lamp of an obligation at an instant of its case's clock; at the due second itself it is still red.

    A lapsed advisory limit and a duty that fell away have no lamp any more; a late deed keeps 超时 (DD-19).
    """
    if duty.status is Status.BREACHED:
        return Lamp.OVERDUE
    if duty.fulfilled_at is not None:
        return Lamp.DONE
    if not duty.is_owed or duty.status is Status.PASSED:
        return Lamp.OFF
    left = duty.due_at - at
    if left < timedelta(0):
        return Lamp.OFF if duty.advisory else Lamp.OVERDUE
    limit = limit_of(duty)
    lit = sum(left <= limit / divisor for divisor in _DIVISORS)
    return (Lamp.GREEN, Lamp.YELLOW, Lamp.ORANGE, Lamp.RED)[lit]


def turns_at(duty: Obligation, at: datetime) -> datetime | None:
    """When the lamp of an open obligation next changes, so that a page knows when to look again; else None."""
    if duty.status is not Status.OPEN:
        return None
    limit = limit_of(duty)
    changes = [duty.due_at - limit / divisor for divisor in _DIVISORS] + [duty.due_at + ONE_SECOND]
    return min((instant for instant in changes if instant > at), default=None)
