"""Reads a rehearsal's YAML with the place of every value, so that each fault names its file and line."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_Loader = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the same reader in C where it was built in, ten times as fast


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where something stands: the file as it was named, and the line, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Faulty(Exception):  # noqa: N818  it describes the file, as Refused describes a step
    """A rehearsal file cannot be used; says where and why, in Chinese and English, in one line."""

    def __init__(self, place: SourcePlace, chinese: str, english: str) -> None:
        super().__init__(f"{place}: {chinese} {english}")
        self.place = place


@dataclass(frozen=True, slots=True)
class YamlNode:
    """One pair of a mapping: the key as text and as a node, where it stands, and the value."""

    key: str
    node: Node
    place: SourcePlace
    value: Node


def read(path: Path) -> Node:
    """The file's root node. Raises Faulty for what is no YAML, empty, or not text."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            loader = _Loader(stream)
            try:
                root = loader.get_single_node()
            finally:
                loader.dispose()
    except OSError as error:
        raise Faulty(
            SourcePlace(name, 1), f"无法读取：{error.strerror}。", f"It cannot be read: {error.strerror}."
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise Faulty(
            SourcePlace(name, line), "不是合法的 YAML。", f"It is no valid YAML: {problem}."
        ) from error
    if root is None:
        raise Faulty(SourcePlace(name, 1), "文件是空的。", "The file is empty.")
    return root


def place(node: Node) -> SourcePlace:
    """Where a node stands."""
    return SourcePlace(node.start_mark.name, node.start_mark.line + 1)


def is_null(node: Node) -> bool:
    """Whether the value is YAML's null: left out, `~` or `null`."""
    return isinstance(node, ScalarNode) and node.tag == _NULL


def text(node: Node) -> str:
    """The scalar as it is written, whatever YAML would make of it. Raises Faulty for a list or a mapping."""
    if isinstance(node, ScalarNode):
        return str(node.value)
    raise Faulty(place(node), "这里应是单个值。", "A single value is wanted here.")


def items(node: Node) -> list[Node]:
    """The elements of a list. Raises Faulty for anything else; null is an empty list."""
    if isinstance(node, SequenceNode):
        return list(node.value)
    if is_null(node):
        return []
    raise Faulty(place(node), "这里应是列表。", "A list is wanted here.")


def entries(node: Node) -> dict[str, YamlNode]:
    """The pairs of a mapping by key, merges (`<<`) resolved; null is an empty mapping.

    Raises Faulty for anything else, and for a key given twice.
    """
    if is_null(node):
        return {}
    if not isinstance(node, MappingNode):
        raise Faulty(place(node), "这里应是“键: 值”。", "A mapping of keys to values is wanted here.")
    members: dict[str, YamlNode] = {}
    merged: dict[str, YamlNode] = {}
    for key, value in node.value:
        if key.tag == _MERGE:
            for source in items(value) if isinstance(value, SequenceNode) else [value]:
                merged = {**entries(source), **merged}
            continue
        entry = YamlNode(text(key), key, place(key), value)
        if entry.key in members:
            raise Faulty(entry.place, f"重复的键“{entry.key}”。", f"The key {entry.key!r} is given twice.")
        members[entry.key] = entry
    return {**merged, **members}


def only(members: dict[str, YamlNode], known: Iterable[str]) -> dict[str, YamlNode]:
    """The pairs, none of which may bear an unknown key; raises Faulty with the nearest known one."""
    names = list(known)
    for entry in members.values():
        if entry.key not in names:
            raise unknown(entry.place, "键", "key", entry.key, names)
    return members


def unknown(where: SourcePlace, chinese: str, english: str, spelling: str, known: Iterable[str]) -> Faulty:
    """The fault of a word that is not among those known, with the nearest of them."""
    nearest = difflib.get_close_matches(spelling, list(known), n=1, cutoff=0.5)
    hint = f"是否指“{nearest[0]}”？" if nearest else ""
    meant = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return Faulty(where, f"不认识的{chinese}“{spelling}”。{hint}", f"Unknown {english} {spelling!r}.{meant}")
