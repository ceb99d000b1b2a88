"""The items of a case: so many in full, then figures alone;
the words of all stand beside it, the events in its log.
"""

from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.bounds import ADDRESSES_OF_ITEMS, MOST_ITEMS, MOST_MARKS
from domain.case.records import Source
from domain.terms.addresses import canonical
from domain.terms.copies import changed
from domain.terms.vocabulary import PlatformCode

_MARK_LENGTH = (
    5  # base64 characters: one address in two hundred thousand is taken for one of five thousand others
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """How many items of a platform came in beyond those that a case holds, and when the first was posted."""

    platform: PlatformCode
    count: int
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The items held, numbered from 1, the figures of those beyond,
    and by what their addresses are known again.
    """

    items: tuple[Source, ...]
    beyond: tuple[Beyond, ...]
    marks: str


def mark(url: str) -> str:
    """By what an address beyond the bound is known again:
    five characters after a sign that no reference holds.
    """
    return f"#{urlsafe_b64encode(sha256(canonical(url).encode()).digest()).decode()[:_MARK_LENGTH]}"


def unknown(
    sources: tuple[Source, ...], excluded: Collection[int], fresh: tuple[Source, ...]
) -> tuple[Source, ...]:
    """Those of the items that came in that a case does not hold: it keeps the same post once (DD-42).

    One that was left out with a reason and comes in again is held anew.
    """
    known = {
        name for number, item in enumerate(sources, start=1) if number not in excluded for name in item.names
    }
    items = []
    for source in fresh:
        if known.isdisjoint(source.names):
            items.append(source)
            known.update(source.names)
    return tuple(items)


def taken_in(intake: Intake, fresh: tuple[Source, ...]) -> Intake:
    """The intake with items that came in, in their order: once one is beyond, all later ones are."""
    items, beyond, marks = list(intake.items), {one.platform: one for one in intake.beyond}, intake.marks
    room = ADDRESSES_OF_ITEMS - sum(len(item.url.encode()) for item in items)
    for source in fresh:
        room -= len(source.url.encode())
        if not beyond and len(items) < MOST_ITEMS and room >= 0:
            items.append(source)
            continue
        before = beyond.get(source.platform) or Beyond(platform=source.platform, count=0, first_at=source.at)
        beyond[source.platform] = changed(
            before, count=before.count + 1, first_at=min(before.first_at, source.at)
        )
        if source.url.strip() and mark(source.url) not in marks:
            marks += mark(source.url)
    return Intake(
        items=tuple(items), beyond=tuple(beyond.values()), marks=marks[-MOST_MARKS * (_MARK_LENGTH + 1) :]
    )
