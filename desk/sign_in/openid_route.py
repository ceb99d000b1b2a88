"""统一身份认证登录: sign-in at an OpenID provider, for accounts that are there; it makes none.

An identity signs in to the account that its owner has linked it to, by issuer and subject.
The claim speaks at the first time alone: for the account that it names the password is asked once.
"""

from http import HTTPStatus
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import EVERYBODY, AccessOutcome, narrowed
from api.audit_book import enter_deed, name_person, unwritten, writes
from api.parts import parts_of
from api.security import PUBLIC
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of, rendered
from desk.sign_in.openid import Confirmed, OpenIdFailure, OpenIdProvider
from desk.sign_in.own_forms import FormRoute, StrangersFormRoute
from desk.sign_in.relying_party import relying_party
from desk.sign_in.return_address import inside
from desk.sign_in.route import SignInForm, TurnedAway, let_in, sign_in_page, welcomed
from desk.sign_in.sessions import (
    Session,
    begin_anew,
    enter_sign_in,
    give_cookie,
    set_own_cookie,
    take_own_cookie,
)
from storage.account_tables import AccountRow
from storage.accounts import row_of
from storage.audit_book import BookDeed
from storage.openid_attempts import LIFETIME, begin_attempt, take_attempt
from storage.openid_links import (
    WAITS,
    NotLinked,
    end_link,
    has_link,
    link_waiting,
    linked_account,
    wait_for_owner,
    waiting,
)
from storage.sign_ins import end_all
from words.language import marked, say

PATH: Final = "/sign-in/openid"
BACK: Final = f"{PATH}/back"
LINK: Final = f"{PATH}/link"
OWN: Final = "/me/openid"
_COOKIE: Final = "huiying_openid"
_LINK_COOKIE: Final = "huiying_openid_link"
_NO_ACCOUNT: Final = marked(
    "统一身份认证已确认您的身份，但本系统没有您的账号，或账号已停用。请联系安全管理员。"
)
_ANOTHER: Final = marked(
    "这个账号已与统一身份认证的另一个身份绑定，没有登录。请用账号和口令登录，先在“我的”中解除绑定；"
    "不是本人绑定的，请立即联系安全管理员。"
)
_LAPSED: Final = marked("登录已过时，或不是从本浏览器发起的。请重新登录。")
_SEE_OTHER: Final = 303
_LOG = structlog.get_logger()
router = APIRouter(
    include_in_schema=False,
    default_response_class=HTMLResponse,
    dependencies=[PUBLIC],
    route_class=StrangersFormRoute,
)
own = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)
Param = Annotated[str, Query(max_length=4000)]


@router.get(PATH)
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@unwritten("leads to the provider; who comes back is written down")
async def go_to_provider(request: Request, after: Param = "/desk") -> Response:
    """Lead the browser to the provider, with state, nonce and PKCE, bound to it by a cookie.

    A link and no form: our policy lets no form end at another server.
    It changes nothing but what comes back here.
    """
    provider = _provider(request)
    async with writing(parts_of(request).database) as session:
        attempt = await begin_attempt(session, inside(after, "/desk"), now_of(request))
    try:
        there = await provider.way_there(attempt)
    except OpenIdFailure as failure:
        return await _failed(request, failure)
    return _led_on(request, there, attempt.browser)


@router.get(BACK)
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@writes(BookDeed.SIGN_IN)
async def come_back(request: Request, state: Param = "", code: Param = "", error: Param = "") -> Response:
    """The browser comes back from the provider: a new session for the account of the login
    that it confirms.
    """
    provider, now, database = _provider(request), now_of(request), parts_of(request).database
    browser = request.cookies.get(_cookie(request), "")
    async with writing(database) as session:
        attempt = await take_attempt(session, state=state, browser=browser, at=now)
    if attempt is None:
        return await _told(request, 403, say(_LAPSED), "openid_lapsed")
    if error or not code:
        problem = say("统一身份认证没有确认您的登录。请重试，或用账号和口令登录。")
        return await _told(request, 403, problem, "openid_not_confirmed")
    try:
        confirmed = await provider.confirmed(attempt, code)
    except OpenIdFailure as failure:
        return await _failed(request, failure)
    async with writing(database) as session:
        row = await linked_account(session, confirmed.subject, now)
        if row is not None and row.disabled_at is None:
            secret = await begin_anew(request, session, row.id)
            await enter_sign_in(request, session, secret, "openid")
    if row is None:
        return await _first_time(request, confirmed, attempt.after)
    if row.disabled_at is not None:
        name_person(request, person=row.login, post=row.role, unit=row.unit)
        return await _told(request, 403, say(_NO_ACCOUNT), "openid_no_account")
    response = RedirectResponse(attempt.after, _SEE_OTHER)
    give_cookie(response, parts_of(request).settings, secret)
    _forget(request, response)
    return response


async def _first_time(request: Request, confirmed: Confirmed, after: str) -> Response:
    """Lead the browser of an identity without a link to the page that asks for the password
    of the account it names.
    """
    subject, now = confirmed.subject, now_of(request)
    async with writing(parts_of(request).database) as session:
        row = await row_of(session, confirmed.login) if confirmed.login else None
        if row is None or row.disabled_at is not None:
            refusal, secret = _NO_ACCOUNT, ""
        elif await has_link(session, row.id, subject.issuer):
            refusal, secret = _ANOTHER, ""
        else:
            refusal, secret = "", await wait_for_owner(session, subject, row.id, after, now)
    if row is not None:
        name_person(request, person=row.login, post=row.role, unit=row.unit)
    if refusal:
        kind = "openid_no_account" if refusal == _NO_ACCOUNT else "openid_link_another"
        return await _told(request, 403, say(refusal), kind)
    request.state.problem = "openid_link_needed"  # nobody has signed in yet, and the book says so
    response = RedirectResponse(LINK, _SEE_OTHER)
    _forget(request, response)
    settings = parts_of(request).settings
    set_own_cookie(response, settings, _cookie(request, _LINK_COOKIE), secret, WAITS)
    return response


