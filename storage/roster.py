"""Reads a file of the registry of units: every fault is named with its line,
and nothing is taken from a faulty file.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from domain.law.registry import Channel, ChannelStatus, DutyShift, Part, UnitPerson
from domain.law.regulation import Law
from storage.registry import Roster

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_LONGEST: Final = 200
_LONGEST_SHIFT: Final = timedelta(days=7)
_MOST_FOLLOWERS: Final = 2**31 - 1


class BadRoster(Exception):  # noqa: N818  named for what was found
    """A file that is no roster: where, in Chinese and in English."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}: {zh} {en}")
        self.where, self.zh, self.en = where, zh, en


def read_roster(file: Path, law: Law) -> Roster:
    """The roster in a file, its units those of the law. Raises BadRoster."""
    return _Reader(file, law).roster()


def read_rota(file: Path, law: Law) -> tuple[DutyShift, ...]:
    """The rota in a file: a list of shifts, each of a unit of the law. Raises BadRoster."""
    return _Reader(file, law).rota()


class _Reader:
    """One file under way."""

    def __init__(self, file: Path, law: Law) -> None:
        self._file, self._law = file, law

    def roster(self) -> Roster:
        parts = self._mapping(self._root(), required=(), allowed=("persons", "channels"))
        persons = tuple(self._each(parts.get("persons"), self._person))
        channels = tuple(self._each(parts.get("channels"), self._channel))
        units = dict.fromkeys([*(one.unit for one in persons), *(one.unit for one in channels)])
        return Roster(units=tuple(units), persons=persons, channels=channels)

    def rota(self) -> tuple[DutyShift, ...]:
        parts = self._mapping(self._root(), required=("shifts",), allowed=())
        shifts = tuple(self._each(parts["shifts"], self._shift))
        if not shifts:
            raise self._bad(parts["shifts"], "没有班次。", "There are no shifts.")
        return shifts

    def _shift(self, node: Node) -> DutyShift:
        parts = self._mapping(node, required=("unit", "person", "from", "until"), allowed=())
        since, until = self._instant(parts["from"]), self._instant(parts["until"])
        if not timedelta(0) < until - since <= _LONGEST_SHIFT:
            zh = "until 应晚于 from，一班不超过 7 天。"
            raise self._bad(parts["until"], zh, "'until' lies after 'from', by 7 days at most.")
        return DutyShift(
            unit=self._unit(parts["unit"]), person=self._text(parts["person"]), since=since, until=until
        )

    def _instant(self, node: Node) -> datetime:
        try:
            instant = datetime.fromisoformat(self._text(node))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            zh = "时刻应带时区，写作 2026-12-01T17:30:00+08:00。"
            raise self._bad(node, zh, "Write an instant with its zone, as 2026-12-01T17:30:00+08:00.")
        return instant.astimezone(UTC)

    def _root(self) -> Node:
        try:
            node = yaml.compose(self._file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (OSError, UnicodeDecodeError) as error:
            raise BadRoster(str(self._file), f"读不了文件（{error}）。", "The file cannot be read.") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{self._file}:{mark.line + 1}" if mark else str(self._file)
            raise BadRoster(where, "不是有效的 YAML。", "This is not YAML.") from None
        if node is None:
            raise BadRoster(str(self._file), "文件是空的。", "The file is empty.")
        return node

    def _each(self, node: Node | None, read: Callable[[Node], T]) -> Iterator[T]:
        """The entries of a list; the same entry twice is a fault."""
        if node is None:
            return
        if not isinstance(node, SequenceNode):
            raise self._bad(node, "这里应是列表。", "A list is wanted here.")
        known: set[Any] = set()
        for item in node.value:
            value = read(item)
            if _key(value) in known:
                raise self._bad(item, "与前面的一条重复。", "This entry stands there twice.")
            known.add(_key(value))
            yield value

    def _person(self, node: Node) -> UnitPerson:
        parts = self._mapping(
            node, required=("unit", "role", "person", "name"), allowed=("phone", "from", "until")
        )
        since = self._day(parts["from"]) if "from" in parts else date.min
        until = self._day(parts["until"]) if "until" in parts else None
        if until is not None and until < since:
            raise self._bad(parts["until"], "until 早于 from。", "'until' lies before 'from'.")
        return UnitPerson(
            unit=self._unit(parts["unit"]),
            part=self._one_of(Part, parts["role"]),
            person=self._text(parts["person"]),
            name=self._text(parts["name"]),
            phone=self._text(parts["phone"]) if "phone" in parts else "",
            since=since,
            until=until,
        )

    def _channel(self, node: Node) -> Channel:
        parts = self._mapping(
            node, required=("unit", "platform", "name"), allowed=("followers", "status", "verified")
        )
        status = ChannelStatus.ACTIVE
        return Channel(
            unit=self._unit(parts["unit"]),
            platform=self._platform(parts["platform"]),
            name=self._text(parts["name"]),
            followers=self._count(parts["followers"]) if "followers" in parts else 0,
            status=self._one_of(ChannelStatus, parts["status"]) if "status" in parts else status,
            verified="verified" in parts and self._yes(parts["verified"]),
        )

    def _mapping(self, node: Node, *, required: tuple[str, ...], allowed: tuple[str, ...]) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            raise self._bad(node, "这里应是键和值。", "Keys and values are wanted here.")
        members: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name not in (*required, *allowed):
                known = "、".join((*required, *allowed))
                raise self._bad(key, f"不认识“{name}”；可用：{known}。", f"Unknown key {name!r}.")
            if name in members:
                raise self._bad(key, f"“{name}”写了两次。", f"{name!r} stands there twice.")
            members[name] = value
        for name in required:
            if name not in members:
                raise self._bad(node, f"缺少“{name}”。", f"{name!r} is missing.")
        return members

    def _text(self, node: Node) -> str:
        text = node.value.strip() if isinstance(node, ScalarNode) else ""
        if not text or not text.isprintable() or len(text) > _LONGEST:
            raise self._bad(node, "这里应是一行文字。", "A line of text is wanted here.")
        return text

    def _unit(self, node: Node) -> str:
        code = self._text(node)
        if not self._law.knows(code):
            raise self._bad(node, f"没有编码为“{code}”的单位。", f"No unit has the code {code!r}.")
        return code

    def _platform(self, node: Node) -> str:
        code, known = self._text(node), [one.code for one in self._law.register if one.publishing]
        if code not in known:
            raise self._bad(node, f"不认识“{code}”；可用：{'、'.join(known)}。", f"Unknown: {code!r}.")
        return code

    def _one_of(self, words: type[E], node: Node) -> E:
        written = self._text(node)
        try:
            return words(written)
        except ValueError:
            known = "、".join(words)
            raise self._bad(node, f"不认识“{written}”；可用：{known}。", f"Unknown: {written!r}.") from None

    def _day(self, node: Node) -> date:
        try:
            return date.fromisoformat(self._text(node))
        except ValueError:
            raise self._bad(node, "日期应写作 2026-01-31。", "Write a day as 2026-01-31.") from None

    def _yes(self, node: Node) -> bool:
        written = self._text(node)
        if written not in {"true", "false"}:
            raise self._bad(node, "这里应是 true 或 false。", "true or false is wanted here.")
        return written == "true"

    def _count(self, node: Node) -> int:
        written = self._text(node)
        if not (written.isascii() and written.isdigit()) or int(written[:20]) > _MOST_FOLLOWERS:
            raise self._bad(node, "这里应是不小于 0 的整数。", "A whole number from 0 is wanted here.")
        return int(written)

    def _bad(self, node: Node, zh: str, en: str) -> BadRoster:
        return BadRoster(f"{self._file}:{node.start_mark.line + 1}", zh, en)


def _key(entry: object) -> tuple[object, ...]:
    """What may stand in a file once: a person in a part from a day on, and an account on a platform."""
    match entry:
        case UnitPerson():
            return entry.unit, entry.part, entry.person, entry.since
        case Channel():
            return entry.unit, entry.platform, entry.name
        case DutyShift():
            return entry.unit, entry.person, entry.since
        case _:
            return (entry,)
