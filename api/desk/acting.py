"""Taking a step in the browser: the form of a command, what was typed kept when it is refused, and its way to the case."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.commands import Accepted, Commands
from api.desk.fields import Entry, Typed, form_fields
from api.desk.options import options_in
from api.desk.sessions import Person, form_of
from api.desk.typed import content
from api.edge import Malformed, read_command
from api.errors import NotFound, Problem, Text, content_of, refusal_status
from api.labels import label
from api.reading import reading
from api.recorded import Recorded
from api.regulation_text import sentences
from api.rendering import now_of, rendered
from api.sight import IncidentId, visible
from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.law.regulation import Law
from domain.rules.permissions import may
from domain.steps.register import Register
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.regulations import load_law

_SEE_OTHER: Final = HTTPStatus.SEE_OTHER
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a step was not taken, and what to do; `places` names the fields that are at fault."""

    title: str
    advice: str
    clause: str
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """The form of one step."""

    kind: str
    name: str
    clause: str
    sentence: str
    action: str
    back: str
    title: str
    number: str
    fields: tuple[Entry, ...]
    key: str
    seen: int
    trouble: Trouble | None
    drill: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that a person is about to take, in a case or to open one."""

    kind: str
    actor: Actor
    law: Law
    incident: Incident | None
    now: datetime

    @property
    def action(self) -> str:
        return (
            "/register" if self.incident is None else f"/incidents/{self.incident.incident_id}/do/{self.kind}"
        )

    def page(self, typed: Typed, trouble: Trouble | None, *, key: str, seen: int) -> StepPage:
        incident, command = self.incident, COMMANDS[self.kind]
        shown = incident.drill.shown(self.now) if incident and incident.drill else self.now
        local = shown.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
        options = options_in(self.kind, self.law, incident, self.actor)
        clause = self.law.clause(command.clause)
        return StepPage(
            kind=self.kind,
            name=label("commands", self.kind).here,
            clause=clause,
            sentence=sentences(self.law.regulation).get(clause, ""),
            action=self.action,
            back="/desk" if incident is None else f"/incidents/{incident.incident_id}",
            title="" if incident is None else incident.title,
            number="" if incident is None else incident.number,
            fields=form_fields(self.kind, options, typed, now=local),
            key=key,
            seen=seen,
            trouble=trouble,
            drill=incident is not None and incident.drill is not None,
        )


async def _step(request: Request, person: Actor, incident_id: str, kind: str) -> tuple[_Step, int]:
    """The step in a case that the person may see, and the number of its last event; raises NotFound, Refused."""
    if kind not in COMMANDS or kind == "register":
        raise NotFound
    async with reading(request.app.state.database) as session:
        held = await visible(session, incident_id, person)
    blank: Any = COMMANDS[kind]  # role, standing and stage are asked of the class alone
    if (refusal := may(person, blank, held.state, held.state.law)) is not None:
        request.state.clause = COMMANDS[kind].clause
        raise refusal
    return _Step(kind, person, held.state.law, held.state, now_of(request)), held.state.event_number


@router.get("/incidents/{incident_id}/do/{kind}")
async def show_step(request: Request, person: Person, incident_id: IncidentId, kind: str) -> HTMLResponse:
    """办理表单。 The form of a step."""
    step, seen = await _step(request, person, incident_id, kind)
    page = step.page({}, None, key=uuid4().hex, seen=seen)
    return await rendered(request, "step.html", page=page)


@router.post("/incidents/{incident_id}/do/{kind}")
async def take_step(request: Request, person: Person, incident_id: IncidentId, kind: str) -> Response:
    """办理。 Take a step; what was typed stays when it is refused."""
    form = await form_of(request)
    step, _ = await _step(request, person, incident_id, kind)
    return await _given(request, step, form)


@router.get("/register")
async def show_registration(request: Request, person: Person) -> HTMLResponse:
    """登记表单。 The form of a registration."""
    page = _registration(request, person).page({}, None, key=uuid4().hex, seen=0)
    return await rendered(request, "step.html", page=page)


@router.post("/register")
async def register(request: Request, person: Person) -> Response:
    """登记。 Register an incident."""
    form = await form_of(request)
    return await _given(request, _registration(request, person), form)


def _registration(request: Request, person: Actor) -> _Step:
    if person.role not in Register.roles:
        raise Refused(Reason.ROLE_NOT_ALLOWED, person.role)
    now = now_of(request)
    law = load_law(request.app.state.settings.regulation, now.astimezone(SHANGHAI).year)
    return _Step("register", person, law, None, now)


async def _given(request: Request, step: _Step, form: FormData) -> Response:
    typed = {name: [str(value) for value in form.getlist(name)] for name in form if not name.startswith("_")}
    key, seen = str(form.get("_key", "")), str(form.get("_seen", ""))
    try:
        given = await _submitted(request, step, typed, key, int(seen) if seen.isdecimal() else None)
    except Malformed as malformed:
        trouble, status = _malformed(malformed), 422
    except Refused as refused:
        trouble, status = _refused(step, refused), refusal_status(refused.reason)
    except Problem as problem:
        trouble, status = _problem(step, problem), problem.status
    else:
        done = "later" if isinstance(given, Accepted) else step.kind
        return RedirectResponse(f"/incidents/{given.incident_id}?done={done}", _SEE_OTHER)
    number = step.incident.event_number if step.incident else 0
    page = step.page(typed, trouble, key=uuid4().hex, seen=number)
    return await rendered(request, "step.html", status=int(status), page=page)


async def _submitted(
    request: Request, step: _Step, typed: Typed, key: str, seen: int | None
) -> Recorded | Accepted:
    command = read_command(step.kind, json.dumps(content(step.kind, typed)).encode())
    commands: Commands = request.app.state.commands
    if isinstance(command, Register):
        return await commands.register(command, step.actor, key)
    if step.incident is None:
        raise NotFound
    return await commands.submit(step.incident.incident_id, command, step.actor, key, expected_number=seen)


def _malformed(malformed: Malformed) -> Trouble:
    told = content_of(Text(status=422, group="problems", code="malformed", faults=malformed.faults))
    places = tuple((_place(fault["pointer"]), fault["detail"]) for fault in told.get("errors", ()))
    return Trouble(
        title="有内容需要更正",
        advice="请按下列说明更正后重新提交；已填写的内容都在。",
        clause="",
        places=places,
    )


def _place(place: str) -> str:
    """The fields on the way to a fault, as people read them: `公布证据 第1项 网址`; what is no field stays as it is."""
    parts = [part for part in re.split(r"[/.]", place) if part] if "/" in place else place.split(".")
    return " ".join(
        f"第{int(part) + 1}项" if part.isdecimal() else label("fields", part).here for part in parts
    )


def _refused(step: _Step, refused: Refused) -> Trouble:
    """Why the rules say no; a field is named as the form does."""
    text = Text(
        status=409,
        group="reasons",
        code=refused.reason,
        subject=_place(refused.detail),
        clause=COMMANDS[step.kind].clause,
    )
    return _told(text, step.law)


def _problem(step: _Step, problem: Problem) -> Trouble:
    text = Text(status=problem.status, group="problems", code=problem.code, subject=problem.subject)
    return _told(text, step.law)


def _told(text: Text, law: Law) -> Trouble:
    told = content_of(text)
    return Trouble(title=told["title"], advice=told["detail"], clause=law.clause(told.get("clause", "")))
