"""Writes the tables of `docs/rehearsals.md` from the catalogue and the expectation keys:
`python -m rehearsals.reference`.
"""

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, is_typeddict

from domain.case.state import Incident
from domain.catalogue import COMMANDS
from rehearsals.keys import KEYS
from rehearsals.values import EventPart, UnitCode, demanded, field_types
from rehearsals.words import spellings
from words.labels import label

_PLAIN = {
    UnitCode: "单位",
    datetime: "时刻",
    timedelta: "时长",
    str: "文字",
    int: "整数",
    float: "数",
    bool: "true/false",
    EventPart: "{kind, …}",
    NoneType: "none",
    Incident: "{字段: 值, …}",
}


def commands() -> Iterator[str]:
    """The rows of all commands: kind, name, arguments; those that must be given in bold."""
    yield "| 命令 command | 名称 | 参数 arguments（**粗体**必填） |"
    yield "|---|---|---|"
    for kind, command in COMMANDS.items():
        needed = set(demanded(command))
        arguments = [
            f"**{name}**: {shape(wanted)}" if name in needed else f"{name}: {shape(wanted)}"
            for name, wanted in field_types(command).items()
        ]
        yield f"| `{kind}` | {label('commands', kind).zh} | {'; '.join(arguments) or '—'} |"


def keys() -> Iterator[str]:
    """The rows of all expectation keys: name, form, how it is compared, what it says."""
    yield "| 键 key | 形式 form | 比对 | 含义 meaning |"
    yield "|---|---|---|---|"
    for name, key in KEYS.items():
        yield f"| `{name}` | {shape(key.shape)} | {key.comparison} | {key.chinese} · {key.english} |"


def words() -> Iterator[str]:
    """The rows of all enumerations that arguments and expectations use, with every spelling."""
    yield "| 取值 values | 写法 spellings |"
    yield "|---|---|"
    shapes = [*COMMANDS.values(), *(key.shape for key in KEYS.values())]
    for word in sorted(
        {word for wanted in shapes for word in _words_of(wanted)}, key=lambda word: word.__name__
    ):
        codes: dict[StrEnum, list[str]] = {}
        for spelling, member in spellings(word).items():
            codes.setdefault(member, []).append(spelling)
        yield f"| {word.__name__} | {'; '.join(' = '.join(dict.fromkeys(same)) for same in codes.values())} |"


def shape(wanted: Any) -> str:
    """The form of a value in a file, for people."""
    origin = get_origin(wanted)
    if wanted in _PLAIN:
        return _PLAIN[wanted]
    if origin in {Union, UnionType}:
        return " \\| ".join(shape(member) for member in get_args(wanted))
    if origin in {tuple, list}:
        return f"[{shape(get_args(wanted)[0])}]"
    if origin is dict:
        key, value = get_args(wanted)
        return f"{{{shape(key)}: {shape(value)}}}"
    if is_typeddict(wanted) or is_dataclass(wanted):
        return f"{{{', '.join(f'{name}: {shape(part)}' for name, part in field_types(wanted).items())}}}"
    return str(wanted.__name__)


def _words_of(wanted: Any, depth: int = 6) -> Iterator[type[StrEnum]]:
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        yield wanted
    elif wanted is Incident or depth == 0:
        return
    elif is_typeddict(wanted) or is_dataclass(wanted):
        for part in field_types(wanted).values():
            yield from _words_of(part, depth - 1)
    else:
        for part in get_args(wanted):
            yield from _words_of(part, depth - 1)


def main() -> None:
    """Print the three tables."""
    for table in (commands, keys, words):
        print("\n".join(table()), end="\n\n")


if __name__ == "__main__":
    main()
