"""Instants and limits: whole seconds in UTC, nothing from the future, durations in words."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from domain.terms.refusals import Reason, Refused
from domain.terms.workdays import SHANGHAI

_HOUR = 3600
_MINUTE = 60


def whole(instant: datetime) -> datetime:
    """The instant in UTC, cut to whole seconds: lateness is judged to the second (DD-03, DD-04)."""
    if instant.tzinfo is UTC and not instant.microsecond:
        return instant
    return instant.astimezone(UTC).replace(microsecond=0)


def months_after(instant: datetime, months: int) -> datetime:
    """The same day and time in Shanghai so many months later, or the last day of that month."""
    local = instant.astimezone(SHANGHAI)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return whole(local.replace(year=year, month=month + 1, day=day))


def past(instant: datetime, at: datetime, field: str) -> datetime:
    """The instant in whole seconds; refuses one after the instant as of which the command is judged."""
    cut = whole(instant)
    if cut > at:
        raise Refused(Reason.IN_THE_FUTURE, field)
    return cut


def limit_text(limit: timedelta) -> str:
    """A limit as an ISO 8601 duration in hours, minutes or seconds."""
    seconds = int(limit.total_seconds())
    if seconds % _HOUR == 0:
        return f"PT{seconds // _HOUR}H"
    return f"PT{seconds // _MINUTE}M" if seconds % _MINUTE == 0 else f"PT{seconds}S"
