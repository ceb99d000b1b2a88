"""Bearer tokens: 256 random bits shown once, kept as their SHA-256,
each for one person in one role of one unit; the names that people give them are sealed.

Those made at the terminal hold to their end or until revoked; one that bears the login of an account ends
with that account's own. Those that people make for themselves have a scope and an end, and hold while their
owner's account does, in the post it had.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.roles import Actor, Role
from storage.account_tables import AccountRow
from storage.at_rest import opened, sealed
from storage.tables import CallerRow

PREFIX: Final = "hy_"  # so that scanners for leaked secrets can tell one
_BYTES = 32
_ID_BYTES = 6


class Scope(StrEnum):
    """What a token serves for."""

    READ = "read"
    STEPS = "steps"  # to read, and to take steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What makes a token one's own: the account, the name given to it, its scope and its end."""

    account_id: str
    name: str
    scope: Scope
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHolder:
    """What may be known of a token: all but the token."""

    id: str
    actor: Actor
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    name: str
    scope: Scope
    expires_at: datetime | None

    def has_expired(self, at: datetime) -> bool:
        """Whether its end has come."""
        return self.expires_at is not None and at >= self.expires_at


async def create_token(
    session: AsyncSession,
    person: str,
    role: Role,
    unit: str,
    *,
    own: Own | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A new token for a person, in a session that writes;
    the text is shown this once and cannot be had again.

    Whether the unit exists is for the caller to check against the law. Without an end it holds until revoked.
    """
    token, caller_id = PREFIX + secrets.token_urlsafe(_BYTES), secrets.token_hex(_ID_BYTES)
    session.add(
        CallerRow(
            id=caller_id,
            token_hash=_hash(token),
            person=person,
            role=role.value,
            unit=unit,
            created_at=datetime.now(UTC),
            used_at=None,
            revoked_at=None,
            account_id=own.account_id if own else None,
            name=sealed(session, own.name, "name", caller_id) if own else "",
            scope=own.scope if own else Scope.STEPS,
            expires_at=own.expires_at if own else expires_at,
        )
    )
    await session.flush()
    return token


async def id_of_token(session: AsyncSession, token: str) -> str:
    """The id of a token by its text; empty for one that is none."""
    statement = select(col(CallerRow.id)).where(col(CallerRow.token_hash) == _hash(token))
    return (await session.execute(statement)).scalar_one_or_none() or ""


async def find_caller(session: AsyncSession, token: str) -> TokenHolder | None:
    """Whose token this is; None when nobody's, revoked, or its owner's account does not bear it any more.

    The look-up goes by hash, so that how long it takes says nothing of the tokens that exist.
    Whether it has expired is for who asks to say, each time.
    """
    statement = (
        select(CallerRow, AccountRow)
        .outerjoin(AccountRow, col(AccountRow.id) == col(CallerRow.account_id))
        .where(col(CallerRow.token_hash) == _hash(token), col(CallerRow.revoked_at).is_(None))
    )
    joined = (await session.execute(statement)).first()
    if joined is None:
        return None
    row, account = joined
    return _caller(session, row) if row.account_id is None or _bears(account, row) else None


def _bears(account: AccountRow | None, row: CallerRow) -> bool:
    """Whether an account bears a token: neither disabled nor waiting for its owner's password,
    in the same post.
    """
    if account is None or account.disabled_at is not None or account.must_change:
        return False
    return (account.role, account.unit) == (row.role, row.unit)


async def mark_used(session: AsyncSession, token: str, at: datetime) -> None:
    """Note when a token was last used, in a session that writes; an unknown token leaves no trace."""
    statement = update(CallerRow).where(col(CallerRow.token_hash) == _hash(token)).values(used_at=at)
    await session.execute(statement)


async def list_callers(session: AsyncSession) -> Sequence[TokenHolder]:
    """All tokens ever made, the oldest first."""
    statement = select(CallerRow).order_by(col(CallerRow.created_at), col(CallerRow.id))
    return [_caller(session, row) for row in (await session.execute(statement)).scalars()]


async def tokens_of(session: AsyncSession, account_id: str) -> Sequence[TokenHolder]:
    """The tokens that an account has made and not revoked, the newest first;
    those that have expired among them.
    """
    statement = (
        select(CallerRow)
        .where(col(CallerRow.account_id) == account_id, col(CallerRow.revoked_at).is_(None))
        .order_by(col(CallerRow.created_at).desc(), col(CallerRow.id))
    )
    return [_caller(session, row) for row in (await session.execute(statement)).scalars()]


async def revoke_own(session: AsyncSession, account_id: str, caller_id: str) -> bool:
    """Revoke a token that an account has made, in a session that writes; whether there was one that held."""
    statement = update(CallerRow).where(
        col(CallerRow.account_id) == account_id,
        col(CallerRow.id) == caller_id,
        col(CallerRow.revoked_at).is_(None),
    )
    ended = await session.execute(statement.values(revoked_at=datetime.now(UTC)).returning(col(CallerRow.id)))
    return ended.first() is not None


async def revoke_all(session: AsyncSession, account_id: str, login: str) -> None:
    """Revoke every token of an account, and those that the terminal made in its name (another post,
    a disabled account).

    In a session that writes.
    """
    in_its_name = and_(
        col(CallerRow.account_id).is_(None), func.lower(col(CallerRow.person)) == login.lower()
    )
    statement = update(CallerRow).where(
        or_(col(CallerRow.account_id) == account_id, in_its_name), col(CallerRow.revoked_at).is_(None)
    )
    await session.execute(statement.values(revoked_at=datetime.now(UTC)))


async def revoke(session: AsyncSession, caller_id: str) -> bool:
    """Revoke a token by its id, in a session that writes; False when there is none.

    The first revocation stands.
    """
    row = await session.get(CallerRow, caller_id)
    if row is None:
        return False
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    await session.flush()
    return True


async def revoke_token(session: AsyncSession, token: str) -> None:
    """Revoke a token by its text, in a session that writes; an unknown token leaves no trace."""
    statement = update(CallerRow).where(
        col(CallerRow.token_hash) == _hash(token), col(CallerRow.revoked_at).is_(None)
    )
    await session.execute(statement.values(revoked_at=datetime.now(UTC)))


def _hash(token: str) -> str:
    """A plain digest will do: 256 random bits cannot be guessed, unlike a password."""
    return hashlib.sha256(token.encode()).hexdigest()


def _caller(session: AsyncSession, row: CallerRow) -> TokenHolder:
    return TokenHolder(
        id=row.id,
        actor=Actor(person=row.person, role=Role(row.role), unit=row.unit),
        created_at=row.created_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
        name=opened(session, row.name, "name", row.id) or "",
        scope=Scope(row.scope),
        expires_at=row.expires_at,
    )
