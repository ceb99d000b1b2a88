"""访问令牌: a person makes tokens for programs of one's own, sees when each was last used,
and revokes them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import enter_deed, unwritten, writes
from api.parts import parts_of
from casework.edge import text_fault
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm, Secret, cut
from desk.sign_in.proof import unproven
from desk.sign_in.sessions import Person
from domain.terms.roles import Actor, Role
from domain.terms.workdays import SHANGHAI
from storage.api_tokens import Own, Scope, TokenHolder, create_token, id_of_token, revoke_own, tokens_of
from storage.audit_book import BookDeed
from storage.sign_ins import SignedIn
from words.language import marked, say
from words.wording import MomentText, moment

PATH: Final = "/me/tokens"
MOST: Final = 20  # that hold at one time
LONGEST: Final = timedelta(days=366)
LIVES: Final = {
    "7": marked("7 天"),
    "30": marked("30 天"),
    "90": marked("90 天"),
    "date": marked("到指定日期"),
}
SCOPES: Final = {
    Scope.READ: marked("只读：查看，不办理"),
    Scope.STEPS: marked("查看并办理"),
}
_LONGEST_NAME: Final = 50
_LONGEST_TYPED: Final = 200
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class TokenForm(OwnForm):
    """What a token is to be, and the password of who makes it."""

    name: Annotated[str, cut(_LONGEST_TYPED)] = ""
    scope: Annotated[str, cut(_LONGEST_TYPED)] = ""
    life: Annotated[str, cut(_LONGEST_TYPED)] = ""
    until: Annotated[str, cut(_LONGEST_TYPED)] = ""
    password: Secret = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """A token of one's own as it is listed."""

    id: str
    name: str
    scope: str
    made_at: MomentText
    ends: MomentText | None
    used: MomentText | None
    has_expired: bool


class Unfit(Exception):  # noqa: N818  an answer to the person who typed it
    """What was typed makes no token; the text says what to do."""


@router.get(PATH)
@unwritten("a page of one's own, of no incident")
async def show_tokens(request: Request, person: Person) -> HTMLResponse:
    """One's own tokens, and the form for another."""
    return await _page(request, person, {})


@router.post(PATH)
@writes(BookDeed.TOKEN_MAKE)
async def make_token(request: Request, person: Person, form: Annotated[TokenForm, Form()]) -> HTMLResponse:
    """Make a token; its text is shown this once."""
    typed = form.model_dump(exclude={"password"})
    login_session: SignedIn = request.state.signed_in
    now = now_of(request)
    try:
        own = wanted(form, login_session.account.id, now, open_to(person))
    except Unfit as unfit:
        return await _page(request, person, typed, problem=str(unfit))
    problem = await unproven(request, login_session.account, form.password)
    if problem is not None:
        return await _page(request, person, typed, problem=problem)
    async with writing(parts_of(request).database) as session:
        holding = [
            one for one in await tokens_of(session, login_session.account.id) if not one.has_expired(now)
        ]
        text = ""
        if len(holding) < MOST:
            text = await create_token(session, person.person, person.role, person.unit, own=own)
            token_id = await id_of_token(session, text)
            await enter_deed(request, session, BookDeed.TOKEN_MAKE, token_id, scope=own.scope.value)
    if not text:
        problem = say("有效的令牌已有 {count} 个；请先吊销不用的。", count=MOST)
        return await _page(request, person, typed, problem=problem)
    return await _page(request, person, {}, token=text)


@router.post(f"{PATH}/{{token_id}}/revoke")
@writes(BookDeed.TOKEN_END)
async def revoke_token(request: Request, _: Person, token_id: str) -> Response:
    """Revoke a token of one's own; it is refused at once."""
    login_session: SignedIn = request.state.signed_in
    async with writing(parts_of(request).database) as session:
        if not await revoke_own(session, login_session.account.id, token_id):
            raise NotFound
        await enter_deed(request, session, BookDeed.TOKEN_END, token_id)
    parts_of(request).api_tokens.forget()
    return RedirectResponse(PATH, 303)


def open_to(person: Actor) -> tuple[Scope, ...]:
    """The scopes that a person's tokens may have: who changes nothing keeps none that takes steps."""
    return (Scope.READ,) if person.role is Role.AUDITOR else tuple(SCOPES)


def wanted(form: TokenForm, account_id: str, now: datetime, scopes: Collection[Scope]) -> Own:
    """What a token is to be, from what was typed; raises Unfit."""
    name, scope = form.name.strip(), form.scope
    if not 0 < len(name) <= _LONGEST_NAME or text_fault(name, "title") is not None:
        raise Unfit(say("请写明用途，1 至 50 个字。"))
    if scope not in scopes:
        raise Unfit(say("请选择范围。"))
    end = _end(form.life, form.until, now)
    return Own(account_id=account_id, name=name, scope=Scope(scope), expires_at=end)


def _end(life: str, until: str, now: datetime) -> datetime:
    """The instant from which the token is refused; a date is held through to its end in Shanghai."""
    if life in LIVES and life != "date":
        return now + timedelta(days=int(life))
    try:
        day = date.fromisoformat(until) if life == "date" else None
    except ValueError:
        day = None
    if day is None:
        raise Unfit(say("请选择有效期；选“到指定日期”的，请填日期。"))
    today = now.astimezone(SHANGHAI).date()
    if not today <= day <= today + LONGEST:
        raise Unfit(say("有效期的日期须在今天至一年之内。"))
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


async def _page(
    request: Request, person: Actor, typed: dict[str, str], *, token: str = "", problem: str | None = None
) -> HTMLResponse:
    login_session: SignedIn = request.state.signed_in
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        listed = await tokens_of(session, login_session.account.id)
    blank = {"name": "", "scope": Scope.READ.value, "life": "30", "until": ""}
    today = now.astimezone(SHANGHAI).date()
    return await rendered(
        request,
        "me/tokens.html",
        422 if problem else 200,
        lines=lines(listed, now),
        typed=blank | typed,
        scopes=[(scope.value, say(SCOPES[scope])) for scope in open_to(person)],
        lives=[(life, say(words)) for life, words in LIVES.items()],
        first=today.isoformat(),
        last=(today + LONGEST).isoformat(),
        token=token,
        problem=problem,
    )


def lines(listed: Iterable[TokenHolder], now: datetime) -> list[TokenLine]:
    """The tokens of an account as its owner reads them."""
    return [
        TokenLine(
            id=one.id,
            name=one.name,
            scope=say(SCOPES[one.scope]),
            made_at=moment(one.created_at.replace(microsecond=0)),
            ends=moment(one.expires_at.replace(microsecond=0)) if one.expires_at else None,
            used=moment(one.used_at.replace(microsecond=0)) if one.used_at else None,
            has_expired=one.has_expired(now),
        )
        for one in listed
    ]
