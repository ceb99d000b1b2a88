"""What a reader may ask of the board: filters as links and as a form, each keeping the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from desk.case.status_panel import level_code
from domain.case.events import WHILE_OPEN
from domain.terms.vocabulary import ResponseClass, Stage, WarningLevel
from words.labels import label_of
from words.language import marked, say

SECOND: Final = timedelta(seconds=1)
_OPEN_STAGES: Final = tuple(stage for stage in Stage if stage in WHILE_OPEN)


class DueChoice(StrEnum):
    """When the first answer is due: past already, or within so many hours and not past."""

    OVERDUE = "overdue"
    TWO_HOURS = "2h"
    SIX_HOURS = "6h"
    A_DAY = "24h"


_WITHIN: Final = {DueChoice.TWO_HOURS: 2, DueChoice.SIX_HOURS: 6, DueChoice.A_DAY: 24}
_DUE_NAMES: Final = {
    DueChoice.OVERDUE: marked("超时"),
    DueChoice.TWO_HOURS: marked("2小时内"),
    DueChoice.SIX_HOURS: marked("6小时内"),
    DueChoice.A_DAY: marked("24小时内"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What the reader asked for: open or closed incidents, drills or what is real or both (None), and so on;
    from where on.
    """

    closed: bool = False
    drill: bool | None = None
    due: DueChoice | None = None
    level: WarningLevel | None = None
    response_class: ResponseClass | None = None
    stage: Stage | None = None
    unit: str | None = None
    mine: bool = False
    key: bool = False
    text: str = ""
    cursor: str | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether the reader asked for less than all open, or all closed, incidents."""
        return replace(self, closed=False, cursor=None) != BoardQuery()


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
class Picked:
    """One value of a field to choose from."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the form of filters; nothing chosen lets all through."""

    name: str
    label: str
    options: tuple[Picked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """The form of filters: what is searched for, the fields, and what the links have chosen beside it."""

    text: str
    fields: tuple[Field, ...]
    hidden_fields: tuple[tuple[str, str], ...]
    is_narrowed: bool
    clear_href: str


def bounds(due: DueChoice | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when and by when the first answer is due, both included;
    at the due second itself it is still in time.
    """
    if due is None:
        return None, None
    if due is DueChoice.OVERDUE:
        return None, now - SECOND
    return now, now + timedelta(hours=_WITHIN[due])


def fits(due: DueChoice | None, owed_due_at: datetime | None, now: datetime) -> bool:
    """Whether an answer owed at a real instant is what the filter asks for."""
    earliest, latest = bounds(due, now)
    if latest is None:
        return True
    return owed_due_at is not None and (earliest or owed_due_at) <= owed_due_at <= latest


def href(query: BoardQuery) -> str:
    """The address of the board that shows what is asked for."""
    values = _given(query)
    return f"/?{urlencode(values)}" if values else "/"


def _given(query: BoardQuery) -> dict[str, str]:
    values = {
        "closed": "true" if query.closed else None,
        "drill": None if query.drill is None else str(query.drill).lower(),
        "due": query.due,
        "level": query.level,
        "response_class": query.response_class,
        "stage": query.stage,
        "unit": query.unit,
        "mine": "true" if query.mine else None,
        "key": "true" if query.key else None,
        "text": query.text or None,
        "cursor": query.cursor,
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def link_groups(query: BoardQuery) -> Iterator[FilterGroup]:
    """The filters that are links; those of limits and of who acts are about open incidents alone."""
    query = replace(query, cursor=None)
    not_ours = Stage.NOT_OURS
    stages = (
        (say("在办"), (False, None)),
        (say("已办结"), (True, None)),
        (label_of(not_ours).here, (True, not_ours)),
    )
    yield _group(
        say("办理状态"),
        stages,
        (query.closed, query.stage if query.stage is not_ours else None),
        lambda state: replace(query, closed=state[0], due=None, mine=False, stage=state[1]),
    )
    if not query.closed:
        dues: list[tuple[str, DueChoice | None]] = [(say("不限时限"), None)]
        dues += [(say(name), due) for due, name in _DUE_NAMES.items()]
        yield _group(say("应答时限"), dues, query.due, lambda due: replace(query, due=due))
        owners = ((say("所有单位"), False), (say("待本单位办理"), True))
        yield _group(say("由谁办理"), owners, query.mine, lambda mine: replace(query, mine=mine))
    weights = ((say("所有事件"), False), (say("重点回应"), True))
    yield _group(say("是否重点"), weights, query.key, lambda key: replace(query, key=key))
    kinds = ((say("全部"), None), (say("正式"), False), (say("演练"), True))
    yield _group(say("是否演练"), kinds, query.drill, lambda drill: replace(query, drill=drill))


def _group(
    name: str,
    choices: Sequence[tuple[str, Any]],
    chosen: object,
    changed: Callable[[Any], BoardQuery],
) -> FilterGroup:
    return FilterGroup(
        name=name,
        choices=tuple(
            Choice(name=text, href=href(changed(value)), is_chosen=value == chosen) for text, value in choices
        ),
    )


def finder(query: BoardQuery, units: Sequence[tuple[str, str]]) -> Finder:
    """The form of filters; `units` are codes and names to choose from."""
    levels = [(level.value, f"{level_code(level)} {label_of(level).here}") for level in WarningLevel]
    classes = [(member.value, label_of(member).here) for member in ResponseClass]
    fields = [
        _field("level", say("预警等级"), levels, query.level),
        _field("response_class", say("时限类别"), classes, query.response_class),
        _field("unit", say("有关单位"), units, query.unit),
    ]
    if not query.closed:
        stages = [(stage.value, label_of(stage).here) for stage in _OPEN_STAGES]
        fields.append(_field("stage", say("阶段"), stages, query.stage))
    in_form = {"text", "cursor", *(field.name for field in fields)}
    return Finder(
        text=query.text,
        fields=tuple(fields),
        hidden_fields=tuple((name, value) for name, value in _given(query).items() if name not in in_form),
        is_narrowed=query.is_narrowed,
        clear_href=href(BoardQuery(closed=query.closed)),
    )


def _field(name: str, heading: str, options: Sequence[tuple[str, str]], chosen: str | None) -> Field:
    return Field(
        name=name,
        label=heading,
        options=tuple(Picked(value=value, name=text, is_chosen=value == chosen) for value, text in options),
    )
