"""What somebody enters into the fields of a step's form, from the content of a rehearsal's command."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from domain.catalogue import AnyCommand
from storage.codec import COMMAND
from tests.browsing import Value, local


def entered(command: AnyCommand) -> tuple[dict[str, Value], list[str]]:
    """The fields with what is typed or chosen, and the names of those that stay, or are made, empty."""
    content: dict[str, Any] = COMMAND.dump_python(command, mode="python")
    given = dict(_inside("", {name: value for name, value in content.items() if name != "kind"}))
    if any(proof["sha256"] for proof in content.get("evidence") or ()):
        given["_files"] = "佐证.png"  # the server hashes what it is sent: nobody types a digest
    blank = [name for name, value in given.items() if value in (None, "", [])]
    return {name: value for name, value in given.items() if name not in blank}, blank


def _inside(prefix: str, content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field, value in content.items():
        if field == "sha256":
            continue
        yield from _entry(f"{prefix}{field}", value)


def _entry(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from _inside(f"{name}.", value)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for number, row in enumerate(value):
            yield from _inside(f"{name}[{number}].", row)
    else:
        yield name, _told(value)


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value)
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, bool) else str(value)
