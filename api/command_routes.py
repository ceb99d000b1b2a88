"""One route per command of the catalogue: read strictly, hand to the case, answer from the record."""

from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from inspect import getdoc
from pathlib import Path
from typing import Any, Final

import yaml
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic_core import from_json

from api.answer_types import CommandAnswer
from api.answers import ACCEPTED, AcceptedAnswer, NumberedEvent, event_json, incident_json, obligation_json
from api.audit_book import in_the_log
from api.documented import command_extra, problems
from api.incident_id import IncidentId
from api.parts import CaseVisibility, Ledger, StepCommands
from api.preconditions import IfMatchHeader, KeyHeader, etag, expected_number, json_body, required_key
from api.security import Caller
from casework.commands import Accepted
from casework.duplicate_intake import Attached, register_or_attach
from casework.edge import read_command
from casework.outcomes import NotFound
from casework.recorded import Recorded
from domain.catalogue import COMMANDS
from domain.steps.register import Register
from domain.terms.refusals import Refused
from storage.regulation_text import cited, sentences
from words.labels import label

PREFIX: Final = "/api/v1"
REGISTER: Final = "register"
_CREATED, _DONE, _LATER = HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.ACCEPTED
_ALWAYS = (400, 401, 403, 409, 413, 415, 422, 429, 503)
_ON_A_CASE = (404, 410, 412)
_ATTACHED = (
    "同一来源的事件正在办理，已作为补充来源归入该事件；时限以该事件为准。",
    "A running incident holds this item already; it was added there, and that incident's clock holds.",
)
_ACCEPTED = (
    "已受理并持久保存，将自动办理；请稍后查看事件。",
    "Accepted and durable; it will be carried out. Look at the incident a little later.",
)


@cache
def command_router(regulation: str) -> APIRouter:
    """The routes of all commands, documented with the clauses of a regulation."""
    router = APIRouter(prefix=PREFIX, tags=["commands"])
    router.add_api_route(
        "/incidents",
        in_the_log(_register),
        methods=["POST"],
        status_code=_CREATED,
        name=REGISTER,
        **_documented(REGISTER, _CREATED, regulation),
    )
    for kind in COMMANDS:
        if kind != REGISTER:
            router.add_api_route(
                f"/incidents/{{incident_id}}/{kind}",
                in_the_log(_route(kind)),
                methods=["POST"],
                name=kind,
                **_documented(kind, _DONE, regulation),
            )
    return router


def _documented(kind: str, status: int, regulation: str) -> dict[str, Any]:
    names = label("commands", kind)
    return {
        "operation_id": kind,
        "summary": f"{names.zh} · {names.en}",
        "description": f"{getdoc(COMMANDS[kind])}\n\n依据 {cited(regulation, COMMANDS[kind].clause)}",
        "response_class": JSONResponse,
        "openapi_extra": command_extra(kind, examples()[kind], status),
        "responses": problems(*_ALWAYS, *(() if kind == REGISTER else _ON_A_CASE)),
    }


@cache
def examples() -> dict[str, dict[str, Any]]:
    """One example of each command, by its kind."""
    text = (Path(__file__).resolve().parent / "examples.yaml").read_text(encoding="utf-8")
    # Times stay text, as they stand in JSON.
    loaded = yaml.load(text, _PlainLoader)  # noqa: S506  a safe loader that knows fewer types still
    return dict(loaded)


class _PlainLoader(yaml.SafeLoader):
    """Reads times as the text that they are."""


def _as_written(_: yaml.SafeLoader, node: yaml.Node) -> str:
    return str(node.value)


_PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


async def _register(
    *,
    request: Request,
    caller: Caller,
    commands: StepCommands,
    database: Ledger,
    idempotency_key: KeyHeader = None,
) -> JSONResponse:
    request.state.clause = Register.clause
    key = required_key(idempotency_key)
    body = await json_body(request)
    commands.require_budget(body, caller)
    command = read_command(REGISTER, body)
    if not isinstance(command, Register):
        raise TypeError("the catalogue's register is Register")
    outcome = await register_or_attach(commands, database, command, caller, key)
    return _attached_answer(outcome) if isinstance(outcome, Attached) else _answer(outcome, _CREATED)


def _attached_answer(attached: Attached) -> JSONResponse:
    """The answer of the incident that holds the item already, and that it was attached there (DD-16)."""
    answer = _answer(attached.outcome, _DONE)
    content = {"attached_to": attached.number, "detail": _ATTACHED[0], "detail_en": _ATTACHED[1]}
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    headers["Location"] = f"{PREFIX}/incidents/{attached.outcome.incident_id}"
    return JSONResponse(
        {**from_json(bytes(answer.body)), **content}, status_code=answer.status_code, headers=headers
    )


def _route(kind: str) -> Callable[..., Awaitable[JSONResponse]]:
    async def give(
        *,
        request: Request,
        incident_id: IncidentId,
        caller: Caller,
        commands: StepCommands,
        visibility: CaseVisibility,
        idempotency_key: KeyHeader = None,
        if_match: IfMatchHeader = None,
    ) -> JSONResponse:
        request.state.clause = COMMANDS[kind].clause
        key, expected = required_key(idempotency_key), expected_number(if_match)
        body = await json_body(request)
        commands.require_budget(body, caller)
        command = read_command(kind, body)
        if isinstance(command, Register):
            raise TypeError("registration has a route of its own")
        number = await visibility.check(incident_id, caller)
        if number is False:
            raise NotFound
        try:
            outcome = await commands.submit(incident_id, command, caller, key, expected_number=expected)
        except Refused:
            if number is None and not await visibility.check_by_workflow(incident_id, caller):
                raise NotFound from None
            raise
        return _answer(outcome, _DONE)

    return give


def _answer(outcome: Recorded | Accepted, status: int) -> JSONResponse:
    where = f"{PREFIX}/incidents/{outcome.incident_id}"
    if isinstance(outcome, Accepted):
        accepted = AcceptedAnswer(
            incident_id=outcome.incident_id,
            event_number=outcome.event_number,
            command_id=outcome.command_id,
            detail=_ACCEPTED[0],
            detail_en=_ACCEPTED[1],
            look_at=where,
        )
        content = ACCEPTED.dump_python(accepted, mode="json")
        return JSONResponse(content, status_code=_LATER, headers={"Location": where, "Retry-After": "1"})
    headers = {"ETag": etag(outcome.event_number), **({"Location": where} if status == _CREATED else {})}
    return JSONResponse(
        recorded_json(outcome, obligations=status == _CREATED), status_code=status, headers=headers
    )


def recorded_json(outcome: Recorded, *, obligations: bool = False) -> CommandAnswer:
    """The answer to a recorded command, as of when it was recorded: the same at every re-send."""
    incident, as_of = outcome.incident, outcome.recorded_at
    first = outcome.event_number - len(outcome.events) + 1
    events = [
        NumberedEvent(
            number=number, recorded_at=as_of, cause="submission", command_id=outcome.command_id, event=event
        )
        for number, event in enumerate(outcome.events, start=first)
    ]
    content: CommandAnswer = {
        "incident_id": outcome.incident_id,
        "number": incident.number,
        "event_number": outcome.event_number,
        "incident": incident_json(incident, as_of),
        "events": [event_json(event) for event in events],
    }
    if obligations:
        texts = sentences(incident.law.regulation)
        content["obligations"] = [
            obligation_json(obligation, as_of, texts.get(obligation.clause, ""))
            for obligation in incident.obligations
        ]
    return content
