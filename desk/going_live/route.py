"""启用清单: read by the system administrator, who also says what no machine can tell."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import writes
from api.parts import parts_of
from casework.going_live import GoingLiveItem, going_live
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.administration.access import System, author
from desk.frame.page import now_of, rendered
from desk.going_live.view import going_live_page
from desk.sign_in.own_forms import FormRoute
from storage.acts import ActKind, record_act
from storage.audit_book import BookDeed

_CONFIRMED: Final = "confirmed"
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


@router.get("/going-live")
@writes(BookDeed.SYSTEM_READ)
async def show_going_live(request: Request, _: System, done: str = "") -> HTMLResponse:
    """启用清单。 What is still missing before the system is used in earnest."""
    async with reading(parts_of(request).database) as session:
        lines = await going_live(session, parts_of(request).settings, now_of(request))
    page = going_live_page(lines, is_confirmed=done == _CONFIRMED)
    return await rendered(request, "going_live/page.html", page=page)


@router.post("/going-live/{item}")
@writes(BookDeed.UNITS_CHANGE)
async def confirm_line(request: Request, administrator: System, item: str) -> Response:
    """确认已办。 Say that a line that no machine can tell was seen to; it holds for a year."""
    if item not in set(GoingLiveItem) or not GoingLiveItem(item).is_seen_to_by_a_person:
        raise NotFound
    by = author(request, administrator)
    async with writing(parts_of(request).database) as session:
        await record_act(session, ActKind.GOING_LIVE_CHECKED, by, item, at=now_of(request))
    return RedirectResponse(f"/going-live?done={_CONFIRMED}", HTTPStatus.SEE_OTHER)
