"""Taking a step in the browser: the form of a command, kept when it is refused, and its way to the case."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from api.audit_book import enter_also, in_the_log_or, writes
from api.errors import refusal_status, status_of
from api.incident_id import IncidentId
from api.parts import parts_of
from casework.attaching import Received, attach_each, that_came
from casework.case_texts import with_texts
from casework.commands import Accepted
from casework.edge import Malformed
from casework.ledger_session import reading
from casework.outcomes import NotFound, Problem, Unavailable
from casework.recorded import Recorded, is_on_record
from casework.visibility import visible
from desk.attachments.receiving import form_with_files, let_them_wait
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import Person, form_of
from desk.step.command_form import CommandForm
from desk.step.fields import NONE_TYPED, Typed
from desk.step.form_errors import FormErrors, malformed_errors, problem_errors, refused_errors
from desk.step.form_prefill import field_names
from desk.step.proofs import (
    FilesRefused,
    case_is_full,
    proof_field,
    waited_too_long,
    with_chosen,
)
from desk.step.special_forms import RECORDS, special_form
from desk.step.versions import is_asked, show_versions, take_over
from desk.step.working import Working, closed, give_up, keep, sent, still_open, working
from domain.case.state import Incident
from domain.catalogue import COMMANDS, CaseCommand
from domain.law.registry import ChannelStatus
from domain.open_steps import why_closed
from domain.rules.permissions import may
from domain.rules.rewriting import FROM
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from storage.attachments import CheckedFile, attachments
from storage.audit_book import BookDeed
from storage.rota import is_on_duty
from storage.timelines import with_events
from storage.unit_entries import channels_of
from storage.working_texts import DraftPlace
from words.labels import label

_SEE_OTHER: Final = HTTPStatus.SEE_OTHER
_LONGEST_ASKED: Final = 200
_LONGEST_NUMBER: Final = 9  # digits
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


async def _step(request: Request, person: Actor, incident_id: str, kind: str) -> tuple[CommandForm, int]:
    """The step in a case that the person may see, and its last event; raises NotFound, Refused."""
    if kind not in COMMANDS or not issubclass(COMMANDS[kind], CaseCommand):  # what opens one is no step of it
        raise NotFound
    async with reading(parts_of(request).database) as session:
        case = await visible(session, incident_id, person)
        state = await with_texts(session, incident_id, case.state)
        kinds = special_form(kind).reads
        stored = await with_events(session, incident_id, kinds, limit=RECORDS) if kinds else ()
        decisions = await with_texts(session, incident_id, tuple(stored))
        files = (
            tuple(await attachments(session, incident_id))
            if proof_field(kind) or special_form(kind).shows_texts
            else ()
        )
        channels = await _own_channels(session, kind, state, person)
        on_duty = await is_on_duty(session, person.unit, person.person, now_of(request))
    blank: Any = COMMANDS[kind]  # role, standing and stage are asked of the class alone
    if (refusal := may(person, blank, case.state, case.state.law, on_duty=on_duty)) is not None:
        request.state.clause = COMMANDS[kind].clause
        raise refusal
    show_marked(request, (case.state,))
    return CommandForm(
        kind, person, state.law, state, now_of(request), decisions, files, channels=channels, on_duty=on_duty
    ), state.event_number


async def _own_channels(
    session: AsyncSession, kind: str, incident: Incident, person: Actor
) -> tuple[str, ...]:
    """Where the publishing unit speaks, by the registry (DD-32); for records of others' words, nothing."""
    if not special_form(kind).has_own_channels or person.unit not in incident.responders:
        return ()
    entries = await channels_of(session, person.unit)
    return tuple(one.entry.platform for one in entries if one.entry.status is ChannelStatus.ACTIVE)


