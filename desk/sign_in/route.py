"""登录: sign-in with password and one-time code, sign-out, one's own password and sessions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_book import enter_deed, name_person, unwritten, writes
from api.parts import parts_of
from api.security import PUBLIC
from casework.ledger_session import writing
from desk.administration.access import begins_at
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm, Secret, StrangersFormRoute, cut
from desk.sign_in.passkey_sign_in import is_signed
from desk.sign_in.proof import unproven
from desk.sign_in.relying_party import LONGEST_ANSWER, relying_party
from desk.sign_in.remembered_device import device_of, remember
from desk.sign_in.return_address import inside
from desk.sign_in.sessions import (
    Session,
    begin_anew,
    enter_sign_in,
    give_cookie,
    session_of,
    take_cookie,
)
from desk.sign_in.turns import COME_AGAIN, Crowded, turns_of
from storage.account_tables import AccountRow
from storage.accounts import Account, fits, folded, hashed, row_of
from storage.audit_book import BookDeed
from storage.one_time_codes import spend_code
from storage.openid_links import end_links
from storage.passwords import PasswordRejected, Weakness, check_password
from storage.sign_ins import attempt, end_all, must_wait, revoke_session, succeeded
from words.language import marked, say
from words.wording import duration

_LONGEST: Final = 200
_SEE_OTHER: Final = 303
_PATIENCE: Final = 10.0  # seconds: who has waited for a turn is not sent away by a disk that is slow
_WEAK: Final = {
    Weakness.LENGTH: marked("新口令须 10 个字符以上、200 个以内；可以用几个词连成一句。"),
    Weakness.BLANK: marked("新口令不能全是空格；可以用几个词连成一句。"),
    Weakness.OWN_NAME: marked("新口令不能含账号、姓名或单位；可以用几个词连成一句。"),
    Weakness.COMMON: marked("新口令太常见，容易被猜中；可以用几个不相干的词连成一句。"),
}
router = APIRouter(
    include_in_schema=False, default_response_class=HTMLResponse, route_class=StrangersFormRoute
)
own = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class SignInForm(OwnForm):
    """What is typed to sign in, cut to what may be right; `after` is where to go then."""

    login: Annotated[str, cut(_LONGEST)] = ""
    password: Secret = ""
    code: Secret = ""
    passkey: Annotated[str, cut(LONGEST_ANSWER), Field(repr=False)] = ""
    after: str = "/desk"


class PasswordForm(OwnForm):
    """The present password, and the new one twice;
    one character more than may be right shows what is too long.
    """

    old: Annotated[str, cut(_LONGEST + 1), Field(repr=False)] = ""
    new: Annotated[str, cut(_LONGEST + 1), Field(repr=False)] = ""
    again: Annotated[str, cut(_LONGEST + 1), Field(repr=False)] = ""


@router.get("/sign-in", dependencies=[PUBLIC])
@unwritten("an empty form")
async def show_sign_in(request: Request, after: str = "/desk") -> Response:
    """The page to sign in; who is signed in already goes on."""
    if await session_of(request) is not None:
        return RedirectResponse(inside(after, "/desk"), _SEE_OTHER)
    return await sign_in_page(request, after=inside(after, "/desk"))


@router.post("/sign-in", dependencies=[PUBLIC])
@writes(BookDeed.SIGN_IN)
async def sign_in(request: Request, form: Annotated[SignInForm, Form()]) -> Response:
    """Begin a session; every failure is told alike, and takes alike long,
    so that no login can be guessed at.
    """
    after = inside(form.after, "/desk")
    entered = await let_in(request, form)
    if isinstance(entered, TurnedAway):
        return await sign_in_page(
            request, entered.status, entered.headers, after=after, login=form.login, problem=entered.problem
        )
    return welcomed(request, entered, after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session that has begun, by what its cookie holds, and of its account what the answer needs."""

    secret: str
    account_id: str
    post: str
    password_hash: str
    must_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway:
    """Why nobody came in, in words."""

    status: int
    problem: str
    headers: dict[str, str] = field(default_factory=dict)


Link = Callable[[AsyncSession], Awaitable[TurnedAway | None]]


async def let_in(request: Request, tried: SignInForm, link: Link | None = None) -> Entered | TurnedAway:
    """A session for who typed what fits, in its turn; `link` is done in the transaction in which it begins.

    What a link gives is why nobody comes in after all, None where it is done.
    """
    try:
        async with turns_of(request).turn():
            return await _entered(request, tried, link)
    except Crowded as crowded:
        problem = say(
            "此刻登录的人太多，您没有做错什么；请在{time}后再试。",
            time=duration(timedelta(seconds=COME_AGAIN)),
        )
        return TurnedAway(status=crowded.status, problem=problem, headers=dict(crowded.headers))


def welcomed(request: Request, entered: Entered, after: str) -> Response:
    """The way on of who came in, with the session's cookie."""
    way = "/password" if entered.must_change else begins_at(entered.post, after)
    response = RedirectResponse(way, _SEE_OTHER)
    give_cookie(response, parts_of(request).settings, entered.secret)
    remember(request, response, entered.account_id, entered.password_hash)
    return response


