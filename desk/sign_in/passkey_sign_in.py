"""A passkey as the second factor of a sign-in: what the browser is to sign, and whether it has."""

import secrets
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import EVERYBODY, AccessOutcome, narrowed
from api.audit_book import add_detail, unwritten
from api.parts import parts_of
from api.security import PUBLIC
from casework.ledger_session import writing
from casework.outcomes import NotFound
from desk.frame.page import now_of
from desk.sign_in.relying_party import NotProven, challenge_in, credential_in, relying_party
from desk.sign_in.sessions import LONGEST_SECRET, same_origin_only, set_own_cookie
from desk.sign_in.turns import turns_of
from settings import Settings
from storage.passkeys import LIFETIME, begin_challenge, find_passkey, note_use, take_challenge

PATH: Final = "/sign-in/passkey"
_COOKIE: Final = "huiying_passkey"
_SECRET_BYTES: Final = 32
router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


@router.post(PATH)
@narrowed(AccessOutcome.NOT_FOUND, EVERYBODY)
@unwritten("what is to be signed; who signs in with it is written down")
async def begin_signing(request: Request) -> Response:
    """What a passkey is to sign, for the browser that asks: for this once, and not for long.

    Anybody may ask, so it waits its turn among the sign-ins; raises Crowded.
    """
    same_origin_only(request)
    party = relying_party(request)
    if party is None:
        raise NotFound
    browser = secrets.token_urlsafe(_SECRET_BYTES)
    async with turns_of(request).turn(), writing(parts_of(request).database) as session:
        challenge = await begin_challenge(session, _holder(browser), now_of(request))
    response = Response(party.wish_for_known(challenge), media_type="application/json")
    settings = parts_of(request).settings
    set_own_cookie(response, settings, _cookie(settings), browser, LIFETIME)
    return response


async def is_signed(request: Request, session: AsyncSession, account_id: str, answer: str) -> bool:
    """Whether the browser that asks has signed with a passkey of the account, in a session that writes.

    Its challenge is used up either way. What is wrong with it is for the audit book alone.
    """
    try:
        fault = await _fault(request, session, account_id, answer)
    except NotProven as wrong:
        fault = str(wrong)
    if fault:
        add_detail(request, kind=f"passkey.{fault}")
    return not fault


async def _fault(request: Request, session: AsyncSession, account_id: str, answer: str) -> str:
    """What is wrong with an answer, empty where nothing is; raises NotProven."""
    party, now = relying_party(request), now_of(request)
    browser = request.cookies.get(_cookie(parts_of(request).settings), "")[:LONGEST_SECRET]
    challenge = challenge_in(answer)
    if party is None or not await take_challenge(session, challenge, _holder(browser), now):
        return "challenge"
    passkey = await find_passkey(session, account_id, credential_in(answer))
    if passkey is None:
        return "unknown"
    sign_count = party.signed(answer, challenge, passkey)
    return "" if await note_use(session, passkey.id, sign_count, now) else "counter"


def _holder(browser: str) -> str:
    return f"sign-in {browser}"


def _cookie(settings: Settings) -> str:
    return f"__Host-{_COOKIE}" if settings.behind_tls else _COOKIE
