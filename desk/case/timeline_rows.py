"""The rows of the timeline: a person's acts one by one,
what the rules did by themselves in a row folded under one line.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from words.language import say
from words.timeline import TimelineItem
from words.wording import MomentText

_FOLDED_FROM = 2  # entries; one alone needs no line of its own above it


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One entry, or several of the rules' own acts between two of people's, with what they were and when.

    `name` tells a fold from others wherever the page comes anew:
    its oldest record, which later ones do not change.
    """

    entries: tuple[TimelineItem, ...]
    is_folded: bool
    name: str
    what: str
    first: MomentText
    last: MomentText


def rows(entries: Iterable[TimelineItem], *, folds: bool) -> tuple[TimelineRow, ...]:
    """The rows of the entries, the latest first; `folds` says whether the rules' own acts are
    folded at all.
    """
    return tuple(
        row
        for is_automatic, run in groupby(entries, key=lambda entry: entry.is_automatic)
        for row in _rows(tuple(run), is_folded=is_automatic and folds)
    )


def kinds(entries: Iterable[TimelineItem]) -> str:
    """What several entries were: each name once, with how often it is there where that is more than once."""
    counts = Counter(entry.name for entry in entries)
    return say("、").join(name if count == 1 else f"{name} × {count}" for name, count in counts.items())


def _rows(run: tuple[TimelineItem, ...], *, is_folded: bool) -> Iterator[TimelineRow]:
    if is_folded and len(run) >= _FOLDED_FROM:
        yield _row(run, is_folded=True)
    else:
        for entry in run:
            yield _row((entry,), is_folded=False)


def _row(entries: tuple[TimelineItem, ...], *, is_folded: bool) -> TimelineRow:
    latest, oldest = entries[0], entries[-1]
    return TimelineRow(
        entries=entries,
        is_folded=is_folded,
        name=f"by-rules-{oldest.number}",
        what=kinds(entries) if is_folded else "",
        first=oldest.happened,
        last=latest.happened,
    )
