"""Reads values of a rehearsal by the type that the catalogue gives them,
so that no command has a form of its own.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, NewType, Union, get_args, get_origin, get_type_hints, is_typeddict

from yaml.nodes import Node, ScalarNode, SequenceNode

from domain.catalogue import EVENTS
from domain.law.regulation import Law
from domain.terms.vocabulary import Platform, PlatformCode
from rehearsals.instants import Times, read_duration, read_instant
from rehearsals.source import (
    Faulty,
    SourcePlace,
    YamlNode,
    entries,
    is_null,
    items,
    only,
    place,
    text,
    unknown,
)
from rehearsals.words import read_unit, read_word

UnitCode = NewType("UnitCode", str)
EventPart = NewType("EventPart", dict)  # type: ignore[type-arg]  # the `kind` of an event and some of its fields

# The catalogue writes units as plain text; these are its fields that hold one.
# A test sorts every field of a command.
UNIT_FIELDS = frozenset(
    {
        "unit",
        "peer",
        "first",
        "also",
        "lead",
        "to",
        "others",
        "co_issuers",
        "units",
        "coordinators",
        "sender",
        "members",
        "receiver",
        "organ",
        "stand_in",
    }
)
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class ValueReading:
    """What reading depends on: the law for its units, what instants are relative to,
    and whether parts suffice.

    With `partial` a record may be given in part, as expectations do;
    without it what it demands must be there.
    """

    law: Law
    times: Times
    partial: bool = False


def read_value(node: Node, wanted: Any, reading: ValueReading) -> Any:
    """The value of a node as `wanted`, a type of the catalogue.

    Raises Faulty with the line of what does not fit.
    """
    origin = get_origin(wanted)
    if origin in {Union, UnionType}:
        return _read_union(node, get_args(wanted), reading)
    if origin in {tuple, list}:
        return tuple(read_value(item, get_args(wanted)[0], reading) for item in _elements(node))
    if origin is dict:
        return _read_dict(node, *get_args(wanted), reading=reading)
    if is_typeddict(wanted) or is_dataclass(wanted):
        return read_record(entries(node), place(node), wanted, reading)
    if wanted is EventPart:
        return _read_event(node, reading)
    return _read_scalar(node, wanted, reading)


def _read_event(node: Node, reading: ValueReading) -> dict[str, Any]:
    """Some fields of an event, whose `kind` says which it may have."""
    members = entries(node)
    if "kind" not in members:
        raise Faulty(place(node), "缺少“kind”。", "'kind' is missing.")
    kind = text(members["kind"].value)
    if kind not in EVENTS:
        raise unknown(members["kind"].place, "记录种类", "kind of event", kind, EVENTS)
    rest = {name: entry for name, entry in members.items() if name != "kind"}
    return {"kind": kind, **read_record(rest, place(node), EVENTS[kind], reading)}


def _elements(node: Node) -> list[Node]:
    """The elements of a list; a single value stands for a list of one."""
    return [node] if isinstance(node, ScalarNode) and not is_null(node) else items(node)


def _read_union(node: Node, members: tuple[Any, ...], reading: ValueReading) -> Any:
    """Null where null may stand; else the first member that the form of the node suits."""
    others = [member for member in members if member is not NoneType]
    spelled_null = isinstance(node, ScalarNode) and node.value == "none" and not _knows_none(others[0])
    if NoneType in members and (is_null(node) or spelled_null):
        return None
    if isinstance(node, ScalarNode):
        suits = [member for member in others if not _is_structure(member)]
    else:
        suits = [member for member in others if _is_list(member) is isinstance(node, SequenceNode)]
    return read_value(node, (suits or others)[0], reading)


def _knows_none(wanted: Any) -> bool:
    """Whether `none` is a word of its own there, as among the grades of emergencies."""
    return _is_word(wanted) and "none" in list(wanted)


def _is_word(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, StrEnum)


def _is_list(wanted: Any) -> bool:
    return get_origin(wanted) in {tuple, list}


def _is_structure(wanted: Any) -> bool:
    is_record = is_typeddict(wanted) or is_dataclass(wanted) or wanted is EventPart
    return is_record or _is_list(wanted) or get_origin(wanted) is dict


def _read_dict(node: Node, key: Any, value: Any, *, reading: ValueReading) -> dict[Any, Any]:
    values = {}
    for entry in entries(node).values():
        named = read_value(entry.node, key, reading)
        values[named] = read_value(entry.value, value, reading)
    return values


def read_record(
    members: dict[str, YamlNode], where: SourcePlace, wanted: Any, reading: ValueReading
) -> dict[str, Any]:
    """The given fields of a record by name; unknown ones are refused,
    and missing ones unless parts suffice.
    """
    types = field_types(wanted)
    only(members, types)
    if not reading.partial and is_dataclass(wanted):
        for name in demanded(wanted):
            if name not in members:
                raise Faulty(where, f"缺少“{name}”。", f"{name!r} is missing.")
    return {name: read_value(entry.value, types[name], reading) for name, entry in members.items()}


def demanded(wanted: Any) -> list[str]:
    """The fields that a record must have."""
    types = field_types(wanted)
    return [
        field.name
        for field in fields(wanted)
        if field.name in types and field.default is MISSING and field.default_factory is MISSING
    ]


def field_types(wanted: Any) -> dict[str, Any]:
    """The fields of a record that a file may give, with their types; units are marked as such."""
    hints = {
        name: hint
        for name, hint in get_type_hints(wanted).items()
        if get_origin(hint) is not ClassVar and not (name == "kind" and get_origin(hint) is Literal)
    }
    return {name: _named(name, hint) for name, hint in hints.items()}


def _named(name: str, hint: Any) -> Any:
    """Platforms by the names of the codes, units as what they are."""
    if hint == PlatformCode:
        return Platform
    if hint == tuple[PlatformCode, ...]:
        return tuple[Platform, ...]
    return _with_units(hint) if name in UNIT_FIELDS else hint


def _with_units(hint: Any) -> Any:
    if hint is str:
        return UnitCode
    if hint == str | None:
        return UnitCode | None
    return tuple[UnitCode, ...] if hint == tuple[str, ...] else hint


def _read_scalar(node: Node, wanted: Any, reading: ValueReading) -> Any:
    if is_null(node):
        raise Faulty(place(node), "这里缺少值。", "A value is missing here.")
    if wanted is UnitCode:
        return read_unit(node, reading.law)
    if wanted is datetime:
        return read_instant(node, reading.times)
    if _is_word(wanted):
        return read_word(node, wanted)
    if wanted not in _PLAIN:
        raise Faulty(place(node), "此项不能在演练中给出。", "This cannot be given in a rehearsal.")
    return _PLAIN[wanted](node)


def _read_bool(node: Node) -> bool:
    written = text(node)
    if written not in _TRUTHS:
        raise Faulty(place(node), "写 true 或 false。", "Write true or false.")
    return _TRUTHS[written]


def _read_number(node: Node, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(text(node).replace("_", ""))
    except ValueError:
        raise Faulty(place(node), f"“{text(node)}”不是数。", f"{text(node)!r} is no number.") from None


_PLAIN: dict[Any, Callable[[Node], Any]] = {
    str: text,
    bool: _read_bool,
    int: lambda node: _read_number(node, int),
    float: lambda node: _read_number(node, float),
    timedelta: read_duration,
}
