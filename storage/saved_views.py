"""Views of the ledger that people have named and kept: the filters, as the page's address holds them."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Index, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from storage.columns import UtcDateTime

MOST_VIEWS: Final = 20  # of one account
_ID_BYTES: Final = 6


class SavedViewRow(SQLModel, table=True):
    """One view of one account; `query` is what follows the question mark in the ledger's address."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("saved_view_account", "account_id", "name", unique=True),)

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    name: str
    query: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class TooManyViews(Exception):  # noqa: N818  an answer to the person who asked
    """The account keeps as many views as it may."""


async def saved_views(session: AsyncSession, account_id: str) -> Sequence[SavedViewRow]:
    """The views of an account by name."""
    statement = select(SavedViewRow).where(col(SavedViewRow.account_id) == account_id)
    return (await session.execute(statement.order_by(col(SavedViewRow.name)))).scalars().all()


async def save_view(session: AsyncSession, account_id: str, name: str, query: str, *, at: datetime) -> None:
    """Keep a view under a name, in a session that writes; the name's earlier view gives way.

    Raises TooManyViews.
    """
    mine = col(SavedViewRow.account_id) == account_id
    await session.execute(delete(SavedViewRow).where(mine, col(SavedViewRow.name) == name))
    count = (await session.execute(select(func.count()).select_from(SavedViewRow).where(mine))).scalar_one()
    if count >= MOST_VIEWS:
        raise TooManyViews
    session.add(
        SavedViewRow(
            id=secrets.token_hex(_ID_BYTES), account_id=account_id, name=name, query=query, created_at=at
        )
    )
    await session.flush()


async def drop_view(session: AsyncSession, account_id: str, view_id: str) -> None:
    """Forget a view of one's own, in a session that writes; another's, or none, is left as it is."""
    own = (col(SavedViewRow.id) == view_id) & (col(SavedViewRow.account_id) == account_id)
    await session.execute(delete(SavedViewRow).where(own))
