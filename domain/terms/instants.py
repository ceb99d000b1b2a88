"""Instants and limits: whole seconds in UTC, nothing from the future, durations in words."""

from datetime import UTC, datetime, timedelta

from domain.terms.refusals import Reason, Refused

_HOUR = 3600
_MINUTE = 60


def whole(instant: datetime) -> datetime:
    """The instant in UTC, cut to whole seconds: lateness is judged to the second (DD-03, DD-04)."""
    if instant.tzinfo is UTC and not instant.microsecond:
        return instant
    return instant.astimezone(UTC).replace(microsecond=0)


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
