"""The inboxes of units: each notice once, however often it is handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.notices import Notice, Purpose
from domain.terms.roles import Role
from domain.terms.workdays import SHANGHAI
from storage.cursors import Page, clamped, page, place
from storage.database import Database
from storage.receipts import Key
from storage.registry import staffed
from storage.scope import closed_to_others
from storage.tables import CallerRow, IncidentRow, NoticeRow, table

_ORDER: Final = "inbox"
_NOTICE = table(NoticeRow)
_STANDING_FOR_A_UNIT: Final = (Role.MONITOR, Role.DEPUTY_LEADER)
_NAMED = (
    select(col(CallerRow.unit), col(CallerRow.role))
    .where(col(CallerRow.revoked_at).is_(None), col(CallerRow.unit).in_(bindparam("units", expanding=True)))
    .distinct()
)
_INSERT: dict[str, Any] = {
    "sqlite": sqlite.insert(_NOTICE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_NOTICE).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A notice in an inbox; `position` names it, `addressee` is the role that it is for."""

    position: int
    incident_id: str
    notice: Notice
    addressee: Role | None
    drill: bool
    delivered_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


def key_of(item: Delivered) -> Key:
    """What makes a notice one."""
    return item.incident_id, item.notice.event_number, item.notice.purpose.value, item.notice.unit


async def deliver(
    database: Database, incident_id: str, notices: Sequence[Notice], *, drill: bool, at: datetime
) -> None:
    """Put notices into the inboxes of their units, passing over those that are there."""
    rows = [
        {
            "incident_id": incident_id,
            "event_number": notice.event_number,
            "purpose": notice.purpose,
            "unit": notice.unit,
            "subject": notice.subject,
            "drill": drill,
            "delivered_at": at,
        }
        for notice in notices
    ]
    if rows:
        await database.write(partial(_deliver, rows=rows))


def _deliver(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Aim each notice at the unit's monitor or backup,
    or where none is named at its deputy leader (R301, R401).

    Named is whoever the registry of units has in office that day, and whoever holds a token.
    """
    units = list({row["unit"] for row in rows})
    day = rows[0]["delivered_at"].astimezone(SHANGHAI).date()
    named = {(unit, role) for unit, role in connection.execute(_NAMED, {"units": units}).all()}
    named |= staffed(connection, units, day)
    rows = [{**row, "addressee": _addressee(row["unit"], named)} for row in rows]
    connection.execute(_INSERT[connection.dialect.name], rows)


def _addressee(unit: str, named: set[tuple[str, str]]) -> str:
    """The role that a notice to the unit is for; empty where the unit has named neither,
    and any of it may see to it.
    """
    return next((role for role in _STANDING_FOR_A_UNIT if (unit, role) in named), "")


async def inbox(
    session: AsyncSession,
    unit: str,
    *,
    person: str = "",
    waiting: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Delivered]:
    """The notices of a unit as a person of it may see them, the newest first;
    with `waiting` those that nobody has acknowledged.

    Those of incidents that are closed to others are left out, for nobody ("") those of all that are closed.

    Raises BadCursor.
    """
    limit = clamped(limit)
    statement = select(NoticeRow).where(col(NoticeRow.unit) == unit, is_open_to(person))
    if waiting:
        statement = statement.where(col(NoticeRow.acknowledged_at).is_(None))
    if cursor is not None:
        statement = statement.where(col(NoticeRow.position) < place(cursor, _ORDER, int)[0])
    statement = statement.order_by(col(NoticeRow.position).desc()).limit(limit + 1)
    rows = (await session.execute(statement)).scalars().all()
    return page(_ORDER, rows, limit, lambda row: (row.position,), _delivered)


def is_open_to(person: str) -> ColumnElement[bool]:
    """Whether a notice is of no incident that is closed to others than this person."""
    closed = select(col(IncidentRow.incident_id)).where(
        col(IncidentRow.position).in_(closed_to_others(person))
    )
    return col(NoticeRow.incident_id).not_in(closed)


async def acknowledge(session: AsyncSession, position: int, unit: str, *, person: str, at: datetime) -> bool:
    """Note that a person of the unit has seen a notice, in a session that writes; the first stands.

    False when the unit has no such notice, or it is not this person's to see.
    """
    mine = (col(NoticeRow.position) == position) & (col(NoticeRow.unit) == unit) & is_open_to(person)
    if (await session.execute(select(col(NoticeRow.position)).where(mine))).first() is None:
        return False
    first = mine & col(NoticeRow.acknowledged_at).is_(None)
    await session.execute(update(NoticeRow).where(first).values(acknowledged_at=at, acknowledged_by=person))
    return True


def _delivered(row: NoticeRow) -> Delivered:
    return Delivered(
        position=row.position,
        incident_id=row.incident_id,
        notice=Notice(
            event_number=row.event_number, purpose=Purpose(row.purpose), unit=row.unit, subject=row.subject
        ),
        addressee=Role(row.addressee) if row.addressee else None,
        drill=row.drill,
        delivered_at=row.delivered_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
    )