@router.get("/incidents/{incident_id}/do/{kind}")
@writes(BookDeed.INCIDENT_READ)
async def show_step(request: Request, person: Person, incident_id: IncidentId, kind: str) -> Response:
    """办理表单。 The form of a step."""
    step, number = await _step(request, person, incident_id, kind)
    if at := request.query_params.get("at", "").strip():  # of a time that is past nothing is done
        return RedirectResponse(f"/incidents/{incident_id}?{urlencode({'at': at})}", _SEE_OTHER)
    assert step.incident is not None  # noqa: S101  a form of a case
    if (refusal := why_closed(kind, step.incident, person, on_duty=step.on_duty)) is not None:
        request.state.clause = COMMANDS[kind].clause
        is_nameless = refusal.reason is Reason.UNKNOWN_REFERENCE
        raise Refused(refusal.reason, label("commands", kind).here) if is_nameless else refusal
    typed = {name: [value] for name, value in request.query_params.items() if len(value) <= _LONGEST_ASKED}
    again = step.again(request.query_params.get(FROM, ""))
    if special_form(kind).is_written:
        if is_asked(request):
            return await show_versions(request, step.versioned())
        place = DraftPlace(incident_id, kind, person.unit)
        view, text = await working(request, person, place, is_loaded=not again)
        step = replace(step, working=view)
        again = again or (text.fields if text is not None else NONE_TYPED)
    page = step.page(again, None, key=uuid4().hex, event_number=number, address_values=typed)
    return await rendered(request, page.aid.template, page=page)


@router.post("/incidents/{incident_id}/do/{kind}")
@in_the_log_or(BookDeed.INCIDENT_READ)
async def take_step(request: Request, person: Person, incident_id: IncidentId, kind: str) -> Response:
    """办理。 Take a step, or look at what it would bring; what was typed stays when it is refused."""
    form, came = await form_with_files(request) if proof_field(kind) else (await form_of(request), Received())
    step, _ = await _step(request, person, incident_id, kind)
    if special_form(kind).is_written:
        version = _event_number(str(form.get("_version", "")))
        if (answer := await _written(request, step, form, version)) is not None:
            return answer
        step = replace(step, working=Working(version=version, words="", is_loaded=False))
    if "_check" in form:
        return await _looked_at(request, step, form, came)
    return await _given(request, step, form, came)


async def _written(request: Request, step: CommandForm, form: FormData, version: int) -> Response | None:
    """What is done with the text and not with the case: keep it, go back to an older one, give it up;
    None where the step itself is meant.
    """
    person, versioned = step.actor, step.versioned()
    if "_save" in form:
        fields, key = typed_in(form), str(form.get("_key", ""))
        return await keep(request, person, versioned.place, fields, over=version, key=key)
    if "_open" in form:
        return await still_open(request, person, versioned.place)
    if "_left" in form:
        return await closed(request, person, versioned.place)
    if "_take" in form:
        return await take_over(request, person, versioned, number=str(form.get("_take", "")), over=version)
    if "_discard" in form:
        await give_up(request, versioned.place)
        return RedirectResponse(step.action, _SEE_OTHER)
    return None


async def _given(request: Request, step: CommandForm, form: FormData, came: Received) -> Response:
    typed: Typed = typed_in(form)
    key, number = str(form.get("_key", "")), _event_number(str(form.get("_seen", "")))
    try:
        if not came.is_empty:
            step, typed = await _with_files_attached(request, step, typed, came, key)
            came = Received()
        outcome = await _submitted(request, step, typed, key, number)
    except (Malformed, Refused, Problem, FilesRefused) as error:
        trouble, status = trouble_of(step, typed, error)
        outcome_unknown = isinstance(error, Unavailable)
    else:
        place = DraftPlace(outcome.incident_id, step.kind, step.actor.unit)
        await sent(request, step.actor, place)
        done = "later" if isinstance(outcome, Accepted) else step.kind
        return RedirectResponse(f"/incidents/{outcome.incident_id}?done={done}", _SEE_OTHER)
    if not outcome_unknown:  # else the page keeps its key, so that the step is not taken twice
        key, number = uuid4().hex, step.incident.event_number if step.incident else 0
    step = await _with_waiting_files(request, step, came)
    page = step.page(typed, trouble, key=key, event_number=number)
    return await rendered(request, page.aid.template, status=int(status), page=page)


