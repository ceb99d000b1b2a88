"""When the clock must look at an obligation: its reminders, the second after its due instant,
the rungs of the ladder.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.case.obligations import Obligation, Status
from domain.law.regulation import Escalation, Rung
from domain.terms.instants import whole

ONE_SECOND = timedelta(seconds=1)


class Reminding(NamedTuple):
    """The next reminder of an obligation: when the clock fires it, and what it says."""

    fires_at: datetime
    instant: datetime
    percent: int
    passed_over: tuple[int, ...] = ()


def next_reminder(obligation: Obligation, escalation: Escalation) -> Reminding | None:
    """The next reminder; of those before the obligation's creation, or before it was reopened,
    only the latest is sent.

    The instants are shares of the time from `clock_start` to `due_at` (R103);
    a reminder is stamped with its instant.
    """
    if obligation.status is not Status.OPEN or obligation.kind not in escalation.reminded:
        return None
    since = max(obligation.created_at, obligation.reopened_at or obligation.created_at)
    span = obligation.due_at - obligation.clock_start
    missed: list[tuple[int, datetime]] = []
    for percent in escalation.reminder_percents:
        if percent in obligation.reminded:
            continue
        instant = obligation.clock_start + span * percent // 100
        if instant.microsecond:
            instant = whole(instant)
        if instant < since:
            missed.append((percent, instant))
        elif not missed:
            return Reminding(instant, instant, percent)
    if not missed:
        return None
    *passed_over, (percent, instant) = missed
    return Reminding(since, instant, percent, tuple(other for other, _ in passed_over))


def next_check_at(obligation: Obligation, escalation: Escalation) -> datetime | None:
    """When the clock next has to look at an obligation: reminder, due instant or rung;
    None when nothing is at stake.

    It looks one second after a due instant, since a deed at the due second is on time.
    """
    if obligation.status is Status.OPEN:
        missed_at = obligation.due_at + ONE_SECOND
        if obligation.kind not in escalation.reminded:
            return missed_at
        reminding = next_reminder(obligation, escalation)
        return missed_at if reminding is None else min(reminding.fires_at, missed_at)
    if obligation.status is Status.BREACHED and (rung := next_rung(obligation, escalation)) is not None:
        return rung[0]
    return None


def next_rung(obligation: Obligation, escalation: Escalation) -> tuple[datetime, datetime, Rung] | None:
    """The next step of the ladder: when the clock looks, the instant it is stamped with,
    and the rung (R443).
    """
    if obligation.kind not in escalation.laddered or obligation.rungs >= len(escalation.rungs):
        return None
    if obligation.status is not Status.BREACHED or not obligation.is_owed or not obligation.scored:
        return None
    rung = escalation.rungs[obligation.rungs]
    overdue_since = max(obligation.due_at, obligation.reopened_at or obligation.due_at)
    stamped_at = overdue_since + rung.after
    return stamped_at + ONE_SECOND, stamped_at, rung
