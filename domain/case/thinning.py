"""What a case lets go of records that its rules do not ask for any more;
the others are counted, and stand in the log.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from domain.bounds import MOST_CONCERNS, MOST_DRAFTS, MOST_STATEMENTS, MOST_TOLD
from domain.case.records import Concern, Draft, LevelDecision

CONCERNS: Final = "concern"  # names in what is left out
DRAFTS: Final = "draft"


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
    """The items without the oldest that is not the first of its unit,
    where there are more than a case holds.
    """
    if len(items) <= MOST_TOLD:
        return tuple(items)
    units: set[str] = set()
    for place, item in enumerate(items):
        if item.unit in units:
            return (*items[:place], *items[place + 1 :])
        units.add(item.unit)
    return tuple(items)


def latest_concerns(concerns: tuple[Concern, ...]) -> tuple[Concern, ...]:
    """The latest concerns: they are numbered without a gap, so that of the others the numbers are known."""
    return concerns[-MOST_CONCERNS:]


def in_hand(
    drafts: tuple[Draft, ...], published: Collection[str], disputed: Collection[str]
) -> tuple[Draft, ...]:
    """The drafts without those that lie longest, where more are unpublished than a case holds:
    they are written anew.

    First go those sent back, then the others by their age, last those in an open conflict.
    What is published stays, and so does the latest.
    """
    waiting = [draft for draft in drafts[:-1] if draft.id not in published]
    waiting.sort(key=lambda draft: (draft.id in disputed, not draft.returned))
    statements = sum(map(_statements, waiting)) + sum(map(_statements, drafts[-1:]))
    gone: set[str] = set()
    for place, draft in enumerate(waiting):
        if len(waiting) - place < MOST_DRAFTS and statements <= MOST_STATEMENTS:
            break
        gone.add(draft.id)
        statements -= _statements(draft)
    return tuple(draft for draft in drafts if draft.id not in gone)


def _statements(draft: Draft) -> int:
    return len(draft.claims) + len(draft.evidence) + len(draft.answers)


def course(decided: tuple[LevelDecision, ...]) -> tuple[LevelDecision, ...]:
    """The decisions on the level: the first, the first of the highest, and the latest."""
    if len(decided) <= MOST_TOLD:
        return decided
    highest = max(range(len(decided)), key=lambda place: (decided[place].level.rank, -place))
    place = next(place for place in range(1, len(decided)) if place != highest)
    return (*decided[:place], *decided[place + 1 :])


def counted(left_out: tuple[LeftOut, ...], kind: str, count: int) -> tuple[LeftOut, ...]:
    """The numbers of what is left out, with some more of a kind."""
    if not count:
        return left_out
    others = tuple(one for one in left_out if one.kind != kind)
    before = sum(one.count for one in left_out if one.kind == kind)
    return (*others, LeftOut(kind=kind, count=before + count))
