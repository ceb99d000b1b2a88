"""The sources of a case by the platform they stand on:
how many there are of each, and those that the page lists.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desk.case.status_panel import SourceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRows:
    """A platform, how many sources of the case stand on it, and those that are listed, the latest first."""

    platform: str
    count: int
    rows: tuple[SourceRow, ...]


def by_platform(sources: Sequence[SourceRow], listed: Sequence[SourceRow]) -> tuple[PlatformRows, ...]:
    """All platforms, the one with most sources first;
    `listed` are the sources that the page shows, in order of time.
    """
    counts = Counter(row.platform for row in sources)
    return tuple(
        PlatformRows(
            platform=platform,
            count=count,
            rows=tuple(row for row in reversed(listed) if row.platform == platform),
        )
        for platform, count in counts.most_common()
    )
