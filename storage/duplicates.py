"""Which running incidents may be the same: those that hold an item's address, and those with a title much like it (DD-16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.rules.permissions import may_see
from domain.terms.addresses import canonical
from domain.terms.likeness import ALIKE, WITHIN, likeness
from domain.terms.roles import Actor
from storage.addresses import holding
from storage.scope import units_of, unless_closed
from storage.snapshots import snapshot, snapshots
from storage.tables import IncidentRow, IncidentUnitRow

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


async def running_with(session: AsyncSession, names: Iterable[str], *, drill: bool = False) -> list[Incident]:
    """The running incidents that hold an item of one of those names, a merged one's survivor in its place (DD-42)."""
    found = [await survivor(session, held) for held in await holding(session, names, drill=drill)]
    running = {one.incident_id: one for one in found if one.closed_at is None}
    return sorted(running.values(), key=lambda one: one.registered_at)


async def survivor(session: AsyncSession, incident: Incident) -> Incident:
    """The incident in which this one is carried on: itself, unless it was merged."""
    passed = {incident.incident_id}
    while (onward := incident.screening.merged_into) is not None and onward.incident not in passed:
        passed.add(onward.incident)
        held = await snapshot(session, onward.incident)
        if held is None:
            break
        incident = held.state
    return incident


async def similar(
    session: AsyncSession, actor: Actor, *, title: str, topic: str, url: str, at: datetime
) -> list[Similar]:
    """What the actor may see that could be the same: by address first, then by title, found within 72 h of `at`."""
    same = [held for held in await running_with(session, (canonical(url),)) if may_see(actor, held)]
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
