"""The HTTP side of the terminal: one address, one token, and every outcome told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpx2

PREFIX: Final = "/api/v1"
# A command may take the web three seconds and a hand-over two more.
_TIMEOUT = httpx2.Timeout(10.0, connect=3.0)


class ServerUnreachable(Exception):  # noqa: N818  named for what was found
    """Nobody answers at the address, or not in time, or not in a way that this program understands."""


class Declined(Exception):  # noqa: N818  an answer of the other side, not an error of the program
    """The other side answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("title", status)))
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """A good answer: its status and its JSON, and where a list goes on, None at its end."""

    status: int
    content: dict[str, Any]
    next_cursor: str | None = None


class Web:
    """Calls to one Huiying; use it as a context."""

    def __init__(self, address: str, token: str, transport: httpx2.BaseTransport | None = None) -> None:
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            self._client = httpx2.Client(
                base_url=address, headers=headers, timeout=_TIMEOUT, transport=transport, trust_env=False
            )
        except (httpx2.InvalidURL, ValueError) as error:
            raise ServerUnreachable(f"{address}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int | bool | None) -> HttpReply:
        """Read; parameters that are None are left out. Raises Declined and Unreachable."""
        params = {name: _text(value) for name, value in query.items() if value is not None}
        return self._call("GET", path, params=params)

    def give(self, path: str, body: bytes, *, key: str, if_match: str | None = None) -> HttpReply:
        """Give a command. The same key again gives the same answer, once. Raises Declined and Unreachable."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if if_match is not None:
            headers["If-Match"] = if_match if if_match.startswith(('"', "W/", "*")) else f'"{if_match}"'
        return self._call("POST", path, content=body, headers=headers)

    def _call(self, method: str, path: str, **request: Any) -> HttpReply:
        try:
            response = self._client.request(method, PREFIX + path, **request)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ServerUnreachable(f"{self._client.base_url}: {type(error).__name__} {error}") from error
        try:
            content = response.json()
        except ValueError as error:
            raise ServerUnreachable(f"{self._client.base_url}: HTTP {response.status_code}") from error
        if not isinstance(content, dict):
            raise ServerUnreachable(f"{self._client.base_url}: HTTP {response.status_code}")
        if not response.is_success:
            raise Declined(response.status_code, content)
        return HttpReply(status=response.status_code, content=content, next_cursor=_next_cursor(response))


def _next_cursor(response: httpx2.Response) -> str | None:
    """What the link to the next page (RFC 8288) goes on from: `cursor`, or `after` for events."""
    following = response.links.get("next", {}).get("url")
    if following is None:
        return None
    params = httpx2.URL(following).params
    cursor: str | None = params.get("cursor") or params.get("after")
    return cursor


def _text(value: str | int | bool) -> str:  # noqa: FBT001  what a query may hold
    return str(value).lower() if isinstance(value, bool) else str(value)
