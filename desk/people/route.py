"""人员: the accounts of people and their posts, kept by the security administrator."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_book import add_detail, unwritten, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.administration.access import Security, author
from desk.frame.page import now_of, rendered
from desk.people.view import PeoplePage, PersonForm, people_page, person_form, person_view
from desk.sign_in.own_forms import FormRoute, Line, OwnForm
from domain.law.regulation import Law
from storage import people
from storage.accounts import (
    Account,
    AccountFilter,
    AccountState,
    account_by_id,
    hashed,
    list_accounts,
    new_password,
    post_of,
)
from storage.acts import Author
from storage.audit_book import BookDeed
from storage.openid_links import links_of
from storage.people import Particulars, PersonReason, PersonRefused
from storage.sign_ins import sessions_of
from words.labels import word

ROWS: Final = 50
_LAST_PAGE: Final = 1000
_AT_FAULT: Final = frozenset(
    {
        PersonReason.LOGIN_INVALID,
        PersonReason.NAME_INVALID,
        PersonReason.POST_UNKNOWN,
        PersonReason.UNIT_UNKNOWN,
    }
)
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class SearchForm(OwnForm):
    """The accounts that are looked for."""

    unit: Line = ""
    post: Line = ""
    state: Line = ""
    text: Line = ""
    page: Line = ""


class ParticularsForm(OwnForm):
    """Name, post and unit of a person; `login` of a new one alone."""

    login: Line = ""
    name: Line = ""
    post: Line = ""
    unit: Line = ""

    def read(self) -> Particulars:
        """What is meant; raises PersonRefused for a post that does not exist."""
        try:
            post = post_of(self.post)
        except ValueError:
            raise PersonRefused(PersonReason.POST_UNKNOWN) from None
        return Particulars(name=self.name, post=post, unit=self.unit)


AccountAct = Callable[..., Awaitable[None]]


@router.get("/people")
@writes(BookDeed.PEOPLE_READ)
async def show_people(request: Request, _: Security) -> HTMLResponse:
    """人员。 All accounts, by unit."""
    return await rendered(request, "people/page.html", page=await _listed(request, SearchForm()))


@router.post("/people/search")
@writes(BookDeed.PEOPLE_READ)
async def search_people(request: Request, _: Security, form: Annotated[SearchForm, Form()]) -> HTMLResponse:
    """查找人员；姓名不进网址。 The accounts looked for; a form, so that no name stands in an address."""
    add_detail(request, text=form.text)
    return await rendered(request, "people/page.html", page=await _listed(request, form))


async def _listed(request: Request, form: SearchForm) -> PeoplePage:
    wanted = AccountFilter(
        unit=form.unit,
        post=form.post,
        state=AccountState(form.state) if form.state in set(AccountState) else None,
        text=form.text,
    )
    number = form.page
    page = min(max(int(number), 1), _LAST_PAGE) if number.isascii() and number.isdecimal() else 1
    async with reading(parts_of(request).database) as session:
        accounts = await list_accounts(session, wanted, limit=ROWS + 1, skipped=(page - 1) * ROWS)
    return people_page(_law(request), accounts[:ROWS], wanted, page, has_more=len(accounts) > ROWS)


@router.get("/people/new")
@unwritten("an empty form")
async def show_new(request: Request, _: Security) -> HTMLResponse:
    """新建人员表单。 The form of a new account."""
    return await _form(request, person_form(_law(request), "/people/new"))


@router.post("/people/new")
@writes(BookDeed.PEOPLE_CHANGE)
async def add_person(
    request: Request, administrator: Security, form: Annotated[ParticularsForm, Form()]
) -> HTMLResponse:
    """新建人员，口令只显示这一次。 A new account; its password is on this answer alone."""
    now, password = now_of(request), new_password()
    try:
        particulars = form.read()
        password_hash = await asyncio.to_thread(hashed, password)
        async with writing(parts_of(request).database) as session:
            account = await people.add(
                session,
                author(request, administrator),
                _law(request),
                form.login,
                particulars,
                password_hash=password_hash,
                at=now,
            )
    except PersonRefused as refused:
        return await _form(request, _typed(request, "/people/new", form), refused)
    return await rendered(
        request, "people/password_once.html", account=account, password=password, is_new=True
    )


@router.get("/people/{account_id}")
@writes(BookDeed.PEOPLE_READ)
async def show_person(request: Request, administrator: Security, account_id: str) -> HTMLResponse:
    """一个人员。 One account and what may be done with it."""
    return await _person(request, administrator, account_id, done=request.query_params.get("done", ""))


@router.post("/people/{account_id}")
@writes(BookDeed.PEOPLE_CHANGE)
async def change_person(
    request: Request, administrator: Security, account_id: str, form: Annotated[ParticularsForm, Form()]
) -> Response:
    """变更姓名、岗位或单位；岗位、单位变更的，其登录立即结束。 Another name, post or unit."""
    try:
        particulars = form.read()
        async with writing(parts_of(request).database) as session:
            await people.change(
                session,
                author(request, administrator),
                _law(request),
                account_id,
                particulars,
                at=now_of(request),
            )
    except PersonRefused as refused:
        typed_anew = _typed(request, f"/people/{account_id}", form.model_copy(update={"login": ""}))
        return await _person(request, administrator, account_id, refused=refused, form=typed_anew)
    parts_of(request).api_tokens.forget()  # tokens of the earlier post count for nothing from now on
    return RedirectResponse(f"/people/{account_id}?done=changed", HTTPStatus.SEE_OTHER)


@router.post("/people/{account_id}/disable")
@writes(BookDeed.PEOPLE_CHANGE)
async def disable_person(request: Request, administrator: Security, account_id: str) -> Response:
    """停用账号，其登录立即结束。 Disable an account; its sessions end at once."""
    return await _done(request, administrator, account_id, people.disable, "disabled")


@router.post("/people/{account_id}/enable")
@writes(BookDeed.PEOPLE_CHANGE)
async def enable_person(request: Request, administrator: Security, account_id: str) -> Response:
    """重新启用账号。 Let a disabled account sign in again."""
    return await _done(request, administrator, account_id, people.enable, "enabled")


@router.post("/people/{account_id}/code")
@writes(BookDeed.PEOPLE_CHANGE)
async def clear_code(request: Request, administrator: Security, account_id: str) -> Response:
    """取消丢失的动态码。 Drop a one-time code that was lost."""
    return await _done(request, administrator, account_id, people.clear_code, "code")


@router.post("/people/{account_id}/password")
@writes(BookDeed.PEOPLE_CHANGE)
async def renew_password(request: Request, administrator: Security, account_id: str) -> HTMLResponse:
    """重发口令，只显示这一次。 A new password; it is on this answer alone."""
    password = new_password()
    password_hash = await asyncio.to_thread(hashed, password)

    async def renew(session: AsyncSession, by: Author, account_id: str, *, at: datetime) -> None:
        await people.renew_password(session, by, account_id, password_hash=password_hash, at=at)

    refused = await _refusal(request, administrator, account_id, renew)
    if refused is not None:
        return await _person(request, administrator, account_id, refused=refused)
    async with reading(parts_of(request).database) as session:
        account = await account_by_id(session, account_id)
    return await rendered(
        request, "people/password_once.html", account=account, password=password, is_new=False
    )


async def _done(
    request: Request, administrator: Account, account_id: str, act: AccountAct, done: str
) -> Response:
    """An act that asks for nothing but the account."""
    refused = await _refusal(request, administrator, account_id, act)
    if refused is not None:
        return await _person(request, administrator, account_id, refused=refused)
    return RedirectResponse(f"/people/{account_id}?done={done}", HTTPStatus.SEE_OTHER)


async def _refusal(
    request: Request, administrator: Account, account_id: str, act: AccountAct
) -> PersonRefused | None:
    try:
        async with writing(parts_of(request).database) as session:
            await act(session, author(request, administrator), account_id, at=now_of(request))
    except PersonRefused as refused:
        return refused
    parts_of(request).api_tokens.forget()
    return None


async def _person(
    request: Request,
    administrator: Account,
    account_id: str,
    *,
    done: str = "",
    refused: PersonRefused | None = None,
    form: PersonForm | None = None,
) -> HTMLResponse:
    async with reading(parts_of(request).database) as session:
        account = await account_by_id(session, account_id)
        login_sessions = [] if account is None else await sessions_of(session, account_id, now_of(request))
        links = await links_of(session, account_id)
    if account is None:
        raise NotFound
    law = _law(request)
    view = person_view(
        law,
        account,
        administrator,
        sessions=len(login_sessions),
        issuers=[one.issuer for one in links],
        done=done,
    )
    particulars = form or person_form(law, f"/people/{account_id}", account)
    problem, status = _told(refused)
    return await rendered(
        request, "people/person.html", status, person=view, form=particulars, problem=problem
    )


async def _form(request: Request, form: PersonForm, refused: PersonRefused | None = None) -> HTMLResponse:
    problem, status = _told(refused)
    return await rendered(request, "people/person_new.html", status, form=form, problem=problem)


def _told(refused: PersonRefused | None) -> tuple[str | None, int]:
    if refused is None:
        return None, HTTPStatus.OK
    said = word(refused.reason).replace("{subject}", refused.subject)
    return said, HTTPStatus.UNPROCESSABLE_ENTITY if refused.reason in _AT_FAULT else HTTPStatus.CONFLICT


def _typed(request: Request, action: str, form: ParticularsForm) -> PersonForm:
    """The form with what was typed into it."""
    return person_form(
        _law(request), action, login=form.login, name=form.name, post=form.post, unit=form.unit
    )


def _law(request: Request) -> Law:
    return parts_of(request).law_now()
