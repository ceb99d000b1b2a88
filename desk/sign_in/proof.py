"""Proving oneself once more before something weighty:
the password again, guesses at it slowed down as at sign-in.
"""

import asyncio

from fastapi import Request

from api.parts import parts_of
from casework.ledger_session import reading, writing
from desk.frame.page import now_of
from storage.accounts import Account, fits, row_of
from storage.sign_ins import Again, attempt, must_wait, succeeded
from words.language import say


async def unproven(request: Request, account: Account, password: str) -> str | None:
    """What to tell who did not give the account's password; None when it was given."""
    key, now, database = Again.PROOF.key(account.id), now_of(request), parts_of(request).database
    async with writing(database) as session:
        wait = await must_wait(session, login=key, address=key, at=now)
        position = 0 if wait else await attempt(session, login=key, address=key, at=now)
    if wait:
        return say(
            "口令错误次数过多，请在 {minutes} 分钟后再试。", minutes=int(wait.total_seconds()) // 60 + 1
        )
    async with reading(database) as session:
        row = await row_of(session, account.login)
    if not await asyncio.to_thread(fits, password, row.password_hash if row else None):
        return say("口令不正确。")
    async with writing(database) as session:
        await succeeded(session, position)
    return None
