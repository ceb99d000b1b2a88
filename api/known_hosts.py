"""Requests for names that are not ours are refused:
a page elsewhere could else lead a browser here under a name of its own.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Text, answer
from settings import is_loopback

_UNKNOWN: Final = Text(status=HTTPStatus.MISDIRECTED_REQUEST, group="problems", code="unknown_host")


class KnownHosts:
    """Lets requests for the names through, and for this machine itself, which its own probes ask for."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.casefold() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            request = Request(scope)
            name = _name_in(request.headers.get("host", ""))
            if name not in self._names and not is_loopback(name):
                await answer(request, _UNKNOWN)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _name_in(host: str) -> str:
    """The name that a header `Host` bears, without its port; empty where it bears none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
