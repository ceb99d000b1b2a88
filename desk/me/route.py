"""我的: one's own password, second factor, tokens and sessions, each a step away."""

from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.audit_book import enter_deed, unwritten, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of, rendered
from desk.sign_in.devices import device_words
from desk.sign_in.own_forms import FormRoute
from desk.sign_in.second_factor import second_factors
from desk.sign_in.sessions import Session, cookie_name
from storage.api_tokens import tokens_of
from storage.audit_book import BookDeed
from storage.one_time_codes import recovery_codes_left
from storage.openid_links import links_of
from storage.sign_ins import revoke_session, sessions_of
from words.wording import moment

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


@router.get("/me")
@unwritten("a page of one's own, of no incident")
async def show_me(request: Request, login_session: Session) -> HTMLResponse:
    """One's own password, one-time codes, tokens and sessions."""
    factors = second_factors(request)
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        own = await sessions_of(session, login_session.account.id, now)
        tokens = await tokens_of(session, login_session.account.id)
        left = await recovery_codes_left(session, login_session.account.id)
        links = await links_of(session, login_session.account.id)
    lines = [
        {
            "id": item.id,
            "browser": device_words(item.browser),
            "began": moment(item.began_at),
            "seen": moment(item.seen_at),
            "is_this": item.id == login_session.id,
        }
        for item in own
    ]
    return await rendered(
        request,
        "me/page.html",
        account=login_session.account,
        sessions=lines,
        recovery_codes=left,
        links=[
            {
                "id": one.id,
                "issuer": urlsplit(one.issuer).netloc,
                "made": moment(one.made_at.replace(microsecond=0)),
                "used": moment(one.used_at.replace(microsecond=0)),
            }
            for one in links
        ],
        code_is_asked_for=factors.concern(login_session.account),
        code_is_due=await factors.are_due(request, login_session.account),
        tokens=sum(not one.has_expired(now) for one in tokens),
        makes_tokens=login_session.account.actor is not None,
    )


@router.post("/me/sessions/{session_id}/end")
@writes(BookDeed.SESSION_END)
async def end_session(request: Request, login_session: Session, session_id: str) -> Response:
    """End another session of one's own."""
    async with writing(parts_of(request).database) as session:
        if not await revoke_session(
            session, session_id, account_id=login_session.account.id, why="revoked", at=now_of(request)
        ):
            raise NotFound
        await enter_deed(request, session, BookDeed.SESSION_END, session_id)
    response = RedirectResponse("/me", HTTPStatus.SEE_OTHER)
    if session_id == login_session.id:
        response.delete_cookie(cookie_name(parts_of(request).settings))
    return response
