"""登记 on one screen: the page of its own for the one command that is given in a hurry,
and its way to a case.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.admission import OVERSEEING, AccessOutcome, narrowed
from api.audit_book import add_detail, in_the_log_or, unwritten, writes
from api.incident_id import known_id
from api.parts import parts_of
from casework.attaching import Received, attach_all
from casework.commands import Accepted
from casework.duplicate_intake import Attached, attach, register_or_attach
from casework.edge import Malformed, read_content
from casework.ledger_session import reading
from casework.outcomes import NotFound, Problem, Unavailable
from casework.recorded import Recorded
from casework.submissions import command_id
from casework.visibility import visible
from desk.attachments.receiving import WaitingFiles, form_with_files, let_them_wait
from desk.frame.page import now_of, rendered
from desk.register.duplicates import Alike, alike
from desk.sign_in.sessions import Person, form_of
from desk.step.command_form import CommandForm
from desk.step.fields import FormField, Typed
from desk.step.form_data import to_command_json
from desk.step.form_errors import FormErrors
from desk.step.proofs import FilesRefused
from desk.step.route import trouble_of, typed_in
from desk.step.step_page import StepPage
from domain.law.regulation import Law
from domain.rules.permissions import may
from domain.steps.register import Register
from domain.terms.kinds import kind_of
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import InvolvementRole
from domain.terms.workdays import SHANGHAI
from storage.audit_book import BookDeed
from storage.numbers import incident_id as incident_id_of
from storage.regulations import load_law
from storage.snapshots import snapshot

LOOKED: Final = "_looked"  # the sender has been shown what may be the same
JOIN: Final = "_join"  # the incident to which what is typed goes instead
_UNIT: Final = re.compile(r"involved\[\d+\]\.unit").fullmatch
_ROLE: Final = re.compile(r"(involved\[\d+\]\.)role").fullmatch
_SOURCE: Final = re.compile(r"(sources\[\d+\]\.)gist").fullmatch
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
RegisterOutcome = Recorded | Accepted | Attached


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The page: its fields by name, the units to choose from, what may be the same,
    and files sent already.
    """

    step: StepPage
    entry: Mapping[str, FormField]
    units: tuple[str, ...]
    alike: tuple[Alike, ...]
    waiting: tuple[WaitingFiles, ...]
    has_looked: bool
    join: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hurdle:
    """Why a registration is not made yet: trouble, or what may be the same;
    `key` stays while the outcome is unknown.
    """

    trouble: FormErrors | None
    status: int
    alike: tuple[Alike, ...] = ()
    key: str = ""


@router.get("/register")
@unwritten("an empty form")
async def show_registration(request: Request, person: Person) -> HTMLResponse:
    """登记表单。 The form of a registration."""
    return await _page(request, registration_for(request, person), {})


@router.post("/register/similar")
@narrowed(AccessOutcome.FORBIDDEN, OVERSEEING)
@writes(BookDeed.SEARCH)
async def show_alike(request: Request, person: Person) -> HTMLResponse:
    """What may be the same as what is typed so far; sent as a form, so that no title stands in an address."""
    form = await form_of(request)
    law = registration_for(request, person).law
    add_detail(request, title=str(form.get("title", "")))
    alike_ones = await alike(request, person, completed(typed_in(form), law))
    return await rendered(request, "register/alike.html", alike=alike_ones, join=str(form.get(JOIN, "")))


@router.post("/register")
@in_the_log_or(BookDeed.SEARCH)
async def register(request: Request, person: Person) -> Response:
    """登记。

    Register an incident, or hand what was typed to a running one; what is refused keeps text and files.
    """
    form, got = await form_with_files(request)
    step = registration_for(request, person)
    typed = completed(typed_in(form), step.law)
    now = now_of(request)
    outcome = await _given(request, step, form, typed, got)
    database = parts_of(request).database
    if not isinstance(outcome, _Hurdle):
        incident_id = outcome.outcome.incident_id if isinstance(outcome, Attached) else outcome.incident_id
        complete = await attach_all(database, incident_id, got, person, now)
        return RedirectResponse(_onward(outcome, incident_id, complete=complete), HTTPStatus.SEE_OTHER)
    waiting = await let_them_wait(database, got, person, now)
    return await _page(request, step, typed, outcome, waiting, join=str(form.get(JOIN, "")))


def _onward(outcome: RegisterOutcome, incident_id: str, *, complete: bool) -> str:
    done = "later" if isinstance(outcome, Accepted) else "register"
    if isinstance(outcome, Attached):
        done = "later" if isinstance(outcome.outcome, Accepted) else "add_source"
    return f"/incidents/{incident_id}?done={done}{'' if complete else '&files=short'}"