@router.get(LINK)
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@unwritten("an empty form")
async def show_link(request: Request) -> Response:
    """The page that asks for the password of the account once, before an identity signs in to it."""
    _provider(request)
    row = await _waiting_account(request)
    if row is None:
        return await _told(request, 403, say(_LAPSED), "openid_link_lapsed")
    return await _link_page(request, row)


@router.post(LINK)
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@writes(BookDeed.SIGN_IN)
async def link(request: Request, form: Annotated[SignInForm, Form()]) -> Response:
    """Link the identity to the account whose password is given, and begin a session;
    guesses are slowed as at sign-in.
    """
    _provider(request)
    cookie = request.cookies.get(_cookie(request, _LINK_COOKIE), "")
    async with reading(parts_of(request).database) as session:
        unlinked = await waiting(session, cookie, now_of(request))
        row = None if unlinked is None else await session.get(AccountRow, unlinked.account_id)
    if unlinked is None or row is None:
        return await _told(request, 403, say(_LAPSED), "openid_link_lapsed")

    async def linked(session: AsyncSession) -> TurnedAway | None:
        link_id = await link_waiting(session, cookie, unlinked, now_of(request))
        if link_id is NotLinked.LAPSED or link_id is NotLinked.ANOTHER:
            request.state.problem = f"openid_link_{link_id.value}"
            return TurnedAway(status=403, problem=say(_LAPSED if link_id is NotLinked.LAPSED else _ANOTHER))
        if isinstance(link_id, str):
            await enter_deed(request, session, BookDeed.OPENID_LINK, row.login, link=link_id)
        return None

    entered = await let_in(request, form.model_copy(update={"login": row.login}), linked)
    if isinstance(entered, TurnedAway) and entered.status == HTTPStatus.FORBIDDEN:
        return await _told(request, entered.status, entered.problem, request.state.problem)
    if isinstance(entered, TurnedAway):
        return await _link_page(request, row, entered)
    response = welcomed(request, entered, unlinked.after)
    take_own_cookie(response, parts_of(request).settings, _cookie(request, _LINK_COOKIE))
    return response


@own.post(f"{OWN}/{{link_id}}/end")
@writes(BookDeed.OPENID_END)
async def unlink(request: Request, login_session: Session, link_id: str) -> Response:
    """Let an identity sign in to one's own account no more; other sessions end, some may be its own."""
    async with writing(parts_of(request).database) as session:
        if not await end_link(session, login_session.account.id, link_id):
            raise NotFound
        await end_all(
            session, login_session.account.id, why="unlinked", at=now_of(request), but=login_session.id
        )
        await enter_deed(request, session, BookDeed.OPENID_END, login_session.account.login, link=link_id)
    return RedirectResponse("/me", _SEE_OTHER)


async def _waiting_account(request: Request) -> AccountRow | None:
    """The account for whose password an identity waits in the browser that asks; None where there is none."""
    cookie = request.cookies.get(_cookie(request, _LINK_COOKIE), "")
    async with reading(parts_of(request).database) as session:
        unlinked = await waiting(session, cookie, now_of(request))
        return None if unlinked is None else await session.get(AccountRow, unlinked.account_id)


async def _link_page(request: Request, row: AccountRow, away: TurnedAway | None = None) -> HTMLResponse:
    return await rendered(
        request,
        "sign_in/openid_link.html",
        away.status if away else 200,
        away.headers if away else None,
        login=row.login,
        passkeys=relying_party(request) is not None,
        problem=away.problem if away else None,
    )


def _provider(request: Request) -> OpenIdProvider:
    """The provider of the settings; raises NotFound where there is none."""
    settings = parts_of(request).settings
    if not settings.oidc_issuer:
        raise NotFound
    scheme = "https" if settings.behind_tls else "http"
    return OpenIdProvider(settings, f"{scheme}://{request.headers.get('host', '')}{BACK}")


def _led_on(request: Request, there: str, browser: str) -> Response:
    response = RedirectResponse(there, _SEE_OTHER)
    settings = parts_of(request).settings
    set_own_cookie(
        response, settings, _cookie(request), browser, LIFETIME
    )  # the way back is a link of the provider's
    return response


async def _failed(request: Request, failure: OpenIdFailure) -> Response:
    _LOG.warning("openid_failed", why=str(failure))
    return await _told(
        request, 502, say("统一身份认证没有正常应答。请稍后重试，或用账号和口令登录。"), "openid_failed"
    )


async def _told(request: Request, status: int, problem: str, kind: str) -> Response:
    """The page to sign in, with why nobody came in: in words, and for the audit book by its kind."""
    request.state.problem = kind
    response = await sign_in_page(request, status, problem=problem)
    _forget(request, response)
    return response


def _forget(request: Request, response: Response) -> None:
    take_own_cookie(response, parts_of(request).settings, _cookie(request))


def _cookie(request: Request, name: str = _COOKIE) -> str:
    return f"__Host-{name}" if parts_of(request).settings.behind_tls else name
