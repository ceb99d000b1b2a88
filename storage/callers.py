"""Bearer tokens: 256 random bits shown once, kept as their SHA-256, each for one person in one role of one unit."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.roles import Actor, Role
from storage.tables import CallerRow

PREFIX: Final = "hy_"  # so that scanners for leaked secrets can tell one
_BYTES = 32
_ID_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What may be known of a token: all but the token."""

    id: str
    actor: Actor
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


async def create_token(session: AsyncSession, person: str, role: Role, unit: str) -> str:
    """A new token for a person, in a session that writes; the text is shown this once and cannot be had again.

    Whether the unit exists is for the caller to check against the law.
    """
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    session.add(
        CallerRow(
            id=secrets.token_hex(_ID_BYTES),
            token_hash=_hash(token),
            person=person,
            role=role.value,
            unit=unit,
            created_at=datetime.now(UTC),
            used_at=None,
            revoked_at=None,
        )
    )
    await session.flush()
    return token


async def find_caller(session: AsyncSession, token: str) -> Actor | None:
    """Whose token this is; None when nobody's, or revoked.

    The look-up goes by hash, so that how long it takes says nothing of the tokens that exist.
    """
    statement = select(CallerRow).where(
        col(CallerRow.token_hash) == _hash(token), col(CallerRow.revoked_at).is_(None)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    return None if row is None else _caller(row).actor


async def mark_used(session: AsyncSession, token: str, at: datetime) -> None:
    """Note when a token was last used, in a session that writes; an unknown token leaves no trace."""
    statement = update(CallerRow).where(col(CallerRow.token_hash) == _hash(token)).values(used_at=at)
    await session.execute(statement)


async def list_callers(session: AsyncSession) -> Sequence[Caller]:
    """All tokens ever made, the oldest first."""
    statement = select(CallerRow).order_by(col(CallerRow.created_at), col(CallerRow.id))
    return [_caller(row) for row in (await session.execute(statement)).scalars()]


async def revoke(session: AsyncSession, caller_id: str) -> bool:
    """Revoke a token by its id, in a session that writes; False when there is none. The first revocation stands."""
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


def _caller(row: CallerRow) -> Caller:
    return Caller(
        id=row.id,
        actor=Actor(person=row.person, role=Role(row.role), unit=row.unit),
        created_at=row.created_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