async def _given(
    request: Request, step: CommandForm, form: FormData, typed: Typed, got: Received
) -> RegisterOutcome | _Hurdle:
    """What became of it: asked are its shape, its files, what may be the same, and then the rules."""
    join, key = str(form.get(JOIN, "")), str(form.get("_key", ""))
    try:
        command = registration_of(to_command_json(step.kind, typed))
        if got.faults:
            return _Hurdle(trouble=FilesRefused(got).errors(""), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        is_settled = form.get(LOOKED) or join or command.secondary_to or await _is_made(request, step, key)
        if not is_settled and (alike_ones := await alike(request, step.actor, typed)):
            return _Hurdle(trouble=None, status=HTTPStatus.CONFLICT, alike=alike_ones)
        return await _handed_over(request, step, command, join, key)
    except (Malformed, Refused, Problem) as error:
        trouble, status = trouble_of(step, typed, error)
        return _Hurdle(trouble=trouble, status=status, key=key if isinstance(error, Unavailable) else "")


async def _is_made(request: Request, step: CommandForm, key: str) -> bool:
    """Whether the form was sent before and made an incident,
    which then is not to be taken for another like it.
    """
    own_id = incident_id_of(command_id(step.actor, step.kind, key))
    async with reading(parts_of(request).database) as session:
        return await snapshot(session, own_id) is not None


async def _handed_over(
    request: Request, step: CommandForm, command: Register, join: str, key: str
) -> RegisterOutcome:
    commands = parts_of(request).commands
    database = parts_of(request).database
    if not join:
        return await register_or_attach(commands, database, command, step.actor, key)
    async with reading(database) as session:
        joined = (await visible(session, known_id(join), step.actor)).state
    attached = await attach(commands, joined, command, step.actor, key)
    if attached is None:
        raise NotFound  # it was offered to nobody who may not: it has changed, or was never offered
    return attached


def completed(typed: Typed, law: Law) -> Typed:
    """What was typed, as the page means it: units by their codes, no role without a unit,
    a source as old as its discovery.
    """
    codes = {unit.name: unit.code for unit in law.units}
    filled = {name: list(values) for name, values in typed.items() if any(value.strip() for value in values)}
    for name in list(filled):
        if _UNIT(name):
            filled[name] = [codes.get(value.strip(), value.strip()) for value in typed[name]]
        elif matched := _SOURCE(name):
            filled.setdefault(f"{matched[1]}at", list(filled.get("discovered_at", ())))
        elif (matched := _ROLE(name)) and not {
            f"{matched[1]}unit",
            f"{matched[1]}obligation",
        } & filled.keys():
            del filled[name]
    return filled


async def _page(
    request: Request,
    step: CommandForm,
    typed: Typed,
    hurdle: _Hurdle | None = None,
    waiting: tuple[WaitingFiles, ...] = (),
    *,
    join: str = "",
) -> HTMLResponse:
    hurdle = hurdle or _Hurdle(trouble=None, status=HTTPStatus.OK)
    form_page = step.page(typed, hurdle.trouble, key=hurdle.key or uuid4().hex, event_number=0)
    entry = {one.name: one for one in _each(form_page.fields)}
    if not (role := entry["involved[0].role"]).value:
        entry[role.name] = replace(role, value=InvolvementRole.ACCOUNTABLE.value)
    names = {unit.code: unit.name for unit in step.law.units}
    for name in [name for name in entry if _UNIT(name)]:
        entry[name] = replace(entry[name], value=names.get(entry[name].value, entry[name].value))
    page = Registration(
        step=form_page,
        entry=entry,
        units=tuple(names.values()),
        alike=hurdle.alike,
        waiting=waiting,
        has_looked=bool(hurdle.alike),
        join=join,
    )
    return await rendered(request, "register/page.html", status=hurdle.status, page=page)


def _each(entries: Iterable[FormField]) -> Iterator[FormField]:
    for entry in entries:
        yield entry
        yield from _each(entry.parts)
        for row in entry.rows:
            yield from _each(row)


def registration_of(content: dict[str, Any]) -> Register:
    """The registration that a content says; raises Malformed."""
    command = read_content(kind_of(Register), content)
    if not isinstance(command, Register):
        raise NotFound
    return command


def registration_for(request: Request, person: Actor) -> CommandForm:
    """The step; raises Refused for whom no registration is open."""
    now = now_of(request)
    law = load_law(parts_of(request).settings.regulation, now.astimezone(SHANGHAI).year)
    blank: Any = Register  # the role is asked of the class alone
    if (refusal := may(person, blank, None, law)) is not None:
        request.state.clause = Register.clause
        raise refusal
    return CommandForm("register", person, law, None, now)
