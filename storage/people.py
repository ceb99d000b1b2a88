"""What is done with accounts, at the desk and at the terminal alike:
the rules of it, and the record of each act.

1. At the desk it is a security administrator who does it, and never with the administrator's own account.
2. The account of the audit administrator is made and altered at the terminal alone.
3. One security administrator at least stays able to sign in.
4. What takes something from an account ends its sessions at once.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.law.regulation import Law
from storage.account_tables import AccountRow
from storage.accounts import Account, Administrator, Post, create_account, folded, row_of
from storage.acts import ActKind, Author, Facts, Via, record_act
from storage.api_tokens import revoke_all
from storage.one_time_codes import end_codes
from storage.openid_links import end_links
from storage.passkeys import end_passkeys
from storage.sign_ins import end_all

PASSWORD_SERVES: Final = timedelta(hours=24)  # one that was issued, until its owner has chosen another
LONGEST_LOGIN: Final = 100
LONGEST_NAME: Final = 60
_LOGIN: Final = re.compile(r"[!-~]+").fullmatch  # visible ASCII, so that no two logins look alike


class PersonReason(StrEnum):
    """Why an account is not made or altered."""

    UNKNOWN = "unknown_account"
    LOGIN_INVALID = "login_invalid"
    LOGIN_TAKEN = "login_taken"
    NAME_INVALID = "name_invalid"
    UNIT_UNKNOWN = "unit_unknown"
    POST_UNKNOWN = "post_unknown"
    OWN_ACCOUNT = "own_account"
    AUDIT_ACCOUNT = "audit_account"
    LAST_SECURITY = "last_security_administrator"
    NO_LONGER = "no_longer_security_administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Of an account what an administrator sets: the name shown to others, the post, the unit by its code."""

    name: str
    post: Post
    unit: str


class PersonRefused(Exception):  # noqa: N818  an answer to who asked
    """An account is not made or altered; `subject` is what was given: a login or the code of a unit."""

    def __init__(self, reason: PersonReason, subject: str = "") -> None:
        super().__init__(reason)
        self.reason, self.subject = reason, subject


async def add(
    session: AsyncSession,
    author: Author,
    law: Law,
    login: str,
    particulars: Particulars,
    *,
    password_hash: str,
    at: datetime,
) -> Account:
    """A new account whose password must be changed at the first sign-in, in a session that writes;
    raises PersonRefused.
    """
    await _security(session, author)
    _check(author, law, particulars)
    login = checked_login(login)
    if await row_of(session, login) is not None:
        raise PersonRefused(PersonReason.LOGIN_TAKEN, login)
    name, post, unit = particulars.name, particulars.post, particulars.unit
    try:
        account = await create_account(
            session, login=login, name=name, post=post, unit=unit, password_hash=password_hash, at=at
        )
    except IntegrityError:
        raise PersonRefused(PersonReason.LOGIN_TAKEN, login) from None
    own = col(AccountRow.id) == account.id
    await session.execute(update(AccountRow).where(own).values(password_until=at + PASSWORD_SERVES))
    after = {"name": name, "post": post.value, "unit": unit}
    await record_act(session, ActKind.ACCOUNT_ADDED, author, login, at=at, after=after)
    return account


async def change(
    session: AsyncSession,
    author: Author,
    law: Law,
    account_id: str,
    particulars: Particulars,
    *,
    at: datetime,
) -> None:
    """Another name, post or unit, in a session that writes; another post or unit ends the sessions.

    Raises PersonRefused.
    """
    row = await _target(session, author, account_id)
    _check(author, law, particulars)
    if particulars.post is not Administrator.SECURITY:
        await _leave_one(session, author, row)
    before = _told(row)
    moved = (row.role, row.unit) != (particulars.post.value, particulars.unit)
    row.name, row.role, row.unit = particulars.name, particulars.post.value, particulars.unit
    if _told(row) == before:
        return
    if moved:
        await end_all(session, row.id, why="post_changed", at=at)
        await revoke_all(session, row.id, row.login)
    await record_act(
        session, ActKind.ACCOUNT_CHANGED, author, row.login, at=at, before=before, after=_told(row)
    )


async def disable(session: AsyncSession, author: Author, account_id: str, *, at: datetime) -> None:
    """Disable an account and end its sessions, in a session that writes; raises PersonRefused."""
    row = await _target(session, author, account_id)
    if row.disabled_at is not None:
        return
    await _leave_one(session, author, row)
    row.disabled_at = at
    await end_all(session, row.id, why="disabled", at=at)
    await revoke_all(session, row.id, row.login)
    said = {"before": {"state": "active"}, "after": {"state": "disabled"}}
    await record_act(session, ActKind.ACCOUNT_DISABLED, author, row.login, at=at, **said)


