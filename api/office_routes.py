"""What an office looks at beside its incidents: duties of all cases, its inbox, clauses and the catalogue."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import ELSEWHERE, NOT_ITS_OWN, Answer, Kind, narrowed
from api.answers import case_now, obligation_json
from api.audit_book import unwritten, writes
from api.documented import answered, problems
from api.paging import DEFAULT_LIMIT, Cursor, Limit, cursor_checked, link
from api.parts import AppSettings, Clock, LawNow, Ledger, StepCommands
from api.schemas import listed, ref
from api.security import PUBLIC, Caller
from casework.calls import tell_acknowledged
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from domain.case.obligations import Status
from domain.catalogue import COMMANDS
from domain.rules.cards import quarter
from domain.rules.permissions import SEES_ALL
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Role
from domain.terms.vocabulary import ObligationKind
from storage import queries
from storage.audit_book import Deed
from storage.filters import ObligationFilter, ObligationLine
from storage.inbox import Delivered, acknowledge, inbox
from storage.quarter import colours, quarter_cards
from storage.regulation_text import cited, clauses, sentences
from storage.snapshots import snapshots
from words.labels import label, label_of

_UNIT: Final = r"^[a-z][a-z0-9_]{0,63}$"
_LARGEST: Final = 2**53
DELIVERED = TypeAdapter(Delivered)
router = APIRouter(prefix="/api/v1")


class ObligationQuery(BaseModel):
    """Which duties, and which page."""

    model_config = ConfigDict(extra="forbid")

    unit: Annotated[str | None, Query(pattern=_UNIT, description="承担单位。 The unit that owes it.")] = None
    kind: ObligationKind | None = None
    status: Status | None = None
    settled: bool | None = None
    drill: bool | None = None
    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


@router.get(
    "/obligations",
    tags=["obligations"],
    responses={200: answered("A page of duties.", listed("ObligationListed")), **problems(401, 422, 503)},
)
@writes(Deed.LIST_READ)
async def list_obligations(
    *,
    request: Request,
    caller: Caller,
    database: Ledger,
    clock: Clock,
    law: LawNow,
    query: Annotated[ObligationQuery, Query()],
) -> JSONResponse:
    """时限任务，未完成的在前，按剩余时间排列。 Duties of all incidents that the caller may see, those owed first."""
    wanted = ObligationFilter(**query.model_dump(exclude={"limit", "cursor"}))
    async with reading(database) as session:
        with cursor_checked():
            page = await queries.obligations(
                session, wanted, actor=caller, cursor=query.cursor, limit=query.limit
            )
        clocks = await _case_clocks(session, page.items, clock())
        colour_by_card = await colours(
            session,
            page.items,
            clocks,
            office=law.offices.office,
            red_after=law.escalation.red_card_after,
        )
    texts = sentences(law.regulation)
    items = [
        {
            **_line(line, clocks[line.incident_id], texts),
            "card": colour_by_card.get((line.incident_id, line.obligation.id)),
        }
        for line in page.items
    ]
    response = JSONResponse({"items": items})
    link(request, response, page.next_cursor)
    return response


async def _case_clocks(
    session: AsyncSession, lines: tuple[ObligationLine, ...], now: datetime
) -> dict[str, datetime]:
    """What the clock of each case shows; a drill has one of its own."""
    clocks = {line.incident_id: now.replace(microsecond=0) for line in lines}
    drills = dict.fromkeys(line.incident_id for line in lines if line.drill)
    cases = await snapshots(session, list(drills))
    return clocks | {name: case_now(kept.state, now) for name, kept in cases.items()}


def _line(line: ObligationLine, as_of: datetime, texts: dict[str, str]) -> dict[str, Any]:
    about = {"incident_id": line.incident_id, "number": line.number, "title": line.title, "drill": line.drill}
    duty = line.obligation
    return {**about, "settled": line.settled, **obligation_json(duty, as_of, texts.get(duty.clause, ""))}


class InboxQuery(BaseModel):
    """Which notices, and which page."""

    model_config = ConfigDict(extra="forbid")

    waiting: Annotated[bool, Query(description="只列未确认的。 Only those that nobody has acknowledged.")] = (
        False
    )
    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


@router.get(
    "/inbox",
    tags=["inbox"],
    responses={200: answered("A page of notices.", listed("Delivered")), **problems(401, 422, 503)},
)
@writes(Deed.LIST_READ)
async def list_inbox(
    request: Request, caller: Caller, database: Ledger, query: Annotated[InboxQuery, Query()]
) -> JSONResponse:
    """本单位收件箱，新的在前。 The notices of the caller's unit, the newest first."""
    async with reading(database) as session:
        with cursor_checked():
            page = await inbox(
                session,
                caller.unit,
                person=caller.person,
                waiting=query.waiting,
                cursor=query.cursor,
                limit=query.limit,
            )
    response = JSONResponse({"items": [_notice(item) for item in page.items]})
    link(request, response, page.next_cursor)
    return response


