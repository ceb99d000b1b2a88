"""Reading incidents: lists, one as it stands or stood, its events, obligations, history,
and what may be done now.
"""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.answer_types import ref
from api.answers import NumberedEvent, ObligationStanding, case_now, incident_json, obligation_standing
from api.audit_book import writes
from api.documented import answered, problems, said
from api.incident_id import IncidentId
from api.lists import Fixed, Listed
from api.paging import DEFAULT_LIMIT, Cursor, Limit, cursor_checked, link
from api.parts import Clock, Ledger, StepCommands
from api.preconditions import etag
from api.security import Caller
from api.times import At, case_asked
from casework.as_it_stood import read_at
from casework.case_texts import in_words, with_texts
from casework.commands import Commands
from casework.edge import FieldError, Malformed, text_fault
from casework.incident_workflow import WorkflowNotFound
from casework.ledger_session import reading
from casework.outcomes import NotFound, Unavailable
from casework.visibility import visible
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.next_steps import next_commands
from domain.open_steps import why_closed
from domain.rules.milestones import Milestone
from domain.rules.permissions import SEES_ALL
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, ResponseClass, Stage, WarningLevel
from storage import event_log, queries
from storage.audit_book import BookDeed
from storage.database import Database
from storage.filters import IncidentFilter, IncidentLine, Order
from storage.histories import histories
from storage.regulation_text import sentences
from storage.rota import is_on_duty
from words.computation import computation
from words.labels import label

_UNIT: Final = r"^[a-z][a-z0-9_]{0,63}$"
router = APIRouter(prefix="/api/v1", tags=["incidents"])


class IncidentQuery(BaseModel):
    """Which incidents, in which order, and which page."""

    model_config = ConfigDict(extra="forbid")

    stage: Stage | None = None
    level: WarningLevel | None = None
    grade: EmergencyGrade | None = None
    response_class: ResponseClass | None = None
    unit: Annotated[
        str | None, Query(pattern=_UNIT, description="有关单位。 A unit that has a part in it.")
    ] = None
    category: KeyCategory | None = None
    key: Annotated[
        bool | None, Query(description="是否有任一重点类别。 Whether it has any key category.")
    ] = None
    reached: Annotated[Milestone | None, Query(description="已到的环节。 A stage that was reached.")] = None
    lacks: Annotated[Milestone | None, Query(description="尚未到的环节。 A stage that was not reached.")] = (
        None
    )
    overdue: bool | None = None
    drill: bool | None = None
    closed: bool | None = None
    text: Annotated[
        str, Query(max_length=100, description="标题或编号中的文字。 Part of title or number.")
    ] = ""
    order: Order = Order.NEWEST
    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


@router.get(
    "/incidents",
    responses={200: said("A page of incidents."), **problems(401, 422, 503)},
)
@writes(BookDeed.LIST_READ, searches=True)
async def list_incidents(
    *,
    request: Request,
    response: Response,
    caller: Caller,
    database: Ledger,
    query: Annotated[IncidentQuery, Query()],
) -> Listed[IncidentLine]:
    """事件列表。 The incidents that the caller may see, in pages."""
    if (code := text_fault(query.text, "title")) is not None:
        raise Malformed((FieldError("/query/text", code),))
    wanted = IncidentFilter(**query.model_dump(exclude={"order", "limit", "cursor"}))
    async with reading(database) as session:
        with cursor_checked():
            page = await queries.incidents(
                session, wanted, actor=caller, order=query.order, cursor=query.cursor, limit=query.limit
            )
    link(request, response, page.next_cursor)
    return Listed(items=page.items)


class StateQuery(BaseModel):
    """As of when, or from whom, the state of an incident is asked."""

    model_config = ConfigDict(extra="forbid")

    at: At = None
    live: Annotated[
        bool,
        Query(
            description=(
                "直接询问工作流（只对可看全部事件的人员）。 Ask the workflow itself; for those who see all"
                " incidents."
            )
        ),
    ] = False


