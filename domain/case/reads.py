"""How often a publication was read: the latest figure of each channel on which it stands (R365)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.terms.vocabulary import PlatformCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCount:
    """The reads of a publication on a channel, counted up to an instant."""

    channel: PlatformCode
    at: datetime
    reads: int


def with_count(counts: Iterable[ReadCount], taken: ReadCount) -> tuple[ReadCount, ...]:
    """The figures with another one: of each channel that of the later instant, then of the later record."""
    former = {count.channel: count for count in counts}
    known = former.get(taken.channel)
    if known is None or known.at <= taken.at:
        former[taken.channel] = taken
    return tuple(former.values())
