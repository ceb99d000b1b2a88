"""Expectations of a rehearsal: what each key must say, read from the file with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from domain.law.regulation import Law
from rehearsals.instants import Times, read_instant
from rehearsals.keys import KEYS, Key
from rehearsals.source import SourcePlace, entries, items, only, place
from rehearsals.values import ValueReading, read_value

BLOCK_KEYS = ("at", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a key must say at an instant; without one it holds at the end of the incident's rehearsal."""

    place: SourcePlace
    key: Key
    at: datetime | None
    expected: Any
    item_places: tuple[SourcePlace, ...] = ()

    def place_of(self, position: int) -> SourcePlace:
        """Where the element of a list stands that is expected at a position."""
        return self.item_places[position] if position < len(self.item_places) else self.place


def read_expectations(node: Node, law: Law, times: Times) -> tuple[Expectation, ...]:
    """The expectations of one incident: a list of blocks, or one block. Raises Faulty with the line."""
    blocks = [node] if isinstance(node, MappingNode) else items(node)
    return tuple(expected for block in blocks for expected in _read_block(block, law, times))


def _read_block(node: Node, law: Law, times: Times) -> Iterator[Expectation]:
    members = only(entries(node), (*BLOCK_KEYS, *KEYS))
    at = read_instant(members["at"].value, times) if "at" in members else None
    reading = ValueReading(law, times, partial=True)
    for name, entry in members.items():
        if name in KEYS:
            expected = read_value(entry.value, KEYS[name].shape, reading)
            yield Expectation(
                place=entry.place,
                key=KEYS[name],
                at=at,
                expected=expected,
                item_places=_item_places(entry.value),
            )


def _item_places(node: Node) -> tuple[SourcePlace, ...]:
    return tuple(map(place, items(node))) if isinstance(node, SequenceNode) else ()
