"""What an expectation key is, and the register in which each enters itself."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rehearsals.account import AccountView

Actual = Callable[[AccountView], Any]


class Comparison(StrEnum):
    """How what is expected is laid beside what was recorded."""

    SAME = "same"  # equal; of a mapping the given fields; of a list every element in order
    SET = "set"  # the same members in any order
    CONTAINS = "contains"  # every expected record is there, each another one
    ABSENT = "absent"  # none of the records is there
    NOT_BEFORE = "not_before"  # the instant expected or a later one, or none yet
    UNSAID = "unsaid"  # no text holds any of the words


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One expectation key: its name, the type of its value in a file, how it is compared,
    and what it says.
    """

    name: str
    shape: Any
    comparison: Comparison
    chinese: str
    english: str
    actual: Actual


KEYS: dict[str, Key] = {}


def key(
    shape: Any,
    chinese: str,
    english: str,
    comparison: Comparison = Comparison.SAME,
) -> Callable[[Actual], Actual]:
    """Enter a function as the expectation key of its name; it reads the actual value off a view."""

    def enter(actual: Actual) -> Actual:
        name = actual.__name__
        KEYS[name] = Key(
            name=name, shape=shape, comparison=comparison, chinese=chinese, english=english, actual=actual
        )
        return actual

    return enter
