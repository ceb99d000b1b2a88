"""通行密钥: its owner adds a passkey, sees when each was last used, and removes it again."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_book import add_detail, enter_deed, unwritten, writes
from api.parts import parts_of
from casework.edge import text_fault
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of, rendered
from desk.sign_in.factor_proof import ProofForm, factor_unproven
from desk.sign_in.own_forms import FormRoute, OwnForm, cut
from desk.sign_in.proof import unproven
from desk.sign_in.relying_party import LONGEST_ANSWER, NotProven, challenge_in, relying_party
from desk.sign_in.second_factor import second_factors
from desk.sign_in.sessions import Settled
from storage.audit_book import BookDeed
from storage.passkeys import (
    MOST,
    Credential,
    Passkey,
    add_passkey,
    begin_challenge,
    end_passkey,
    passkeys_of,
    take_challenge,
)
from storage.sign_ins import SignedIn, end_all
from words.language import marked, say
from words.wording import MomentText, moment

PATH: Final = "/me/passkeys"
_LONGEST_NAME: Final = 50
_WRONG: Final = 422
_DONE: Final = {
    "added": marked("已添加。本账号在别处的登录已结束。"),
    "removed": marked("已移除。本账号在别处的登录已结束。"),
}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class WishForm(ProofForm):
    """A passkey that is wished for: its name, beside the proof of who sends it."""

    name: str = ""

    @property
    def fit_name(self) -> str:
        """The name that was typed; empty where it is none."""
        return _fit(self.name)


class MadeForm(OwnForm):
    """The passkey that the browser has made, and its name."""

    name: str = ""
    passkey: Annotated[str, cut(LONGEST_ANSWER), Field(repr=False)] = ""

    @property
    def fit_name(self) -> str:
        """The name that was typed; empty where it is none."""
        return _fit(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyLine:
    """A passkey as its owner reads it."""

    id: str
    name: str
    made_at: MomentText
    used: MomentText | None


@router.get(PATH)
@unwritten("a page of one's own, of no incident")
async def show_passkeys(request: Request, login_session: Settled) -> HTMLResponse:
    """One's own passkeys, and the form for another."""
    return await _page(request, login_session, done=_DONE.get(request.query_params.get("done", "")))


@router.post(f"{PATH}/begin")
@writes(BookDeed.PASSKEY_BEGIN)
async def begin(request: Request, login_session: Settled, form: Annotated[WishForm, Form()]) -> Response:
    """What the browser is asked so that it makes a passkey,
    for who gives the password and the second factor that is there.

    For this session, once.
    """
    party = relying_party(request)
    async with reading(parts_of(request).database) as session:
        known = tuple(await passkeys_of(session, login_session.account.id))
    if party is None:
        problem: str | None = say("本地址不能使用通行密钥。")
    elif len(known) >= MOST:
        problem = say("通行密钥已有 {count} 个；请先移除不用的。", count=MOST)
    elif not form.fit_name:
        problem = say("请给通行密钥起个名称，1 至 50 个字。")
    else:
        problem = await unproven(request, login_session.account, form.password)
        problem = problem or await factor_unproven(request, login_session.account, form)
    if problem is not None or party is None:
        return JSONResponse({"problem": problem}, _WRONG)
    async with writing(parts_of(request).database) as session:
        challenge = await begin_challenge(session, _holder(login_session), now_of(request))
        await enter_deed(request, session, BookDeed.PASSKEY_BEGIN, login_session.account.login)
    return Response(
        party.wish_for_new(login_session.account, known, challenge), media_type="application/json"
    )


@router.post(PATH)
@writes(BookDeed.PASSKEY_ADD)
async def add(request: Request, login_session: Settled, form: Annotated[MadeForm, Form()]) -> Response:
    """Keep the passkey that the browser has made; other sessions end."""
    now, passkey_id = now_of(request), None
    async with writing(parts_of(request).database) as session:
        try:
            credential = await _made(request, session, login_session, form)
            passkey_id = await add_passkey(session, login_session.account.id, credential, form.fit_name, now)
        except NotProven as wrong:
            add_detail(request, kind=f"passkey.{wrong}")
        else:
            if passkey_id is None:
                add_detail(request, kind="passkey.known")
        if passkey_id is not None:
            await end_all(session, login_session.account.id, why="passkey", at=now, but=login_session.id)
            await enter_deed(
                request, session, BookDeed.PASSKEY_ADD, login_session.account.login, passkey=passkey_id
            )
    if passkey_id is None:
        problem = say("没有添加：浏览器没有给出可用的通行密钥，或等待过久。请重试；不能使用的，请用动态码。")
        return await _page(request, login_session, problem=problem)
    return RedirectResponse(f"{PATH}?done=added", 303)


@router.post(f"{PATH}/{{passkey_id}}/end")
@writes(BookDeed.PASSKEY_END)
async def end(
    request: Request, login_session: Settled, passkey_id: str, form: Annotated[ProofForm, Form()]
) -> Response:
    """Remove a passkey of one's own, with the password and a second factor that is there;
    other sessions end.
    """
    problem = await unproven(request, login_session.account, form.password)
    problem = problem or await factor_unproven(request, login_session.account, form)
    if problem is not None:
        return await _page(request, login_session, problem=problem)
    async with writing(parts_of(request).database) as session:
        if not await end_passkey(session, login_session.account.id, passkey_id):
            raise NotFound
        await end_all(
            session, login_session.account.id, why="passkey_removed", at=now_of(request), but=login_session.id
        )
        await enter_deed(
            request, session, BookDeed.PASSKEY_END, login_session.account.login, passkey=passkey_id
        )
    return RedirectResponse(f"{PATH}?done=removed", 303)


async def _made(
    request: Request, session: AsyncSession, login_session: SignedIn, form: MadeForm
) -> Credential:
    """The passkey that the browser of a session has made; raises NotProven.

    Its challenge is used up either way.
    """
    party, answer = relying_party(request), form.passkey
    challenge = challenge_in(answer)
    is_own = await take_challenge(session, challenge, _holder(login_session), now_of(request))
    if party is None or not is_own:
        raise NotProven("challenge")
    if not form.fit_name:
        raise NotProven("name")
    return party.made(answer, challenge)


async def _page(
    request: Request, login_session: SignedIn, *, problem: str | None = None, done: str | None = None
) -> HTMLResponse:
    factors = second_factors(request)
    async with reading(parts_of(request).database) as session:
        listed = await passkeys_of(session, login_session.account.id)
    return await rendered(
        request,
        "sign_in/passkeys.html",
        _WRONG if problem else 200,
        lines=[_line(one) for one in listed],
        account=login_session.account,
        is_offered=relying_party(request) is not None,
        is_due=not listed and await factors.are_due(request, login_session.account),
        longest_name=_LONGEST_NAME,
        problem=problem,
        done=say(done) if done else None,
    )


def _line(passkey: Passkey) -> PasskeyLine:
    used = passkey.used_at
    return PasskeyLine(
        id=passkey.id,
        name=passkey.name or say("（名称已不可读）"),
        made_at=moment(passkey.made_at.replace(microsecond=0)),
        used=moment(used.replace(microsecond=0)) if used else None,
    )


def _holder(login_session: SignedIn) -> str:
    return f"enrol {login_session.id}"


def _fit(typed: str) -> str:
    name = typed.strip()
    return name if len(name) <= _LONGEST_NAME and text_fault(name, "title") is None else ""
