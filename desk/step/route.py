"""Taking a step in the browser: the form of a command, kept when it is refused, and its way to the case."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
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
from casework.edge import Malformed, read_content
from casework.ledger_session import reading
from casework.outcomes import NotFound, Problem, Unavailable
from casework.recorded import Recorded, is_on_record
from casework.visibility import visible
from desk.attachments.receiving import WaitingFiles, form_with_files, let_them_wait
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import Person, form_of
from desk.step.fields import NONE_TYPED, FormField, Typed, form_fields
from desk.step.form_data import to_command_json
from desk.step.form_errors import FormErrors, malformed_errors, problem_errors, refused_errors
from desk.step.form_prefill import field_names, prefill
from desk.step.options import options_in
from desk.step.panels.panel import StepContext, StepPanel
from desk.step.preview import Preview, preview
from desk.step.proofs import (
    FilesRefused,
    case_is_full,
    proof_field,
    waited_too_long,
    with_chosen,
    with_files,
    with_proofs,
    with_waiting,
)
from desk.step.rewriting import draft_named, typed_again
from desk.step.special_forms import RECORDS, special_form
from desk.step.step_page import StepPage
from desk.step.working import Working, give_up, keep, working_view
from domain.case.state import Incident
from domain.catalogue import COMMANDS, CaseCommand, Decision
from domain.law.registry import ChannelStatus
from domain.law.regulation import Law
from domain.open_steps import why_closed
from domain.rules.permissions import may
from domain.rules.rewriting import FROM
from domain.steps.register import Register
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.attachments import Attachment, CheckedFile, attachments
from storage.audit_book import BookDeed
from storage.regulation_text import sentences
from storage.rota import is_on_duty
from storage.timelines import with_events
from storage.unit_entries import channels_of
from storage.working_texts import DraftPlace, working_text
from words.labels import label

_SEE_OTHER: Final = HTTPStatus.SEE_OTHER
_LONGEST_ASKED: Final = 200
_LONGEST_NUMBER: Final = 9  # digits
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class CommandForm:
    """A step that a person is about to take, in a case or to open one."""

    kind: str
    actor: Actor
    law: Law
    incident: Incident | None
    now: datetime
    decisions: tuple[Decision, ...] = ()
    files: tuple[Attachment, ...] = ()
    waiting: tuple[WaitingFiles, ...] = ()
    channels: tuple[str, ...] = ()
    on_duty: bool = False
    working: Working | None = None

    @property
    def action(self) -> str:
        """Where the form goes."""
        return (
            "/register" if self.incident is None else f"/incidents/{self.incident.incident_id}/do/{self.kind}"
        )

    @property
    def case_now(self) -> datetime:
        """Now, on the clock of the case."""
        return self.incident.drill.shown(self.now) if self.incident and self.incident.drill else self.now

    def blank(self, typed: Typed) -> tuple[FormField, ...]:
        """The fields as they come from the catalogue."""
        options = with_files(
            options_in(self.kind, self.law, self.incident, self.actor, self.channels),
            self.incident,
            self.files,
        )
        local = self.case_now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
        return with_waiting(form_fields(self.kind, options, typed, now=local), self.kind, self.waiting)

    def aid(self, typed: Typed) -> StepPanel:
        """What helps with it."""
        if self.incident is None:
            return StepPanel()
        return special_form(self.kind).aid(
            StepContext(
                kind=self.kind,
                incident=self.incident,
                actor=self.actor,
                now=self.case_now,
                typed=typed,
                decisions=self.decisions,
                files=self.files,
            )
        )

    def again(self, name: str) -> Typed:
        """What was typed for the text of that id, where a new one is drafted after it; else nothing."""
        if self.incident is None or self.kind != "draft_response":
            return NONE_TYPED
        draft = draft_named(self.incident, self.actor, name)
        return NONE_TYPED if draft is None else {**typed_again(draft, self.files), FROM: [draft.id]}

    def page(
        self,
        typed: Typed,
        trouble: FormErrors | None,
        *,
        key: str,
        event_number: int,
        asked: Typed = NONE_TYPED,
        preview: Preview | None = None,
    ) -> StepPage:
        """The form with what was typed, or fresh with what its address asked for."""
        incident, command = self.incident, COMMANDS[self.kind]
        clause, aid = self.law.clause(command.clause), self.aid(typed or asked)
        values = {} if typed else {**aid.values, **asked}
        faults, notes = trouble.faults if trouble else {}, preview.notes if preview else {}
        fields = prefill(
            self.blank(typed), values=values, options=aid.options, faults=faults, notes=notes, order=aid.order
        )
        if aid.shows_preview and not typed:
            preview = self.previewed(values)
        return StepPage(
            kind=self.kind,
            name=label("commands", self.kind).here,
            clause=clause,
            sentence=sentences(self.law.regulation).get(clause, ""),
            action=self.action,
            back="/desk" if incident is None else f"/incidents/{incident.incident_id}",
            title="" if incident is None else incident.title,
            number="" if incident is None else incident.number,
            fields=fields,
            key=key,
            event_number=event_number,
            trouble=trouble,
            drill=incident is not None and incident.drill is not None,
            aid=aid,
            consequence=special_form(self.kind).warning,
            preview=preview,
            working=self.working,
        )

    def previewed(self, values: Typed) -> Preview | None:
        """What the step would bring as it stands filled in; None where the rules or the form say no."""
        try:
            return self.preview(values)
        except (Malformed, Refused):
            return None

    def preview(self, typed: Typed, fresh: Iterable[CheckedFile] = ()) -> Preview:
        """What the step would bring with what was typed and the files; raises Malformed and Refused."""
        command = self.command(typed, fresh)
        if self.incident is None or isinstance(command, Register):
            raise NotFound
        return preview(command, self.actor, self.incident, self.now, on_duty=self.on_duty)

    def command(self, typed: Typed, fresh: Iterable[CheckedFile] = ()) -> Register | CaseCommand:
        """What was typed, as a command, with files that are not attached yet; raises Malformed."""
        content = to_command_json(self.kind, typed)
        if self.incident is not None:
            own_id = self.incident.incident_id
            content = with_proofs(
                content, self.kind, typed, incident_id=own_id, files=self.files, fresh=fresh
            )
        return read_content(self.kind, content)


async def _step(request: Request, person: Actor, incident_id: str, kind: str) -> tuple[CommandForm, int]:
    """The step in a case that the person may see, and its last event; raises NotFound, Refused."""
    if kind not in COMMANDS or kind == "register":
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
    if kind != "publish" or person.unit not in incident.responders:
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
        async with reading(parts_of(request).database) as session:
            text = await working_text(session, DraftPlace(incident_id, kind, person.unit), now_of(request))
        step = replace(step, working=working_view(text, is_loaded=not again))
        again = again or (text.fields if text is not None else NONE_TYPED)
    page = step.page(again, None, key=uuid4().hex, event_number=number, asked=typed)
    return await rendered(request, page.aid.template, page=page)


@router.post("/incidents/{incident_id}/do/{kind}")
@in_the_log_or(BookDeed.INCIDENT_READ)
async def take_step(request: Request, person: Person, incident_id: IncidentId, kind: str) -> Response:
    """办理。 Take a step, or look at what it would bring; what was typed stays when it is refused."""
    form, came = await form_with_files(request) if proof_field(kind) else (await form_of(request), Received())
    step, _ = await _step(request, person, incident_id, kind)
    if special_form(kind).is_written:
        version = _event_number(str(form.get("_version", "")))
        place = DraftPlace(incident_id, kind, person.unit)
        if "_save" in form:
            fields, key = typed_in(form), str(form.get("_key", ""))
            return await keep(request, person, place, fields, over=version, key=key)
        if "_discard" in form:
            await give_up(request, place)
            return RedirectResponse(step.action, _SEE_OTHER)
        step = replace(step, working=Working(version=version, words="", is_loaded=False))
    if "_check" in form:
        return await _looked_at(request, step, form, came)
    return await _given(request, step, form, came)


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
        await give_up(request, DraftPlace(outcome.incident_id, step.kind, step.actor.unit))
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
    command = step.command(typed)
    commands = parts_of(request).commands
    if step.incident is None or isinstance(command, Register):
        raise NotFound
    return await commands.submit(step.incident.incident_id, command, step.actor, key, expected_number=number)
