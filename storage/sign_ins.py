"""Sessions of browsers, kept on the server: idle and absolute limits, revocation; and attempts to sign in."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network
from typing import Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow, SignedInRow, SignInAttemptRow
from storage.accounts import Account, account_of

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=1)  # so that reading a page does not write each time
WINDOW: Final = timedelta(minutes=15)
FREE_ATTEMPTS: Final = 5  # at one login from one source, within the window before it must wait
FREE_ATTEMPTS_AT_LOGIN: Final = 30  # from all sources; one alone does not come so far within the window
FREE_ATTEMPTS_OF_ADDRESS: Final = 50
DEVICE: Final = "device:"  # what the mark of a browser begins with that the login is known to
_SECRET_BYTES = 32
_ID_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that holds, and whose it is."""

    id: str
    account: Account
    began_at: datetime
    seen_at: datetime
    browser: str


async def create_session(session: AsyncSession, account_id: str, *, browser: str, at: datetime) -> str:
    """A new session of an account, in a session that writes; what its cookie holds, shown this once."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session.add(
        SignedInRow(
            id=secrets.token_hex(_ID_BYTES),
            secret_hash=digest(secret),
            account_id=account_id,
            began_at=at,
            seen_at=at,
            ended_at=None,
            ended_why=None,
            browser=browser[:300],
        )
    )
    await session.flush()
    return secret


async def lookup_session(session: AsyncSession, secret: str, at: datetime) -> SignedIn | None:
    """The session of a cookie while it holds: not ended, idle or too old, and its account not disabled."""
    statement = (
        select(SignedInRow, AccountRow)
        .join(AccountRow, col(AccountRow.id) == col(SignedInRow.account_id))
        .where(col(SignedInRow.secret_hash) == digest(secret), col(SignedInRow.ended_at).is_(None))
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return None
    session_row, account = row
    if (
        at - session_row.seen_at > IDLE
        or at - session_row.began_at > ABSOLUTE
        or account.disabled_at is not None
    ):
        return None
    return _signed_in(session_row, account)


async def touch_session(session: AsyncSession, session_id: str, at: datetime) -> None:
    """Note that a session was used, in a session that writes."""
    await session.execute(update(SignedInRow).where(col(SignedInRow.id) == session_id).values(seen_at=at))


async def revoke_session(
    session: AsyncSession, session_id: str, *, account_id: str, why: str, at: datetime
) -> bool:
    """End one session of an account, in a session that writes; False when it has none such that holds."""
    statement = (
        update(SignedInRow)
        .where(
            col(SignedInRow.id) == session_id,
            col(SignedInRow.account_id) == account_id,
            col(SignedInRow.ended_at).is_(None),
        )
        .values(ended_at=at, ended_why=why)
        .returning(col(SignedInRow.id))
    )
    return (await session.execute(statement)).first() is not None


async def end_by_secret(session: AsyncSession, secret: str, *, why: str, at: datetime) -> None:
    """End the session of a cookie, whosever it is, in a session that writes;
    one that is none leaves no trace.
    """
    statement = update(SignedInRow).where(
        col(SignedInRow.secret_hash) == digest(secret), col(SignedInRow.ended_at).is_(None)
    )
    await session.execute(statement.values(ended_at=at, ended_why=why))


async def end_all(session: AsyncSession, account_id: str, *, why: str, at: datetime, but: str = "") -> None:
    """End every session of an account but one, in a session that writes (a new password,
    a disabled account).
    """
    statement = update(SignedInRow).where(
        col(SignedInRow.account_id) == account_id,
        col(SignedInRow.ended_at).is_(None),
        col(SignedInRow.id) != but,
    )
    await session.execute(statement.values(ended_at=at, ended_why=why))


async def sessions_of(session: AsyncSession, account_id: str, at: datetime) -> Sequence[SignedIn]:
    """The sessions of an account that hold, the latest first."""
    statement = (
        select(SignedInRow, AccountRow)
        .join(AccountRow, col(AccountRow.id) == col(SignedInRow.account_id))
        .where(
            col(SignedInRow.account_id) == account_id,
            col(SignedInRow.ended_at).is_(None),
            col(SignedInRow.seen_at) >= at - IDLE,
            col(SignedInRow.began_at) >= at - ABSOLUTE,
        )
        .order_by(col(SignedInRow.seen_at).desc())
    )
    return [
        _signed_in(session_row, account) for session_row, account in (await session.execute(statement)).all()
    ]


class Again(StrEnum):
    """What somebody who is signed in shows once more before something weighty."""

    PROOF = "proof"
    CODE = "code"

    def key(self, account_id: str) -> str:
        """Under what attempts at it are noted, as those at a login are under the login."""
        return f"{self.value} of {account_id}"


async def attempt(session: AsyncSession, *, login: str, address: str, at: datetime, device: str = "") -> int:
    """Note an attempt to sign in before it is judged, in a session that writes:
    guesses made at one time all count.
    """
    source = _source(address, device)
    row = SignInAttemptRow(login_hash=digest(login), address_hash=source, at=at, succeeded=False)
    session.add(row)
    await session.flush()
    return row.position or 0


async def succeeded(session: AsyncSession, position: int) -> None:
    """Note that an attempt succeeded, in a session that writes."""
    own = col(SignInAttemptRow.position) == position
    await session.execute(update(SignInAttemptRow).where(own).values(succeeded=True))


async def must_wait(
    session: AsyncSession, *, login: str, address: str, at: datetime, device: str = ""
) -> timedelta:
    """How long who tries a login must wait after failures within the window; zero when one need not.

    1. A login is slowed for the source that fails at it, so that no stranger keeps its owner from signing in.
    2. A login at which many sources fail is slowed for all, but for browsers that are known to it (`device`).
    3. An address is slowed that fails at many logins.

    Each failure beyond the free ones doubles the wait, from 30 s up to the window.
    A success clears what its own source failed before.
    """
    source = _source(address, device)
    at_login = col(SignInAttemptRow.login_hash) == digest(login)
    from_source = col(SignInAttemptRow.address_hash) == source
    own = await _failures(session, (at_login, from_source), at, cleared=True)
    waits = [_wait(*own, FREE_ATTEMPTS, at)]
    if not device:
        waits.append(_wait(*await _failures(session, (at_login,), at), FREE_ATTEMPTS_AT_LOGIN, at))
        waits.append(_wait(*await _failures(session, (from_source,), at), FREE_ATTEMPTS_OF_ADDRESS, at))
    return max(waits)


async def _failures(
    session: AsyncSession, whose: Sequence[ColumnElement[bool]], at: datetime, *, cleared: bool = False
) -> tuple[int, datetime | None]:
    since = at - WINDOW
    if cleared:
        last = select(func.max(col(SignInAttemptRow.at))).where(*whose, col(SignInAttemptRow.succeeded))
        succeeded_at = (await session.execute(last)).scalar_one_or_none()
        since = max(since, succeeded_at) if succeeded_at is not None else since
    counted = select(func.count(), func.max(col(SignInAttemptRow.at))).where(
        *whose,
        col(SignInAttemptRow.succeeded).is_(False),
        col(SignInAttemptRow.at) > since,
    )
    count, latest = (await session.execute(counted)).one()
    return int(count), latest


def _wait(failures: int, latest: datetime | None, free: int, at: datetime) -> timedelta:
    if latest is None or failures < free:
        return timedelta(0)
    return max(latest + pause(failures, free) - at, timedelta(0))


def pause(failures: int, free: int) -> timedelta:
    """How long who failed so often must wait after the last failure."""
    if failures < free:
        return timedelta(0)
    doubled: timedelta = timedelta(seconds=30) * 2 ** min(failures - free, 10)
    return min(doubled, WINDOW)


def _source(address: str, device: str) -> str:
    """The mark of where an attempt comes from: a browser known to the login,
    else the network of the address.
    """
    return f"{DEVICE}{digest(device)}" if device else digest(network(address))


def network(address: str) -> str:
    """The address, of IPv6 its first 64 bits: the rest is anybody's to choose."""
    try:
        known = IPv6Address(address)
    except ValueError:
        return address
    return str(known.ipv4_mapped or IPv6Network((known, 64), strict=False))


def digest(text: str) -> str:
    """What is kept of a secret, a login that was tried, or an address."""
    return hashlib.sha256(text.encode()).hexdigest()


def _signed_in(row: SignedInRow, account: AccountRow) -> SignedIn:
    return SignedIn(
        id=row.id,
        account=account_of(account),
        began_at=row.began_at,
        seen_at=row.seen_at,
        browser=row.browser,
    )
