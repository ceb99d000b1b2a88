"""Who sits at the browser: the session of its cookie,
and forms that only the session's own pages can have sent.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from python_multipart.multipart import parse_options_header
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from api.admission import PEOPLE, SETTLED, SIGNED_IN, admits
from api.audit_book import enter_deed, of_session
from api.errors import TooLarge, WebProblem, WrongMediaType
from api.parts import parts_of
from api.security import access
from casework.ledger_session import reading, writing
from casework.means import by_session
from desk.sign_in.second_factor import require_second_factor
from domain.terms.roles import Actor
from settings import Settings
from storage.audit_book import BookDeed
from storage.sign_ins import (
    ABSOLUTE,
    SEEN_EVERY,
    SignedIn,
    create_session,
    end_by_secret,
    lookup_session,
    touch_session,
)

COOKIE: Final = "huiying_session"
SECURE_COOKIE: Final = "__Host-huiying_session"
LARGEST_FORM: Final = 1024 * 1024  # bytes
LONGEST_SECRET: Final = 100
_FORMS: Final = frozenset({b"application/x-www-form-urlencoded", b"multipart/form-data"})
# Every browser sends a page of ours in the encoding of the page; others make texts that cannot be written.
_CHARSETS: Final = frozenset({b"utf-8", b"utf8"})


class SignInNeeded(WebProblem):
    """Nobody is signed in, or the session has ended."""

    status, code = HTTPStatus.UNAUTHORIZED, "sign_in_needed"


class PasswordChangeNeeded(WebProblem):
    """The password shown once must be replaced before anything else."""

    status, code = HTTPStatus.FORBIDDEN, "password_change_needed"


class NotForThisPost(WebProblem):
    """The page is not for the post of who is signed in."""

    status, code = HTTPStatus.FORBIDDEN, "not_for_this_post"


class ForeignForm(WebProblem):
    """The form did not come from a page of this session; nothing was done."""

    status, code = HTTPStatus.FORBIDDEN, "foreign_form"


async def session_of(request: Request) -> SignedIn | None:
    """The session of the browser that asks, and its token for forms, kept with the request
    and looked up once; None without one.
    """
    known: SignedIn | None = getattr(request.state, "signed_in", None)
    if known is not None:
        return known
    secret = request.cookies.get(cookie_name(parts_of(request).settings), "")
    if not 0 < len(secret) <= LONGEST_SECRET or not secret.isascii():
        return None
    now = parts_of(request).clock()
    async with reading(parts_of(request).database) as session:
        login_session = await lookup_session(session, secret, now)
    if login_session is None:
        return None
    if now - login_session.seen_at > SEEN_EVERY:
        async with writing(parts_of(request).database) as session:
            await touch_session(session, login_session.id, now)
    request.state.signed_in = login_session
    by_session(login_session.id)
    request.state.csrf = masked(token_of(secret))
    request.state.person = login_session.account.login
    request.state.unit = login_session.account.unit
    return login_session


def forget_session(request: Request) -> None:
    """Let the session of a request be looked up anew: one that lasts may outlive it."""
    request.state.signed_in = None


@access
@admits(SIGNED_IN)
async def signed_in(request: Request) -> SignedIn:
    """Access `signed_in`: a person whose session holds; raises SignInNeeded."""
    login_session = await session_of(request)
    if login_session is None:
        raise SignInNeeded
    return login_session


Session = Annotated[SignedIn, Depends(signed_in)]


@access
@admits(SETTLED)
async def settled(request: Request) -> SignedIn:
    """Access `settled`: a person signed in who has a password of the person's own;
    raises PasswordChangeNeeded.
    """
    login_session = await signed_in(request)
    if login_session.account.must_change:
        raise PasswordChangeNeeded
    return login_session


Settled = Annotated[SignedIn, Depends(settled)]


@access
@admits(PEOPLE)
async def at_the_desk(request: Request) -> Actor:
    """Access `at_the_desk`: a person signed in who takes part in incidents and has a password
    of the person's own.
    """
    return await at_the_desk_of(request, await signed_in(request))


async def at_the_desk_of(request: Request, session: SignedIn) -> Actor:
    """As whom a session's person acts.

    Raises PasswordChangeNeeded, NotForThisPost for an administrator, or SecondFactorNeeded.
    """
    if session.account.must_change:
        raise PasswordChangeNeeded
    if session.account.actor is None:
        raise NotForThisPost
    await require_second_factor(request, session.account)
    return session.account.actor


Person = Annotated[Actor, Depends(at_the_desk)]


async def form_of(request: Request, *, largest: int = LARGEST_FORM, files: int = 0) -> FormData:
    """The fields of a form of this session's own page; raises ForeignForm for any other, before it is read.

    `largest` in bytes; `files` is how many it may carry.

    Fails closed: the browser must say that the request comes from the same origin,
    and the form must carry the token that only pages of this session hold.
    """
    if not _same_origin(request):
        raise ForeignForm
    form = await plain_form(request, largest=largest, files=files)
    token = form.get("_csrf", "")
    if not isinstance(token, str) or not _is_same(token, getattr(request.state, "csrf", "")):
        await form.close()
        raise ForeignForm
    return form


async def plain_form(request: Request, *, largest: int = LARGEST_FORM, files: int = 0) -> FormData:
    """The fields of a form, of bounded size; raises WrongMediaType or TooLarge."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind not in _FORMS or options.get(b"charset", b"utf-8").lower() not in _CHARSETS:
        raise WrongMediaType
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > largest:
        raise TooLarge
    return await request.form(max_files=files, max_fields=2000)


