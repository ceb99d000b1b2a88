"""在办事件: the board of open incidents by remaining time, filtered and searched, or of closed ones."""

from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_book import writes
from api.paging import cursor_checked
from api.parts import parts_of
from api.query_params import BLANK
from casework.edge import FieldError, Malformed, text_fault
from casework.ledger_session import reading
from desk.board.filters import BoardQuery, DueChoice, bounds, fits
from desk.board.page import COUNTED, DueLine, board_page
from desk.board.view import board_rows, owed_due_at
from desk.frame.page import now_of, rendered
from desk.sign_in.page_access import Reader
from domain.case.state import Incident
from domain.law.regulation import Law
from domain.steps.register import Register
from domain.terms.roles import Actor
from domain.terms.vocabulary import ResponseClass, Stage, WarningLevel
from domain.terms.workdays import SHANGHAI
from storage import queries
from storage.audit_book import BookDeed
from storage.cursors import Page
from storage.filters import HeldBy, IncidentFilter, IncidentLine, Order
from storage.regulations import load_law
from storage.snapshots import snapshots
from storage.unread import unread

ROWS: Final = 50
_UNIT: Final = r"^[a-z][a-z0-9_]{0,63}$"
_LONGEST: Final = 100
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class BoardForm(BaseModel):
    """What the board's address may ask for."""

    closed: bool = False
    drill: Annotated[bool | None, BLANK] = None
    due: Annotated[DueChoice | None, BLANK] = None
    level: Annotated[WarningLevel | None, BLANK] = None
    response_class: Annotated[ResponseClass | None, BLANK] = None
    stage: Annotated[Stage | None, BLANK] = None
    unit: Annotated[Annotated[str, Field(pattern=_UNIT)] | None, BLANK] = None
    mine: bool = False
    key: bool = False
    text: Annotated[str, Query(max_length=_LONGEST)] = ""
    cursor: Annotated[str | None, Query(max_length=300)] = None

    def query(self) -> BoardQuery:
        """The same for the view; raises Malformed for a text with characters that no title holds."""
        text = self.text.strip()
        if (code := text_fault(text, "title")) is not None:
            raise Malformed((FieldError("/query/text", code),))
        return BoardQuery(**{**self.model_dump(), "text": text})


@router.get("/")
@writes(BookDeed.LIST_READ, searches=True, renews=True)
async def show_board(request: Request, reader: Reader, form: Annotated[BoardForm, Query()]) -> HTMLResponse:
    """在办事件，按剩余时间排列。 The board of open incidents by remaining time, or of closed ones."""
    now, query = now_of(request), form.query()
    law = load_law(parts_of(request).settings.regulation, now.astimezone(SHANGHAI).year)
    async with reading(parts_of(request).database) as session:
        page = await _lines(session, query, reader, law, request)
        cases = await snapshots(session, [line.incident_id for line in page.items])
        waiting = await unread(session, [line.incident_id for line in page.items])
        of_all = IncidentFilter(closed=False, drill=query.drill)
        counted = await queries.incidents(session, of_all, actor=reader, order=Order.DUE, limit=COUNTED)
    incidents = [case.state for case in cases.values()]
    standings = tuple(standings_of(counted.items, incidents))
    fitting = [one for one in incidents if one.drill is None or fits(query.due, owed_due_at(one), now)]
    rows = board_rows(fitting, now, by_due=not query.closed, unread=waiting)
    units = [(unit.code, unit.name) for unit in law.units]
    board = board_page(
        query,
        rows,
        standings,
        now,
        page.next_cursor,
        units=units,
        registers=reader.role in Register.roles,
    )
    return await rendered(request, "board/page.html", board=board)


async def _lines(
    session: AsyncSession, query: BoardQuery, reader: Actor, law: Law, request: Request
) -> Page[IncidentLine]:
    """A page of the incidents asked for; raises Malformed for a cursor of another list."""
    earliest, latest = (None, None) if query.closed else bounds(query.due, now_of(request))
    is_mine = query.mine and not query.closed
    wanted = IncidentFilter(
        closed=query.closed,
        drill=query.drill,
        owed_from=earliest,
        owed_by=latest,
        level=query.level,
        response_class=query.response_class,
        stage=query.stage,
        key=True if query.key else None,
        unit=query.unit,
        held_by=HeldBy(unit=reader.unit, is_office=reader.unit == law.offices.office) if is_mine else None,
        text=query.text,
    )
    order = Order.NEWEST if query.closed else Order.DUE
    with cursor_checked():
        return await queries.incidents(
            session, wanted, actor=reader, order=order, cursor=query.cursor, limit=ROWS
        )


def standings_of(lines: Iterable[IncidentLine], incidents: Iterable[Incident]) -> Iterable[DueLine]:
    """What is counted; a drill's due instant is turned into real time where its clock is at hand."""
    clocks = {incident.incident_id: incident.drill for incident in incidents}
    for line in lines:
        due_at = line.owed_due_at
        if line.drill and due_at is not None:
            clock = clocks.get(line.incident_id)
            due_at = clock.real(due_at) if clock else None
        yield DueLine(is_drill=line.drill, is_overdue=line.overdue, owed_due_at=due_at)
