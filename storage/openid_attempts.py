"""Sign-ins under way at an OpenID provider: each for the browser that began it, once, and not for long."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import OpenIdAttemptRow

LIFETIME: Final = timedelta(minutes=10)
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdAttempt:
    """What the provider is told (`state`, `nonce`), what only this server (`verifier`)
    and the browser (`browser`) know.
    """

    state: str
    nonce: str
    verifier: str
    browser: str
    after: str


async def begin_attempt(session: AsyncSession, after: str, at: datetime) -> OpenIdAttempt:
    """A new sign-in under way, in a session that writes; those that came to nothing are forgotten."""
    state, nonce, browser = (secrets.token_urlsafe(_BYTES) for _ in range(3))
    attempt = OpenIdAttempt(
        state=state, nonce=nonce, browser=browser, verifier=secrets.token_urlsafe(48), after=after
    )
    await session.execute(delete(OpenIdAttemptRow).where(col(OpenIdAttemptRow.at) < at - LIFETIME))
    session.add(
        OpenIdAttemptRow(
            state_hash=_hash(state),
            browser_hash=_hash(browser),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            after=after,
            at=at,
        )
    )
    await session.flush()
    return attempt


async def take_attempt(
    session: AsyncSession, *, state: str, browser: str, at: datetime
) -> OpenIdAttempt | None:
    """The sign-in that a browser comes back from, in a session that writes; it is there for this once.

    None for an unknown state, one of another browser, or one that took too long.
    """
    statement = (
        delete(OpenIdAttemptRow)
        .where(
            col(OpenIdAttemptRow.state_hash) == _hash(state),
            col(OpenIdAttemptRow.browser_hash) == _hash(browser),
            col(OpenIdAttemptRow.at) >= at - LIFETIME,
        )
        .returning(col(OpenIdAttemptRow.nonce), col(OpenIdAttemptRow.verifier), col(OpenIdAttemptRow.after))
    )
    row = (await session.execute(statement)).first()
    if row is None:
        return None
    nonce, verifier, after = row
    return OpenIdAttempt(state=state, nonce=nonce, verifier=verifier, browser=browser, after=after)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
