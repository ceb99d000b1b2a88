"""值班大屏: open incidents by remaining time and the figures of the hour, to be read from five metres."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.board.page import COUNTED, SOON, DueLine, is_overdue
from desk.board.view import BoardRow
from desk.case.status_panel import level_code
from domain.terms.vocabulary import ResponseClass, WarningLevel
from domain.terms.workdays import SHANGHAI
from storage.filters import IncidentLine
from words.labels import word
from words.lamps import Lamp
from words.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of the wall; `mark` names its colour."""

    name: str
    count: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WallRow:
    """An incident on the wall; one that is overdue stands in a red frame and says so."""

    row: BoardRow
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The wall at one instant; `more` are open incidents that it does not list,
    `drills` says when all are drills.
    """

    rows: tuple[WallRow, ...]
    figures: tuple[Figure, ...]
    levels: tuple[Figure, ...]
    more: int
    only_drills: bool
    turns_at: datetime | None


def wall(
    rows: Sequence[BoardRow],
    lines: Sequence[IncidentLine],
    standings: Sequence[DueLine],
    latest: Sequence[IncidentLine],
    now: datetime,
) -> Wall:
    """The wall at the real instant `now`.

    `rows` are what is due first, `lines` all open incidents (COUNTED at most) with their `standings`,
    `latest` those registered last, closed ones among them. Figures leave drills out, unless there is nothing
    else.
    """
    only_drills = bool(lines) and all(line.drill for line in lines)
    counted = [line for line in lines if line.drill is only_drills]
    stood = [item for item in standings if item.is_drill is only_drills]
    new = [line for line in latest if line.drill is only_drills and _is_today(line.registered_at, now)]
    turns = [datetime.fromisoformat(row.turns_iso) for row in rows if row.turns_iso]
    return Wall(
        rows=tuple(WallRow(row=row, is_overdue=row.lamp is Lamp.OVERDUE) for row in rows),
        figures=tuple(_figures(counted, stood, len(new), now)),
        levels=tuple(_levels(counted)),
        more=max(len(lines) - len(rows), 0),
        only_drills=only_drills,
        turns_at=min((turn for turn in turns if turn > now), default=None),
    )


def _is_today(registered_at: datetime, now: datetime) -> bool:
    return registered_at.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()


def _figures(
    lines: Sequence[IncidentLine], standings: Sequence[DueLine], new: int, now: datetime
) -> Iterator[Figure]:
    overdue = sum(is_overdue(item, now) for item in standings)
    soon = sum(_is_soon(item, now) for item in standings)
    classes = Counter(line.response_class for line in lines)
    more = "+" if len(lines) >= COUNTED else ""
    yield Figure(name=say("在办"), count=f"{len(lines)}{more}", mark="open")
    yield Figure(name=say("回应超时"), count=str(overdue), mark="overdue" if overdue else "calm")
    yield Figure(name=say("6小时内须回应"), count=str(soon), mark="soon" if soon else "calm")
    yield Figure(name=say("24小时类"), count=str(classes[ResponseClass.H24]), mark="calm")
    yield Figure(name=say("48小时类"), count=str(classes[ResponseClass.H48]), mark="calm")
    yield Figure(name=say("今日新增"), count=str(new), mark="calm")


def _is_soon(item: DueLine, now: datetime) -> bool:
    return not is_overdue(item, now) and item.owed_due_at is not None and item.owed_due_at - now <= SOON


def _levels(lines: Sequence[IncidentLine]) -> Iterator[Figure]:
    counts = Counter(line.level for line in lines)
    for level in reversed(WarningLevel):
        code = level_code(level)
        yield Figure(name=f"{code} {word(level)}", count=str(counts[level]), mark=code)
    yield Figure(name=say("未研判"), count=str(counts[None]), mark="none")
