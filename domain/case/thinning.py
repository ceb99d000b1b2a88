"""What a case lets go of records that only tell: the first of each unit and the latest stay, the others are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from domain.bounds import MOST_TOLD


class OfUnit(Protocol):
    """A record of what a unit did."""

    @property
    def unit(self) -> str: ...  # noqa: D102  a unit's code


R = TypeVar("R", bound=OfUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many records of a kind stand in the log alone."""

    kind: str
    count: int


def lately(items: Sequence[R]) -> tuple[R, ...]:
    """The items without the oldest that is not the first of its unit, where there are more than a case holds."""
    if len(items) <= MOST_TOLD:
        return tuple(items)
    units: set[str] = set()
    for place, item in enumerate(items):
        if item.unit in units:
            return (*items[:place], *items[place + 1 :])
        units.add(item.unit)
    return tuple(items)


def counted(left_out: tuple[LeftOut, ...], kind: str, count: int) -> tuple[LeftOut, ...]:
    """The numbers of what is left out, with some more of a kind."""
    if not count:
        return left_out
    others = tuple(one for one in left_out if one.kind != kind)
    before = sum(one.count for one in left_out if one.kind == kind)
    return (*others, LeftOut(kind=kind, count=before + count))
