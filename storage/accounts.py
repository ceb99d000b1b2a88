"""Accounts of people: who may sign in, as whom they act, and their passwords (argon2)."""

import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Final

from pwdlib import PasswordHash
from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.roles import Actor, Role
from storage.account_tables import AccountRow

_ID_BYTES = 8
_NOBODYS_BYTES = 12
_READABLE: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUP, _GROUPS = 4, 4


class Administrator(StrEnum):
    """The three administrators, kept apart (GB/T 22239); none of them takes part in incidents."""

    SYSTEM = "system_administrator"
    SECURITY = "security_administrator"
    AUDIT = "audit_administrator"


Post = Role | Administrator


class AccountState(StrEnum):
    """How an account stands: able to sign in, with a password shown once that still serves, or disabled."""

    ACTIVE = "active"
    FRESH = "fresh"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account without its secrets; `actor` is as whom its person takes steps,
    None for an administrator.
    """

    id: str
    login: str
    name: str
    post: Post
    unit: str
    must_change: bool
    has_one_time_code: bool
    passkeys: int
    created_at: datetime
    disabled_at: datetime | None

    @property
    def state(self) -> AccountState:
        """How the account stands."""
        if self.disabled_at is not None:
            return AccountState.DISABLED
        return AccountState.FRESH if self.must_change else AccountState.ACTIVE

    @property
    def has_second_factor(self) -> bool:
        """Whether the password alone does not let anybody in."""
        return self.has_one_time_code or self.passkeys > 0

    @property
    def actor(self) -> Actor | None:
        """The person in role and unit."""
        return (
            Actor(person=self.login, role=self.post, unit=self.unit) if isinstance(self.post, Role) else None
        )


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    """A hash that no password fits: an unknown login takes as long to refuse as a wrong password."""
    return _hasher().hash(secrets.token_urlsafe(_NOBODYS_BYTES))


def new_password() -> str:
    """A random password of 79 bits, shown once: in groups,
    and without signs that are taken for one another.
    """
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(password: str) -> str:
    """The argon2 hash of a password; takes some tens of milliseconds of a core."""
    return _hasher().hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one hashed; as slow for no hash at all."""
    fitting = _hasher().verify(password, password_hash or _nobodys_hash())
    return fitting and password_hash is not None


async def create_account(
    session: AsyncSession, *, login: str, name: str, post: Post, unit: str, password_hash: str, at: datetime
) -> Account:
    """A new account whose password must be changed at the first sign-in; in a session that writes.

    Raises sqlalchemy's IntegrityError when the login is taken.
    Whether the unit exists is for the caller to check.
    """
    row = AccountRow(
        id=secrets.token_hex(_ID_BYTES),
        login=login,
        name=name,
        role=post.value,
        unit=unit,
        password_hash=password_hash,
        password_changed_at=at,
        must_change=True,
        one_time_secret=None,
        created_at=at,
        disabled_at=None,
    )
    session.add(row)
    await session.flush()
    return account_of(row)


async def end_passwords(
    session: AsyncSession, until: datetime, accounts: Iterable[str] | None = None
) -> None:
    """Have every password that was shown once serve until then, or those of some accounts by their ids,
    in a session that writes.
    """
    fresh = update(AccountRow).where(col(AccountRow.must_change))
    if accounts is not None:
        fresh = fresh.where(col(AccountRow.id).in_(list(accounts)))
    await session.execute(fresh.values(password_until=until))


async def first_passwords_mark(session: AsyncSession) -> str:
    """A mark of all first passwords that serve, by whose they are and from when; another one once any was
    made, renewed or changed for one's own. Tells nothing of the passwords.
    """
    which = select(col(AccountRow.id), col(AccountRow.password_changed_at)).where(col(AccountRow.must_change))
    rows = (await session.execute(which.order_by(col(AccountRow.id)))).all()
    lines = "\n".join(f"{row.id} {row.password_changed_at.isoformat()}" for row in rows)
    return sha256(lines.encode()).hexdigest()


async def any_account(session: AsyncSession) -> bool:
    """Whether there is an account at all."""
    return bool((await session.execute(select(func.count()).select_from(AccountRow))).scalar_one())


def folded(login: str) -> str:
    """A login as accounts bear it: without blanks, width and case, which people type as they come."""
    return "".join(unicodedata.normalize("NFKC", login).split()).lower()


async def row_of(session: AsyncSession, login: str) -> AccountRow | None:
    """The account of a login, however it is typed, with its secrets; None when there is none.

    Of two whose logins differ in case alone, as early releases let them, the one that was typed.
    """
    exactly = case((col(AccountRow.login) == login, 0), else_=1)
    alike = select(AccountRow).where(func.lower(col(AccountRow.login)) == folded(login))
    return (await session.execute(alike.order_by(exactly).limit(1))).scalar_one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which accounts; what is empty lets all through. `text` is in login or name."""

    unit: str = ""
    post: str = ""
    state: AccountState | None = None
    text: str = ""


async def list_accounts(
    session: AsyncSession, wanted: AccountFilter | None = None, *, limit: int | None = None, skipped: int = 0
) -> Sequence[Account]:
    """Accounts by unit and login, all of them unless told otherwise."""
    statement = select(AccountRow).order_by(col(AccountRow.unit), col(AccountRow.login))
    for condition in _conditions(wanted or AccountFilter()):
        statement = statement.where(condition)
    statement = statement.limit(limit).offset(skipped)
    return [account_of(row) for row in (await session.execute(statement)).scalars()]


def _conditions(wanted: AccountFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.unit:
        yield col(AccountRow.unit) == wanted.unit
    if wanted.post:
        yield col(AccountRow.role) == wanted.post
    if wanted.state is not None:
        disabled = col(AccountRow.disabled_at).is_not(None)
        yield disabled if wanted.state is AccountState.DISABLED else ~disabled
    if wanted.state in {AccountState.ACTIVE, AccountState.FRESH}:
        yield col(AccountRow.must_change).is_(wanted.state is AccountState.FRESH)
    if wanted.text:
        in_login = col(AccountRow.login).icontains(wanted.text, autoescape=True)
        yield in_login | col(AccountRow.name).icontains(wanted.text, autoescape=True)


async def account_by_id(session: AsyncSession, account_id: str) -> Account | None:
    """The account of an id; None when there is none."""
    row = await session.get(AccountRow, account_id)
    return None if row is None else account_of(row)


def post_of(code: str) -> Post:
    """The post of a code; raises ValueError for one that is none."""
    return Role(code) if code in set(Role) else Administrator(code)


def account_of(row: AccountRow) -> Account:
    """An account without its secrets."""
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        post=post_of(row.role),
        unit=row.unit,
        must_change=row.must_change,
        has_one_time_code=row.one_time_secret is not None,
        passkeys=row.passkeys,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
