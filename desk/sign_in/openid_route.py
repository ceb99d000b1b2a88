"""统一身份认证登录: sign-in at an OpenID provider, for accounts that are there; it makes none."""

from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.admission import EVERYBODY, Answer, narrowed
from api.audit_book import unwritten, writes
from api.security import PUBLIC
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of
from desk.sign_in.openid import OpenIdFailure, OpenIdProvider
from desk.sign_in.return_address import inside
from desk.sign_in.route import sign_in_page
from desk.sign_in.sessions import begin_anew, enter_sign_in, give_cookie
from settings import Settings
from storage.accounts import row_of
from storage.audit_book import Deed
from storage.openid_attempts import KEPT, begin_attempt, take_attempt
from words.language import say

PATH: Final = "/sign-in/openid"
BACK: Final = f"{PATH}/back"
_COOKIE: Final = "huiying_openid"
_SEE_OTHER: Final = 303
_LOG = structlog.get_logger()
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[PUBLIC])
Told = Annotated[str, Query(max_length=4000)]


@router.get(PATH)
@narrowed(Answer.NOT_FOUND, EVERYBODY)
@unwritten("leads to the provider; who comes back is written down")
async def go_to_provider(request: Request, after: Told = "/desk") -> Response:
    """Lead the browser to the provider, with state, nonce and PKCE, bound to it by a cookie.

    A link and no form: our policy lets no form end at another server. It changes nothing but what comes back here.
    """
    provider = _provider(request)
    async with writing(request.app.state.database) as session:
        attempt = await begin_attempt(session, inside(after, "/desk"), now_of(request))
    try:
        there = await provider.way_there(attempt)
    except OpenIdFailure as failure:
        return await _failed(request, failure)
    return _led_on(request, there, attempt.browser)


@router.get(BACK)
@narrowed(Answer.NOT_FOUND, EVERYBODY)
@writes(Deed.SIGN_IN)
async def come_back(request: Request, state: Told = "", code: Told = "", error: Told = "") -> Response:
    """The browser comes back from the provider: a new session for the account of the login that it confirms."""
    provider, now, database = _provider(request), now_of(request), request.app.state.database
    browser = request.cookies.get(_cookie(request), "")
    async with writing(database) as session:
        attempt = await take_attempt(session, state=state, browser=browser, at=now)
    if attempt is None:
        return await _told(request, 403, say("登录已过时，或不是从本浏览器发起的。请重新登录。"))
    if error or not code:
        return await _told(request, 403, say("统一身份认证没有确认您的登录。请重试，或用账号和口令登录。"))
    try:
        login = await provider.login(attempt, code)
    except OpenIdFailure as failure:
        return await _failed(request, failure)
    async with reading(database) as session:
        row = await row_of(session, login)
    if row is None or row.disabled_at is not None:
        return await _told(
            request,
            403,
            say("统一身份认证已确认您的身份，但本系统没有您的账号，或账号已停用。请联系安全管理员。"),
        )
    async with writing(database) as session:
        secret = await begin_anew(request, session, row.id)
        await enter_sign_in(request, session, secret, "openid")
    response = RedirectResponse(attempt.after, _SEE_OTHER)
    give_cookie(response, request.app.state.settings, secret)
    _forget(request, response)
    return response


def _provider(request: Request) -> OpenIdProvider:
    """The provider of the settings; raises NotFound where there is none."""
    settings: Settings = request.app.state.settings
    if not settings.oidc_issuer:
        raise NotFound
    scheme = "https" if settings.behind_tls else "http"
    return OpenIdProvider(settings, f"{scheme}://{request.headers.get('host', '')}{BACK}")


def _led_on(request: Request, there: str, browser: str) -> Response:
    response = RedirectResponse(there, _SEE_OTHER)
    response.set_cookie(
        _cookie(request),
        browser,
        max_age=int(KEPT.total_seconds()),
        path="/",
        secure=request.app.state.settings.behind_tls,
        httponly=True,
        samesite="lax",  # the way back is a link of the provider's
    )
    return response


async def _failed(request: Request, failure: OpenIdFailure) -> Response:
    _LOG.warning("openid_failed", why=str(failure))
    return await _told(request, 502, say("统一身份认证没有正常应答。请稍后重试，或用账号和口令登录。"))


async def _told(request: Request, status: int, problem: str) -> Response:
    response = await sign_in_page(request, status, problem=problem)
    _forget(request, response)
    return response


def _forget(request: Request, response: Response) -> None:
    settings: Settings = request.app.state.settings
    response.delete_cookie(
        _cookie(request), path="/", secure=settings.behind_tls, httponly=True, samesite="lax"
    )


def _cookie(request: Request) -> str:
    return f"__Host-{_COOKIE}" if request.app.state.settings.behind_tls else _COOKIE
