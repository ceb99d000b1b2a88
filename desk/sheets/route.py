"""导入表格: a sheet of posts is shown row by row, then taken in by commands that a person gives (R302)."""

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.admission import OVERSEEING, AccessOutcome, narrowed
from api.audit_book import add_detail, in_the_log_or, unwritten, writes
from api.incident_id import known_id
from api.parts import parts_of
from casework.commands import Accepted
from casework.duplicate_intake import Attached, register_or_attach
from casework.edge import Malformed, read_content
from casework.ledger_session import reading
from casework.outcomes import NotFound, Problem, Unavailable
from casework.visibility import visible
from desk.frame.page import now_of, rendered
from desk.register.duplicates import alike
from desk.register.route import registration_for, registration_of
from desk.sheets.view import (
    Line,
    SheetPage,
    carried,
    lines_again,
    lines_of,
    names_in,
    register_platforms,
    sorted_out,
    why_no_sheet,
)
from desk.sign_in.sessions import Person, form_of
from desk.step.command_form import CommandForm
from desk.step.form_data import to_command_json
from desk.step.route import trouble_of
from domain.case.state import Incident
from domain.rules.permissions import may, may_see
from domain.steps.register import AddSource
from domain.terms.kinds import kind_of
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from intake.items import Content, key_of, opening
from intake.sheet_rows import NoSheet
from intake.sheets import LARGEST_SHEET, items_in
from storage.addresses import holding
from storage.audit_book import BookDeed
from words.language import say

_FILE: Final = "_files"
_LARGEST_FORM: Final = LARGEST_SHEET + 1024 * 1024
_MINUTES: Final = "%Y-%m-%dT%H:%M:%S"
_TITLE: Final = 200
_JOIN: Final = "_join"
_ADD: Final = kind_of(AddSource)
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/import")
@narrowed(AccessOutcome.FORBIDDEN, OVERSEEING)
@unwritten("an empty form")
async def show_import(
    request: Request, person: Person, into: Annotated[str, Query(max_length=64)] = ""
) -> HTMLResponse:
    """导入表格。 The form that takes a sheet, for a new case or for the one it names."""
    registration_for(request, person)
    target = await _target(request, person, into)
    return await _page(request, _of(target))


@router.post("/import")
@narrowed(AccessOutcome.FORBIDDEN, OVERSEEING)
@writes(BookDeed.SEARCH)
async def look_at_sheet(request: Request, person: Person) -> HTMLResponse:
    """What each row becomes; nothing is taken in yet."""
    law = registration_for(request, person).law
    form = await form_of(request, largest=_LARGEST_FORM, files=1)
    try:
        name, content = await _sheet(form)
    finally:
        await form.close()
    add_detail(request, title=name[:_TITLE])
    target = await _target(request, person, str(form.get("into", "")))
    page = replace(_of(target), title=str(form.get("title", "")))
    try:
        rows = await asyncio.to_thread(items_in, content, register_platforms(law))
    except NoSheet as why:
        trouble = say("请选择表格文件。") if not content else why_no_sheet(str(why))
        return await _page(request, replace(page, trouble=trouble), HTTPStatus.UNPROCESSABLE_ENTITY)
    now = now_of(request)
    sheet = sorted_out(rows, now)
    async with reading(parts_of(request).database) as session:
        known = [one for one in await holding(session, names_in(sheet)) if may_see(person, one)]
    page = replace(
        page,
        title=page.title or next((one.title[:_TITLE] for one in sheet.items), ""),
        discovered_at=f"{now.astimezone(SHANGHAI):{_MINUTES}}",
        lines=lines_of(sheet, law, target, known if target is None else [target]),
        taken=len(sheet.items),
        rows=sheet.rows,
        key=uuid4().hex,
    )
    if target is None and sheet.items:
        first = sheet.items[0]
        typed = {"title": [page.title], "sources[0].gist": [first.gist], "sources[0].url": [first.url]}
        page = replace(page, alike=await alike(request, person, typed))
    return await _page(request, page)


@router.post("/import/items")
@narrowed(AccessOutcome.FORBIDDEN, OVERSEEING)
@in_the_log_or(BookDeed.SEARCH)
async def take_in(request: Request, person: Person) -> Response:
    """Take the rows in that were looked at, each under a key of its own; what is declined is told."""
    registration_for(request, person)
    form = await form_of(request, largest=_LARGEST_FORM)
    rows = _carried(form)
    target = await _target(request, person, str(form.get(_JOIN) or form.get("into", "")))
    if target is not None:
        return await _added(request, person, target, rows)
    return await _registered(request, person, form, rows)


