"""Errors for browsers: each problem as a page in the reader's language,
or where the reader is led instead.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from api.errors import wants_page
from casework.outcomes import TYPE
from desk.administration.access import BEGINNINGS, HOMES
from desk.frame.page import rendered
from desk.sign_in.second_factor import PAGE as SECOND_FACTOR_PAGE
from desk.sign_in.second_factor import SecondFactorNeeded
from desk.sign_in.sessions import NotForThisPost, PasswordChangeNeeded, SignInNeeded
from storage.accounts import Administrator
from storage.sign_ins import SignedIn
from words.labels import explanations
from words.language import Language, spoken

_HOLDS_A_FORM: Final = re.compile(r"/register|/incidents/[^/]+/(do/\w+|attachments)").fullmatch
_OWN_HEADERS: Final = frozenset({"content-type", "content-length"})


def install(app: FastAPI) -> None:
    """Give the errors of the application a page each for browsers; their handlers must be there already."""
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _for_browsers(handler)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """A problem for people: what is wrong and what to do, in the reader's language, then in the other."""

    status: int
    title: str
    advice: str
    other_lang: str
    other_title: str
    other_advice: str
    trace_id: str


Handler = Callable[[Request, Any], Awaitable[Response]]


def _for_browsers(handler: Any) -> Handler:
    """The same answer, as a page where a browser asked for one."""

    async def answer(request: Request, error: Any) -> Response:
        response: Response = await handler(request, error)
        if not wants_page(request):
            return response
        if (elsewhere := _elsewhere(request, error)) is not None:
            if "hx-request" in request.headers:  # a part of a page cannot be led elsewhere; the whole page is
                return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": elsewhere})
            return RedirectResponse(elsewhere, HTTPStatus.SEE_OTHER)
        problem = json.loads(bytes(response.body))
        view = _error_page(response.status_code, problem)
        headers = {name: value for name, value in response.headers.items() if name not in _OWN_HEADERS}
        return await rendered(
            request, "frame/error.html", status=response.status_code, headers=headers, error=view
        )

    return answer


def _error_page(status: int, answered: dict[str, Any]) -> ErrorPage:
    own, other = ("", "_en") if spoken() is Language.CHINESE else ("_en", "")
    problem = answered | said_on_pages(answered)
    return ErrorPage(
        status=status,
        title=problem[f"title{own}"],
        advice=problem[f"detail{own}"],
        other_lang=(Language.ENGLISH if other else Language.CHINESE).value,
        other_title=problem[f"title{other}"],
        other_advice=problem[f"detail{other}"],
        trace_id=problem["trace_id"],
    )


def said_on_pages(answered: Mapping[str, Any]) -> dict[str, str]:
    """The words of a problem for people, where they differ from those for programs;
    none where they do not.
    """
    words = explanations()["on_pages"].get(str(answered["type"]).removeprefix(TYPE))
    if words is None:
        return {}
    return {
        "title": words.title.zh,
        "title_en": words.title.en,
        "detail": words.advice.zh,
        "detail_en": words.advice.en,
    }


def _elsewhere(request: Request, error: Any) -> str | None:
    """Where a browser is sent instead: to sign in, to choose a password of one's own,
    or to begin one-time codes.
    """
    if isinstance(error, PasswordChangeNeeded):
        return "/password"
    if isinstance(error, SecondFactorNeeded):
        return SECOND_FACTOR_PAGE
    if isinstance(error, NotForThisPost):
        return _own_page(request)
    if not isinstance(error, SignInNeeded):
        return None
    path = request.url.path if request.method == "GET" or _HOLDS_A_FORM(request.url.path) else "/desk"
    return f"/sign-in?{urlencode({'after': path})}"


def _own_page(request: Request) -> str | None:
    """Where an administrator is led from the pages that others begin at."""
    login_session: SignedIn | None = getattr(request.state, "signed_in", None)
    begins = request.method == "GET" and request.url.path in BEGINNINGS
    if login_session is None or not begins or not isinstance(login_session.account.post, Administrator):
        return None
    return HOMES[login_session.account.post]
