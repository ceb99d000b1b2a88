"""The fields of a command from words of the command line:
`key=text`, `key:=JSON`, dots for what lies inside.
"""

import json
from collections.abc import Iterable
from dataclasses import fields as fields_of
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from domain.catalogue import COMMANDS


class BadField(ValueError):  # noqa: N818  named for what was found
    """A word that is no field of the command, or a value that does not fit."""


def command_body(kind: str, words: Iterable[str]) -> bytes:
    """The JSON text of a command from words; numbers,
    truth values and lists by comma are read as its fields ask.

    `factors.nature.score=3`, `first=qingxi,health`, `sources:=[{"at": "2026-09-07T10:00:00+08:00", …}]`.
    Raises BadField.
    """
    content: dict[str, Any] = {}
    for word in words:
        path, value = _read(word)
        _put(content, path.split("."), value)
    return _typed(kind, content)


def _read(word: str) -> tuple[str, Any]:
    name, sign, text = word.partition("=")
    if not sign or not name.strip(":"):
        raise BadField(word)
    if not name.endswith(":"):
        return name, text
    try:
        return name[:-1], json.loads(text)
    except ValueError as error:
        raise BadField(f"{word}: {error}") from error


def _put(content: dict[str, Any], path: list[str], value: Any) -> None:
    *outer, last = path
    for name in outer:
        content = content.setdefault(name, {})
        if not isinstance(content, dict):
            raise BadField(".".join(path))
    if not last or last in content:
        raise BadField(".".join(path))
    content[last] = value


def _typed(kind: str, content: dict[str, Any]) -> bytes:
    """Lets the command's own class read the words, so that the strict other side gets numbers as numbers."""
    command = COMMANDS[kind]
    hints = get_type_hints(command)
    listed = {field.name for field in fields_of(command) if _is_list(hints[field.name])}
    for name in listed & content.keys():
        if isinstance(content[name], str):
            content[name] = [item.strip() for item in content[name].split(",") if item.strip()]
    adapter: TypeAdapter[Any] = TypeAdapter(command)
    try:
        read = adapter.validate_python(content)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in error.errors())
        raise BadField("; ".join(faults)) from error
    return adapter.dump_json(read, exclude_defaults=True)


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is tuple or any(get_origin(part) is tuple for part in get_args(hint))
