"""Every answer that is not the thing asked for: problem+json (RFC 9457), mapped once,
in Chinese and English.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from api.answer_types import ProblemAnswer, ProblemContent, ProblemFault
from api.parts import parts_of
from casework.edge import FieldError, Malformed, fault_of
from casework.outcomes import (
    TYPE,
    CommandTooLarge,
    Gone,
    KeyInvalid,
    KeyReused,
    NotFound,
    NotThen,
    Problem,
    TooMany,
    Unavailable,
)
from domain.terms.refusals import Reason, Refused
from storage.regulation_text import cited
from words.labels import Explanation, explanation
from words.language import Language, spoken

PROBLEM_JSON = "application/problem+json"


class WebProblem(Problem):
    """A problem that only the web knows; the subclasses say with which status it is answered."""

    status: ClassVar[int]
    headers: Mapping[str, str] = {}


class HeaderInvalid(WebProblem):
    """The header If-Match is not valid."""

    status, code = HTTPStatus.BAD_REQUEST, "if_match_invalid"


class Unauthenticated(WebProblem):
    """No valid token was shown."""

    status, code = HTTPStatus.UNAUTHORIZED, "unauthenticated"
    headers = {"WWW-Authenticate": 'Bearer realm="huiying"'}  # noqa: RUF012  never changed


class WrongMediaType(WebProblem):
    """The content is not JSON."""

    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "wrong_media_type"


class TooLarge(WebProblem):
    """The content is over the limit."""

    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"


class TooSlow(WebProblem):
    """The content did not arrive in time."""

    status, code = HTTPStatus.REQUEST_TIMEOUT, "too_slow"


_STATUS: Final[Mapping[type[Problem], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotThen: HTTPStatus.NOT_FOUND,
    Gone: HTTPStatus.GONE,
    KeyInvalid: HTTPStatus.BAD_REQUEST,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    CommandTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}


def status_of(problem: Problem) -> int:
    """With which status a problem is answered."""
    return problem.status if isinstance(problem, WebProblem) else _STATUS[type(problem)]


def headers_of(problem: Problem) -> dict[str, str]:
    """The headers that go with the answer: when to come again, where that helps."""
    own = dict(problem.headers) if isinstance(problem, WebProblem) else {}
    return own if problem.retry_after is None else {**own, "Retry-After": str(problem.retry_after)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a problem says, before it is given its trace id."""

    status: int
    group: str
    code: str
    subject: str = ""
    clause: str = ""
    faults: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal_status(reason: Reason) -> int:
    """403 where it is about role or unit, 412 where what the sender saw is stale, else 409."""
    if reason in {Reason.ROLE_NOT_ALLOWED, Reason.UNIT_NOT_CONCERNED}:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.PRECONDITION_FAILED if reason is Reason.STALE else HTTPStatus.CONFLICT


def content_of(text: Text, told_by: Callable[[str, str], Explanation] = explanation) -> ProblemContent:
    """The members of a problem; stable `type`, title and detail in Chinese and in English, and the clause.

    `told_by` has the words: those for programs, or those for people at a page.
    """
    words = told_by(text.group, text.code)
    content: ProblemContent = {
        "type": TYPE + text.code,
        "title": words.title.zh,
        "title_en": words.title.en,
        "status": int(text.status),
        "detail": words.advice.zh.replace("{subject}", text.subject),
        "detail_en": words.advice.en.replace("{subject}", text.subject),
    }
    if text.subject:
        content["subject"] = text.subject
    if clause := words.clause or text.clause:
        content["clause"] = clause
    if text.faults:
        content["errors"] = [_fault(fault, told_by) for fault in text.faults[:100]]
    return content


def said_here(content: ProblemContent) -> tuple[str, str]:
    """Title and detail of a problem in the language of the page that is being made."""
    if spoken() is Language.ENGLISH:
        return content["title_en"], content["detail_en"]
    return content["title"], content["detail"]


