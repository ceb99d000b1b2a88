"""Which accounts want looking after: without a second factor, with an old or unclaimed password,
or long unused.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.account_tables import AccountRow, SignedInRow

OLD_PASSWORD: Final = timedelta(days=90)
IDLE: Final = timedelta(days=90)
UNCLAIMED: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReview:
    """Logins of enabled accounts, in order; one may stand in several lists."""

    without_second_factor: tuple[str, ...]
    old_password: tuple[str, ...]
    unclaimed: tuple[str, ...]
    idle: tuple[str, ...]


async def review(session: AsyncSession, posts: Collection[str], now: datetime) -> AccountReview:
    """Look over all enabled accounts; `posts` are those that ought to have a second factor.

    A password is old after 90 days (GB/T 22239 asks for changes at intervals), unclaimed where the one
    that was shown once came to its end, after a day where it has none; an account is idle when nobody
    has used it for 90 days.
    """
    last_use = (
        select(col(SignedInRow.account_id), func.max(col(SignedInRow.seen_at)).label("at"))
        .group_by(col(SignedInRow.account_id))
        .subquery()
    )
    statement = (
        select(AccountRow, last_use.c.at)
        .outerjoin(last_use, last_use.c.account_id == col(AccountRow.id))
        .where(col(AccountRow.disabled_at).is_(None))
        .order_by(col(AccountRow.login))
    )
    rows = [(row, at or row.created_at) for row, at in (await session.execute(statement)).all()]
    return AccountReview(
        without_second_factor=tuple(
            row.login
            for row, _ in rows
            if row.role in posts and row.one_time_secret is None and not row.passkeys
        ),
        old_password=tuple(
            row.login
            for row, _ in rows
            if not row.must_change and now - row.password_changed_at > OLD_PASSWORD
        ),
        unclaimed=tuple(
            row.login
            for row, _ in rows
            if row.must_change and now > (row.password_until or row.password_changed_at + UNCLAIMED)
        ),
        idle=tuple(row.login for row, used_at in rows if now - used_at > IDLE),
    )
