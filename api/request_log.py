"""The log of requests: each gets a trace id, one line in the log, safe headers, and an answer
to every defect.
"""

import logging
import re
import secrets
import traceback
from collections.abc import Callable, MutableMapping
from time import perf_counter
from typing import Any, Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Text, answer, wants_page

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}").fullmatch
_QUIET = frozenset({"/healthz", "/readyz"})  # asked every second; told only when something is wrong
_WRONG: Final = 500

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_BY_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""A year by TLS alone, for the browser that was here; other names of the domain are not ours to speak for."""

log = structlog.get_logger("huiying.web")


def configure_logging(level: str) -> None:
    """One JSON object per line on standard output, instants in UTC;
    the server's own access lines, with paths, end.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("uvicorn.access").disabled = True


class RequestLogMiddleware:
    """The outermost layer of the application; `defect_page` makes what a browser is shown when
    the program has failed.
    """

    def __init__(
        self, app: ASGIApp, *, defect_page: Callable[[Request, int], Response], is_behind_tls: bool = False
    ) -> None:
        self._app = app
        self._defect_page = defect_page
        self._headers = {**_HEADERS, **(_BY_TLS if is_behind_tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: measured, told and answered, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["trace_id"] = _trace_id(scope)
        began = perf_counter()
        statuses: dict[str, int] = {}
        try:
            await self._app(scope, receive, self._sender(send, scope, statuses))
        except (
            ClientDisconnect
        ):  # whoever asked has gone: nobody is there to be answered, and nothing is wrong
            pass
        except Exception as defect:
            _tell_defect(defect, state["trace_id"])
            if "status" in statuses:
                raise
            request = Request(scope, receive)
            response = self._told_of_a_defect(request)
            await response(scope, receive, self._sender(send, scope, statuses))
        finally:
            _tell(scope, statuses.get("status", 0), perf_counter() - began)

    def _told_of_a_defect(self, request: Request) -> Response:
        response = answer(request, Text(status=_WRONG, group="problems", code="internal"))
        return self._defect_page(request, _WRONG) if wants_page(request) else response

    def _sender(self, send: Send, scope: Scope, statuses: MutableMapping[str, int]) -> Send:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
                headers["X-Trace-Id"] = scope["state"]["trace_id"]
            await send(message)

        return tell


def _trace_id(scope: Scope) -> str:
    """The caller's own (W3C trace context), or a new one."""
    header = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
    match = _TRACEPARENT(header)
    return match[1] if match else secrets.token_hex(16)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    """Who asked for which kind of route, never the address itself, which may hold what was searched for."""
    route = getattr(scope.get("route"), "path", "-")
    if route in _QUIET and status < _WRONG:
        return
    state: dict[str, Any] = scope["state"]
    particulars = {name: state.get(name) for name in ("person", "unit", "problem")}
    log.info(
        "request",
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        trace_id=state["trace_id"],
        **{name: value for name, value in particulars.items() if value},
    )


def _tell_defect(defect: Exception, trace_id: str) -> None:
    """Where it happened and of what type; the text of an error may quote content."""
    frames = traceback.extract_tb(defect.__traceback__)
    log.error(
        "defect",
        type=type(defect).__name__,
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        trace_id=trace_id,
    )
