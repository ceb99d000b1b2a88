"""The page of the board: its tiles, its filters, its rows, and what to do where there are none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.board.filters import BoardQuery, DueChoice, FilterGroup, Finder, finder, href, link_groups
from desk.board.view import BoardRow
from words.language import say

SOON = timedelta(hours=6)
COUNTED = 500  # incidents that are counted for the tiles; beyond that a tile says “or more”


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """What the tiles count of one incident: whether an answer is overdue,
    and when the first is due in real time.
    """

    is_drill: bool
    is_overdue: bool
    owed_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure above the board that leads to what it counts;
    `mark` names its colour, `name` says what is counted.
    """

    name: str
    count: str
    mark: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What a reader of an empty list may do next."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """The board for readers."""

    heading: str
    order: str
    tiles: tuple[Tile, ...]
    filters: tuple[FilterGroup, ...]
    finder: Finder
    rows: tuple[BoardRow, ...]
    next_href: str
    empty: str
    ways_out: tuple[WayOut, ...]


def board_page(
    query: BoardQuery,
    rows: tuple[BoardRow, ...],
    standings: Sequence[DueLine],
    now: datetime,
    next_cursor: str | None,
    *,
    units: Sequence[tuple[str, str]] = (),
    registers: bool = False,
) -> BoardPage:
    """The board at the real instant `now`; `standings` are those of all open incidents,
    at most COUNTED of them.

    `units` are codes and names to choose from; `registers` says whether the reader may register an incident.
    """
    return BoardPage(
        heading=_heading(query),
        order=say("按登记先后，最新在前") if query.closed else say("按剩余时间从少到多排列"),
        tiles=tuple(_tiles(query, standings, now)),
        filters=tuple(link_groups(query)),
        finder=finder(query, units),
        rows=rows,
        next_href=href(replace(query, cursor=next_cursor)) if next_cursor else "",
        empty=_empty(query),
        ways_out=tuple(_ways_out(query, registers=registers)),
    )


def _heading(query: BoardQuery) -> str:
    """Key incidents have a queue of their own, in the same order (R117)."""
    if query.key:
        return say("已办结的重点回应事件") if query.closed else say("重点回应事件")
    return say("已办结事件") if query.closed else say("在办事件")


def _tiles(query: BoardQuery, standings: Sequence[DueLine], now: datetime) -> Iterator[Tile]:
    """Drills are never among the figures of what is real;
    they have their own when the reader asks for drills alone.
    """
    items = [item for item in standings if item.is_drill is (query.drill is True)]
    overdue = [item for item in items if is_overdue(item, now)]
    soon = [item for item in items if not is_overdue(item, now) and _is_soon(item, now)]
    more = "+" if len(standings) >= COUNTED else ""
    counted = BoardQuery(drill=query.drill is True)
    name = say("在办演练") if query.drill else say("在办")
    yield Tile(name=name, count=f"{len(items)}{more}", mark="open", href=href(counted))
    yield Tile(
        name=say("回应超时"),
        count=str(len(overdue)),
        mark="overdue" if overdue else "calm",
        href=href(replace(counted, due=DueChoice.OVERDUE)),
    )
    yield Tile(
        name=say("6小时内须回应"),
        count=str(len(soon)),
        mark="soon" if soon else "calm",
        href=href(replace(counted, due=DueChoice.SIX_HOURS)),
    )
    if query.drill is None and (drills := len(standings) - len(items)):
        yield Tile(name=say("另有演练"), count=str(drills), mark="calm", href=href(BoardQuery(drill=True)))


def _is_soon(item: DueLine, now: datetime) -> bool:
    return item.owed_due_at is not None and item.owed_due_at - now <= SOON


def is_overdue(item: DueLine, now: datetime) -> bool:
    """Whether an answer is owed past its due instant, on the record or by the clock alone."""
    return item.is_overdue or (item.owed_due_at is not None and item.owed_due_at < now)


def _empty(query: BoardQuery) -> str:
    if query.text:
        place = say("已办结事件") if query.closed else say("在办事件")
        return say("{place}中没有标题或编号含“{words}”的事件。", place=place, words=query.text)
    if query.is_narrowed:
        return say("没有符合这些条件的事件。")
    if query.closed:
        return say("没有已办结的事件。")
    return say("目前没有在办事件。发现舆情应当先登记。")


def _ways_out(query: BoardQuery, *, registers: bool) -> Iterator[WayOut]:
    query = replace(query, cursor=None)
    if query.text:
        other = BoardQuery(closed=not query.closed, text=query.text)
        name = say("在在办事件中查找") if query.closed else say("在已办结事件中查找")
        yield WayOut(name=name, href=href(other))
    if query.is_narrowed:
        yield WayOut(name=say("清除全部条件"), href=href(BoardQuery(closed=query.closed)))
    elif query.closed:
        yield WayOut(name=say("查看在办事件"), href="/")
    elif registers:
        yield WayOut(name=say("登记舆情"), href="/register")