async def _looked_at(request: Request, step: CommandForm, form: FormData, came: Received) -> Response:
    """The same form, with what the step would bring; nothing is sent, and the case may have moved."""
    typed = typed_in(form)
    trouble, outlook = None, None
    try:
        outlook = step.preview(typed, await _in_order(request, step, came))
    except (Malformed, Refused, Problem, FilesRefused) as error:
        trouble, _ = trouble_of(step, typed, error)
    key, number = str(form.get("_key", "")), _event_number(str(form.get("_seen", "")))
    step = await _with_waiting_files(request, step, came)
    page = step.page(typed, trouble, key=key, event_number=number, preview=outlook)
    return await rendered(request, page.aid.template, page=page)


async def _with_files_attached(
    request: Request, step: CommandForm, typed: Typed, came: Received, key: str
) -> tuple[CommandForm, Typed]:
    """The step with its files attached to the case and chosen as its proofs,
    once its rules have nothing else against it.

    A file stays attached when the case refuses the step after all;
    what the rules refuse before attaches nothing. Raises FilesRefused, Malformed, Refused, Unavailable.
    """
    if step.incident is None:
        raise NotFound
    database, own_id = parts_of(request).database, step.incident.incident_id
    fresh = await _in_order(request, step, came)
    async with reading(database) as session:
        is_sent_again = await is_on_record(session, own_id, step.actor, step.kind, key)
    if not is_sent_again:
        step.preview(typed, fresh)
    await enter_also(request, BookDeed.ATTACHMENT_ADD)
    numbers = await attach_each(database, own_id, came, step.actor, now_of(request))
    async with reading(database) as session:
        step = replace(step, files=tuple(await attachments(session, own_id)))
    typed = with_chosen(typed, step.kind, (number for number in numbers if number is not None))
    if None in numbers:
        raise case_is_full(came)
    return step, typed


async def _in_order(request: Request, step: CommandForm, came: Received) -> tuple[CheckedFile, ...]:
    if came.faults:
        raise FilesRefused(came)
    fresh = await that_came(parts_of(request).database, came, step.actor)
    if len(fresh) < came.count:
        raise waited_too_long(came)
    return fresh


async def _with_waiting_files(request: Request, step: CommandForm, came: Received) -> CommandForm:
    if came.is_empty:
        return step
    waiting = await let_them_wait(parts_of(request).database, came, step.actor, now_of(request))
    return replace(step, waiting=waiting)


def _event_number(text: str) -> int:
    """The event that the page had seen last; 0, always out of date, for what no page of ours wrote."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0


def typed_in(form: FormData) -> dict[str, list[str]]:
    """What somebody typed into a form; what its page put there for itself begins with an underscore."""
    return {name: [str(value) for value in form.getlist(name)] for name in form if not name.startswith("_")}


def trouble_of(
    step: CommandForm, typed: Typed, error: Malformed | Refused | Problem | FilesRefused
) -> tuple[FormErrors, int]:
    """Why a step was not taken, in words and beside the fields at fault, and the status of the answer."""
    match error:
        case FilesRefused():
            return error.errors(proof_field(step.kind)), HTTPStatus.UNPROCESSABLE_ENTITY
        case Malformed():
            names = field_names(step.blank(typed))
            return malformed_errors(error, names), HTTPStatus.UNPROCESSABLE_ENTITY
        case Refused():
            names, clause = field_names(step.blank(typed)), COMMANDS[step.kind].clause
            return refused_errors(step.law, clause, error, names), refusal_status(error.reason)
        case _:
            return problem_errors(step.law, error), status_of(error)


async def _submitted(
    request: Request, step: CommandForm, typed: Typed, key: str, number: int
) -> Recorded | Accepted:
    if step.incident is None:
        raise NotFound
    command, commands = step.case_command(typed), parts_of(request).commands
    return await commands.submit(step.incident.incident_id, command, step.actor, key, expected_number=number)
