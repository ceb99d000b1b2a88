"""The page of a grown case: of each long list the latest, how many more there are,
and long texts by their beginnings.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from desk.case.documents import DraftRow
from desk.case.status_panel import SourceRow
from desk.case.timeline_filter import Timeline
from desk.case.view import IncidentPage
from words.timeline import TimelineItem
from words.wording import begun

Opened = Literal["", "obligations", "sources", "concerns", "peers", "papers", "texts", "timeline"]

_ROWS: Final = 12
_CARDS: Final = 12
_DRAFTS: Final = 10
IN_FULL: Final = 2  # drafts shown with their texts
_GIST, _ENTRY, _BLOCK = 80, 150, 2_000  # characters


_NONE: Final[Mapping[str, int]] = {}


def folded(page: IncidentPage, opened: Opened = "", *, beyond: Mapping[str, int] = _NONE) -> IncidentPage:
    """The page with its long lists folded, save the one that was opened;
    `beyond` counts what the log alone holds.
    """
    rows: dict[str, int] = {
        "obligations": len(page.cards.done) + len(page.cards.lapsed),
        "sources": len(page.sources),
        "concerns": len(page.concerns),
        "peers": len(page.peers),
        "papers": len(page.papers),
        "texts": len(page.drafts),
    }
    most = {name: count if name == opened else _MOST[name] for name, count in rows.items()}
    done, lapsed = page.cards.done[-most["obligations"] :], page.cards.lapsed[-most["obligations"] :]
    whole = opened == "sources"
    parts = replace(
        page,
        cards=replace(page.cards, done=done, lapsed=lapsed),
        sources=tuple(row if whole else _short(row) for row in page.sources[-most["sources"] :]),
        concerns=page.concerns[-most["concerns"] :],
        peers=page.peers[-most["peers"] :],
        papers=page.papers[: most["papers"]],
        drafts=page.drafts if opened == "texts" else _drafts(page.drafts[: most["texts"]]),
        beyond=beyond,
    )
    return replace(parts, more=_more(page, parts))


_MOST: Final[Mapping[str, int]] = {
    "obligations": _CARDS,
    "sources": _ROWS,
    "concerns": _ROWS,
    "peers": _ROWS,
    "papers": _ROWS,
    "texts": _DRAFTS,
}


def _more(page: IncidentPage, folded_page: IncidentPage) -> Mapping[str, int]:
    """How many rows of each list are folded away."""
    before = len(page.cards.done) + len(page.cards.lapsed)
    return {
        "obligations": before - len(folded_page.cards.done) - len(folded_page.cards.lapsed),
        "sources": len(page.sources) - len(folded_page.sources),
        "concerns": len(page.concerns) - len(folded_page.concerns),
        "peers": len(page.peers) - len(folded_page.peers),
        "papers": len(page.papers) - len(folded_page.papers),
        "texts": len(page.drafts) - len(folded_page.drafts),
    }


def _short(row: SourceRow) -> SourceRow:
    return replace(row, gist=begun(row.gist, _GIST))


def _drafts(rows: tuple[DraftRow, ...]) -> tuple[DraftRow, ...]:
    """The latest with their texts, the others by their headings."""
    return tuple(
        replace(row, blocks=tuple((name, begun(text, _BLOCK)) for name, text in row.blocks))
        if place < IN_FULL
        else replace(row, blocks=())
        for place, row in enumerate(rows)
    )


def in_short(timeline: Timeline) -> Timeline:
    """The timeline with the beginnings of long texts."""
    return replace(timeline, entries=tuple(map(_entry, timeline.entries)))


def _entry(entry: TimelineItem) -> TimelineItem:
    return replace(
        entry, text=begun(entry.text, _ENTRY), follows=tuple(_entry(item) for item in entry.follows)
    )
