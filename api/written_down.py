"""The layer at which an answer waits until its entry stands in the audit book."""

from dataclasses import replace
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit_book import (
    Declaration,
    Denials,
    InTheLog,
    Openings,
    Unwritten,
    declaration_of,
    entry_of,
    is_denied,
    is_refused,
    origin_of,
)
from api.parts import parts_of
from casework.outcomes import Problem, Unavailable
from storage.sign_ins import network

_WRONG: Final = 500
_REFUSED: Final = 400
_LEADS_ON: Final = 3  # hundreds: a redirection
_LOG = structlog.get_logger("huiying.audit_book")


class WrittenDown:
    """The innermost layer: what cannot be written down is not answered (a command
    of the catalogue excepted).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._openings = Openings()
        self._denials = Denials()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; its answer goes out once its entry is durable,
        else the asker is told that the book is unavailable.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        refusal: Problem | None = None
        has_begun = False

        async def written(message: Message) -> None:
            nonlocal refusal, has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                refusal = await self._written(request, message["status"])
                if refusal is not None:
                    await _refuse(request, refusal, receive, send)
            if refusal is None:
                await send(message)

        try:
            await self._app(scope, receive, written)
        except Exception:
            if not has_begun:
                await self._written(request, _WRONG)
            raise

    async def _written(self, request: Request, status: int) -> Problem | None:
        """Write the entry of a request; what to answer instead where the book does not take it."""
        declaration = declaration_of(request.scope.get("endpoint"))
        if declaration is None or not self._is_due(request, declaration, status):
            return None
        try:
            await self._enter(request, declaration, status)
        except (Unavailable, SQLAlchemyError):
            if status >= _WRONG or (isinstance(declaration, InTheLog) and is_denied(request, status)):
                _LOG.warning("entry_lost", status=status, trace_id=getattr(request.state, "trace_id", ""))
                return None
            return Unavailable("database")
        return None

    async def _enter(self, request: Request, declaration: Declaration, status: int) -> None:
        if isinstance(declaration, Unwritten):
            return
        book = parts_of(request).audit_book
        others = self._denials.admit(_source(request)) if is_refused(request, status) else 0
        if others is None:
            return
        entry = entry_of(request, declaration, status, await book.installation())
        if others:
            entry = replace(entry, detail={**entry.detail, "others": str(others)})
        await book.write(entry)
        if status < _REFUSED:
            self._openings.note(request, entry.origin)

    def _is_due(self, request: Request, declaration: Declaration, status: int) -> bool:
        if isinstance(declaration, Unwritten):
            return False
        if isinstance(declaration, InTheLog):
            return is_denied(request, status) or _shows_a_page(request, declaration, status)
        if getattr(request.state, "is_written_down", False) and status < _REFUSED:
            return False  # in the transaction of what it did; one that was refused did nothing
        return status >= _REFUSED or not self._openings.renews(request, origin_of(request), declaration)


def _shows_a_page(request: Request, declaration: InTheLog, status: int) -> bool:
    """Whether a page of the case was answered in place of the step: a step that is taken leads elsewhere,
    a problem shows nothing.
    """
    is_page = status // 100 != _LEADS_ON and not getattr(request.state, "problem", "")
    return declaration.shows is not None and status < _WRONG and is_page


def _source(request: Request) -> str:
    """Whose refusals are counted together: a session's, a token's, else those of an address,
    of IPv6 its network.
    """
    origin = origin_of(request)
    return origin.means_id or network(origin.address)


async def _refuse(request: Request, refusal: Problem, receive: Receive, send: Send) -> None:
    app: FastAPI = request.app
    answered: Any = app.exception_handlers[Problem](request, refusal)
    response: Response = await answered
    await response(request.scope, receive, send)
