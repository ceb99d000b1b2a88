"""Who has the form of a step open: for colleagues of the unit to see, and for nobody later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Index, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from storage.account_tables import AccountRow
from storage.columns import UtcDateTime
from storage.working_texts import DraftPlace

MOST_NAMED: Final = 5


class OpenFormRow(SQLModel, table=True):
    """A person before the form of a step, until `ends_at` unless the form says again that it is open."""

    __tablename__ = "open_form"
    __table_args__ = (Index("open_form_ends", "ends_at"),)

    incident_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)


async def has_open(
    session: AsyncSession, place: DraftPlace, person: str, *, at: datetime, until: datetime
) -> None:
    """Note that somebody has the form open, in a session that writes; what has ended goes on the way."""
    await session.execute(delete(OpenFormRow).where(col(OpenFormRow.ends_at) <= at))
    await session.merge(OpenFormRow(**place._asdict(), person=person, ends_at=until))


async def has_closed(session: AsyncSession, place: DraftPlace, person: str) -> None:
    """Note that somebody left the form, in a session that writes."""
    row = await session.get(OpenFormRow, (*place, person))
    if row is not None:
        await session.delete(row)


async def who_else(session: AsyncSession, place: DraftPlace, person: str, at: datetime) -> tuple[str, ...]:
    """The logins of the others of the unit who have the form open, at most five."""
    row = OpenFormRow
    chosen = (
        select(col(row.person))
        .where(
            col(row.incident_id) == place.incident_id,
            col(row.kind) == place.kind,
            col(row.unit) == place.unit,
            col(row.person) != person,
            col(row.ends_at) > at,
        )
        .order_by(col(row.person))
        .limit(MOST_NAMED)
    )
    return tuple((await session.execute(chosen)).scalars())


async def names_of(session: AsyncSession, logins: Sequence[str]) -> dict[str, str]:
    """The names of persons by their logins; whoever has no account is not among them."""
    row = AccountRow
    chosen = select(col(row.login), col(row.name)).where(col(row.login).in_(set(logins)))
    return {row.login: row.name for row in await session.execute(chosen)}
