"""The timeline as its reader wants it: by people or by the rules, of one unit, of one kind of step; nothing is lost by it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from desk.board.filters import Choice, FilterGroup
from words.language import marked, say
from words.timeline import Entry

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
    """Whose acts, which unit's, which kind of step's; empty lets all through."""

    who: str = ""
    unit: str = ""
    step: str = ""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.who or self.unit or self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The entries shown, the numbers of those left out, and the filters with the one that holds of each."""

    entries: tuple[Entry, ...]
    hidden: tuple[int, ...]
    filters: tuple[FilterGroup, ...]
    is_all: bool
    earlier: str = ""  # where the records before those are, where there are any


def filtered(entries: tuple[Entry, ...], asked: TimelineQuery, path: str) -> Timeline:
    """The timeline as asked; what followed a step that is left out stands by itself where it is wanted."""
    shown = entries if asked.is_all else tuple(_shown(entries, asked))
    kept = {item.number for item in _flat(shown)}
    return Timeline(
        entries=shown,
        hidden=tuple(item.number for item in _flat(entries) if item.number not in kept),
        filters=tuple(_filters(entries, asked, path)),
        is_all=asked.is_all,
    )


def _flat(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        yield from entry.follows


def _shown(entries: Iterable[Entry], asked: TimelineQuery) -> Iterator[Entry]:
    for entry in entries:
        follows = tuple(item for item in entry.follows if _wanted(item, asked))
        if _wanted(entry, asked):
            yield replace(entry, follows=follows)
        else:
            yield from reversed(follows)


def _wanted(entry: Entry, asked: TimelineQuery) -> bool:
    by_whom = not asked.who or entry.is_automatic is (asked.who == SYSTEM)
    return by_whom and asked.unit in {"", entry.unit} and asked.step in {"", entry.step}


def _filters(entries: tuple[Entry, ...], asked: TimelineQuery, path: str) -> Iterator[FilterGroup]:
    flat = list(_flat(entries))
    units = {item.unit: item.unit_name for item in flat if item.unit}
    kinds = {item.step for item in flat}
    yield _group(say("谁办的"), asked, path, "who", {PEOPLE: say("人工"), SYSTEM: say("系统")})
    steps = {code: say(name) for code, name in STEPS.items() if code in kinds}
    yield _group(say("哪类步骤"), asked, path, "step", steps)
    yield _group(say("哪个单位"), asked, path, "unit", units)


def _group(name: str, asked: TimelineQuery, path: str, part: str, choices: dict[str, str]) -> FilterGroup:
    here = getattr(asked, part)
    return FilterGroup(
        name=name,
        choices=tuple(
            Choice(name=text, href=_href(replace(asked, **{part: code}), path), is_chosen=code == here)
            for code, text in {"": say("不限"), **choices}.items()
        ),
    )


def _href(asked: TimelineQuery, path: str) -> str:
    given = {name: getattr(asked, name) for name in ("who", "step", "unit") if getattr(asked, name)}
    return f"{path}?{urlencode(given)}#h-timeline" if given else f"{path}#h-timeline"
