"""What administrators did: each act in the transaction of what it did, kept for good,
read by the audit administrator.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.act_tables import AdministrativeActRow
from storage.audit_book import HOUSE, BookDeed, BookEntry, Origin, append
from storage.cursors import Page
from storage.tables import table


class ActKind(StrEnum):
    """What was done."""

    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    PASSWORD_RENEWED = "password_renewed"  # noqa: S105  the name of an act
    CODE_CLEARED = "code_cleared"
    UNIT_PERSON_ADDED = "unit_person_added"
    UNIT_PERSON_CHANGED = "unit_person_changed"
    UNIT_PERSON_REMOVED = "unit_person_removed"
    CHANNEL_ADDED = "channel_added"
    CHANNEL_CHANGED = "channel_changed"
    CHANNEL_REMOVED = "channel_removed"
    REGISTRY_IMPORTED = "registry_imported"
    ROTA_IMPORTED = "rota_imported"
    PUBLIC_PAGE_ON = "public_page_on"
    PUBLIC_PAGE_OFF = "public_page_off"
    GOING_LIVE_CHECKED = "going_live_checked"

    @property
    def is_of_account(self) -> bool:
        """Whether the act is about an account; else it is about a unit."""
        return self in _OF_ACCOUNTS


_OF_ACCOUNTS = frozenset(
    {
        ActKind.ACCOUNT_ADDED,
        ActKind.ACCOUNT_CHANGED,
        ActKind.ACCOUNT_DISABLED,
        ActKind.ACCOUNT_ENABLED,
        ActKind.PASSWORD_RENEWED,
        ActKind.CODE_CLEARED,
    }
)


class Via(StrEnum):
    """By which way it was done."""

    DESK = "desk"
    TERMINAL = "terminal"
    FIRST_START = "first_start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who does an act: at the desk the login and id of an account,
    at the terminal the name of the machine's user.

    `origin` is what the audit book says of it.
    """

    via: Via
    login: str
    account_id: str = ""
    origin: Origin = HOUSE


FIRST_START = Author(via=Via.FIRST_START, login="")
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act as recorded; `subject` is a login or the code of a unit."""

    position: int
    at: datetime
    kind: ActKind
    author: Author
    subject: str
    before: Facts
    after: Facts


async def record_act(
    session: AsyncSession,
    kind: ActKind,
    author: Author,
    subject: str,
    *,
    at: datetime,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Record an act in the transaction of what it did, in a session that writes;
    the audit book says that it was done.

    Of `before` and `after` only what differs is kept; neither may hold a secret.
    """
    connection = await session.connection()
    await connection.run_sync(
        partial(record_on, kind=kind, author=author, subject=subject, at=at, before=before, after=after)
    )


def record_on(
    connection: Connection,
    *,
    kind: ActKind,
    author: Author,
    subject: str,
    at: datetime,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """As `record_act`, in the transaction of a connection."""
    old, new = dict(before or {}), dict(after or {})
    same = {name for name in old if old[name] == new.get(name)}
    act = {
        "at": at,
        "kind": kind.value,
        "via": author.via.value,
        "author": author.login,
        "subject": subject,
        "before": _written(old, same),
        "after": _written(new, same),
    }
    connection.execute(insert(table(AdministrativeActRow)).values(**act))
    deed = BookDeed.PEOPLE_CHANGE if kind.is_of_account else BookDeed.UNITS_CHANGE
    detail = {
        "act": kind.value,
        "content": hashlib.sha256(f"{act['before']}{act['after']}".encode()).hexdigest(),
    }
    append(connection, [BookEntry(at=at, deed=deed, origin=author.origin, subject=subject, detail=detail)])


def _written(facts: Facts, same: set[str]) -> str:
    return json.dumps({name: facts[name] for name in facts if name not in same}, ensure_ascii=False)


async def acts(
    session: AsyncSession, *, kind: ActKind | None = None, before: int | None = None, limit: int
) -> Page[Act]:
    """The acts, the latest first, from below a position on; the cursor is the position of the last shown."""
    statement = (
        select(AdministrativeActRow).order_by(col(AdministrativeActRow.position).desc()).limit(limit + 1)
    )
    if kind is not None:
        statement = statement.where(col(AdministrativeActRow.kind) == kind.value)
    if before is not None:
        statement = statement.where(col(AdministrativeActRow.position) < before)
    latest = [_act(row) for row in (await session.execute(statement)).scalars()]
    rest = str(latest[limit - 1].position) if len(latest) > limit else None
    return Page(items=tuple(latest[:limit]), next_cursor=rest)


async def latest_act(session: AsyncSession, kind: ActKind, subject: str) -> Act | None:
    """The latest act of a kind about a subject; None where there is none."""
    of = (col(AdministrativeActRow.kind) == kind.value) & (col(AdministrativeActRow.subject) == subject)
    latest = (
        select(AdministrativeActRow).where(of).order_by(col(AdministrativeActRow.position).desc()).limit(1)
    )
    row = (await session.execute(latest)).scalar_one_or_none()
    return None if row is None else _act(row)


async def first_accounts_of(session: AsyncSession) -> frozenset[str]:
    """The logins that the first start made, which are the demonstration's but for the administrators."""
    added = col(AdministrativeActRow.kind) == ActKind.ACCOUNT_ADDED.value
    first = col(AdministrativeActRow.via) == Via.FIRST_START.value
    logins = select(col(AdministrativeActRow.subject)).where(added, first)
    return frozenset((await session.execute(logins)).scalars())


def _act(row: AdministrativeActRow) -> Act:
    return Act(
        position=row.position or 0,
        at=row.at,
        kind=ActKind(row.kind),
        author=Author(via=Via(row.via), login=row.author),
        subject=row.subject,
        before=json.loads(row.before),
        after=json.loads(row.after),
    )
