"""Every answer that is not the thing asked for: problem+json (RFC 9457), mapped once, in Chinese and English."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from api.edge import Fault, Malformed, fault_code, pointer
from domain.terms.refusals import Reason, Refused
from storage.regulation_text import cited
from words.labels import Explanation, explanation

PROBLEM_JSON = "application/problem+json"
TYPE = "urn:huiying:problem:"
RETRY_AFTER = 2  # seconds


class Problem(Exception):  # noqa: N818  an answer to the sender; the subclasses say which
    """An answer other than the thing asked for; `code` names its text in explanations.yaml."""

    status: ClassVar[int]
    code: str
    headers: Mapping[str, str] = {}

    def __init__(self, subject: str = "") -> None:
        super().__init__(subject)
        self.subject = subject


class NotFound(Problem):
    """No such thing, or not the caller's to see."""

    status, code = 404, "not_found"


class Gone(Problem):
    """The case is archived and takes no more commands; the way is a new, linked incident."""

    status, code = 410, "gone"


class KeyReused(Problem):
    """The Idempotency-Key came with other content before."""

    status, code = 422, "key_reused"


class HeaderInvalid(Problem):
    """A header is missing or not valid: `key_missing` or `if_match_invalid`."""

    status = 400

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class Unauthenticated(Problem):
    """No valid token was shown."""

    status, code = 401, "unauthenticated"
    headers = {"WWW-Authenticate": 'Bearer realm="huiying"'}  # noqa: RUF012  never changed


class Unavailable(Problem):
    """Something the answer needs is down for now: `database`, `temporal`, the incident's `workflow`, its `record` or `texts`."""

    status = 503
    headers = {"Retry-After": str(RETRY_AFTER)}  # noqa: RUF012  never changed

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.code = "workflow_missing" if part == "workflow" else f"{part}_unavailable"


class WrongMediaType(Problem):
    """The content is not JSON."""

    status, code = 415, "wrong_media_type"


class TooLarge(Problem):
    """The content is over the limit."""

    status, code = 413, "too_large"


class CommandTooLarge(Problem):
    """A step holds more than a case takes at once."""

    status, code = 413, "command_too_large"


class TooMany(Problem):
    """A person gives, or a case is given, more in a minute than the budget holds; after `seconds` there is room again."""

    status, code = 429, "too_many_steps"

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.headers = {"Retry-After": str(seconds)}


class TooSlow(Problem):
    """The content did not arrive in time."""

    status, code = 408, "too_slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a problem says, before it is given its trace id."""

    status: int
    group: str
    code: str
    subject: str = ""
    clause: str = ""
    faults: tuple[Fault, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal_status(reason: Reason) -> int:
    """403 where it is about role or unit, 412 where what the sender saw is stale, else 409."""
    if reason in {Reason.ROLE_NOT_ALLOWED, Reason.UNIT_NOT_CONCERNED}:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.PRECONDITION_FAILED if reason is Reason.STALE else HTTPStatus.CONFLICT


def content_of(text: Text, told_by: Callable[[str, str], Explanation] = explanation) -> dict[str, Any]:
    """The members of a problem; stable `type`, title and detail in Chinese and in English, and the clause.

    `told_by` has the words: those for programs, or those for people at a page.
    """
    told = told_by(text.group, text.code)
    found: dict[str, Any] = {
        "type": TYPE + text.code,
        "title": told.title.zh,
        "title_en": told.title.en,
        "status": int(text.status),
        "detail": told.advice.zh.replace("{subject}", text.subject),
        "detail_en": told.advice.en.replace("{subject}", text.subject),
    }
    if text.subject:
        found["subject"] = text.subject
    if clause := told.clause or text.clause:
        found["clause"] = clause
    if text.faults:
        found["errors"] = [_fault(fault, told_by) for fault in text.faults[:100]]
    return found


def _fault(fault: Fault, told_by: Callable[[str, str], Explanation]) -> dict[str, Any]:
    told = told_by("malformed", fault.code)
    zh, en = (f"{title}：{advice}" for title, advice in zip(told.title, told.advice, strict=True))
    listed = {"allowed": list(fault.allowed)} if fault.allowed else {}
    return {
        "pointer": fault.pointer,
        "code": fault.code,
        "detail": zh,
        "detail_en": en.replace("：", ": "),
        **listed,
    }


def answer(request: Request, text: Text) -> JSONResponse:
    """The response of a problem, with the trace id under which the log tells more."""
    content = {**content_of(text), "trace_id": trace_id(request)}
    clause = cited(request.app.state.settings.regulation, content.pop("clause", ""))
    if clause:  # a regulation may be silent on it
        content["clause"] = clause
    request.state.problem = text.code
    return JSONResponse(content, status_code=text.status, headers=dict(text.headers), media_type=PROBLEM_JSON)


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
    faults = tuple(Fault(pointer(found["loc"]), fault_code(found["type"])) for found in error.errors())
    return answer(request, Text(status=422, group="problems", code="malformed", faults=faults))


async def _problem(request: Request, problem: Problem) -> JSONResponse:
    text = Text(
        status=problem.status,
        group="problems",
        code=problem.code,
        subject=problem.subject,
        headers=problem.headers,
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
    """Give the application its handlers; what none of them knows is a defect, answered by `api.observed`."""
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
