"""Attempts to sign in, as the audit administrator reads them:
whose, whether they succeeded, and which locked a login.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow, SignInAttemptRow
from storage.accounts import folded
from storage.cursors import Page
from storage.sign_ins import (
    DEVICE,
    FREE_ATTEMPTS,
    FREE_ATTEMPTS_AT_LOGIN,
    FREE_ATTEMPTS_OF_ADDRESS,
    WINDOW,
    Again,
    digest,
    pause,
)

_NOBODY: Final[tuple[str | None, Again | None]] = None, None
_SOURCE_TOLD = 8  # digits of an address's digest that tell one source from another


class AttemptOutcome(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt; `login` is None where no account has what was typed,
    `locked_for` how long it locked out who made it.

    `again` is what was shown once more by who was signed in; None for a sign-in.
    """

    position: int
    at: datetime
    login: str | None
    again: Again | None
    source: str
    succeeded: bool
    locked_for: timedelta


async def attempts(
    session: AsyncSession, *, outcome: AttemptOutcome | None = None, before: int | None = None, limit: int
) -> Page[Attempt]:
    """The attempts, the latest first, from below a position on;
    the cursor is the position of the last shown.
    """
    statement = select(SignInAttemptRow).order_by(col(SignInAttemptRow.position).desc()).limit(limit + 1)
    if outcome is not None:
        statement = statement.where(col(SignInAttemptRow.succeeded).is_(outcome is AttemptOutcome.SUCCEEDED))
    if before is not None:
        statement = statement.where(col(SignInAttemptRow.position) < before)
    rows = list((await session.execute(statement)).scalars())
    page = rows[:limit]
    logins = await _logins(session)
    around = await _around(session, page)
    entries = tuple(
        Attempt(
            position=row.position or 0,
            at=row.at,
            login=logins.get(row.login_hash, _NOBODY)[0],
            again=logins.get(row.login_hash, _NOBODY)[1],
            source=row.address_hash.removeprefix(DEVICE)[:_SOURCE_TOLD],
            succeeded=row.succeeded,
            locked_for=timedelta(0) if row.succeeded else _locked(row, around),
        )
        for row in page
    )
    return Page(items=entries, next_cursor=str(entries[-1].position) if len(rows) > limit else None)


async def _logins(session: AsyncSession) -> dict[str, tuple[str | None, Again | None]]:
    """Whose attempts stand under which digest, and at what."""
    logins: dict[str, tuple[str | None, Again | None]] = {}
    for login, account_id in await session.execute(select(col(AccountRow.login), col(AccountRow.id))):
        logins[digest(folded(login))] = login, None
        logins |= {digest(again.key(account_id)): (login, again) for again in Again}
    return logins


async def _around(session: AsyncSession, page: Sequence[SignInAttemptRow]) -> Sequence[SignInAttemptRow]:
    """All attempts that count towards a lock of those shown."""
    if not page:
        return ()
    instants = [row.at for row in page]
    statement = select(SignInAttemptRow).where(
        col(SignInAttemptRow.at) > min(instants) - WINDOW, col(SignInAttemptRow.at) <= max(instants)
    )
    return (await session.execute(statement)).scalars().all()


def _locked(row: SignInAttemptRow, around: Sequence[SignInAttemptRow]) -> timedelta:
    """How long the failure makes its source wait, by the rule of `sign_ins.must_wait`."""
    known = [
        other
        for other in around
        if row.at - WINDOW < other.at <= row.at and (other.position or 0) <= (row.position or 0)
    ]
    at_login = [other for other in known if other.login_hash == row.login_hash]
    own = [other for other in at_login if other.address_hash == row.address_hash]
    cleared = max((other.at for other in own if other.succeeded), default=row.at - WINDOW)
    by_itself = pause(sum(not other.succeeded and other.at > cleared for other in own), FREE_ATTEMPTS)
    if row.address_hash.startswith(DEVICE):
        return by_itself
    of_login = sum(not other.succeeded for other in at_login)
    of_address = sum(not other.succeeded and other.address_hash == row.address_hash for other in known)
    return max(
        by_itself,
        pause(of_login, FREE_ATTEMPTS_AT_LOGIN),
        pause(of_address, FREE_ATTEMPTS_OF_ADDRESS),
    )
