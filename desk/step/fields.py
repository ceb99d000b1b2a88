"""The form of a command, from its class in the catalogue:
one field per field, so that no command has a form of its own making.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from casework.edge import ONE_LINE
from desk.attachments.receiving import WaitingFiles
from domain.case.records import Evidence
from domain.catalogue import COMMANDS
from words.labels import label, label_of, labels
from words.language import marked, say

ROWS: Final = 5  # rows of a list that are open to be filled in, beside those that are
MOST_ROWS: Final = 100  # of one list; no page of ours sends more
UNTOLD: Final = frozenset(
    {"kind", "sha256"}
)  # a digest is taken from the file, by the server: nobody types one
FILES: Final = ".files"  # behind the name of a field of proofs: the files of the case that were chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose: its code, and what people read; of a picture where its small one is."""

    value: str
    text: str
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a form.

    `kind` says how it is shown; `parts` are the fields inside a group, `rows` those of a list.

    Of the rows the first `open_rows` stand open; each of the others is unfolded from the one before it.
    `fault` says what is wrong with what was typed, `note` what to look at in it. Proofs have the files of the
    case as `options`, links as `rows`, and as `waiting` the files that came with the form before.
    """

    name: str
    label: str
    kind: str
    required: bool
    value: str = ""
    chosen: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()
    parts: tuple["FormField", ...] = ()
    rows: tuple[tuple["FormField", ...], ...] = ()
    open_rows: int = 0
    waiting: tuple[WaitingFiles, ...] = ()
    hint: str = ""
    longest: int = 20_000
    fault: str = ""
    note: str = ""


_ROW_NUMBERS: Final = frozenset(str(number) for number in range(MOST_ROWS))
_YES_NO: Final = (("true", marked("是")), ("false", marked("否")))
Options = Callable[[str], Sequence[Option] | None]
Typed = Mapping[str, Sequence[str]]
NONE_TYPED: Final[Typed] = MappingProxyType({})


def form_fields(kind: str, options: Options, typed: Typed, *, now: str) -> tuple[FormField, ...]:
    """The fields of a command with what was typed before;
    `options` gives what a field may name, `now` the case's time.
    """
    return tuple(_entries(COMMANDS[kind], "", _Filling(options, typed, now)))


@dataclass(frozen=True, slots=True)
class _Filling:
    options: Options
    typed: Typed
    now: str

    def one(self, name: str) -> str:
        values = self.typed.get(name, ())
        return values[0] if values else ""

    @property
    def is_fresh(self) -> bool:
        return not self.typed


def _entries(kind: type, prefix: str, filling: _Filling) -> Iterator[FormField]:
    for field, hint in members(kind):
        yield _entry(field, hint, f"{prefix}{field.name}", filling)


@cache
def members(kind: Any) -> tuple[tuple[Field[Any], Any], ...]:
    """The fields of a dataclass that a person fills in, with their types."""
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind) if field.name not in UNTOLD)


def plain(hint: Any) -> tuple[Any, bool]:
    """A type without its None, and whether it had one."""
    if get_origin(hint) in {Union, UnionType}:
        others = [part for part in get_args(hint) if part is not NoneType]
        return others[0], len(others) < len(get_args(hint))
    return hint, False


def hint_of(field: str) -> str:
    """What helps to fill in a field; empty where its name says enough."""
    hint = labels().get("hints", {}).get(field)
    return "" if hint is None else hint.here


def is_required(field: Field[Any]) -> bool:
    """Whether a command cannot be without the field."""
    return field.default is MISSING and field.default_factory is MISSING


def _entry(field: Field[Any], hint: Any, name: str, filling: _Filling) -> FormField:
    kind, optional = plain(hint)
    required = is_required(field) and not optional
    common: dict[str, Any] = {
        "name": name,
        "label": label("fields", field.name).here,
        "required": required,
        "hint": hint_of(field.name),
    }
    if get_origin(kind) is tuple:
        return _list(get_args(kind)[0], field.name, common, filling)
    if is_dataclass(kind) and isinstance(kind, type):
        inside = filling if required else replace(filling, now="")  # what may be left out is left blank
        return FormField(kind="group", parts=tuple(_entries(kind, f"{name}.", inside)), **common)
    if kind is bool and optional:
        options = tuple(Option(value=value, text=say(words)) for value, words in _YES_NO)
        return FormField(kind="choice", value=filling.one(name), options=options, **common)
    return _single(kind, field.name, common, filling)


def _single(kind: Any, field: str, common: dict[str, Any], filling: _Filling) -> FormField:
    value = filling.one(common["name"])
    options = _options_of(kind, field, filling)
    if options is not None:
        return FormField(kind="choice", value=value, options=options, **common)
    if kind is bool:
        return FormField(kind="check", value=value, **common)
    if kind is datetime:
        first = "[" not in common["name"] or "[0]" in common["name"]
        text = filling.now if filling.is_fresh and first and common["required"] else value
        return FormField(kind="instant", value=text, **common)
    if kind is int:
        return FormField(kind="number", value=value, **common)
    one_line = field in ONE_LINE
    return FormField(
        kind="text" if one_line else "area", value=value, longest=ONE_LINE.get(field, 20_000), **common
    )


def _options_of(kind: Any, field: str, filling: _Filling) -> tuple[Option, ...] | None:
    """What the case or its law offers; else the members of an enumeration."""
    if (options := filling.options(field)) is not None:
        return tuple(options)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(Option(value=member.value, text=label_of(member).here) for member in kind)
    return None


def _list(kind: Any, field: str, common: dict[str, Any], filling: _Filling) -> FormField:
    name = common["name"]
    if is_dataclass(kind) and isinstance(kind, type):
        filled = filled_rows(name, filling.typed)
        rows = tuple(tuple(_entries(kind, f"{name}[{number}].", filling)) for number in range(filled + ROWS))
        if kind is Evidence:
            return _proofs(field, rows, filled, common, filling)
        return FormField(kind="rows", rows=rows, open_rows=max(filled, int(common["required"])), **common)
    options = _options_of(plain(kind)[0], field, filling)
    values = filling.typed.get(name, ())
    if options is None:
        return FormField(kind="lines", value="\n".join(values), **common)
    return FormField(kind="choices", chosen=frozenset(values), options=options, **common)


def _proofs(
    field: str,
    rows: tuple[tuple[FormField, ...], ...],
    filled: int,
    common: dict[str, Any],
    filling: _Filling,
) -> FormField:
    name = f"{field}{FILES}"
    chosen, options = frozenset(filling.typed.get(name, ())), tuple(filling.options(name) or ())
    return FormField(kind="proofs", rows=rows, open_rows=filled, options=options, chosen=chosen, **common)


def rows_of(name: str, typed: Typed) -> int:
    """How many rows of a list came in."""
    return max((number for number, _ in _cells(name, typed)), default=-1) + 1


def filled_rows(name: str, typed: Typed) -> int:
    """How many rows of a list came in up to the last in which something stands."""
    filled = (number for number, values in _cells(name, typed) if any(value.strip() for value in values))
    return max(filled, default=-1) + 1


def _cells(name: str, typed: Typed) -> Iterator[tuple[int, Sequence[str]]]:
    begin = f"{name}["
    for key, values in typed.items():
        number = key[len(begin) :].split("]", 1)[0] if key.startswith(begin) else ""
        if number in _ROW_NUMBERS:
            yield int(number), values
