"""Lists in pages: a limit, an opaque cursor, and the links of RFC 8288."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from casework.edge import FieldError, Malformed
from storage.cursors import BadCursor

DEFAULT_LIMIT: Final = 50
MOST: Final = 200
Limit = Annotated[int, Query(ge=1, le=MOST, description="每页项数。 Items a page.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=300,
        description="上一页 Link 所给的位置。 Where the page before ended, as its Link named it.",
    ),
]


@contextmanager
def cursor_checked() -> Iterator[None]:
    """Raises Malformed for a cursor that the list did not give out."""
    try:
        yield
    except BadCursor:
        raise Malformed((FieldError("/query/cursor", "wrong_value"),)) from None


def link(request: Request, response: Response, cursor: str | None, name: str = "cursor") -> None:
    """Name the first page and the next in the header Link, with the same filters;
    `name` is the cursor's parameter.
    """
    others = [(other, value) for other, value in request.query_params.multi_items() if other != name]
    links = [f'<{_address(request, others)}>; rel="first"']
    if cursor is not None:
        links.append(f'<{_address(request, [*others, (name, cursor)])}>; rel="next"')
    response.headers["Link"] = ", ".join(links)


def _address(request: Request, query: list[tuple[str, str]]) -> str:
    return f"{request.url.path}?{urlencode(query)}" if query else request.url.path
