"""Which running incidents may be the same: those that hold an item's address, and those with a title much like it (DD-16)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.posts import mark
from domain.case.state import Incident
from domain.rules.permissions import may_see
from domain.terms.likeness import ALIKE, WITHIN, likeness
from domain.terms.roles import Actor
from storage.scope import units_of, unless_closed
from storage.snapshots import snapshots
from storage.tables import IncidentRow, IncidentUnitRow, SnapshotRow

_MOST = 20


class Likeness(StrEnum):
    """Why an incident may be the same."""

    SAME_URL = "same_url"
    SIMILAR_TITLE = "similar_title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A running incident that may be the same; `share` is how alike the titles are, 1 for the same address."""

    incident_id: str
    number: str
    title: str
    discovered_at: datetime
    response_due_at: datetime
    why: Likeness
    share: float
    same_topic: bool


async def holding_url(session: AsyncSession, url: str, *, drill: bool = False) -> list[Incident]:
    """The running incidents, the oldest first, of which a not excluded item has that address."""
    wanted = url.strip()
    if not wanted:
        return []
    written = f'"url":{to_json(wanted).decode()}'
    statement = (
        _running(col(IncidentRow.incident_id), drill=drill)
        .join(SnapshotRow, col(SnapshotRow.position) == col(IncidentRow.position))
        .where(
            or_(*(col(SnapshotRow.state).contains(one, autoescape=True) for one in (written, mark(wanted))))
        )
        .limit(_MOST)
    )
    found = await snapshots(session, (await session.execute(statement)).scalars().all())
    return [held.state for held in found.values() if _holds(held.state, wanted)]


def _holds(incident: Incident, url: str) -> bool:
    excluded = {exclusion.item for exclusion in incident.screening.excluded}
    return any(
        source.url.strip() == url and number not in excluded
        for number, source in enumerate(incident.sources, start=1)
    ) or (mark(url) in incident.marks)


async def similar(
    session: AsyncSession, actor: Actor, *, title: str, topic: str, url: str, at: datetime
) -> list[Similar]:
    """What the actor may see that could be the same: by address first, then by title, found within 72 h of `at`."""
    same = [held for held in await holding_url(session, url) if may_see(actor, held)]
    found = [_similar(held, Likeness.SAME_URL, 1.0, topic) for held in same]
    known = {held.incident_id for held in same}
    statement = _running(col(IncidentRow.incident_id), col(IncidentRow.title), drill=False).where(
        col(IncidentRow.discovered_at) >= at - WITHIN, col(IncidentRow.discovered_at) <= at + WITHIN
    )
    statement = unless_closed(statement, col(IncidentRow.position), actor.person)
    if units := units_of(actor, None):
        statement = statement.join(
            IncidentUnitRow, col(IncidentUnitRow.position) == col(IncidentRow.position)
        ).where(col(IncidentUnitRow.unit) == units[0])
    rows = (await session.execute(statement)).all()
    shares = {row.incident_id: likeness(title, row.title) for row in rows if row.incident_id not in known}
    close = sorted((name for name, share in shares.items() if share >= ALIKE), key=lambda name: -shares[name])
    held_by_name = await snapshots(session, close[:_MOST])
    found += [
        _similar(held.state, Likeness.SIMILAR_TITLE, shares[name], topic)
        for name, held in held_by_name.items()
    ]
    return sorted(found, key=lambda one: (one.why is not Likeness.SAME_URL, not one.same_topic, -one.share))


def _running(*columns: Any, drill: bool) -> Select[Any]:
    return (
        select(*columns)
        .where(col(IncidentRow.closed_at).is_(None), col(IncidentRow.drill).is_(drill))
        .order_by(col(IncidentRow.position))
    )


def _similar(incident: Incident, why: Likeness, share: float, topic: str) -> Similar:
    return Similar(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        discovered_at=incident.discovered_at,
        response_due_at=incident.response_due_at,
        why=why,
        share=round(share, 3),
        same_topic=bool(topic) and topic == incident.topic,
    )
