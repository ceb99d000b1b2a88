"""What is hashed, and how it leads to one root:
the core of a verifier, by Python's standard library alone.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from audit.bundle.container import Wrong
from audit.bundle.hashes import hashed

LARGEST_JSON = 64 << 20  # bytes of what is read as one value
LARGEST_LINES = 1 << 30  # bytes of a file of records
REFERENCE = re.compile(r"text:[A-Za-z0-9_-]{43}:[0-9]{1,9}").fullmatch


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no blanks, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def lines(files: dict[str, bytes], name: str) -> Iterator[Any]:
    """The records of a file, one a line; raises Wrong at the first that is not written as it must be."""
    content, place = files.get(name, b""), 0
    if len(content) > LARGEST_LINES:
        raise Wrong(name, "大得不合情理", "larger than any bundle's")
    while place < len(content):
        end = content.find(b"\n", place)
        line = content[place:end].decode()
        if len(line) > LARGEST_JSON:
            raise Wrong(name, "大得不合情理", "larger than any bundle's")
        value = json.loads(line)
        if end < 0 or canonical(value) != content[place:end]:
            raise Wrong(name, "不是应有的写法", "not written as it must be")
        yield value
        place = end + 1


def climbed(leaf: bytes, index: int, size: int, path: list[str], by: str) -> bytes:
    """The root to which a proof leads from leaf `index` of `size` (RFC 9162, 2.1.3.2)."""
    node, last = index, size - 1
    reached = hashed(by, b"\0" + leaf)
    for step in path:
        other = bytes.fromhex(step)
        if node & 1 or node == last:
            reached = hashed(by, b"\1" + other + reached)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = hashed(by, b"\1" + reached + other)
        node, last = node >> 1, last >> 1
    return reached if last == 0 and 0 <= index < size else b""


def begins(first: int, second: int, path: list[str], roots: tuple[bytes, bytes], by: str) -> bool:
    """Whether the tree of `first` leaves begins that of `second` by a proof (RFC 9162, 2.1.4.2)
    and both roots.
    """
    older, newer = roots
    if not 0 < first < second:
        return 0 < first == second and not path and older == newer
    hashes = [bytes.fromhex(step) for step in path]
    if [one.hex() for one in hashes] != path:  # one way alone to write it
        return False
    is_power = first & (first - 1) == 0
    return both_climbed(first, second, [older, *hashes] if is_power else hashes, by) == roots


def both_climbed(first: int, second: int, hashes: list[bytes], by: str) -> tuple[bytes, bytes] | None:
    """The roots of both trees to which a proof of consistency leads; None where its length is another."""
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    older = newer = hashes[0] if hashes else b""
    for other in hashes[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            older, newer = (hashed(by, b"\1" + other + one) for one in (older, newer))
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = hashed(by, b"\1" + newer + other)
        node, last = node >> 1, last >> 1
    return (older, newer) if last == 0 else None


def plain(text: object) -> str:
    """A text as a terminal may be given it: what would steer it,
    turn the direction or begin a new line is shown as \ufffd.
    """
    return "".join(sign if sign.isprintable() or sign == "\u3000" else "\ufffd" for sign in str(text))


def in_strings(value: Any) -> Iterator[str]:
    """The references of texts in a value."""
    if isinstance(value, str):
        if REFERENCE(value):
            yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from in_strings(one)
