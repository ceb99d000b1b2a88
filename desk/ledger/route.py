"""台账: the ledger of incidents with its filters and saved views, and its export as a sheet."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import QueryParams

from api.audit_book import unwritten, writes
from api.paging import cursor_checked
from api.parts import parts_of
from api.printed_codes import code_to_print
from casework.edge import FieldError, Malformed, text_fault
from casework.ledger_session import reading, writing
from desk.frame.marking import marking_of, show_marked, watermark
from desk.frame.page import now_of, rendered
from desk.ledger.query import LedgerQuery
from desk.ledger.view import LedgerRow, ledger_row, values
from desk.ledger.workbook import book
from desk.sign_in.own_forms import FormRoute, OwnForm, cut, trimmed
from desk.sign_in.page_access import Reader
from desk.sign_in.sessions import Session
from desk.step.fields import Option
from domain.case.state import Incident
from domain.law.regulation import Law
from domain.rules.milestones import Milestone
from domain.terms.roles import LEADERS, Actor
from domain.terms.vocabulary import KeyCategory, Marking, ResponseClass, Stage, WarningLevel
from domain.terms.workdays import SHANGHAI
from storage import queries
from storage.audit_book import BookDeed
from storage.cursors import MOST
from storage.filters import IncidentLine
from storage.saved_views import SavedViewRow, TooManyViews, drop_view, save_view, saved_views
from storage.sign_ins import SignedIn
from storage.snapshots import snapshots
from words.event_text.description import class_words
from words.labels import word
from words.language import say
from words.wording import absolute

ROWS: Final = 50
MOST_EXPORTED: Final = 5000  # incidents of one sheet; a county registers fewer in a year
_EXPORT_SECONDS: Final = 60.0
_LONGEST_NAME: Final = 40
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class ViewForm(OwnForm):
    """The filters of a page, and the name under which they are kept."""

    name: Annotated[str, trimmed(_LONGEST_NAME + 1)] = ""
    query: Annotated[str, cut(2000)] = ""


LedgerParams = Annotated[LedgerQuery, Query()]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """The ledger for readers: the filters as they are set and what they may be set to, the lines,
    and saved views.
    """

    query: LedgerQuery
    words: tuple[tuple[str, str], ...]
    rows: tuple[LedgerRow, ...]
    next_href: str
    export_href: str
    other_href: str
    puts_drills_away: bool
    levels: tuple[Option, ...]
    classes: tuple[Option, ...]
    stages: tuple[Option, ...]
    categories: tuple[Option, ...]
    milestones: tuple[Option, ...]
    units: tuple[Option, ...]
    views: tuple[SavedViewRow, ...]
    here: str
    keeps_views: bool
    problem: str
    printed: str
    most: int


@router.get("/ledger")
@writes(BookDeed.LIST_READ, searches=True)
async def show_ledger(request: Request, reader: Reader, query: LedgerParams) -> HTMLResponse:
    """台账。 The incidents that the reader may see, as the filters ask for them."""
    return await _shown(request, reader, query)


@router.get("/ledger.xlsx")
@writes(BookDeed.EXPORT)
async def export_ledger(request: Request, reader: Reader, query: LedgerParams) -> Response:
    """台账导出。

    The same incidents as a sheet, MOST_EXPORTED of them at most; its second page says what it covers.
    """
    now, law = now_of(request), _law(request)
    _check(query)
    async with reading(parts_of(request).database, _EXPORT_SECONDS) as session:
        incidents: list[Incident] = []
        cursor: str | None = None
        while len(incidents) < MOST_EXPORTED:
            page = await queries.incidents(session, query.wanted(), actor=reader, cursor=cursor, limit=MOST)
            incidents += await _states(session, page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
    about = [
        (say("导出时间"), absolute(now)),
        (say("导出单位"), law.unit(reader.unit).name if law.knows(reader.unit) else reader.unit),
        *query.words(law),
        (say("事件数"), str(len(incidents))),
    ]
    if code := await code_to_print(request):
        about.append((say("存证码"), code))
    if cursor is not None:
        about.append((say("注意"), _too_many()))
    rows = [values(incident, now) for incident in incidents]
    show_marked(request, incidents)
    marking = marking_of(request)
    if marking is not Marking.NONE:
        about.append((say("标识"), say("含“{mark}”事件，须按此管理，不得外传", mark=word(marking))))
    mark = watermark(marking, f"{law.unit(reader.unit).name} {reader.person}", absolute(now))
    content = await asyncio.to_thread(book, rows, about, mark)
    name = f"{say('台账')}-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.xlsx"
    disposition = f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{quote(name)}"
    return Response(
        content, media_type=_SHEET, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )


@router.post("/ledger/views")
@writes(BookDeed.LIST_READ, searches=True)
async def keep_view(
    request: Request, login_session: Session, reader: Reader, form: Annotated[ViewForm, Form()]
) -> Response:
    """Keep the filters of the form under a name."""
    name, query = form.name, _read(form.query)
    problem = ""
    if not name or len(name) > _LONGEST_NAME or text_fault(name, "title") is not None:
        problem = say("请给视图起一个名称，不超过 {most} 个字。", most=_LONGEST_NAME)
    else:
        try:
            async with writing(parts_of(request).database) as session:
                await save_view(session, login_session.account.id, name, query.address(), at=now_of(request))
        except TooManyViews:
            problem = say("保存的视图已满，请先删除不用的再保存。")
    if problem:
        return await _shown(request, reader, query, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/ledger?{query.address()}", HTTPStatus.SEE_OTHER)


@router.post("/ledger/views/{view_id}/drop")
@unwritten("conditions of one's own list")
async def forget_view(request: Request, login_session: Session, reader: Reader, view_id: str) -> Response:  # noqa: ARG001  declares who may
    """Forget a view of one's own."""
    async with writing(parts_of(request).database) as session:
        await drop_view(session, login_session.account.id, view_id)
    return RedirectResponse("/ledger", HTTPStatus.SEE_OTHER)


