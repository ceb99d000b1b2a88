"""What was typed into a form, as the content of a command: the same that a program would send."""

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any, Final, get_args, get_origin

from desk.step.fields import Typed, is_required, members, plain, rows_of
from domain.catalogue import COMMANDS
from domain.terms.vocabulary import PlatformCode
from domain.terms.workdays import SHANGHAI

_WHOLE: Final = re.compile(r"-?[0-9]{1,18}").fullmatch


def to_command_json(kind: str, typed: Typed) -> dict[str, Any]:
    """The JSON value of a command; times are Shanghai's, lists without a filled row are empty,
    blank choices left out.
    """
    return dict(_members(COMMANDS[kind], "", typed))


def _members(kind: type, prefix: str, typed: Typed) -> Iterator[tuple[str, Any]]:
    for field, hint in members(kind):
        inner, optional = plain(hint)
        value = _value(inner, f"{prefix}{field.name}", typed, optional=optional)
        if (
            value is None
            or (value == "" and hint == PlatformCode)
            or (value in ("", [], {}) and (optional or not is_required(field)))
        ):
            if is_required(field) and not optional and inner is str:
                yield field.name, ""
            continue
        yield field.name, value


def _value(kind: Any, name: str, typed: Typed, *, optional: bool) -> Any:
    if get_origin(kind) is tuple:
        return _list(get_args(kind)[0], name, typed)
    if is_dataclass(kind) and isinstance(kind, type):
        inside = dict(_members(kind, f"{name}.", typed))
        return inside if any(value not in ("", [], {}) for value in inside.values()) else None
    text = _one(name, typed)
    if kind is bool:
        return None if text == "" and optional else text in {"on", "true"}
    if kind is int:
        return _number(text) if text else None
    if kind is datetime:
        return _instant(text.strip())
    return text


def _one(name: str, typed: Typed) -> str:
    values = typed.get(name, ())
    return values[0].replace("\r\n", "\n").strip() if values else ""


def _list(kind: Any, name: str, typed: Typed) -> list[Any]:
    if not (is_dataclass(kind) and isinstance(kind, type)):
        lines = [line.strip() for value in typed.get(name, ()) for line in value.splitlines()]
        return [_number(line) if kind is int else line for line in lines if line]
    rows = (dict(_members(kind, f"{name}[{number}].", typed)) for number in range(rows_of(name, typed)))
    telling = {field.name for field, hint in members(kind) if plain(hint)[0] not in {bool, datetime}}
    return [row for row in rows if _is_filled(row, telling)]


def _number(text: str) -> int | str:
    """A whole number; what is none is left for the check to refuse."""
    return int(text) if _WHOLE(text) else text


def _is_filled(row: dict[str, Any], telling: set[str]) -> bool:
    """Whether somebody wrote something: a time or a tick that the form put there itself is nothing."""
    return any(value not in ("", [], {}) for name, value in row.items() if name in telling)


def _instant(text: str) -> str | None:
    """A time as a browser gives it, `2026-09-09T10:00`, in Shanghai; one with a zone stays;
    nonsense is refused later.
    """
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)).isoformat()
