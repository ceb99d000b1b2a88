"""确认链接: whoever was called says by a telephone that it was heard;
shown are number and deed alone, and nothing else opens.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import EVERYBODY, AccessOutcome, narrowed
from api.audit_book import enter_deed, name_person, writes
from api.errors import WebProblem
from api.parts import Ledger, StepCommands, parts_of
from api.security import PUBLIC
from casework.calls import OpenedLink, acknowledge_link, open_link, tell_calls
from casework.ledger_session import reading, writing
from desk.frame.page import now_of, rendered
from domain.purposes import Purpose
from storage.audit_book import BookDeed
from words.notices import deed_words
from words.wording import moment

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[PUBLIC])
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class LinkUnknown(WebProblem):
    """No such link was sent, or not as it was shown, or its person is not to be told any more."""

    status, code = HTTPStatus.NOT_FOUND, "link_unknown"
    headers = _PRIVATE


class LinkUsed(WebProblem):
    """The link has served."""

    status, code = HTTPStatus.GONE, "link_used"
    headers = _PRIVATE


class LinkExpired(WebProblem):
    """The link served for a time, which is over."""

    status, code = HTTPStatus.GONE, "link_expired"
    headers = _PRIVATE


@router.get("/k/{token}")
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@writes(BookDeed.LINK_OPEN)
async def show_link(request: Request, token: str, database: Ledger) -> HTMLResponse:
    """The number, the deed, and a button: opening the page, as programs do that look at links,
    acknowledges nothing.
    """
    async with reading(database) as session:
        link = await _opened(request, session, token)
    return await _page(request, token, link, is_done=False)


@router.post("/k/{token}")
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@writes(BookDeed.LINK_ACKNOWLEDGEMENT)
async def use_link(request: Request, token: str, database: Ledger, commands: StepCommands) -> HTMLResponse:
    """确认知悉。 Acknowledge, once; whoever holds the link needs no session, and gets none."""
    async with writing(database) as session:
        link = await _opened(request, session, token)
        is_first = await acknowledge_link(session, link, parts_of(request).clock())
        number = str(link.begun.event_number)
        await enter_deed(
            request, session, BookDeed.LINK_ACKNOWLEDGEMENT, link.begun.incident_id, event=number
        )
    if is_first:
        await tell_calls(commands.cases, [link.begun.key])
    return await _page(request, token, link, is_done=True)


async def _opened(request: Request, session: AsyncSession, token: str) -> OpenedLink:
    """What the link opens; raises LinkUnknown, LinkUsed or LinkExpired,
    which stand in the audit book with who it was for.
    """
    link = await open_link(session, token)
    if link is None:
        raise LinkUnknown
    account = link.account
    name_person(request, person=account.login, post=account.post.value, unit=account.unit)
    if link.is_used:
        raise LinkUsed
    if now_of(request) >= link.expires_at:
        raise LinkExpired
    return link


async def _page(request: Request, token: str, link: OpenedLink, *, is_done: bool) -> HTMLResponse:
    notice = link.notice
    _, _, purpose, unit = notice.key
    return await rendered(
        request,
        "calls/link.html",
        headers=_PRIVATE,
        token=token,
        number=notice.number,
        deed=deed_words(Purpose(purpose), notice.subject),
        due=moment(notice.due_at) if notice.due_at else None,
        is_done=is_done,
        is_own=link.account.unit == unit,
        is_acknowledged=notice.acknowledged_by is not None,
    )
