"""One-time codes (RFC 6238) of accounts: begun, confirmed, each used once;
and recovery codes for a lost telephone.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow, RecoveryCodeRow
from storage.at_rest import opened, sealed

RECOVERY_CODES: Final = 10
_STEP: Final = timedelta(seconds=30)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH: Final = 24  # 120 bits, so that a plain digest will do


async def begin_code(session: AsyncSession, account_id: str) -> str:
    """A secret for the account's one-time codes, not in force until confirmed; in a session that writes."""
    secret = pyotp.random_base32()
    await _set(session, account_id, one_time_pending=sealed(session, secret, "one_time_pending", account_id))
    return secret


def pending_secret(session: AsyncSession, row: AccountRow) -> str | None:
    """The secret that was begun and is not in force yet;
    None where nothing was begun, or it does not open.
    """
    return opened(session, row.one_time_pending, "one_time_pending", row.id)


async def confirm_code(
    session: AsyncSession, account_id: str, code: str, at: datetime
) -> tuple[str, ...] | None:
    """Put the begun secret in force when the code is its own; the recovery codes, shown this once.

    None when nothing was begun or the code is another; in a session that writes.
    """
    row = await session.get(AccountRow, account_id)
    secret = None if row is None else pending_secret(session, row)
    if row is None or secret is None:
        return None
    step = _step_of(secret, code, at)
    if step is None:
        return None
    row.one_time_secret = sealed(session, secret, "one_time_secret", row.id)
    row.one_time_pending, row.one_time_step = None, step
    await session.execute(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.account_id) == account_id))
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    session.add_all(
        RecoveryCodeRow(code_hash=_hash(code), account_id=account_id, used_at=None) for code in codes
    )
    await session.flush()
    return codes


async def spend_code(session: AsyncSession, account_id: str, code: str, at: datetime) -> bool:
    """Whether a one-time or recovery code fits and was not used before; it is used now.

    In a session that writes.

    True for an account without one-time codes. Codes of 30 s before and after count,
    each code and all before it once.
    """
    row = await session.get(AccountRow, account_id)
    if row is None or row.one_time_secret is None:
        return row is not None
    secret = opened(session, row.one_time_secret, "one_time_secret", row.id)
    step = None if secret is None else _step_of(secret, code, at)
    if step is None:
        return await _spend_recovery(session, account_id, code, at)
    used = col(AccountRow.one_time_step)
    statement = (
        update(AccountRow)
        .where(col(AccountRow.id) == account_id, or_(used.is_(None), used < step))
        .values(one_time_step=step)
        .returning(col(AccountRow.id))
    )
    return (await session.execute(statement)).first() is not None


async def end_codes(session: AsyncSession, account_id: str) -> None:
    """The account asks for one-time codes no more; in a session that writes."""
    await _set(session, account_id, one_time_secret=None, one_time_pending=None, one_time_step=None)
    await session.execute(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.account_id) == account_id))


async def recovery_codes_left(session: AsyncSession, account_id: str) -> int:
    """How many recovery codes are not used yet."""
    unused = select(func.count()).where(
        col(RecoveryCodeRow.account_id) == account_id, col(RecoveryCodeRow.used_at).is_(None)
    )
    return int((await session.execute(unused)).scalar_one())


async def _spend_recovery(session: AsyncSession, account_id: str, code: str, at: datetime) -> bool:
    statement = (
        update(RecoveryCodeRow)
        .where(
            col(RecoveryCodeRow.code_hash) == _hash(code),
            col(RecoveryCodeRow.account_id) == account_id,
            col(RecoveryCodeRow.used_at).is_(None),
        )
        .values(used_at=at)
        .returning(col(RecoveryCodeRow.code_hash))
    )
    return (await session.execute(statement)).first() is not None


async def _set(session: AsyncSession, account_id: str, **values: object) -> None:
    await session.execute(update(AccountRow).where(col(AccountRow.id) == account_id).values(**values))


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The number of the 30 s whose code this is, of the present ones and those beside them."""
    totp, plain = pyotp.TOTP(secret), code.replace(" ", "")
    for instant in (at, at - _STEP, at + _STEP):
        if totp.verify(plain, for_time=instant):
            return totp.timecode(instant)
    return None


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _LENGTH, 4))


def _hash(code: str) -> str:
    """Of the letters alone: people type groups, spaces and small letters as they like."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
