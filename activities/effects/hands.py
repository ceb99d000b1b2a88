"""The activities by which effects are executed, each in the folder of its kind."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, get_args, get_type_hints

from activities.effects.union import KINDS
from storage.database import Database

Activities = Sequence[Callable[..., Any]]
_AS_THEY_ARE: Final[Mapping[str, Activities]] = MappingProxyType({})


def kinds() -> tuple[str, ...]:
    """The kinds of the union, which are the names of their folders."""
    return tuple(get_args(get_type_hints(kind)["kind"])[0] for kind in KINDS)


def hands(database: Database, instead: Mapping[str, Activities] = _AS_THEY_ARE) -> list[Callable[..., Any]]:
    """The activities of all kinds over one database; those of a kind in `instead` replace its own."""
    return [activity for kind in kinds() for activity in instead.get(kind) or _own(kind, database)]


def _own(kind: str, database: Database) -> Activities:
    own: Activities = import_module(f"activities.effects.{kind}.hand").hands(database)
    return own