async def _registered(
    request: Request, person: Actor, form: FormData, rows: list[tuple[int, Content]]
) -> Response:
    """A new case with as many of the items as a command carries; the others follow one by one."""
    contents = [content for _, content in rows]
    first = opening(contents)
    typed = {name: [str(form.get(name, ""))] for name in ("title", "discovered_at")}
    step = registration_for(request, person)
    commands, database = parts_of(request).commands, parts_of(request).database
    try:
        content: dict[str, Any] = to_command_json(step.kind, typed) | {"sources": contents[:first]}
        command = registration_of(content)
        outcome = await register_or_attach(commands, database, command, person, str(form.get("_key", "")))
    except (Malformed, Refused, Problem) as error:
        trouble, status = trouble_of(step, typed, error)
        page = SheetPage(
            title=typed["title"][0],
            discovered_at=typed["discovered_at"][0],
            trouble=say("{title}：{detail}", title=trouble.title, detail=trouble.advice),
            places=trouble.places,
            lines=lines_again(rows, step.law),
            taken=len(rows),
            rows=str(form.get("_rows", "")),
            # A case that may have been made nevertheless is met again by its key.
            key=str(form.get("_key", "")) if isinstance(error, Unavailable) else uuid4().hex,
        )
        return await _page(request, page, status)
    answer = outcome.outcome if isinstance(outcome, Attached) else outcome
    rest = await _each(request, person, answer.incident_id, None, rows[first:])
    if any(line.is_fault for line in rest):
        page = SheetPage(into=answer.incident_id, outcomes=rest, taken=len(rows) - _declined(rest))
        return await _page(request, page)
    done = "done=later" if isinstance(answer, Accepted) else "done=register"
    return RedirectResponse(f"/incidents/{answer.incident_id}?{done}", HTTPStatus.SEE_OTHER)


async def _added(
    request: Request, person: Actor, target: Incident, rows: list[tuple[int, Content]]
) -> Response:
    outcomes = await _each(request, person, target.incident_id, target, rows)
    if not any(line.is_fault for line in outcomes):
        return RedirectResponse(f"/incidents/{target.incident_id}?done=add_source", HTTPStatus.SEE_OTHER)
    page = replace(_of(target), outcomes=outcomes, taken=len(rows) - _declined(outcomes))
    return await _page(request, page)


def _declined(outcomes: tuple[Line, ...]) -> int:
    return sum(line.is_fault for line in outcomes)


async def _each(
    request: Request,
    person: Actor,
    incident_id: str,
    incident: Incident | None,
    rows: list[tuple[int, Content]],
) -> tuple[Line, ...]:
    """What became of each row, given to a case by itself."""
    law = incident.law if incident is not None else parts_of(request).law_now()
    step = CommandForm(_ADD, person, law, incident, now_of(request))
    lines: list[Line] = []
    for row, content in rows:
        line = Line(row=row, becomes=say("已收"), gist=str(content.get("gist", "")))
        try:
            command = read_content(_ADD, {"source": content})
            if not isinstance(command, AddSource):
                raise NotFound
            await parts_of(request).commands.submit(
                incident_id, command, person, key_of(incident_id, content)
            )
        except (Malformed, Refused, Problem) as error:
            trouble, _ = trouble_of(step, {}, error)
            line = replace(line, becomes=trouble.title, is_fault=True)
        lines.append(line)
    return tuple(lines)


async def _sheet(form: FormData) -> tuple[str, bytes]:
    """The file of the form: its name, and its bytes up to one more than a sheet may have."""
    sent = form.get(_FILE)
    if not isinstance(sent, UploadFile):
        return "", b""
    return sent.filename or "", await sent.read(LARGEST_SHEET + 1)


def _carried(form: FormData) -> list[tuple[int, Content]]:
    try:
        return carried(str(form.get("_rows", "")))
    except ValueError:
        raise NotFound from None  # no page of ours sends such


async def _target(request: Request, person: Actor, incident_id: str) -> Incident | None:
    """The case that the items go to; None for a new one. Raises NotFound and Refused."""
    if not incident_id:
        return None
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, known_id(incident_id), person)).state
    blank: Any = AddSource  # role, standing and stage are asked of the class alone
    if (refusal := may(person, blank, incident, incident.law)) is not None:
        request.state.clause = AddSource.clause
        raise refusal
    return incident


def _of(target: Incident | None) -> SheetPage:
    if target is None:
        return SheetPage()
    return SheetPage(into=target.incident_id, number=target.number)


async def _page(request: Request, page: SheetPage, status: int = HTTPStatus.OK) -> HTMLResponse:
    return await rendered(request, "sheets/page.html", status=status, page=page)
