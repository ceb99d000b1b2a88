"""登录: sign-in with password and one-time code, sign-out, one's own password and sessions."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.desk.devices import device_words
from api.desk.elsewhere import inside
from api.desk.proof import unproven
from api.desk.sessions import (
    Session,
    cookie_name,
    form_of,
    give_cookie,
    plain_form,
    same_origin_only,
    session_of,
    take_cookie,
)
from api.language import say
from api.reading import reading, writing
from api.rendering import now_of, rendered
from api.security import PUBLIC
from api.views.wording import duration, moment
from storage.account_tables import AccountRow
from storage.accounts import PasswordRejected, check_password, fits, hashed, row_of
from storage.callers import tokens_of
from storage.one_time_codes import recovery_codes_left, spend_code
from storage.sign_ins import attempt, begin, end, end_all, must_wait, sessions_of, succeeded

_LONGEST: Final = 200
_SEE_OTHER: Final = 303
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/sign-in", dependencies=[PUBLIC])
async def show_sign_in(request: Request, after: str = "/desk") -> Response:
    """The page to sign in; who is signed in already goes on."""
    if await session_of(request) is not None:
        return RedirectResponse(inside(after, "/desk"), _SEE_OTHER)
    return await sign_in_page(request, after=inside(after, "/desk"))


@router.post("/sign-in", dependencies=[PUBLIC])
async def sign_in(request: Request) -> Response:
    """Begin a session; every failure is told alike, and takes alike long, so that no login can be guessed at."""
    same_origin_only(request)
    form = await plain_form(request)
    login, password, code = (str(form.get(name, ""))[:_LONGEST] for name in ("login", "password", "code"))
    after, now = inside(str(form.get("after", "/desk")), "/desk"), now_of(request)
    address = request.client.host if request.client else ""
    database = request.app.state.database
    async with writing(database) as session:
        wait = await must_wait(session, login=login, address=address, at=now)
        position = 0 if wait else await attempt(session, login=login, address=address, at=now)
        row = await row_of(session, login)
    if wait:
        seconds = int(wait.total_seconds()) + 1
        problem = say("尝试次数过多，请在{time}后再试；忘记口令请联系安全管理员。", time=duration(wait))
        headers = {"Retry-After": str(seconds)}
        return await sign_in_page(request, 429, headers, after=after, login=login, problem=problem)
    right = await asyncio.to_thread(fits, password, row.password_hash if row else None)
    secret = None
    if right and row is not None and row.disabled_at is None:
        async with writing(database) as session:
            if await spend_code(session, row.id, code, now):
                await succeeded(session, position)
                secret = await begin(session, row.id, browser=request.headers.get("user-agent", ""), at=now)
    if secret is None or row is None:
        problem = say("账号、口令或动态码不正确。请检查大小写；动态码只在已启用时填写，每个只能用一次。")
        return await sign_in_page(request, 401, after=after, login=login, problem=problem)
    response = RedirectResponse("/password" if row.must_change else after, _SEE_OTHER)
    give_cookie(response, request.app.state.settings, secret)
    return response


async def sign_in_page(
    request: Request,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    after: str = "/desk",
    login: str = "",
    problem: str | None = None,
) -> HTMLResponse:
    """The page to sign in, with what was typed and why it did not do."""
    elsewhere = request.app.state.settings.oidc_issuer != ""
    return await rendered(
        request,
        "sign_in.html",
        status,
        headers,
        after=after,
        login=login,
        problem=problem,
        elsewhere=elsewhere,
    )


@router.post("/sign-out")
async def sign_out(request: Request, held: Session) -> Response:
    """End the session."""
    await form_of(request)
    async with writing(request.app.state.database) as session:
        await end(session, held.id, account_id=held.account.id, why="signed_out", at=now_of(request))
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    take_cookie(response, request.app.state.settings)
    return response


@router.get("/password")
async def show_password(request: Request, held: Session) -> HTMLResponse:
    """The page to choose a password."""
    return await rendered(request, "password.html", must_change=held.account.must_change, problem=None)


@router.post("/password")
async def change_password(request: Request, held: Session) -> Response:
    """Choose another password; all other sessions of the account end."""
    form = await form_of(request)
    old, new, again = (str(form.get(name, ""))[: _LONGEST + 1] for name in ("old", "new", "again"))
    database, account, now = request.app.state.database, held.account, now_of(request)
    problem = await unproven(request, account, old) or _password_problem(account.login, old, new, again)
    if problem is not None:
        return await rendered(request, "password.html", 422, must_change=account.must_change, problem=problem)
    new_hash = await asyncio.to_thread(hashed, new)
    async with writing(database) as session:
        kept = await session.get(AccountRow, account.id)
        if kept is not None:
            kept.password_hash, kept.password_changed_at, kept.must_change = new_hash, now, False
        await end_all(session, account.id, why="password_changed", at=now, but=held.id)
    return RedirectResponse("/desk", _SEE_OTHER)


def _password_problem(login: str, old: str, new: str, again: str) -> str | None:
    if new != again:
        return say("两次输入的新口令不一致，请重新输入。")
    if new == old:
        return say("新口令不能与原口令相同。")
    try:
        check_password(login, new)
    except PasswordRejected:
        return say("新口令须 10 个字符以上，且不含账号名；可以用几个词连成一句。")
    return None


@router.get("/me")
async def show_me(request: Request, held: Session) -> HTMLResponse:
    """One's own password, one-time codes, tokens and sessions."""
    now = now_of(request)
    async with reading(request.app.state.database) as session:
        own = await sessions_of(session, held.account.id, now)
        tokens = await tokens_of(session, held.account.id)
        left = await recovery_codes_left(session, held.account.id)
    shown = [
        {"id": item.id, "browser": device_words(item.browser), "began": moment(item.began_at), "seen": moment(item.seen_at),
         "is_this": item.id == held.id}
        for item in own
    ]  # fmt: skip
    return await rendered(
        request,
        "me.html",
        account=held.account,
        sessions=shown,
        recovery_codes=left,
        tokens=sum(not one.has_expired(now) for one in tokens),
        makes_tokens=held.account.actor is not None,
    )


@router.post("/me/sessions/{session_id}/end")
async def end_session(request: Request, held: Session, session_id: str) -> Response:
    """End another session of one's own."""
    await form_of(request)
    async with writing(request.app.state.database) as session:
        await end(session, session_id, account_id=held.account.id, why="revoked", at=now_of(request))
    response = RedirectResponse("/me", _SEE_OTHER)
    if session_id == held.id:
        response.delete_cookie(cookie_name(request.app.state.settings))
    return response
