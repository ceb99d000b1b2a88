"""What the pages show of a unit's notices: how many wait, what each is about,
and acknowledging several at one time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.purposes import Purpose
from domain.terms.vocabulary import Marking
from storage.inbox import Delivered, is_open_to
from storage.scope import closed_to_others
from storage.tables import IncidentRow, IncidentUnitRow, NoticeRow, ObligationRow

_WAITING: Final = select(
    col(NoticeRow.position),
    col(NoticeRow.incident_id),
    col(NoticeRow.purpose),
    col(NoticeRow.subject),
    col(NoticeRow.drill),
).where(col(NoticeRow.acknowledged_at).is_(None))
LOOKED_AT: Final = 500  # notices that wait, the newest first, which every page counts at most


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotice:
    """A notice that nobody has acknowledged, as far as every page asks for it; `position` names it."""

    position: int
    incident_id: str
    purpose: Purpose
    subject: str
    drill: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMatter:
    """What a notice is about: the incident, whether the unit has a part in it,
    and when the obligation named falls due.
    """

    number: str
    title: str
    marking: Marking
    is_own: bool
    due_at: datetime | None
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What an incident is called, number first, and its mark."""

    text: str
    marking: Marking


async def waiting_notices(session: AsyncSession, unit: str, person: str = "") -> Sequence[WaitingNotice]:
    """The notices of a unit that wait and that a person may see, the newest first, at most LOOKED_AT of them:
    one walk along an index.
    """
    statement = _WAITING.where(col(NoticeRow.unit) == unit, is_open_to(person))
    statement = statement.order_by(col(NoticeRow.position).desc()).limit(LOOKED_AT)
    return [_waiting(row) for row in await session.execute(statement)]


async def waiting_beside(
    session: AsyncSession, positions: Collection[int], unit: str, person: str
) -> Sequence[WaitingNotice]:
    """The notices of a unit that wait, and that a person may see, of the cases that these are of;
    they themselves among them.
    """
    cases = select(col(NoticeRow.incident_id)).where(
        col(NoticeRow.position).in_(positions), col(NoticeRow.unit) == unit
    )
    statement = _WAITING.where(
        col(NoticeRow.unit) == unit, col(NoticeRow.incident_id).in_(cases), is_open_to(person)
    )
    return [_waiting(row) for row in await session.execute(statement)]


def _waiting(row: Row[int, str, str, str, bool]) -> WaitingNotice:
    return WaitingNotice(
        position=row.position,
        incident_id=row.incident_id,
        purpose=Purpose(row.purpose),
        subject=row.subject,
        drill=row.drill,
    )


async def matters(
    session: AsyncSession, unit: str, notices: Iterable[Delivered]
) -> Mapping[int, NoticeMatter]:
    """What notices of a unit are about, by their positions;
    without those whose incident is not in the ledger yet.
    """
    statement = (
        select(
            col(NoticeRow.position),
            col(IncidentRow.number),
            col(IncidentRow.title),
            col(IncidentRow.marking),
            col(IncidentUnitRow.unit).is_not(None),
            col(ObligationRow.due_at),
            func.coalesce(col(ObligationRow.settled), True),
        )
        .join(IncidentRow, col(IncidentRow.incident_id) == col(NoticeRow.incident_id))
        .outerjoin(
            IncidentUnitRow,
            and_(
                col(IncidentUnitRow.unit) == unit, col(IncidentUnitRow.position) == col(IncidentRow.position)
            ),
        )
        .outerjoin(
            ObligationRow,
            and_(
                col(ObligationRow.position) == col(IncidentRow.position),
                col(ObligationRow.id) == col(NoticeRow.subject),
            ),
        )
        .where(col(NoticeRow.position).in_([notice.position for notice in notices]))
    )
    return {
        position: NoticeMatter(
            number=number,
            title=title,
            marking=Marking(marking),
            is_own=is_own,
            due_at=due_at,
            is_owed=not settled,
        )
        for position, number, title, marking, is_own, due_at, settled in await session.execute(statement)
    }


async def titles(session: AsyncSession, incident_ids: Collection[str], person: str) -> dict[str, Title]:
    """What each of these incidents is called, as far as the ledger knows them and none
    is closed to others.
    """
    statement = select(
        col(IncidentRow.incident_id),
        col(IncidentRow.number),
        col(IncidentRow.title),
        col(IncidentRow.marking),
    ).where(
        col(IncidentRow.incident_id).in_(incident_ids),
        col(IncidentRow.position).not_in(closed_to_others(person)),
    )
    return {
        row.incident_id: Title(text=f"{row.number} {row.title}", marking=Marking(row.marking))
        for row in await session.execute(statement)
    }


async def acknowledge_all(
    session: AsyncSession, positions: Iterable[int], unit: str, *, person: str, at: datetime
) -> tuple[int, ...]:
    """Note that a person of the unit has seen these notices, in a session that writes;
    those that were waiting.

    Notices of other units are passed over, and where somebody came first, that stands.
    """
    statement = (
        update(NoticeRow)
        .where(
            col(NoticeRow.position).in_(list(positions)),
            col(NoticeRow.unit) == unit,
            col(NoticeRow.acknowledged_at).is_(None),
            is_open_to(person),
        )
        .values(acknowledged_at=at, acknowledged_by=person)
        .returning(col(NoticeRow.position))
    )
    return tuple((await session.execute(statement)).scalars())
