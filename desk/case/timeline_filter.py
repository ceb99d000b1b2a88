"""The timeline as its reader wants it: by people or by the rules, of one unit, of one kind of step;
nothing is lost by it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from desk.board.filters import Choice, FilterGroup
from desk.case.timeline_rows import TimelineRow, kinds, rows
from words.language import marked, say
from words.timeline import TimelineItem

PEOPLE: Final = "people"
SYSTEM: Final = "system"
STEPS: Final = {
    "judging": marked("核实研判"),
    "assigning": marked("交办协调"),
    "responding": marked("回应公布"),
    "oversight": marked("督办考评"),
    "closing": marked("办结归档"),
    "limits": marked("时限"),
    "papers": marked("文书"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineQuery:
    """Whose acts, which unit's, which kind of step's; empty lets all through.

    `at` is as of when the case is shown.
    """

    who: str = ""
    unit: str = ""
    step: str = ""
    at: str = ""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.who or self.unit or self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The entries shown, the numbers of those left out, and the filters with the one that holds of each."""

    entries: tuple[TimelineItem, ...]
    hidden: tuple[int, ...]
    filters: tuple[FilterGroup, ...]
    is_all: bool
    folds: bool = True
    earlier: str = ""  # where the records before those are, where there are any

    @property
    def rows(self) -> tuple[TimelineRow, ...]:
        """The entries as they are laid out: what the rules did by themselves is folded,
        unless it was asked for.
        """
        return rows(self.entries, folds=self.folds)

    def followed(self, entry: TimelineItem) -> str:
        """What the rules did at a person's step, in one line."""
        return kinds(entry.follows)


def filtered(entries: tuple[TimelineItem, ...], query: TimelineQuery, path: str) -> Timeline:
    """The timeline as asked; what followed a step that is left out stands by itself where it is wanted."""
    choice = entries if query.is_all else tuple(_shown(entries, query))
    numbers = {item.number for item in _flat(choice)}
    return Timeline(
        entries=choice,
        hidden=tuple(item.number for item in _flat(entries) if item.number not in numbers),
        filters=tuple(_filters(entries, query, path)),
        is_all=query.is_all,
        folds=query.who != SYSTEM,
    )


def _flat(entries: Iterable[TimelineItem]) -> Iterator[TimelineItem]:
    for entry in entries:
        yield entry
        yield from entry.follows


def _shown(entries: Iterable[TimelineItem], query: TimelineQuery) -> Iterator[TimelineItem]:
    for entry in entries:
        follows = tuple(item for item in entry.follows if _wanted(item, query))
        if _wanted(entry, query):
            yield replace(entry, follows=follows)
        else:
            yield from reversed(follows)


def _wanted(entry: TimelineItem, query: TimelineQuery) -> bool:
    by_whom = not query.who or entry.is_automatic is (query.who == SYSTEM)
    return by_whom and query.unit in {"", entry.unit} and query.step in {"", entry.step}


def _filters(entries: tuple[TimelineItem, ...], query: TimelineQuery, path: str) -> Iterator[FilterGroup]:
    flat = list(_flat(entries))
    units = {item.unit: item.unit_name for item in flat if item.unit}
    kinds = {item.step for item in flat}
    yield _group(say("谁办的"), query, path, "who", {PEOPLE: say("人工"), SYSTEM: say("系统")})
    steps = {code: say(name) for code, name in STEPS.items() if code in kinds}
    yield _group(say("哪类步骤"), query, path, "step", steps)
    yield _group(say("哪个单位"), query, path, "unit", units)


def _group(name: str, query: TimelineQuery, path: str, part: str, choices: dict[str, str]) -> FilterGroup:
    here = getattr(query, part)
    return FilterGroup(
        name=name,
        choices=tuple(
            Choice(name=text, href=_href(replace(query, **{part: code}), path), is_chosen=code == here)
            for code, text in {"": say("不限"), **choices}.items()
        ),
    )


def _href(query: TimelineQuery, path: str) -> str:
    values = {name: getattr(query, name) for name in ("at", "who", "step", "unit") if getattr(query, name)}
    return f"{path}?{urlencode(values)}#h-timeline" if values else f"{path}#h-timeline"
