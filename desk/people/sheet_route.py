"""人员表: the accounts of many people made from a sheet in one act, after it was looked at row by row,
and their first passwords on a sheet that is printed and handed out.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from api.audit_book import add_detail, unwritten, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.administration.access import Security, author
from desk.frame.page import now_of, rendered
from desk.people.sheet import (
    COLUMNS,
    MOST_PEOPLE,
    NewPerson,
    PeopleSheetPage,
    again,
    carried_people,
    sheet_page,
    slips_page,
    why_no_people,
    with_choices,
)
from desk.sign_in.sessions import form_of
from intake.named_rows import named_rows
from intake.sheet_rows import NoSheet
from intake.sheets import LARGEST_SHEET
from storage import people
from storage.accounts import (
    Account,
    AccountFilter,
    AccountState,
    Administrator,
    end_passwords,
    first_passwords_mark,
    hashed,
    list_accounts,
    new_password,
)
from storage.audit_book import BookDeed
from storage.people import PersonRefused
from words.labels import word
from words.language import marked, say

_LARGEST_FORM: Final = LARGEST_SHEET + 1024 * 1024
_SECONDS: Final = 20.0  # that five hundred accounts may take to be written
_DAYS: Final = range(1, 15)
_USUAL: Final = 7
_TITLE: Final = 200
_FRESH: Final = AccountFilter(state=AccountState.FRESH)
_OTHERS_SERVE: Final = marked("打开这页之后，有首次口令已经重发、新建或改过；没有重发，请核对后再试。")
_NEEDED: Final = frozenset(COLUMNS)
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/people/sheet")
@unwritten("an empty form")
async def show_sheet(request: Request, _: Security) -> HTMLResponse:
    """人员表。 The form that takes a sheet of people."""
    return await _page(request, PeopleSheetPage())


@router.post("/people/sheet")
@writes(BookDeed.PEOPLE_READ)
async def look_at_people(request: Request, _: Security) -> HTMLResponse:
    """What each row becomes, with all faults; nothing is made yet."""
    form = await form_of(request, largest=_LARGEST_FORM, files=1)
    try:
        sent = form.get("_files")
        content = await sent.read(LARGEST_SHEET + 1) if isinstance(sent, UploadFile) else b""
        name = sent.filename or "" if isinstance(sent, UploadFile) else ""
    finally:
        await form.close()
    add_detail(request, title=name[:_TITLE])
    try:
        rows = await asyncio.to_thread(lambda: list(named_rows(content, COLUMNS, _NEEDED, MOST_PEOPLE)))
    except NoSheet as why:
        trouble = why_no_people(str(why)) if content else say("请选择表格文件。")
        return await _page(request, PeopleSheetPage(trouble=trouble), HTTPStatus.UNPROCESSABLE_ENTITY)
    page = sheet_page(parts_of(request).law_now(), rows, await _accounts(request))
    return await _page(request, page, HTTPStatus.UNPROCESSABLE_ENTITY if page.faulty else HTTPStatus.OK)


@router.post("/people/sheet/accounts")
@writes(BookDeed.PEOPLE_CHANGE)
async def make_accounts(request: Request, administrator: Security) -> HTMLResponse:
    """All accounts of the sheet or none; their first passwords stand on this answer alone."""
    form = await form_of(request, largest=_LARGEST_FORM)
    try:
        wanted = carried_people(str(form.get("_rows", "")))
    except ValueError:
        raise NotFound from None  # no page of ours sends such
    now, serves = now_of(request), _serves(form)
    secrets = await asyncio.to_thread(_passwords, len(wanted))
    law, by = parts_of(request).law_now(), author(request, administrator)
    new_people: list[tuple[Account, str]] = []
    try:
        async with writing(parts_of(request).database, _SECONDS) as session:
            for person, (password, password_hash) in zip(wanted, secrets, strict=True):
                account = await people.add(
                    session,
                    by,
                    law,
                    person.login,
                    person.particulars(),
                    password_hash=password_hash,
                    at=now,
                )
                new_people.append((account, password))
            await end_passwords(session, now + serves, [account.id for account, _ in new_people])
    except PersonRefused as refused:
        return await _nothing_made(request, wanted, refused)
    return await _slips(request, new_people, now + serves)


@router.post("/people/sheet/passwords")
@writes(BookDeed.PEOPLE_CHANGE)
async def renew_unclaimed(request: Request, administrator: Security) -> HTMLResponse:
    """New first passwords for all who never chose their own, in one unit or in all:
    for slips that were lost, or came to their end. A page that is sent again makes none: the slips
    just printed go on to serve.
    """
    form = await form_of(request)
    unit, now, serves = str(form.get("unit", ""))[:_TITLE], now_of(request), _serves(form)
    waiting = [
        one for one in await _unclaimed(request) if unit in {"", one.unit} and one.id != administrator.id
    ][:MOST_PEOPLE]
    if not waiting:
        trouble = say("没有尚未改口令的账号，未作任何变更。")
        return await _page(request, PeopleSheetPage(trouble=trouble), HTTPStatus.CONFLICT)
    secrets = await asyncio.to_thread(_passwords, len(waiting))
    by = author(request, administrator)
    renewed: list[tuple[Account, str]] = []
    try:
        async with writing(parts_of(request).database, _SECONDS) as session:
            if form.get("mark") != await first_passwords_mark(session):
                return await _page(request, PeopleSheetPage(trouble=say(_OTHERS_SERVE)), HTTPStatus.CONFLICT)
            still = {one.id for one in await list_accounts(session, _FRESH)}
            for account, (password, password_hash) in zip(waiting, secrets, strict=True):
                if account.id not in still:  # whoever chose a password meanwhile keeps it
                    continue
                renewed.append((account, password))
                await people.renew_password(session, by, account.id, password_hash=password_hash, at=now)
            await end_passwords(session, now + serves, [account.id for account, _ in renewed])
    except PersonRefused as refused:
        trouble = word(refused.reason).replace("{subject}", refused.subject)
        return await _page(request, PeopleSheetPage(trouble=trouble), HTTPStatus.CONFLICT)
    parts_of(request).api_tokens.forget()
    return await _slips(request, renewed, now + serves)


async def _nothing_made(request: Request, wanted: list[NewPerson], refused: PersonRefused) -> HTMLResponse:
    """The rows once more, judged by what is there now: somebody made one of the accounts meanwhile."""
    page = again(parts_of(request).law_now(), wanted, await _accounts(request))
    trouble = word(refused.reason).replace("{subject}", refused.subject)
    said = say("没有新建任何账号：{trouble}", trouble=trouble)
    view = PeopleSheetPage(trouble=said, lines=page.lines, fresh=page.fresh, known=page.known, rows=page.rows)
    return await _page(request, view, HTTPStatus.CONFLICT)


async def _slips(request: Request, passwords: list[tuple[Account, str]], until: datetime) -> HTMLResponse:
    address = parts_of(request).settings.base_address or f"{request.url.scheme}://{request.url.netloc}"
    page = slips_page(parts_of(request).law_now(), passwords, until=until, address=address)
    return await rendered(request, "people/slips.html", page=page)


def _passwords(count: int) -> list[tuple[str, str]]:
    """So many passwords, each with its hash."""
    return [(password, hashed(password)) for password in (new_password() for _ in range(count))]


def _serves(form: FormData) -> timedelta:
    """For how long first passwords serve: days, as the form has them."""
    typed = str(form.get("days", ""))
    days = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len("1000") else _USUAL
    return timedelta(days=min(max(days, _DAYS[0]), _DAYS[-1]))


async def _accounts(request: Request) -> Sequence[Account]:
    async with reading(parts_of(request).database) as session:
        return await list_accounts(session)


async def _unclaimed(request: Request) -> list[Account]:
    async with reading(parts_of(request).database) as session:
        fresh = await list_accounts(session, _FRESH)
    return [account for account in fresh if account.post is not Administrator.AUDIT]


async def _page(request: Request, page: PeopleSheetPage, status: int = HTTPStatus.OK) -> HTMLResponse:
    async with reading(parts_of(request).database) as session:
        mark = await first_passwords_mark(session)
    view = with_choices(page, parts_of(request).law_now(), await _unclaimed(request), mark)
    return await rendered(request, "people/sheet.html", status, page=view)