async def _shown(
    request: Request, reader: Actor, query: LedgerQuery, problem: str = "", status: int = HTTPStatus.OK
) -> HTMLResponse:
    now, law = now_of(request), _law(request)
    _check(query)
    login_session: SignedIn | None = getattr(request.state, "signed_in", None)
    async with reading(parts_of(request).database) as session:
        with cursor_checked():
            page = await queries.incidents(
                session, query.wanted(), actor=reader, cursor=query.cursor, limit=ROWS
            )
        incidents = await _states(session, page.items)
        views = await saved_views(session, login_session.account.id) if login_session else ()
    show_marked(request, incidents)
    view = LedgerPage(
        query=query,
        words=tuple(query.words(law)),
        rows=tuple(ledger_row(incident, now) for incident in incidents),
        next_href=f"/ledger?{query.address(cursor=page.next_cursor)}" if page.next_cursor else "",
        export_href=f"/ledger.xlsx?{query.address()}",
        other_href=f"/ledger?{query.address(drill=None if query.drill else 'true')}",
        puts_drills_away=reader.role in LEADERS and reader.unit == law.offices.office,
        levels=tuple(Option(value=level, text=word(level)) for level in WarningLevel),
        classes=tuple(Option(value=one, text=class_words(one)) for one in ResponseClass),
        stages=tuple(Option(value=stage, text=word(stage)) for stage in Stage),
        categories=tuple(Option(value=one, text=word(one)) for one in KeyCategory),
        milestones=tuple(Option(value=one, text=word(one)) for one in Milestone),
        units=tuple(Option(value=unit.code, text=unit.name) for unit in law.units),
        views=tuple(views),
        here=query.address(),
        keeps_views=login_session is not None,
        problem=problem,
        printed=absolute(now),
        most=MOST_EXPORTED,
    )
    return await rendered(request, "ledger/page.html", status, page=view)


async def _states(session: AsyncSession, lines: Sequence[IncidentLine]) -> list[Incident]:
    cases = await snapshots(session, [line.incident_id for line in lines])
    return [case.state for case in cases.values()]


def _check(query: LedgerQuery) -> None:
    if (code := text_fault(query.text, "title")) is not None:
        raise Malformed((FieldError("/query/text", code),))


def _read(query: str) -> LedgerQuery:
    """The filters that a page's own form carried; what is none of ours is left out."""
    try:
        return LedgerQuery.model_validate(dict(QueryParams(query)))
    except ValidationError:
        return LedgerQuery()


def _too_many() -> str:
    return say("只导出了最新的 {most} 件；请按登记日期分次导出其余。", most=MOST_EXPORTED)


def _law(request: Request) -> Law:
    return parts_of(request).law_now()
