"""Items of a sheet as commands carry them, each with its key: what is sent again is the same command."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from intake.sheet_rows import SheetItem

Content = dict[str, str]
_OPENING: Final = 64 * 1024  # bytes of the items that a registration carries; the others follow one by one


def content_of(item: SheetItem) -> Content:
    """An item as the content of a command has it, what is empty left out."""
    content = {"at": item.at.isoformat(), "platform": item.platform, "gist": item.gist}
    more = {"url": item.url, "foreign_id": item.foreign_id}
    return content | {name: value for name, value in more.items() if value}


def key_of(target: str, content: Content) -> str:
    """The key under which an item goes to a case: of both, so page and terminal send one command."""
    return digest_of(target, json.dumps(content, ensure_ascii=False))


def digest_of(*parts: str) -> str:
    """A key made of texts."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def opening(contents: Sequence[Content]) -> int:
    """How many of the items go with a registration, the first at least: a command has a bound of its own."""
    size = 0
    for number, content in enumerate(contents):
        size += len(json.dumps(content, ensure_ascii=False).encode())
        if number and size > _OPENING:
            return number
    return len(contents)