_TYPE_NAMES: Final = {
    "string": ("文本（string），写在双引号里", "a text (string) in double quotes"),
    "integer": ("整数（integer），不加引号", "a whole number (integer) without quotes"),
    "number": ("数（number），不加引号", "a number without quotes"),
    "boolean": ("true 或 false（boolean），不加引号", "true or false (boolean) without quotes"),
    "array": ("列表（array），如 [ … ]", "a list (array), such as [ … ]"),
    "object": ("对象（object），如 { … }", "an object, such as { … }"),
    "": ("接口文档所写的类型", "the type that the API documents"),
}


def _fault(fault: FieldError, told_by: Callable[[str, str], Explanation]) -> ProblemFault:
    words = told_by("malformed", fault.code)
    zh, en = (f"{title}：{advice}" for title, advice in zip(words.title, words.advice, strict=True))
    type_zh, type_en = _TYPE_NAMES.get(fault.expected, _TYPE_NAMES[""])
    content: ProblemFault = {
        "pointer": fault.pointer,
        "code": fault.code,
        "detail": zh.replace("{expected}", type_zh),
        "detail_en": en.replace("：", ": ").replace("{expected}", type_en),
    }
    if fault.allowed:
        content["allowed"] = list(fault.allowed)
    if fault.expected:
        content["expected"] = fault.expected
    return content


def answer(request: Request, text: Text) -> JSONResponse:
    """The response of a problem, with the trace id under which the log tells more."""
    content: ProblemAnswer = {**content_of(text), "trace_id": trace_id(request)}
    clause = cited(parts_of(request).settings.regulation, content.pop("clause", ""))
    if clause:  # a regulation may be silent on it
        content["clause"] = clause
    request.state.problem = text.code
    return JSONResponse(content, status_code=text.status, headers=dict(text.headers), media_type=PROBLEM_JSON)


def wants_page(request: Request) -> bool:
    """Browsers say that they take HTML; programs do not, and below /api nobody gets a page."""
    takes_html = "text/html" in request.headers.get("accept", "")
    return takes_html and not request.url.path.startswith(("/api/", "/static/"))


def trace_id(request: Request) -> str:
    """The id of the request in the log."""
    return str(getattr(request.state, "trace_id", ""))


async def _refused(request: Request, refused: Refused) -> JSONResponse:
    clause = str(getattr(request.state, "clause", ""))
    text = Text(
        status=refusal_status(refused.reason),
        group="reasons",
        code=refused.reason,
        subject=refused.detail,
        clause=clause,
    )
    return answer(request, text)


async def _malformed(request: Request, malformed: Malformed) -> JSONResponse:
    return answer(request, Text(status=422, group="problems", code="malformed", faults=malformed.faults))


async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
    faults = tuple(fault_of(detail) for detail in error.errors())
    return answer(request, Text(status=422, group="problems", code="malformed", faults=faults))


async def _problem(request: Request, problem: Problem) -> JSONResponse:
    text = Text(
        status=status_of(problem),
        group="problems",
        code=problem.code,
        subject=problem.subject,
        headers=headers_of(problem),
    )
    return answer(request, text)


_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    code = _BY_STATUS.get(error.status_code, "bad_request")
    headers = error.headers or {}
    return answer(request, Text(status=error.status_code, group="problems", code=code, headers=headers))


async def _database(request: Request, _: Exception) -> JSONResponse:
    return await _problem(request, Unavailable("database"))


async def _temporal(request: Request, _: Exception) -> JSONResponse:
    return await _problem(request, Unavailable("temporal"))


def install(app: FastAPI) -> None:
    """Give the application its handlers; a defect, which none knows, `api.request_log` answers."""
    handlers: dict[type[Exception], Any] = {
        Refused: _refused,
        Malformed: _malformed,
        RequestValidationError: _validation,
        Problem: _problem,
        HTTPException: _http,
        SQLAlchemyError: _database,
        OSError: _database,
        TimeoutError: _database,
        RPCError: _temporal,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
