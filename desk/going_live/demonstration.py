"""演示收起: the accounts that the first start made for trying things out are disabled by the security
administrator, open drills voided by a leader of the office. Nothing is deleted, each is recorded.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.admission import PEOPLE, AccessOutcome, CallerClass, narrowed
from api.audit_book import in_the_log_or, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import Problem
from desk.administration.access import Security, author
from desk.frame.page import now_of, rendered
from desk.people.view import unit_name
from desk.sign_in.own_forms import FormRoute, Line, OwnForm
from desk.sign_in.sessions import NotForThisPost, Person
from domain.steps.screen import VoidRegistration
from domain.terms.refusals import Refused
from domain.terms.roles import LEADERS, Actor
from storage import people
from storage.accounts import Account, Administrator, list_accounts
from storage.acts import first_accounts_of
from storage.audit_book import BookDeed
from storage.filters import IncidentFilter, IncidentLine
from storage.lists import incidents
from storage.people import PersonRefused
from words.labels import word
from words.language import marked, say

_AT_ONCE: Final = 50  # drills that are voided by one form
_SECONDS: Final = 20.0
_DONE: Final = {
    "accounts": marked("演示账号已停用，其登录已全部结束。"),
    "drills": marked("所列的演练已作废，记录都在。"),
    "some": marked("有的演练没有作废，仍列在下面：请稍后再试，或打开它看原因。"),
}
_REASON: Final = marked("正式启用，收起演示")
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class AccountsForm(OwnForm):
    """The accounts that the page named, by their ids: none that came since is disabled unseen."""

    account: tuple[Line, ...] = ()


class DrillsForm(OwnForm):
    """The drills that the page named, by their ids, why they are put away, and the key of the page
    by which each is voided once.
    """

    incident: tuple[Line, ...] = ()
    reason: Line = ""
    page_key: Line = ""


@router.get("/people/demonstration")
@writes(BookDeed.PEOPLE_READ)
async def show_accounts(request: Request, administrator: Security, done: str = "") -> HTMLResponse:
    """演示账号。 The accounts of the demonstration that can still sign in."""
    left = await _left(request, administrator)
    return await _accounts_page(request, left, done=_told(done))


@router.post("/people/demonstration")
@writes(BookDeed.PEOPLE_CHANGE)
async def disable_accounts(
    request: Request, administrator: Security, form: Annotated[AccountsForm, Form()]
) -> Response:
    """停用演示账号。 Disable all that the page named in one act, or none."""
    left, by, now = await _left(request, administrator), author(request, administrator), now_of(request)
    named = [account for account in left if account.id in set(form.account)]
    try:
        async with writing(parts_of(request).database, _SECONDS) as session:
            for account in named:
                await people.disable(session, by, account.id, at=now)
    except PersonRefused as refused:
        problem = word(refused.reason).replace("{subject}", refused.subject)
        return await _accounts_page(request, left, problem=problem)
    parts_of(request).api_tokens.forget()
    return RedirectResponse("/people/demonstration?done=accounts", HTTPStatus.SEE_OTHER)


@router.get("/drills")
@narrowed(AccessOutcome.FORBIDDEN, PEOPLE - {CallerClass.OFFICE})
@writes(BookDeed.SEARCH)
async def show_drills(request: Request, person: Person, done: str = "") -> HTMLResponse:
    """在办的演练。 The open drills, which a leader of the office may put away."""
    lines = await _drills(request, _leader(request, person))
    return await rendered(
        request, "going_live/drills.html", lines=lines, key=uuid4().hex, reason=say(_REASON), done=_told(done)
    )


@router.post("/drills")
@narrowed(AccessOutcome.FORBIDDEN, PEOPLE - {CallerClass.OFFICE})
@in_the_log_or(BookDeed.SEARCH)
async def void_drills(request: Request, person: Person, form: Annotated[DrillsForm, Form()]) -> Response:
    """作废演练。 Void each drill that the page named by a step of its own; what is declined stays."""
    command = VoidRegistration(reason=form.reason or say(_REASON))
    commands, left = parts_of(request).commands, 0
    named = set(form.incident)
    for line in await _drills(request, _leader(request, person)):
        if line.incident_id not in named:
            continue
        try:
            await commands.submit(line.incident_id, command, person, f"{form.page_key}-{line.incident_id}")
        except (Refused, Problem):
            left += 1
    return RedirectResponse(f"/drills?done={'some' if left else 'drills'}", HTTPStatus.SEE_OTHER)


async def _left(request: Request, administrator: Account) -> list[Account]:
    """The accounts of the first start that can still sign in, but for the administrators and one's own."""
    async with reading(parts_of(request).database) as session:
        first, accounts = await first_accounts_of(session), await list_accounts(session)
    return [
        one
        for one in accounts
        if one.login in first
        and one.disabled_at is None
        and not isinstance(one.post, Administrator)
        and one.id != administrator.id
    ]


async def _accounts_page(
    request: Request, left: list[Account], *, done: str = "", problem: str = ""
) -> HTMLResponse:
    law, status = parts_of(request).law_now(), HTTPStatus.CONFLICT if problem else HTTPStatus.OK
    units = {one.unit: unit_name(law, one.unit) for one in left}
    return await rendered(
        request, "going_live/accounts.html", status, left=left, units=units, done=done, problem=problem
    )


async def _drills(request: Request, actor: Actor) -> Sequence[IncidentLine]:
    async with reading(parts_of(request).database) as session:
        page = await incidents(session, IncidentFilter(closed=False, drill=True), actor=actor, limit=_AT_ONCE)
    return page.items


def _leader(request: Request, person: Actor) -> Actor:
    """Who may put drills away: a leader of the office. Raises NotForThisPost."""
    if person.role not in LEADERS or person.unit != parts_of(request).law_now().offices.office:
        raise NotForThisPost
    return person


def _told(done: str) -> str:
    return say(_DONE[done]) if done in _DONE else ""
