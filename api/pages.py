"""The pages, read-only and from the ledger alone: the board of incidents, and one incident."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from starlette.responses import Response

from api.desk.attachments import attachments_view
from api.desk.offers import offer_groups
from api.desk.sessions import PasswordChangeNeeded, SignInNeeded
from api.labels import label
from api.language import Language, spoken
from api.page_access import Reader
from api.paging import cursor_checked
from api.pulse import Pulse
from api.reading import reading
from api.regulation_text import sentences
from api.rendering import now_of, rendered
from api.sight import IncidentId, visible
from api.views.board import board_rows
from api.views.board_page import COUNTED, BoardQuery, Standing, board_page
from api.views.incident import incident_page
from domain.case.state import Incident
from domain.catalogue import COMMANDS
from domain.terms.roles import Actor
from storage import event_log, queries
from storage.filters import IncidentFilter, IncidentLine, Order
from storage.sign_ins import SignedIn
from storage.snapshots import snapshot

ROWS: Final = 50
_HOLDS_A_FORM: Final = re.compile(r"/register|/incidents/[^/]+/(do/\w+|attachments)").fullmatch
_OWN_HEADERS: Final = frozenset({"content-type", "content-length"})

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def install(app: FastAPI) -> None:
    """Give the application its pages, and its errors a page each for browsers; the handlers must be there already."""
    app.include_router(router)
    app.state.pulse = Pulse(lambda: app.state.commands.cases.worker_alive())  # noqa: PLW0108  made when it starts
    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = _for_browsers(handler)


class BoardForm(BaseModel):
    """What the board's address may ask for."""

    closed: bool = False
    drill: bool | None = None
    cursor: Annotated[str | None, Query(max_length=300)] = None


@router.get("/")
async def show_board(request: Request, reader: Reader, asked: Annotated[BoardForm, Query()]) -> HTMLResponse:
    """在办事件，按剩余时间排列。 The board of open incidents by remaining time, or of closed ones."""
    now = now_of(request)
    query = BoardQuery(closed=asked.closed, drill=asked.drill, cursor=asked.cursor)
    wanted = IncidentFilter(closed=query.closed, drill=query.drill)
    order = Order.NEWEST if query.closed else Order.DUE
    async with reading(request.app.state.database) as session:
        with cursor_checked():
            page = await queries.incidents(
                session, wanted, actor=reader, order=order, cursor=query.cursor, limit=ROWS
            )
        held = [await snapshot(session, line.incident_id) for line in page.items]
        counted = await queries.incidents(
            session,
            IncidentFilter(closed=False, drill=query.drill),
            actor=reader,
            order=Order.DUE,
            limit=COUNTED,
        )
    incidents = [kept.state for kept in held if kept is not None]
    rows = board_rows(incidents, now, by_due=not query.closed)
    standings = tuple(_standings(counted.items, incidents))
    board = board_page(query, rows, standings, now, page.next_cursor)
    return await rendered(request, "board.html", board=board)


def _standings(lines: Iterable[IncidentLine], incidents: Iterable[Incident]) -> Iterable[Standing]:
    """What is counted; a drill's due instant is turned into real time where its clock is at hand."""
    clocks = {incident.incident_id: incident.drill for incident in incidents}
    for line in lines:
        due_at = line.owed_due_at
        if line.drill and due_at is not None:
            clock = clocks.get(line.incident_id)
            due_at = clock.real(due_at) if clock else None
        yield Standing(is_drill=line.drill, is_overdue=line.overdue, owed_due_at=due_at)


@router.get("/incidents/{incident_id}")
async def show_incident(request: Request, reader: Reader, incident_id: IncidentId) -> HTMLResponse:
    """一个事件：时限、等级、文书与时间线。 One incident as the ledger stands, with its obligations and timeline."""
    async with reading(request.app.state.database) as session:
        held = await visible(session, incident_id, reader)
        stored = await event_log.decisions(session, incident_id)
        actor = held_by(request)
        files = await attachments_view(session, request, held.state, actor)
    page = incident_page(
        held.state,
        [kept.decision for kept in stored],
        sentences(held.state.law.regulation),
        now=now_of(request),
        chain=held.hash,
    )
    done = request.query_params.get("done", "")
    said = label("commands", done).here if done in COMMANDS else ""
    return await rendered(
        request,
        "incident.html",
        page=page,
        groups=offer_groups(held.state, actor),
        said=said,
        is_later=done == "later",
        attachments=files,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """A problem for people: what is wrong and what to do, in the reader's language, then in the other."""

    status: int
    title: str
    advice: str
    other_lang: str
    other_title: str
    other_advice: str
    trace_id: str


def held_by(request: Request) -> Actor | None:
    """As whom the person at the browser may take steps; None for a reader."""
    held: SignedIn | None = getattr(request.state, "signed_in", None)
    return held.account.actor if held is not None else None


Handler = Callable[[Request, Any], Awaitable[Response]]


def _for_browsers(handler: Any) -> Handler:
    """The same answer, as a page where a browser asked for one."""

    async def answer(request: Request, error: Any) -> Response:
        response: Response = await handler(request, error)
        if not _wants_page(request):
            return response
        if (elsewhere := _elsewhere(request, error)) is not None:
            return RedirectResponse(elsewhere, HTTPStatus.SEE_OTHER)
        problem = json.loads(bytes(response.body))
        view = _error_page(response.status_code, problem)
        headers = {name: value for name, value in response.headers.items() if name not in _OWN_HEADERS}
        return await rendered(request, "error.html", status=response.status_code, headers=headers, error=view)

    return answer


def _error_page(status: int, problem: dict[str, Any]) -> ErrorPage:
    own, other = ("", "_en") if spoken() is Language.CHINESE else ("_en", "")
    return ErrorPage(
        status=status,
        title=problem[f"title{own}"],
        advice=problem[f"detail{own}"],
        other_lang=(Language.ENGLISH if other else Language.CHINESE).value,
        other_title=problem[f"title{other}"],
        other_advice=problem[f"detail{other}"],
        trace_id=problem["trace_id"],
    )


def _elsewhere(request: Request, error: Any) -> str | None:
    """Where a browser is sent instead: to sign in, or to choose a password of one's own."""
    if isinstance(error, PasswordChangeNeeded):
        return "/password"
    if not isinstance(error, SignInNeeded):
        return None
    asked = request.url.path if request.method == "GET" or _HOLDS_A_FORM(request.url.path) else "/desk"
    return f"/sign-in?{urlencode({'after': asked})}"


def _wants_page(request: Request) -> bool:
    """Browsers say that they take HTML; programs do not, and below /api nobody gets a page."""
    takes_html = "text/html" in request.headers.get("accept", "")
    return takes_html and not request.url.path.startswith(("/api/", "/static/"))
