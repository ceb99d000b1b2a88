"""A few seconds: what is said to have happened up to five seconds ahead happened now,
since clocks differ by as much (DD-38).
"""

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from domain.law.editions import Switch
from domain.terms.copies import changed
from domain.terms.instants import whole

T = TypeVar("T")

TOLERANCE: Final = timedelta(seconds=5)
HAPPENED: Final = frozenset(
    {
        "at",
        "discovered_at",
        "occurred_at",
        "published_at",
        "relayed_at",
        "counted_at",
        "held_at",
        "withdrawn_at",
        "known_at",
        "received_at",
        "handled_at",
    }
)  # promises and limits are not among them: they lie ahead on purpose


def settled(command: T, as_of: datetime, edition: int) -> T:
    """The command with each instant of something that happened, a few seconds ahead of `as_of`,
    at `as_of` itself.
    """
    if not Switch.SKEW.is_on(edition):
        return command
    command_then: T = _settled(command, as_of)
    return command_then


def _settled(value: Any, as_of: datetime) -> Any:
    if isinstance(value, tuple):
        items = tuple(_settled(item, as_of) for item in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    kind: Any = type(value)
    changes = {}
    for name in _names(kind):
        old: Any = getattr(value, name)
        new: Any = old
        if isinstance(old, datetime):
            if name in HAPPENED and _is_a_little_ahead(old, as_of):
                new = as_of
        elif not isinstance(old, str):
            new = _settled(old, as_of)
        if new is not old:
            changes[name] = new
    return changed(value, **changes) if changes else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a record; none of what is no record. Found once: a draft may have five hundred claims."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _is_a_little_ahead(instant: datetime, as_of: datetime) -> bool:
    return timedelta() < whole(instant) - as_of <= TOLERANCE
