"""The page of the board: its tiles, its filters and its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from api.language import say
from api.views.board import BoardRow

SOON = timedelta(hours=6)
COUNTED = 500  # incidents that are counted for the tiles; beyond that a tile says “or more”


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What the reader asked for: open or closed incidents, drills or what is real or both (None), from where on."""

    closed: bool = False
    drill: bool | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the tiles count of one incident: whether an answer is overdue, and when the first is due in real time."""

    is_drill: bool
    is_overdue: bool
    owed_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure above the board; `mark` names its colour, `name` says what is counted."""

    name: str
    count: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter that can be chosen."""

    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterGroup:
    """Filters of which one holds at a time."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """The board for readers."""

    heading: str
    order: str
    tiles: tuple[Tile, ...]
    filters: tuple[FilterGroup, ...]
    rows: tuple[BoardRow, ...]
    next_href: str
    empty: str


def board_page(
    query: BoardQuery,
    rows: tuple[BoardRow, ...],
    standings: Sequence[Standing],
    now: datetime,
    next_cursor: str | None,
) -> BoardPage:
    """The board at the real instant `now`; `standings` are those of all open incidents, at most COUNTED of them."""
    return BoardPage(
        heading=say("已办结事件") if query.closed else say("在办事件"),
        order=say("按登记先后，最新在前") if query.closed else say("按剩余时间从少到多排列"),
        tiles=tuple(_tiles(query, standings, now)),
        filters=tuple(_filters(query)),
        rows=rows,
        next_href=_href(query, next_cursor) if next_cursor else "",
        empty=say("没有已办结的事件。")
        if query.closed
        else say("目前没有在办事件。登记：huiying submit new register"),
    )


def _tiles(query: BoardQuery, standings: Sequence[Standing], now: datetime) -> Iterator[Tile]:
    """Drills are never among the figures of what is real; they have their own when the reader asks for drills alone."""
    asked = [item for item in standings if item.is_drill is (query.drill is True)]
    overdue = [item for item in asked if _is_overdue(item, now)]
    soon = [item for item in asked if not _is_overdue(item, now) and _is_soon(item, now)]
    more = "+" if len(standings) >= COUNTED else ""
    yield Tile(name=say("在办演练") if query.drill else say("在办"), count=f"{len(asked)}{more}", mark="open")
    yield Tile(name=say("回应超时"), count=str(len(overdue)), mark="overdue" if overdue else "calm")
    yield Tile(name=say("6小时内须回应"), count=str(len(soon)), mark="soon" if soon else "calm")
    if query.drill is None and (drills := len(standings) - len(asked)):
        yield Tile(name=say("另有演练"), count=str(drills), mark="calm")


def _is_soon(item: Standing, now: datetime) -> bool:
    return item.owed_due_at is not None and item.owed_due_at - now <= SOON


def _is_overdue(item: Standing, now: datetime) -> bool:
    return item.is_overdue or (item.owed_due_at is not None and item.owed_due_at < now)


def _filters(query: BoardQuery) -> Iterator[FilterGroup]:
    stages = ((say("在办"), False), (say("已办结"), True))
    kinds = ((say("全部"), None), (say("正式"), False), (say("演练"), True))
    yield FilterGroup(
        name=say("办理状态"),
        choices=tuple(
            Choice(
                name=name,
                href=_href(BoardQuery(closed=closed, drill=query.drill)),
                is_chosen=closed is query.closed,
            )
            for name, closed in stages
        ),
    )
    yield FilterGroup(
        name=say("是否演练"),
        choices=tuple(
            Choice(
                name=name,
                href=_href(BoardQuery(closed=query.closed, drill=drill)),
                is_chosen=drill is query.drill,
            )
            for name, drill in kinds
        ),
    )


def _href(query: BoardQuery, cursor: str | None = None) -> str:
    asked = {
        "closed": "true" if query.closed else None,
        "drill": None if query.drill is None else str(query.drill).lower(),
        "cursor": cursor,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    return f"/?{urlencode(given)}" if given else "/"
