"""What somebody shows once more before something weighty: guesses at it are slowed down as at sign-in,
wherever they are made.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.accounts import fits, row_of
from storage.database import Database
from storage.one_time_codes import spend_code
from storage.sign_ins import Again, attempt, must_wait, succeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAgain:
    """Whether what was shown is the account's; `wait` is how long nothing is looked at any more."""

    fits: bool = False
    wait: timedelta = timedelta(0)

    @property
    def minutes(self) -> int:
        """The wait in minutes, as people are told."""
        return self.wait // timedelta(minutes=1) + 1


async def code_shown(session: AsyncSession, account_id: str, code: str, at: datetime) -> ShownAgain:
    """Whether a one-time or recovery code is the account's, in a session that writes; one that fits is used
    up, one that does not is a guess.
    """
    key = Again.CODE.key(account_id)
    if wait := await must_wait(session, login=key, address=key, at=at):
        return ShownAgain(wait=wait)
    position = await attempt(session, login=key, address=key, at=at)
    if not await spend_code(session, account_id, code, at):
        return ShownAgain()
    await succeeded(session, position)
    return ShownAgain(fits=True)


async def password_shown(database: Database, login: str, password: str, at: datetime) -> ShownAgain:
    """Whether a password is that of a login, which need not exist; one that is not is a guess."""
    async with database.writing() as session:
        row = await row_of(session, login)
        key = Again.PROOF.key(row.id if row else login)
        wait = await must_wait(session, login=key, address=key, at=at)
        position = 0 if wait else await attempt(session, login=key, address=key, at=at)
    if wait:
        return ShownAgain(wait=wait)
    if not await asyncio.to_thread(fits, password, row.password_hash if row else None):
        return ShownAgain()
    async with database.writing() as session:
        await succeeded(session, position)
    return ShownAgain(fits=True)