def _notice(item: Delivered) -> dict[str, Any]:
    names = label_of(item.notice.purpose)
    return {**DELIVERED.dump_python(item, mode="json"), "label": names.zh, "label_en": names.en}


@router.post(
    "/inbox/{position}/acknowledge",
    tags=["inbox"],
    status_code=204,
    responses=problems(401, 403, 404, 422, 503),
)
@narrowed(Answer.FORBIDDEN, {Kind.AUDITOR})
@narrowed(Answer.NOT_FOUND, NOT_ITS_OWN)
@writes(Deed.ACKNOWLEDGEMENT)
async def acknowledge_notice(
    caller: Caller,
    database: Ledger,
    clock: Clock,
    commands: StepCommands,
    position: Annotated[int, Path(ge=1, le=_LARGEST)],
) -> Response:
    """确认已阅；重复确认无妨，以首次为准。 Acknowledge a notice; the first acknowledgement stands. Not for auditors."""
    if caller.role is Role.AUDITOR:
        raise Refused(Reason.ROLE_NOT_ALLOWED, caller.role)
    async with writing(database) as session:
        notice = await acknowledge(session, position, caller.unit, person=caller.person, at=clock())
    if not notice:
        raise NotFound
    await tell_acknowledged(commands.cases, database, [position])
    return Response(status_code=204)


@router.get(
    "/commands",
    tags=["catalogue"],
    dependencies=[PUBLIC],
    responses={200: answered("Every command.", {"type": "object"})},
)
@unwritten("the regulation, open to whoever is here")
async def list_commands(settings: AppSettings) -> dict[str, list[dict[str, Any]]]:
    """步骤目录：每个步骤的名称、依据、可办角色和单位。 The catalogue: what each command is, and who may give it when."""
    return {"items": [_command(kind, settings.regulation) for kind in COMMANDS]}


def _command(kind: str, regulation: str) -> dict[str, Any]:
    command, names = COMMANDS[kind], label("commands", kind)
    path = "/api/v1/incidents" if kind == "register" else f"/api/v1/incidents/{{incident_id}}/{kind}"
    return {
        "command": kind,
        "label": names.zh,
        "label_en": names.en,
        "clause": cited(regulation, command.clause),
        "path": path,
        "schema": ref(command.__name__)["$ref"],
        "roles": sorted(command.roles),
        "standings": sorted(command.standings),
        "stages": sorted(command.stages, key=lambda stage: stage.rank) if kind != "register" else [],
    }


@router.get(
    "/clauses",
    tags=["catalogue"],
    dependencies=[PUBLIC],
    responses={200: answered("The text.", {"type": "object"})},
)
@unwritten("the regulation, open to whoever is here")
async def list_clauses(settings: AppSettings) -> dict[str, Any]:
    """文件原文，逐句编号。 The text of the regulation, sentence by sentence; `id#n` is how a clause is cited."""
    return {"regulation": settings.regulation, "items": clauses(settings.regulation)}


@router.get(
    "/units/{unit}/cards",
    tags=["catalogue"],
    responses={
        200: answered("Its cards of the quarter.", {"type": "object"}),
        **problems(401, 404, 422, 503),
    },
)
@narrowed(Answer.NOT_FOUND, ELSEWHERE)
@writes(Deed.LIST_READ)
async def list_cards(
    caller: Caller, database: Ledger, clock: Clock, law: LawNow, unit: Annotated[str, Path(pattern=_UNIT)]
) -> dict[str, Any]:
    """一个单位本季度的黄牌、红牌；本单位、市政府办公室和监督人员可看。 A unit's cards of this quarter, for itself, the office and who oversees all."""
    now, office = clock(), law.offices.office
    if not law.knows(unit) or (caller.unit not in {unit, office} and caller.role not in SEES_ALL):
        raise NotFound
    async with reading(database) as session:
        cards = await quarter_cards(
            session, (unit,), office=office, at=now, red_after=law.escalation.red_card_after
        )
    first, end = quarter(now)
    return {"unit": unit, "from": first, "until": end, "items": cards}
