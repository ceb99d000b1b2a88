"""Pages of long lists: where one ended is told in an opaque cursor, from which the next goes on."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Key = tuple[int | datetime, ...]

MOST: Final = 500  # rows of a page, whatever is asked for
_LONGEST = 300
_LARGEST = 2**63 - 1


class BadCursor(ValueError):  # noqa: N818  named for what was found
    """A cursor that no list of this kind gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows of a list in its order, and the cursor from which the rest goes on, None at its end."""

    items: tuple[T, ...]
    next_cursor: str | None = None


def written(order: str, key: Key) -> str:
    """A cursor after the row with that key, in a list in that order."""
    parts = [part.astimezone(UTC).isoformat() if isinstance(part, datetime) else int(part) for part in key]
    return base64.urlsafe_b64encode(json.dumps([order, *parts]).encode()).decode().rstrip("=")


def place(cursor: str, order: str, *kinds: type[int] | type[datetime]) -> Key:
    """The key that `written` put into a cursor; raises BadCursor unless it was of this order
    and these kinds.
    """
    if len(cursor) > _LONGEST:
        raise BadCursor("too long")
    try:
        content = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor("not written here") from error
    if not isinstance(content, list) or content[:1] != [order] or len(content) != len(kinds) + 1:
        raise BadCursor("of another list")
    return tuple(_part(part, kind) for part, kind in zip(content[1:], kinds, strict=True))


def _part(part: object, kind: type[int] | type[datetime]) -> int | datetime:
    if kind is int and isinstance(part, int) and not isinstance(part, bool) and abs(part) <= _LARGEST:
        return part
    if kind is datetime and isinstance(part, str):
        try:
            instant = datetime.fromisoformat(part)
        except ValueError as error:
            raise BadCursor("no instant") from error
        if instant.tzinfo is UTC:
            return instant
    raise BadCursor("of another list")


def page(
    order: str, rows: Sequence[R], limit: int, key: Callable[[R], Key], item: Callable[[R], Any]
) -> Page[Any]:
    """A page of at most `limit` of the rows, of which one more than that was asked for."""
    more = len(rows) > limit
    listed = rows[:limit]
    return Page(
        items=tuple(item(row) for row in listed),
        next_cursor=written(order, key(listed[-1])) if more else None,
    )


def clamped(limit: int) -> int:
    """How many rows a page may have: at least one, at most MOST."""
    return max(1, min(limit, MOST))
