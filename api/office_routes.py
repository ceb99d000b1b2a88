"""What an office looks at beside its incidents: all cases' obligations, its inbox, clauses, the catalogue."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import ELSEWHERE, NOT_ITS_OWN, AccessOutcome, CallerClass, narrowed
from api.answer_types import ref
from api.answers import ObligationStanding, case_now, obligation_standing
from api.audit_book import unwritten, writes
from api.documented import problems, said
from api.lists import Fixed, Listed
from api.paging import DEFAULT_LIMIT, Cursor, Limit, cursor_checked, link
from api.parts import AppSettings, Clock, LawNow, Ledger, StepCommands
from api.security import PUBLIC, Caller
from casework.calls import tell_acknowledged
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from domain.case.obligations import Status
from domain.catalogue import COMMANDS
from domain.rules.cards import CardColour, quarter
from domain.rules.permissions import SEES_ALL
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Role, Standing
from domain.terms.vocabulary import ObligationKind, Stage
from storage import queries
from storage.audit_book import BookDeed
from storage.filters import ObligationFilter, ObligationLine
from storage.inbox import Delivered, acknowledge, inbox
from storage.quarter import QuarterCard, colours, quarter_cards
from storage.regulation_text import cited, clauses, sentences
from storage.snapshots import snapshots
from words.labels import label, label_of

_UNIT: Final = r"^[a-z][a-z0-9_]{0,63}$"
_LARGEST: Final = 2**53
router = APIRouter(prefix="/api/v1")


@dataclass(frozen=True, kw_only=True)
class AboutIncident:
    """Whose an obligation of a list is; `settled` once nobody has to do the deed any more."""

    incident_id: str
    number: str
    title: str
    drill: bool
    settled: bool


@dataclass(frozen=True, kw_only=True)
class ObligationListed(ObligationStanding, AboutIncident):
    """An obligation of any incident; `card` is that of a missed response,
    red as well for the unit's second in a quarter.
    """

    card: CardColour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAnswer(Delivered):
    """A notice in an inbox, and in words what for."""

    label: str
    label_en: str


class CatalogueCommand(Fixed):
    """A command of the catalogue: who may give it when, where, and the schema of its content."""

    command: str
    label: str
    label_en: str
    clause: str
    path: str
    content: Annotated[str, Field(serialization_alias="schema")]
    roles: tuple[Role, ...]
    standings: tuple[Standing, ...]
    stages: tuple[Stage, ...]


class ClausesAnswer(Fixed):
    """The text of a regulation, clause by clause, each with its sentences."""

    regulation: str
    items: tuple[dict[str, Any], ...]


class CardsAnswer(Fixed):
    """A unit's cards of a quarter, from its first instant until that of the next."""

    unit: str
    since: Annotated[datetime, Field(serialization_alias="from")]
    until: datetime
    items: tuple[QuarterCard, ...]


class ObligationQuery(BaseModel):
    """Which obligations, and which page."""

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
    responses={200: said("A page of obligations."), **problems(401, 422, 503)},
)
@writes(BookDeed.LIST_READ)
async def list_obligations(
    *,
    request: Request,
    response: Response,
    caller: Caller,
    database: Ledger,
    clock: Clock,
    law: LawNow,
    query: Annotated[ObligationQuery, Query()],
) -> Listed[ObligationListed]:
    """时限任务，未完成的在前，按剩余时间排列。

    Obligations of all incidents that the caller may see, those owed first.
    """
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
    link(request, response, page.next_cursor)
    return Listed(
        items=tuple(
            _line(
                line,
                clocks[line.incident_id],
                texts,
                card=colour_by_card.get((line.incident_id, line.obligation.id)),
            )
            for line in page.items
        )
    )


async def _case_clocks(
    session: AsyncSession, lines: tuple[ObligationLine, ...], now: datetime
) -> dict[str, datetime]:
    """What the clock of each case shows; a drill has one of its own."""
    clocks = {line.incident_id: now.replace(microsecond=0) for line in lines}
    drills = dict.fromkeys(line.incident_id for line in lines if line.drill)
    cases = await snapshots(session, list(drills))
    return clocks | {name: case_now(case.state, now) for name, case in cases.items()}


