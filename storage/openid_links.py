"""Which identity of an OpenID provider signs in to which account:
by issuer and subject, once its owner has confirmed it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow, OpenIdLinkRow, OpenIdUnlinkedRow

WAITS: Final = timedelta(minutes=10)
"""How long an identity that the provider has confirmed waits for the owner's password."""

_BYTES: Final = 32
_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdSubject:
    """An identity as its provider names it, for good; what else the provider says of it may change."""

    issuer: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdLink:
    """An identity that signs in to an account."""

    id: str
    issuer: str
    made_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """An identity that waits for the password of an account, and where its browser goes on."""

    account_id: str
    issuer: str
    subject_hash: str
    after: str


class NotLinked(Enum):
    """Why an identity that waited is not linked: it is already, waits no more,
    or one of the two has another link.
    """

    ALREADY = "already"
    LAPSED = "lapsed"
    ANOTHER = "another"


async def linked_account(session: AsyncSession, subject: OpenIdSubject, at: datetime) -> AccountRow | None:
    """The account that an identity signs in to, in a session that writes, since the use is noted;
    None without a link.
    """
    link = (await session.execute(select(OpenIdLinkRow).where(*_is(subject)))).scalar_one_or_none()
    if link is None:
        return None
    link.used_at = at
    return await session.get(AccountRow, link.account_id)


async def links_of(session: AsyncSession, account_id: str) -> Sequence[OpenIdLink]:
    """The identities that sign in to an account."""
    own = col(OpenIdLinkRow.account_id) == account_id
    rows = (
        await session.execute(select(OpenIdLinkRow).where(own).order_by(col(OpenIdLinkRow.made_at)))
    ).scalars()
    return [
        OpenIdLink(id=row.id, issuer=row.issuer, made_at=row.made_at, used_at=row.used_at) for row in rows
    ]


async def wait_for_owner(
    session: AsyncSession, subject: OpenIdSubject, account_id: str, after: str, at: datetime
) -> str:
    """Keep an identity until the account's password is given, in a session that writes;
    what its browser's cookie holds.
    """
    secret = secrets.token_urlsafe(_BYTES)
    await session.execute(delete(OpenIdUnlinkedRow).where(col(OpenIdUnlinkedRow.at) < at - WAITS))
    session.add(
        OpenIdUnlinkedRow(
            secret_hash=_hash(secret),
            account_id=account_id,
            issuer=subject.issuer,
            subject_hash=_hash(subject.name),
            after=after,
            at=at,
        )
    )
    await session.flush()
    return secret


async def waiting(session: AsyncSession, secret: str, at: datetime) -> Unlinked | None:
    """The identity of a browser's cookie while it waits;
    None for a cookie that is none, or has waited too long.
    """
    known = (col(OpenIdUnlinkedRow.secret_hash) == _hash(secret), col(OpenIdUnlinkedRow.at) >= at - WAITS)
    row = (await session.execute(select(OpenIdUnlinkedRow).where(*known))).scalar_one_or_none()
    if row is None:
        return None
    return Unlinked(
        account_id=row.account_id, issuer=row.issuer, subject_hash=row.subject_hash, after=row.after
    )


async def link_waiting(
    session: AsyncSession, secret: str, unlinked: Unlinked, at: datetime
) -> str | NotLinked:
    """Let an identity that waits by a cookie sign in to its account from now on, in a session that writes;
    the id of the link.
    """
    if await _links_there(session, unlinked) == {(unlinked.account_id, unlinked.subject_hash)}:
        return NotLinked.ALREADY
    waits = await waiting(session, secret, at)
    own = col(OpenIdUnlinkedRow.secret_hash) == _hash(secret)
    await session.execute(delete(OpenIdUnlinkedRow).where(own))
    if waits != unlinked:
        return NotLinked.LAPSED
    if await _links_there(session, unlinked):
        return NotLinked.ANOTHER
    link_id = secrets.token_hex(_ID_BYTES)
    try:
        async with session.begin_nested():
            session.add(
                OpenIdLinkRow(
                    id=link_id,
                    account_id=unlinked.account_id,
                    issuer=unlinked.issuer,
                    subject_hash=unlinked.subject_hash,
                    made_at=at,
                    used_at=at,
                )
            )
    except IntegrityError:  # of two at one time the other
        return NotLinked.ANOTHER
    return link_id


async def has_link(session: AsyncSession, account_id: str, issuer: str) -> bool:
    """Whether an identity of an issuer signs in to an account already."""
    own = (col(OpenIdLinkRow.account_id) == account_id, col(OpenIdLinkRow.issuer) == issuer)
    return (await session.execute(select(col(OpenIdLinkRow.id)).where(*own))).first() is not None


async def end_link(session: AsyncSession, account_id: str, link_id: str) -> bool:
    """Let an identity sign in to an account no more, in a session that writes;
    False where there is none of this id.
    """
    own = (col(OpenIdLinkRow.id) == link_id, col(OpenIdLinkRow.account_id) == account_id)
    gone = await session.execute(delete(OpenIdLinkRow).where(*own).returning(col(OpenIdLinkRow.id)))
    return gone.first() is not None


async def end_links(session: AsyncSession, account_id: str) -> None:
    """Let no identity sign in to an account before its owner has confirmed it anew,
    in a session that writes.
    """
    await session.execute(delete(OpenIdLinkRow).where(col(OpenIdLinkRow.account_id) == account_id))
    await session.execute(delete(OpenIdUnlinkedRow).where(col(OpenIdUnlinkedRow.account_id) == account_id))


async def _links_there(session: AsyncSession, unlinked: Unlinked) -> set[tuple[str, str]]:
    """Account and subject of each link of its issuer that one of the two has."""
    of_subject = col(OpenIdLinkRow.subject_hash) == unlinked.subject_hash
    of_account = col(OpenIdLinkRow.account_id) == unlinked.account_id
    there = select(col(OpenIdLinkRow.account_id), col(OpenIdLinkRow.subject_hash)).where(
        col(OpenIdLinkRow.issuer) == unlinked.issuer, or_(of_subject, of_account)
    )
    return {(account_id, subject_hash) for account_id, subject_hash in await session.execute(there)}


def _is(subject: OpenIdSubject) -> tuple[ColumnElement[bool], ...]:
    return (
        col(OpenIdLinkRow.issuer) == subject.issuer,
        col(OpenIdLinkRow.subject_hash) == _hash(subject.name),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
