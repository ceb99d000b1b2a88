"""What is hashed, and how it leads to one root:
the core of a verifier, by Python's standard library alone.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

REFERENCE = re.compile(r"text:[A-Za-z0-9_-]{43}:[0-9]{1,9}").fullmatch


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no blanks, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def climbed(leaf: bytes, index: int, size: int, path: list[str]) -> bytes:
    """The root to which a proof leads from leaf `index` of `size` (RFC 9162, 2.1.3.2)."""
    node, last = index, size - 1
    hashed = hashlib.sha256(b"\0" + leaf).digest()
    for step in path:
        other = bytes.fromhex(step)
        if node & 1 or node == last:
            hashed = hashlib.sha256(b"\1" + other + hashed).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = hashlib.sha256(b"\1" + hashed + other).digest()
        node, last = node >> 1, last >> 1
    return hashed if last == 0 and 0 <= index < size else b""


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