def _line(
    line: ObligationLine, as_of: datetime, texts: dict[str, str], card: CardColour | None
) -> ObligationListed:
    standing = obligation_standing(line.obligation, as_of, texts.get(line.obligation.clause, ""))
    return ObligationListed(
        **{part.name: getattr(standing, part.name) for part in fields(standing)},
        incident_id=line.incident_id,
        number=line.number,
        title=line.title,
        drill=line.drill,
        settled=line.settled,
        card=card,
    )


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
    responses={200: said("A page of notices."), **problems(401, 422, 503)},
)
@writes(BookDeed.LIST_READ)
async def list_inbox(
    *,
    request: Request,
    response: Response,
    caller: Caller,
    database: Ledger,
    query: Annotated[InboxQuery, Query()],
) -> Listed[NoticeAnswer]:
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
    link(request, response, page.next_cursor)
    return Listed(items=tuple(_notice(item) for item in page.items))


def _notice(item: Delivered) -> NoticeAnswer:
    names = label_of(item.notice.purpose)
    content = {part.name: getattr(item, part.name) for part in fields(Delivered)}
    return NoticeAnswer(**content, label=names.zh, label_en=names.en)


@router.post(
    "/inbox/{position}/acknowledge",
    tags=["inbox"],
    status_code=204,
    responses=problems(401, 403, 404, 422, 503),
)
@narrowed(AccessOutcome.FORBIDDEN, {CallerClass.AUDITOR})
@narrowed(AccessOutcome.NOT_FOUND, NOT_ITS_OWN)
@writes(BookDeed.ACKNOWLEDGEMENT)
async def acknowledge_notice(
    caller: Caller,
    database: Ledger,
    clock: Clock,
    commands: StepCommands,
    position: Annotated[int, Path(ge=1, le=_LARGEST)],
) -> Response:
    """确认已阅；重复确认无妨，以首次为准。

    Acknowledge a notice; the first acknowledgement stands. Not for auditors.
    """
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
    responses={200: said("Every command.")},
)
@unwritten("the regulation, open to whoever is here")
async def list_commands(settings: AppSettings) -> Listed[CatalogueCommand]:
    """步骤目录：每个步骤的名称、依据、可办角色和单位。

    The catalogue: what each command is, and who may give it when.
    """
    return Listed(items=tuple(_command(kind, settings.regulation) for kind in COMMANDS))


def _command(kind: str, regulation: str) -> CatalogueCommand:
    command, names = COMMANDS[kind], label("commands", kind)
    path = "/api/v1/incidents" if kind == "register" else f"/api/v1/incidents/{{incident_id}}/{kind}"
    stages = sorted(command.stages, key=lambda stage: stage.rank) if kind != "register" else []
    return CatalogueCommand(
        command=kind,
        label=names.zh,
        label_en=names.en,
        clause=cited(regulation, command.clause),
        path=path,
        content=ref(command.__name__)["$ref"],
        roles=tuple(sorted(command.roles)),
        standings=tuple(sorted(command.standings)),
        stages=tuple(stages),
    )


@router.get(
    "/clauses",
    tags=["catalogue"],
    dependencies=[PUBLIC],
    responses={200: said("The text.")},
)
@unwritten("the regulation, open to whoever is here")
async def list_clauses(settings: AppSettings) -> ClausesAnswer:
    """文件原文，逐句编号。

    The text of the regulation, sentence by sentence; `id#n` is how a clause is cited.
    """
    return ClausesAnswer(regulation=settings.regulation, items=clauses(settings.regulation))


@router.get(
    "/units/{unit}/cards",
    tags=["catalogue"],
    responses={200: said("Its cards of the quarter."), **problems(401, 404, 422, 503)},
)
@narrowed(AccessOutcome.NOT_FOUND, ELSEWHERE)
@writes(BookDeed.LIST_READ)
async def list_cards(
    caller: Caller, database: Ledger, clock: Clock, law: LawNow, unit: Annotated[str, Path(pattern=_UNIT)]
) -> CardsAnswer:
    """一个单位本季度的黄牌、红牌；本单位、市政府办公室和监督人员可看。

    A unit's cards of this quarter, for itself, the office and who oversees all.
    """
    now, office = clock(), law.offices.office
    if not law.knows(unit) or (caller.unit not in {unit, office} and caller.role not in SEES_ALL):
        raise NotFound
    async with reading(database) as session:
        cards = await quarter_cards(
            session, (unit,), office=office, at=now, red_after=law.escalation.red_card_after
        )
    first, end = quarter(now)
    return CardsAnswer(unit=unit, since=first, until=end, items=cards)
