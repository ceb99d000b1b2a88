"""The names of the keys by which what Temporal keeps was sealed:
none of them may be missing where cases are carried on.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import Database
from storage.installation_tables import SealingKeyRow
from storage.tables import table


async def first_key_at(session: AsyncSession) -> datetime | None:
    """When the first key was entered, from which on whatever the house writes is sealed; None before."""
    return (await session.execute(select(func.min(col(SealingKeyRow.entered_at))))).scalar_one()


async def key_names(session: AsyncSession) -> frozenset[str]:
    """The keys that histories may name."""
    return frozenset((await session.execute(select(col(SealingKeyRow.name)))).scalars())


async def enter_keys(database: Database, names: Mapping[str, datetime]) -> None:
    """Enter keys, and when each was made, before anything is sealed by them;
    those that are known stay as they are.
    """
    await database.write(partial(_enter, names=names))


def _enter(connection: Connection, names: Mapping[str, datetime]) -> None:
    known = set(connection.execute(select(col(SealingKeyRow.name))).scalars())
    if rows := [{"name": name, "entered_at": at} for name, at in names.items() if name not in known]:
        connection.execute(insert(table(SealingKeyRow)), rows)