def same_origin_only(request: Request) -> None:
    """Raises ForeignForm unless the browser says that the request comes from this server's own pages."""
    if not _same_origin(request):
        raise ForeignForm


def _same_origin(request: Request) -> bool:
    """What the browser says of where the request comes from; older ones name the origin alone.

    Under our policy of telling no referrer a browser names the origin of a form as `null`,
    and still says that it is ours.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site is None and origin == "null":
        return False
    named = origin == "null" or _host_of(origin) == request.headers.get("host", "")
    return named and site in {None, "same-origin"}


def _host_of(origin: str) -> str | None:
    """Host and port of an origin; None of one that is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def token_of(secret: str) -> str:
    """The token that forms of a session carry: derived from its cookie, which no other page can read."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def masked(token: str) -> str:
    """A token as a page carries it, each time in other characters.

    Pages are compressed, and their size would else tell whoever can put words into one how much
    of it was guessed.
    """
    mask = secrets.token_bytes(len(token) // 2)
    return mask.hex() + _mixed(bytes.fromhex(token), mask).hex()


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(_unmasked(one), _unmasked(other)) and bool(other)


def _unmasked(text: str) -> bytes:
    try:
        mixed = bytes.fromhex(text)
    except ValueError:
        return b""
    half = len(mixed) // 2
    return _mixed(mixed[:half], mixed[half:])


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=False))


def cookie_name(settings: Settings) -> str:
    """The cookie's name; the prefix __Host- binds it to this host where the server is reached by TLS."""
    return SECURE_COOKIE if settings.behind_tls else COOKIE


async def begin_anew(request: Request, session: AsyncSession, account_id: str) -> str:
    """A new session for the browser that asks, in a session that writes; the one that it had, whosever, ends.

    What the cookie of the new one holds.
    """
    now = parts_of(request).clock()
    before = request.cookies.get(cookie_name(parts_of(request).settings), "")
    await end_by_secret(session, before, why="signed_in_anew", at=now)
    return await create_session(session, account_id, browser=request.headers.get("user-agent", ""), at=now)


async def enter_sign_in(request: Request, session: AsyncSession, secret: str, way: str) -> None:
    """Write down, in the transaction in which a session begins, who signed in and by which way."""
    began = await lookup_session(session, secret, parts_of(request).clock())
    if began is not None:
        request.state.origin = of_session(began)
    await enter_deed(request, session, BookDeed.SIGN_IN, way=way)


def give_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Put the session's secret into the browser."""
    set_own_cookie(response, settings, cookie_name(settings), secret, ABSOLUTE)


def set_own_cookie(response: Response, settings: Settings, name: str, value: str, life: timedelta) -> None:
    """Set a cookie for this host and its own pages alone, out of reach of scripts."""
    response.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        path="/",
        secure=settings.behind_tls,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, settings: Settings) -> None:
    """Take it out again."""
    take_own_cookie(response, settings, cookie_name(settings))


def take_own_cookie(response: Response, settings: Settings, name: str) -> None:
    """Take a cookie of this host out of the browser."""
    response.delete_cookie(name, path="/", secure=settings.behind_tls, httponly=True, samesite="lax")