@router.get(
    "/incidents/{incident_id}",
    responses={200: answered("The incident.", ref("IncidentState")), **problems(401, 404, 422, 503)},
)
@writes(BookDeed.INCIDENT_READ)
async def show_incident(
    *,
    incident_id: IncidentId,
    caller: Caller,
    database: Ledger,
    commands: StepCommands,
    clock: Clock,
    query: Annotated[StateQuery, Query()],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """一个事件的状态；at 给出过去某时的状态，live 给出工作流当前的状态。 One incident; its ETag is the
    number of its last event.
    """
    if query.live:
        if query.at is not None:
            read_at(query.at)
        return _state_answer(await _live(database, commands, incident_id, caller), clock())
    stood, _ = await case_asked(database, incident_id, caller, clock, query.at)
    incident, as_of = stood.state, stood.as_of
    async with reading(database) as session:
        incident = await with_texts(session, incident_id, incident)
    tag = etag(incident.event_number)
    if if_none_match is not None and tag in {
        part.strip().removeprefix("W/") for part in if_none_match.split(",")
    }:
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse(incident_json(incident, as_of), headers={"ETag": tag})


def _state_answer(incident: Incident, now: datetime) -> Response:
    as_of = case_now(incident, now)
    return JSONResponse(incident_json(incident, as_of), headers={"ETag": etag(incident.event_number)})


async def _live(database: Database, commands: Commands, incident_id: str, caller: Actor) -> Incident:
    """The case as its workflow holds it, recorded or not: for supervisors, who see all cases."""
    if caller.role not in SEES_ALL:
        raise Refused(Reason.ROLE_NOT_ALLOWED, caller.role)
    try:
        incident = await commands.cases.live(incident_id)
    except WorkflowNotFound:
        raise NotFound from None
    try:
        async with reading(database) as session:
            return await with_texts(session, incident_id, incident)
    except Unavailable:
        return in_words(incident)


class EventQuery(BaseModel):
    """Which events of an incident, and as of when."""

    model_config = ConfigDict(extra="ignore")

    after: Annotated[int, Query(ge=0, le=10**9, description="在此序号之后。 After this number.")] = 0
    limit: Limit = DEFAULT_LIMIT
    at: At = None


@router.get(
    "/incidents/{incident_id}/events",
    responses={200: said("A page of events."), **problems(401, 404, 422, 503)},
)
@writes(BookDeed.INCIDENT_READ)
async def list_events(
    *,
    request: Request,
    response: Response,
    incident_id: IncidentId,
    caller: Caller,
    database: Ledger,
    clock: Clock,
    query: Annotated[EventQuery, Query()],
) -> Listed[NumberedEvent]:
    """事件记录，按序号；at 只给当时已有的。 The events of an incident in order, each with when it happened
    and when it was recorded; with `at` those of then.
    """
    stood, _ = await case_asked(database, incident_id, caller, clock, query.at)
    async with reading(database) as session:
        page = [
            event
            for event in await event_log.events(session, incident_id, after=query.after, limit=query.limit)
            if event.number <= stood.state.event_number
        ]
        events = await with_texts(session, incident_id, tuple(event.event for event in page))
    items = [
        NumberedEvent(
            number=event.number,
            recorded_at=event.recorded_at,
            cause=event.cause,
            command_id=event.command_id,
            event=content,
        )
        for event, content in zip(page, events, strict=True)
    ]
    more = items and items[-1].number < stood.state.event_number
    link(request, response, str(items[-1].number) if more else None, name="after")
    return Listed(items=tuple(items))


@router.get(
    "/incidents/{incident_id}/obligations",
    responses={200: said("All its obligations."), **problems(401, 404, 422, 503)},
)
@writes(BookDeed.INCIDENT_READ)
async def list_obligations(
    incident_id: IncidentId, caller: Caller, database: Ledger, clock: Clock, at: At = None
) -> Listed[ObligationStanding]:
    """一个事件的全部时限任务，未完成的在前；at 给出当时的。 All obligations of an incident, or those of then,
    those owed first, by their due instants.
    """
    stood, _ = await case_asked(database, incident_id, caller, clock, at)
    incident, as_of = stood.state, stood.as_of
    texts = sentences(incident.law.regulation)
    obligations = sorted(
        incident.obligations,
        key=lambda obligation: (not obligation.is_owed, obligation.due_at, obligation.id),
    )
    return Listed(items=tuple(_standing(incident, obligation, as_of, texts) for obligation in obligations))


def _standing(
    incident: Incident, obligation: Obligation, as_of: datetime, texts: dict[str, str]
) -> ObligationStanding:
    explained = computation(obligation, incident)
    return obligation_standing(obligation, as_of, texts.get(obligation.clause, ""), explained)


class PermittedAnswer(Fixed):
    """A command, and whether it is open; where it is not, `reason` says why and `subject` about what."""

    command: str
    label: str
    label_en: str
    clause: str
    permitted: bool
    reason: Annotated[Reason | None, Field(exclude_if=lambda reason: reason is None)] = None
    subject: Annotated[str | None, Field(exclude_if=lambda subject: subject is None)] = None


class PermittedList(Listed[PermittedAnswer]):
    """Every command for a case, and what comes next for the caller, the most likely first."""

    next: tuple[str, ...]


@router.get(
    "/incidents/{incident_id}/permitted",
    responses={200: said("Every command, and whether it is open."), **problems(401, 404, 503)},
)
@writes(BookDeed.INCIDENT_READ)
async def list_permitted(
    response: Response, incident_id: IncidentId, caller: Caller, database: Ledger, clock: Clock
) -> PermittedList:
    """此时可执行的步骤；不能执行的说明原因。

    Which commands the caller may give now; the others say why not. next：接下来最可能办理的。

    `next` names what comes next for the caller, the most likely first, as the page of the incident does.
    """
    async with reading(database) as session:
        incident = (await visible(session, incident_id, caller)).state
        on_duty = await is_on_duty(session, caller.unit, caller.person, clock())
    response.headers["ETag"] = etag(incident.event_number)
    return PermittedList(
        items=tuple(
            _permitted(kind, incident, caller, on_duty=on_duty) for kind in COMMANDS if kind != "register"
        ),
        next=next_commands(incident, caller, on_duty=on_duty),
    )


def _permitted(kind: str, incident: Incident, caller: Actor, *, on_duty: bool) -> PermittedAnswer:
    refused, names = why_closed(kind, incident, caller, on_duty=on_duty), label("commands", kind)
    return PermittedAnswer(
        command=kind,
        label=names.zh,
        label_en=names.en,
        clause=incident.law.clause(COMMANDS[kind].clause),
        permitted=refused is None,
        reason=refused.reason if refused else None,
        subject=refused.detail if refused else None,
    )


@router.get(
    "/incidents/{incident_id}/history",
    responses={200: answered("The Temporal history.", {"type": "object"}), **problems(401, 404, 503)},
)
@writes(BookDeed.EXPORT)
async def show_history(
    incident_id: IncidentId, caller: Caller, database: Ledger, commands: StepCommands
) -> Response:
    """Temporal 历史（JSON）；办结归档后取自档案。

    The Temporal history; of an archived case the one that was kept.
    """
    async with reading(database) as session:
        await visible(session, incident_id, caller)
        runs = await histories(session, incident_id)
    try:
        text = await commands.cases.history(incident_id)
    except (WorkflowNotFound, Unavailable) as missing:
        if not runs and isinstance(missing, Unavailable):
            raise
        if not runs:
            raise NotFound from None
        text = runs[-1].content.history_json
    return Response(text, media_type="application/json")
