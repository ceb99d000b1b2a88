"""The check list in words: each line with its state, what to do, and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from casework.going_live import GoingLiveItem, GoingLiveLine, LineState
from words.going_live import line_name, line_says
from words.labels import word
from words.wording import MomentText, moment

_LINKS: Final[Mapping[GoingLiveItem, str]] = {
    GoingLiveItem.UNITS: "/units?gaps=true",
    GoingLiveItem.UNIT_CHANNELS: "/units?gaps=true",
    GoingLiveItem.CHANNELS: "/system/channels",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line; `link` leads to where it is done, empty where that is not a page of the reader's;
    `confirm` is where a person says that it was done.
    """

    name: str
    state: str
    state_word: str
    said: str
    link: str
    confirm: str
    at: MomentText | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingLivePage:
    """The list, and how many of its lines are missing or to be noted."""

    lines: tuple[LineView, ...]
    missing: int
    noted: int
    is_confirmed: bool


def going_live_page(lines: Iterable[GoingLiveLine], *, is_confirmed: bool) -> GoingLivePage:
    """Every line in words, in the order of the list."""
    views = tuple(map(_line, lines))
    return GoingLivePage(
        lines=views,
        missing=sum(one.state == LineState.MISSING for one in views),
        noted=sum(one.state == LineState.NOTE for one in views),
        is_confirmed=is_confirmed,
    )


def _line(line: GoingLiveLine) -> LineView:
    is_done = line.state is LineState.DONE
    at = moment(line.at.replace(microsecond=0)) if line.at is not None else None
    return LineView(
        name=line_name(line.item),
        state=line.state.value,
        state_word=word(line.state),
        said=line_says(line.item, {**line.figures, "at": at.text if at else ""}, is_done=is_done),
        link="" if is_done else _LINKS.get(line.item, ""),
        confirm=f"/going-live/{line.item}" if line.item.is_seen_to_by_a_person and not is_done else "",
        at=at if line.item is not GoingLiveItem.ROTA else None,
        by=line.by,
    )