async def _entered(request: Request, tried: SignInForm, link: Link | None) -> Entered | TurnedAway:
    database, now, login = parts_of(request).database, now_of(request), folded(tried.login)
    address = request.client.host if request.client else ""
    async with writing(database, _PATIENCE) as session:
        row = await row_of(session, tried.login)
        who = {"login": login, "address": address, "device": device_of(request, row)}
        wait = await must_wait(session, at=now, **who)
        position = 0 if wait else await attempt(session, at=now, **who)
    if wait:
        problem = say("尝试次数过多，请在{time}后再试；忘记口令请联系安全管理员。", time=duration(wait))
        headers = {"Retry-After": str(int(wait.total_seconds()) + 1)}
        return TurnedAway(status=429, problem=problem, headers=headers)
    right = await asyncio.to_thread(fits, tried.password, row.password_hash if row else None)
    if row is not None:
        name_person(request, person=row.login, post=row.role, unit=row.unit)
    if not right or row is None or row.disabled_at is not None:
        return _unknown()
    if row.must_change and row.password_until is not None and now >= row.password_until:
        problem = say(
            "发放的口令 24 小时内有效，已过期。请联系安全管理员重发；首次启动的，在服务器上执行"
            " bin/huiying people password {login} 重发。",
            login=row.login,
        )
        return TurnedAway(status=401, problem=problem)
    async with writing(database, _PATIENCE) as session:
        row = await _still(session, row)
        if row is None or not await _is_second_factor(request, session, row, tried):
            return _unknown()
        await succeeded(session, position)
        barred = await link(session) if link is not None else None
        if barred is not None:
            return barred
        secret = await begin_anew(request, session, row.id)
        await enter_sign_in(request, session, secret, "passkey" if tried.passkey else "password")
    return Entered(
        secret=secret,
        account_id=row.id,
        post=row.role,
        password_hash=row.password_hash,
        must_change=row.must_change,
    )


async def _still(session: AsyncSession, checked: AccountRow) -> AccountRow | None:
    """The account as it stands now, held until the transaction ends;
    None where the password that was checked lets nobody in.
    """
    row = await session.get(AccountRow, checked.id, with_for_update=True)
    lets_in = row is not None and row.disabled_at is None and row.password_hash == checked.password_hash
    return row if lets_in else None


async def _is_second_factor(
    request: Request, session: AsyncSession, row: AccountRow, tried: SignInForm
) -> bool:
    """Whether the second factor of an account was shown, of which a passkey or a code is used up;
    True where it has none.
    """
    if tried.passkey:
        return await is_signed(request, session, row.id, tried.passkey)
    if row.passkeys and row.one_time_secret is None:
        return False
    return await spend_code(session, row.id, tried.code, now_of(request))


def _unknown() -> TurnedAway:
    """What every failure is told, whatever of it was wrong."""
    problem = say(
        "账号、口令或动态码不正确。口令区分大小写；动态码只在已启用时填写，每个只能用一次；"
        "有通行密钥的可用它代替。"
    )
    return TurnedAway(status=401, problem=problem)


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
    elsewhere = parts_of(request).settings.oidc_issuer != ""
    return await rendered(
        request,
        "sign_in/page.html",
        status,
        headers,
        after=after,
        login=login,
        problem=problem,
        elsewhere=elsewhere,
        passkeys=relying_party(request) is not None,
    )


@own.post("/sign-out")
@writes(BookDeed.SIGN_OUT)
async def sign_out(request: Request, login_session: Session) -> Response:
    """End the session."""
    async with writing(parts_of(request).database) as session:
        await revoke_session(
            session,
            login_session.id,
            account_id=login_session.account.id,
            why="signed_out",
            at=now_of(request),
        )
        await enter_deed(request, session, BookDeed.SIGN_OUT)
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    response.headers["Clear-Site-Data"] = (
        '"cache"'  # what is half filled in may be another person's, and stays
    )
    take_cookie(response, parts_of(request).settings)
    return response


@own.get("/password")
@unwritten("an empty form")
async def show_password(request: Request, login_session: Session) -> HTMLResponse:
    """The page to choose a password."""
    return await rendered(
        request, "sign_in/password.html", must_change=login_session.account.must_change, problem=None
    )


@own.post("/password")
@writes(BookDeed.PASSWORD_CHANGE)
async def change_password(
    request: Request, login_session: Session, form: Annotated[PasswordForm, Form()]
) -> Response:
    """Choose another password; all other sessions of the account end,
    and what signs in to it at a provider.
    """
    old, new, again = form.old, form.new, form.again
    database, account, now = parts_of(request).database, login_session.account, now_of(request)
    problem = await unproven(request, account, old) or await asyncio.to_thread(
        _password_problem, _names_of(request, account), old, new, again
    )
    if problem is not None:
        return await rendered(
            request, "sign_in/password.html", 422, must_change=account.must_change, problem=problem
        )
    new_hash = await asyncio.to_thread(hashed, new)
    async with writing(database) as session:
        row = await session.get(AccountRow, account.id)
        if row is not None:
            row.password_hash, row.password_changed_at, row.must_change = new_hash, now, False
        await end_all(session, account.id, why="password_changed", at=now, but=login_session.id)
        await end_links(session, account.id)
        secret = await begin_anew(request, session, account.id)
        await enter_deed(request, session, BookDeed.PASSWORD_CHANGE, account.login)
    response = RedirectResponse(begins_at(account.post, "/desk"), _SEE_OTHER)
    give_cookie(response, parts_of(request).settings, secret)
    remember(request, response, account.id, new_hash)
    return response


def _names_of(request: Request, account: Account) -> tuple[str, ...]:
    """What the owner of an account is known by."""
    law = parts_of(request).law_now()
    unit = law.unit(account.unit).name if law.knows(account.unit) else ""
    return account.login, account.name, account.unit, unit


def _password_problem(names: Iterable[str], old: str, new: str, again: str) -> str | None:
    if new != again:
        return say("两次输入的新口令不一致，请重新输入。")
    if new == old:
        return say("新口令不能与原口令相同。")
    try:
        check_password(new, names)
    except PasswordRejected as rejected:
        return say(_WEAK[rejected.weakness])
    return None
