"""动态码: its owner enrols a telephone for one-time codes, keeps recovery codes, and may end them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import pyotp
import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import enter_deed, unwritten, writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from desk.frame.page import now_of, rendered
from desk.sign_in.factor_proof import ProofForm, factor_unproven, unspent
from desk.sign_in.own_forms import FormRoute, OwnForm, Secret
from desk.sign_in.proof import unproven
from desk.sign_in.relying_party import relying_party
from desk.sign_in.second_factor import second_factors
from desk.sign_in.sessions import Settled
from storage.account_tables import AccountRow
from storage.audit_book import BookDeed
from storage.one_time_codes import (
    begin_code,
    confirm_code,
    end_codes,
    pending_secret,
    recovery_codes_left,
)
from storage.sign_ins import SignedIn, end_all
from words.language import say

PATH: Final = "/me/one-time-code"
_ISSUER: Final = "回应 Huiying"
_QUIET: Final = 4  # modules of white around the squares, which cameras need
_WRONG: Final = 422
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class ConfirmForm(ProofForm):
    """The first code of the telephone, beside the proof of who sends it."""

    code: Secret = ""


class EndForm(OwnForm):
    """The password and a code, with which the codes end."""

    password: Secret = ""
    code: Secret = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A secret to be taken over: as squares to be photographed, and in groups to be typed.

    Shown until it is confirmed.
    """

    size: int
    squares: str
    secret: str


def enrolment(secret: str, login: str) -> Enrolment:
    """The secret of an account as its page shows it; `squares` is the path of an SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)
    matrix = segno.make(address, error="m").matrix
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return Enrolment(size=len(matrix) + 2 * _QUIET, squares="".join(_squares(matrix)), secret=groups)


def _squares(matrix: tuple[bytearray, ...]) -> Iterator[str]:
    for down, row in enumerate(matrix):
        for across, is_dark in enumerate(row):
            if is_dark:
                yield f"M{across + _QUIET} {down + _QUIET}h1v1h-1z"


@router.get(PATH)
@unwritten("a page of one's own, of no incident")
async def show_one_time_code(request: Request, login_session: Settled) -> HTMLResponse:
    """Whether one-time codes are asked for, and how to begin or to end them."""
    return await _page(request, login_session)


@router.post(f"{PATH}/begin")
@writes(BookDeed.CODE_BEGIN)
async def begin(request: Request, login_session: Settled) -> Response:
    """A secret for the telephone, shown until it is confirmed."""
    if login_session.account.has_one_time_code:
        return RedirectResponse(PATH, 303)
    async with writing(parts_of(request).database) as session:
        secret = await begin_code(session, login_session.account.id)
        await enter_deed(request, session, BookDeed.CODE_BEGIN, login_session.account.login)
    return await _page(request, login_session, begun=enrolment(secret, login_session.account.login))


@router.post(f"{PATH}/confirm")
@writes(BookDeed.CODE_CONFIRM)
async def confirm(request: Request, login_session: Settled, form: Annotated[ConfirmForm, Form()]) -> Response:
    """Put the secret in force with a code of it, the password, and a passkey where there is one.

    Other sessions end; recovery codes are shown once.
    """
    if login_session.account.has_one_time_code:
        return RedirectResponse(PATH, 303)
    problem = await unproven(request, login_session.account, form.password)
    problem = problem or await factor_unproven(request, login_session.account, form)
    codes: tuple[str, ...] | None = None
    now = now_of(request)
    async with writing(parts_of(request).database) as session:
        if problem is None:
            codes = await confirm_code(session, login_session.account.id, form.code, now)
        if codes is not None:
            await end_all(
                session, login_session.account.id, why="one_time_code", at=now, but=login_session.id
            )
            await enter_deed(request, session, BookDeed.CODE_CONFIRM, login_session.account.login)
        row = await session.get(AccountRow, login_session.account.id)
        pending = pending_secret(session, row) if row else None
    if codes is not None:
        return await _page(request, login_session, codes=codes)
    problem = problem or say("动态码不正确。请等手机上的数字更新后，输入新的 6 位数字；手机时间须准确。")
    begun = enrolment(pending, login_session.account.login) if pending else None
    return await _page(request, login_session, begun=begun, problem=problem)


@router.post(f"{PATH}/end")
@writes(BookDeed.CODE_END)
async def end(request: Request, login_session: Settled, form: Annotated[EndForm, Form()]) -> Response:
    """End the one-time codes, with the password and a code; other sessions end."""
    problem = await unproven(request, login_session.account, form.password)
    problem = problem or await unspent(request, login_session.account, form.code)
    if problem is not None:
        return await _page(request, login_session, problem=problem)
    async with writing(parts_of(request).database) as session:
        await end_codes(session, login_session.account.id)
        await end_all(
            session, login_session.account.id, why="code_ended", at=now_of(request), but=login_session.id
        )
        await enter_deed(request, session, BookDeed.CODE_END, login_session.account.login)
    return RedirectResponse(PATH, 303)


async def _page(
    request: Request,
    login_session: SignedIn,
    *,
    begun: Enrolment | None = None,
    codes: tuple[str, ...] = (),
    problem: str | None = None,
) -> HTMLResponse:
    factors = second_factors(request)
    async with reading(parts_of(request).database) as session:
        left = await recovery_codes_left(session, login_session.account.id)
    return await rendered(
        request,
        "sign_in/one_time_code.html",
        _WRONG if problem else 200,
        account=login_session.account,
        is_offered=relying_party(request) is not None,
        is_on=login_session.account.has_one_time_code or bool(codes),
        left=left,
        is_asked_for=factors.concern(login_session.account) and not codes,
        is_due=not codes and await factors.are_due(request, login_session.account),
        begun=begun,
        codes=codes,
        problem=problem,
    )
