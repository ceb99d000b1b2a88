"""Notices as calls see them: which of a delivery wait for somebody to hear, what each is about,
and that somebody has heard.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.hearing import CALLED
from storage.inbox import is_open_to
from storage.receipts import Key
from storage.tables import IncidentRow, NoticeRow, ObligationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledNotice:
    """A notice by its key, with what a message says of it:
    the incident's number, and when the obligation named falls due.

    `number` is empty while the ledger does not know the incident.
    """

    key: Key
    subject: str
    sent_at: datetime
    number: str
    due_at: datetime | None
    acknowledged_by: str | None


async def waiting(
    session: AsyncSession, incident_id: str, numbers: Collection[int]
) -> tuple[CalledNotice, ...]:
    """The notices of some events of an incident that persons are called for and that nobody has acknowledged;
    no drills.
    """
    which = and_(
        col(NoticeRow.incident_id) == incident_id,
        col(NoticeRow.event_number).in_(numbers),
        col(NoticeRow.purpose).in_(sorted(CALLED)),
        col(NoticeRow.acknowledged_at).is_(None),
        col(NoticeRow.drill).is_(False),
    )
    return await _notices(session, which)


async def notice_of(session: AsyncSession, key: Key) -> CalledNotice | None:
    """A notice by its key."""
    return next(iter(await _notices(session, _this(key))), None)


async def acknowledge_by_link(session: AsyncSession, key: Key, *, person: str, at: datetime) -> bool:
    """Note that a person has heard a notice, in a session that writes;
    False when somebody was first, or it is closed to the person.
    """
    statement = (
        update(NoticeRow)
        .where(_this(key), col(NoticeRow.acknowledged_at).is_(None), is_open_to(person))
        .values(acknowledged_at=at, acknowledged_by=person)
        .returning(col(NoticeRow.position))
    )
    return (await session.execute(statement)).first() is not None


async def keys_of(session: AsyncSession, positions: Collection[int]) -> tuple[Key, ...]:
    """The keys of notices by their positions in the inboxes."""
    statement = select(
        col(NoticeRow.incident_id), col(NoticeRow.event_number), col(NoticeRow.purpose), col(NoticeRow.unit)
    ).where(col(NoticeRow.position).in_(positions))
    rows = (await session.execute(statement)).all()
    return tuple((incident_id, number, purpose, unit) for incident_id, number, purpose, unit in rows)


def _this(key: Key) -> ColumnElement[bool]:
    incident_id, number, purpose, unit = key
    return and_(
        col(NoticeRow.incident_id) == incident_id,
        col(NoticeRow.event_number) == number,
        col(NoticeRow.purpose) == purpose,
        col(NoticeRow.unit) == unit,
    )


async def _notices(session: AsyncSession, which: ColumnElement[bool]) -> tuple[CalledNotice, ...]:
    statement = (
        select(NoticeRow, col(IncidentRow.number), col(ObligationRow.due_at))
        .outerjoin(IncidentRow, col(IncidentRow.incident_id) == col(NoticeRow.incident_id))
        .outerjoin(
            ObligationRow,
            and_(
                col(ObligationRow.position) == col(IncidentRow.position),
                col(ObligationRow.id) == col(NoticeRow.subject),
            ),
        )
        .where(which)
        .order_by(col(NoticeRow.position))
    )
    return tuple(
        CalledNotice(
            key=(row.incident_id, row.event_number, row.purpose, row.unit),
            subject=row.subject,
            sent_at=row.delivered_at,
            number=number or "",
            due_at=due_at,
            acknowledged_by=row.acknowledged_by,
        )
        for row, number, due_at in (await session.execute(statement)).all()
    )
