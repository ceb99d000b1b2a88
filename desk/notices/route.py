"""提示: the notices of a unit, which stay until somebody of it acknowledges them."""

from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import AccessOutcome, CallerClass, narrowed
from api.audit_book import writes
from api.paging import Cursor, cursor_checked
from api.parts import parts_of
from casework.calls import tell_acknowledged
from casework.ledger_session import reading, writing
from desk.alarms.view import AlarmLine, alarm_lines, unseen
from desk.board.filters import Choice
from desk.frame.page import hears_alarms, now_of, rendered
from desk.notices.replaced import taken_with
from desk.notices.view import by_case, notice_lines
from desk.sign_in.own_forms import FormRoute, OwnForm, cut
from desk.sign_in.sessions import NotForThisPost, Person
from domain.rules.permissions import SEES_ALL
from domain.terms.roles import Role
from storage.alarms import open_alarms
from storage.audit_book import BookDeed
from storage.inbox import inbox, key_of
from storage.notice_board import LOOKED_AT, acknowledge_all, matters, titles, waiting_beside
from storage.receipts import of_notices
from words.language import say

ROWS: Final = 30  # of the record
WAITING: Final = (
    150  # notices that wait, of which a newer replaces older ones: so many are looked at for a page
)
_LARGEST: Final = 2**53
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class SeenForm(OwnForm):
    """The notices that the page showed: their positions, with commas between; `all` whether it showed all."""

    positions: Annotated[str, cut(4000)] = ""
    all: Annotated[str, cut(10)] = ""


class NoticesForm(BaseModel):
    """What the address of the notices may ask for: `all` those acknowledged as well,
    `done` how many just were.
    """

    all: bool = False
    cursor: Cursor = None
    done: Annotated[int, Query(ge=0, le=LOOKED_AT)] = 0


@router.get("/notices")
@writes(BookDeed.LIST_READ, renews=True)
async def show_notices(
    request: Request, person: Person, form: Annotated[NoticesForm, Query()]
) -> HTMLResponse:
    """提示。 What the unit was told and nobody has acknowledged, or all of it."""
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        with cursor_checked():
            page = await inbox(
                session,
                person.unit,
                person=person.person,
                waiting=not form.all,
                cursor=form.cursor,
                limit=ROWS if form.all else WAITING,
            )
        about = await matters(session, person.unit, page.items)
        alarms = await _alarms(request, session)
        calls = await of_notices(session, [key_of(item) for item in page.items])
    sees_all = person.role in SEES_ALL
    lines = notice_lines(page.items, about, calls, now, sees_all=sees_all) if form.all else ()
    cases = () if form.all else by_case(page.items, about, calls, now, sees_all=sees_all)
    plain = [line.position for case in cases for line in case.lines if not line.is_grave]
    return await rendered(
        request,
        "notices/page.html",
        lines=lines,
        cases=cases,
        alarms=alarms,
        unseen=unseen(alarms),
        plain=",".join(map(str, plain)),
        choices=_choices(form),
        asked=form,
        may_acknowledge=person.role is not Role.AUDITOR,
        next_href=_address(all=form.all, cursor=page.next_cursor) if page.next_cursor else "",
    )


async def _alarms(request: Request, session: AsyncSession) -> tuple[AlarmLine, ...]:
    """What the watch finds wrong now, for whoever hears of it."""
    account = request.state.signed_in.account
    if not hears_alarms(request, account):
        return ()
    alarms = await open_alarms(session)
    return alarm_lines(
        alarms, account.login, await titles(session, {alarm.subject for alarm in alarms}, account.login)
    )


@router.post("/notices/acknowledge")
@narrowed(AccessOutcome.FORBIDDEN, {CallerClass.AUDITOR})
@writes(BookDeed.ACKNOWLEDGEMENT)
async def acknowledge_notices(
    request: Request, person: Person, form: Annotated[SeenForm, Form()]
) -> Response:
    """确认已阅。

    Acknowledge one notice, or all plain ones that the page showed; raises NotForThisPost for an auditor.
    """
    if person.role is Role.AUDITOR:
        raise NotForThisPost
    named = form.positions.split(",")
    positions = [int(part) for part in named if part.isascii() and part.isdecimal()][:WAITING]
    positions = [position for position in positions if position <= _LARGEST]
    parts = parts_of(request)
    async with writing(parts.database) as session:
        waiting = await waiting_beside(session, positions, person.unit, person.person)
        taken = taken_with(waiting, positions)
        done = await acknowledge_all(session, taken, person.unit, person=person.person, at=now_of(request))
    await tell_acknowledged(parts.commands.cases, parts.database, done)
    address = _address(all=form.all == "true", done=min(len(done), LOOKED_AT))
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _choices(form: NoticesForm) -> tuple[Choice, ...]:
    return (
        Choice(name=say("待确认"), href="/notices", is_chosen=not form.all),
        Choice(name=say("全部"), href=_address(all=True), is_chosen=form.all),
    )


def _address(*, all: bool, cursor: str | None = None, done: int = 0) -> str:  # noqa: A002  the name in the address
    values = {"all": "true" if all else "", "cursor": cursor or "", "done": str(done) if done else ""}
    query = {name: value for name, value in values.items() if value}
    return f"/notices?{urlencode(query)}" if query else "/notices"
