"""Passkeys (WebAuthn) of accounts: what they are to sign, once and in one browser, what is kept of each,
and its counter.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow, PasskeyChallengeRow, PasskeyRow
from storage.at_rest import opened, sealed

LIFETIME: Final = timedelta(minutes=5)
"""How long a challenge may be answered."""

MOST: Final = 10
"""Passkeys of one account."""

_CHALLENGE_BYTES: Final = 32
_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A passkey as its device knows it: its id, its public key (COSE),
    and how often the device says that it has signed.
    """

    id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey of an account, by the name that its owner gave it."""

    id: str
    name: str
    made_at: datetime
    used_at: datetime | None
    credential: Credential


async def begin_challenge(session: AsyncSession, holder: str, at: datetime) -> bytes:
    """A challenge for one holder (a session, or the secret of a browser), in a session that writes;
    those that lapsed go.
    """
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    await session.execute(delete(PasskeyChallengeRow).where(col(PasskeyChallengeRow.at) < at - LIFETIME))
    session.add(
        PasskeyChallengeRow(challenge_hash=_hash(challenge), holder_hash=_hash(holder.encode()), at=at)
    )
    await session.flush()
    return challenge


async def take_challenge(session: AsyncSession, challenge: bytes, holder: str, at: datetime) -> bool:
    """Whether a challenge was its holder's and has not lapsed; it is there for this once.

    In a session that writes.
    """
    statement = (
        delete(PasskeyChallengeRow)
        .where(
            col(PasskeyChallengeRow.challenge_hash) == _hash(challenge),
            col(PasskeyChallengeRow.holder_hash) == _hash(holder.encode()),
            col(PasskeyChallengeRow.at) >= at - LIFETIME,
        )
        .returning(col(PasskeyChallengeRow.challenge_hash))
    )
    return (await session.execute(statement)).first() is not None


async def add_passkey(
    session: AsyncSession, account_id: str, credential: Credential, name: str, at: datetime
) -> str | None:
    """The id of a passkey that the account has from now on, in a session that writes.

    None where the credential is known already, whosever it is, or the account has as many as it may.
    """
    account = await session.get(AccountRow, account_id, with_for_update=True)
    known = select(col(PasskeyRow.id)).where(col(PasskeyRow.credential_hash) == _hash(credential.id))
    if account is None or account.passkeys >= MOST or (await session.execute(known)).first() is not None:
        return None
    passkey_id = secrets.token_hex(_ID_BYTES)
    content = json.dumps(
        {"account": account_id, "id": _text(credential.id), "public_key": _text(credential.public_key)}
    )
    row = PasskeyRow(
        id=passkey_id,
        account_id=account_id,
        credential_hash=_hash(credential.id),
        credential=sealed(session, content, "credential", passkey_id),
        name=sealed(session, name, "name", passkey_id),
        sign_count=credential.sign_count,
        made_at=at,
        used_at=None,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another account has been given it at the same time
        return None
    await _count(session, account_id)
    return passkey_id


async def passkeys_of(session: AsyncSession, account_id: str) -> Sequence[Passkey]:
    """The passkeys of an account, the oldest first; one that does not open, its key being lost,
    has no name and fits nothing.
    """
    own = col(PasskeyRow.account_id) == account_id
    rows = (await session.execute(select(PasskeyRow).where(own).order_by(col(PasskeyRow.made_at)))).scalars()
    return [_passkey(session, row) for row in rows]


async def find_passkey(session: AsyncSession, account_id: str, credential_id: bytes) -> Passkey | None:
    """The passkey of an account whose credential has this id;
    None for another's, or one that does not open here.
    """
    statement = select(PasskeyRow).where(
        col(PasskeyRow.account_id) == account_id, col(PasskeyRow.credential_hash) == _hash(credential_id)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    passkey = None if row is None else _passkey(session, row)
    return passkey if passkey is not None and passkey.credential.id == credential_id else None


async def note_use(session: AsyncSession, passkey_id: str, sign_count: int, at: datetime) -> bool:
    """Keep what the counter of a passkey says, in a session that writes.

    False where it has not gone up since the last use: another device signs with a copy of the key,
    or an answer is sent again. Devices that do not count say 0 every time.
    """
    before = col(PasskeyRow.sign_count)
    goes_up = before < sign_count
    statement = (
        update(PasskeyRow)
        .where(col(PasskeyRow.id) == passkey_id, goes_up if sign_count else or_(goes_up, before == 0))
        .values(sign_count=sign_count, used_at=at)
        .returning(col(PasskeyRow.id))
    )
    return (await session.execute(statement)).first() is not None


async def end_passkey(session: AsyncSession, account_id: str, passkey_id: str) -> bool:
    """Remove a passkey of an account, in a session that writes; False where it has none of this id."""
    await session.get(AccountRow, account_id, with_for_update=True)  # before its passkeys, as a sign-in does
    own = (col(PasskeyRow.id) == passkey_id, col(PasskeyRow.account_id) == account_id)
    gone = (
        await session.execute(delete(PasskeyRow).where(*own).returning(col(PasskeyRow.id)))
    ).first() is not None
    await _count(session, account_id)
    return gone


async def end_passkeys(session: AsyncSession, account_id: str) -> None:
    """Remove all passkeys of an account, in a session that writes."""
    await session.execute(delete(PasskeyRow).where(col(PasskeyRow.account_id) == account_id))
    await _count(session, account_id)


async def _count(session: AsyncSession, account_id: str) -> None:
    own = col(PasskeyRow.account_id) == account_id
    number = (await session.execute(select(func.count()).where(own))).scalar_one()
    await session.execute(
        update(AccountRow).where(col(AccountRow.id) == account_id).values(passkeys=int(number))
    )


def _passkey(session: AsyncSession, row: PasskeyRow) -> Passkey:
    credential = opened(session, row.credential, "credential", row.id, never_clear=True)
    content = json.loads(credential or "{}")
    is_own = content.get("account") == row.account_id
    return Passkey(
        id=row.id,
        name=opened(session, row.name, "name", row.id, never_clear=True) or "",
        made_at=row.made_at,
        used_at=row.used_at,
        credential=Credential(
            id=_bytes(content["id"]) if is_own else b"",
            public_key=_bytes(content["public_key"]) if is_own else b"",
            sign_count=row.sign_count,
        ),
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode())