async def enable(session: AsyncSession, author: Author, account_id: str, *, at: datetime) -> None:
    """Let a disabled account sign in again, in a session that writes; raises PersonRefused."""
    row = await _target(session, author, account_id)
    if row.disabled_at is None:
        return
    row.disabled_at = None
    said = {"before": {"state": "disabled"}, "after": {"state": "active"}}
    await record_act(session, ActKind.ACCOUNT_ENABLED, author, row.login, at=at, **said)


async def renew_password(
    session: AsyncSession, author: Author, account_id: str, *, password_hash: str, at: datetime
) -> None:
    """Another password, to be changed at the next sign-in; sessions end.

    In a session that writes; raises PersonRefused.
    """
    row = await _target(session, author, account_id)
    row.password_hash, row.password_changed_at, row.must_change = password_hash, at, True
    row.password_until = at + PASSWORD_SERVES
    await end_all(session, row.id, why="password_renewed", at=at)
    await revoke_all(session, row.id, row.login)
    await end_links(session, row.id)
    await record_act(session, ActKind.PASSWORD_RENEWED, author, row.login, at=at)


async def clear_code(session: AsyncSession, author: Author, account_id: str, *, at: datetime) -> None:
    """Drop one-time code and passkeys whose device is lost; sessions end, some may be on it.

    In a session that writes.
    """
    row = await _target(session, author, account_id)
    if row.one_time_secret is None and not row.passkeys:
        return
    said = {"before": _told_of_factors(row), "after": {"code": "none", "passkeys": "0"}}
    await end_codes(session, row.id)
    await end_passkeys(session, row.id)
    await end_all(session, row.id, why="code_cleared", at=at)
    await record_act(session, ActKind.CODE_CLEARED, author, row.login, at=at, **said)


def _told_of_factors(row: AccountRow) -> Facts:
    return {"code": "none" if row.one_time_secret is None else "set", "passkeys": str(row.passkeys)}


def _told(row: AccountRow) -> Facts:
    return {"name": row.name, "post": row.role, "unit": row.unit}


def checked_login(login: str) -> str:
    """A login as an account bears it; raises PersonRefused for what is none."""
    plain = folded(login)
    if not 0 < len(plain) <= LONGEST_LOGIN or not _LOGIN(plain):
        raise PersonRefused(PersonReason.LOGIN_INVALID, plain)
    return plain


def _check(author: Author, law: Law, particulars: Particulars) -> None:
    name, unit = particulars.name, particulars.unit
    if author.via is Via.DESK and particulars.post is Administrator.AUDIT:
        raise PersonRefused(PersonReason.AUDIT_ACCOUNT)
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise PersonRefused(PersonReason.NAME_INVALID, name)
    if not law.knows(unit):
        raise PersonRefused(PersonReason.UNIT_UNKNOWN, unit)


async def _target(session: AsyncSession, author: Author, account_id: str) -> AccountRow:
    """The account to be altered, held until the transaction ends;
    raises PersonRefused where it is not for the author.
    """
    await _security(session, author)
    statement = select(AccountRow).where(col(AccountRow.id) == account_id).with_for_update()
    row = (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise PersonRefused(PersonReason.UNKNOWN)
    if row.id == author.account_id:
        raise PersonRefused(PersonReason.OWN_ACCOUNT)
    if author.via is Via.DESK and row.role == Administrator.AUDIT:
        raise PersonRefused(PersonReason.AUDIT_ACCOUNT)
    return row


async def _security(session: AsyncSession, author: Author) -> frozenset[str]:
    """The security administrators who can sign in, held so that no two of them act at once (each
    against the other).
    """
    statement = (
        select(col(AccountRow.id))
        .where(col(AccountRow.role) == Administrator.SECURITY.value, col(AccountRow.disabled_at).is_(None))
        .order_by(col(AccountRow.id))
        .with_for_update()
    )
    able = frozenset((await session.execute(statement)).scalars())
    if author.via is Via.DESK and author.account_id not in able:
        raise PersonRefused(PersonReason.NO_LONGER)
    return able


async def _leave_one(session: AsyncSession, author: Author, row: AccountRow) -> None:
    """Raises PersonRefused when the account is the only security administrator who can sign in."""
    if await _security(session, author) == {row.id}:
        raise PersonRefused(PersonReason.LAST_SECURITY, row.login)
