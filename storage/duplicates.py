"""Which incidents may be the same: those that hold an item's address,
and those that tell of a matter much like it (DD-16, R109).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.rules.permissions import may_see
from domain.terms.addresses import canonical
from domain.terms.free_texts import is_reference
from domain.terms.likeness import (
    ALIKE,
    EARLIER,
    WITHIN,
    Matter,
    alike,
    matter_likeness,
    rarity_of,
    told,
)
from domain.terms.roles import Actor
from domain.terms.vocabulary import FactConclusion, PublicationForm
from storage.addresses import holding
from storage.case_texts import texts_of_cases
from storage.scope import units_of, unless_closed
from storage.snapshots import snapshot, snapshots
from storage.tables import IncidentRow, IncidentUnitRow

_MOST: Final = 20
_COMPARED: Final = 3_000  # the newest of those that run, or ended within 90 days
_LOOKED_INTO: Final = 40  # of these, the summaries too
_AT_LEAST: Final = 0.25  # how alike a title is that is looked into
_ANSWERS: Final = 3


class Likeness(StrEnum):
    """Why an incident may be the same."""

    SAME_URL = "same_url"
    SIMILAR_TITLE = "similar_title"


class Ended(StrEnum):
    """How an incident ended that may be the same;
    one that was merged is shown as the one that carries it on.
    """

    RUNNING = "running"
    VOIDED = "voided"
    CLOSED = "closed"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered then: by whom, in which form, when, and what had been concluded."""

    unit: str
    form: PublicationForm
    published_at: datetime
    conclusion: FactConclusion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """An incident that may be the same; `share` is how alike the two are, 1 for the same address.

    `merged` is the number of one that ended in it and is what is alike;
    `answers` are those of one that was closed.
    """

    incident_id: str
    number: str
    title: str
    discovered_at: datetime
    response_due_at: datetime
    why: Likeness
    share: float
    same_topic: bool
    ended: Ended = Ended.RUNNING
    merged: str = ""
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is about to be registered, as far as it is known."""

    at: datetime
    title: str = ""
    gist: str = ""
    topic: str = ""
    urls: tuple[str, ...] = ()
    units: frozenset[str] = frozenset()

    @property
    def matter(self) -> Matter:
        """What of it is compared."""
        return Matter(title=self.title, gist=self.gist, topic=self.topic, units=self.units)


async def running_with(session: AsyncSession, names: Iterable[str], *, drill: bool = False) -> list[Incident]:
    """The running incidents that hold an item of one of those names,
    a merged one's survivor in its place (DD-42).
    """
    survivors = [await survivor(session, case) for case in await holding(session, names, drill=drill)]
    running = {one.incident_id: one for one in survivors if one.closed_at is None}
    return sorted(running.values(), key=lambda one: one.registered_at)


async def survivor(session: AsyncSession, incident: Incident) -> Incident:
    """The incident in which this one is carried on: itself, unless it was merged."""
    passed = {incident.incident_id}
    while (onward := incident.screening.merged_into) is not None and onward.incident not in passed:
        passed.add(onward.incident)
        successor = await snapshot(session, onward.incident)
        if successor is None:
            break
        incident = successor.state
    return incident


async def similar(session: AsyncSession, actor: Actor, sought: Sought) -> list[Similar]:
    """What the actor may see that could be the same: by address first, then what runs,
    then what ended within 90 days.
    """
    by_incident: dict[str, Similar] = {}
    names = [canonical(url) for url in sought.urls]
    same = [(case, Likeness.SAME_URL, 1.0) for case in await holding(session, names)]
    for case, why, share in [*same, *await _alike(session, actor, sought)]:
        onward = await survivor(session, case)
        if onward.incident_id in by_incident or not may_see(actor, onward) or _is_past(onward, sought.at):
            continue
        merged = case.number if onward is not case else ""
        by_incident[onward.incident_id] = _similar(onward, why, share, sought.topic, merged)
    return sorted(by_incident.values(), key=_order)[:_MOST]


def _order(one: Similar) -> tuple[object, ...]:
    return (
        one.why is not Likeness.SAME_URL,
        one.ended is not Ended.RUNNING,
        not one.same_topic,
        -one.share,
    )


def _is_past(incident: Incident, at: datetime) -> bool:
    return incident.closed_at is not None and incident.closed_at < at - EARLIER


async def _alike(
    session: AsyncSession, actor: Actor, sought: Sought
) -> list[tuple[Incident, Likeness, float]]:
    """Those whose title or summary is alike, the likest first;
    a term counts by how rare it is among all compared.
    """
    rows = await _compared(session, actor, sought.at)
    terms = {row.incident_id: told(row.title) for row in rows}
    rarity = rarity_of(Counter(chain.from_iterable(one.terms for one in terms.values())), len(terms))
    own = told(f"{sought.title} {sought.gist}")
    near = {name: alike(own, one, rarity) for name, one in terms.items()}
    names = sorted((name for name, share in near.items() if share >= _AT_LEAST), key=lambda name: -near[name])
    cases = await snapshots(session, names[:_LOOKED_INTO])
    gists = await _gists(session, [one.state for one in cases.values()])
    shares = []
    for name, one in cases.items():
        incident = one.state
        matter = Matter(
            title=incident.title,
            gist=gists[name],
            topic=incident.topic,
            units=frozenset(part.unit for part in incident.involved),
        )
        shares.append((incident, Likeness.SIMILAR_TITLE, matter_likeness(sought.matter, matter, rarity)))
    return sorted((one for one in shares if one[2] >= ALIKE), key=lambda one: -one[2])


async def _compared(session: AsyncSession, actor: Actor, at: datetime) -> Sequence[Any]:
    """The incidents that run, or ended within 90 days, and were not discovered long after;
    the newest ones.
    """
    statement = _recent(at, col(IncidentRow.incident_id), col(IncidentRow.title))
    statement = unless_closed(statement, col(IncidentRow.position), actor.person)
    if units := units_of(actor, None):
        statement = statement.join(
            IncidentUnitRow, col(IncidentUnitRow.position) == col(IncidentRow.position)
        ).where(col(IncidentUnitRow.unit) == units[0])
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


def _recent(at: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .where(
            col(IncidentRow.drill).is_(False),
            col(IncidentRow.discovered_at) <= at + WITHIN,
            or_(col(IncidentRow.closed_at).is_(None), col(IncidentRow.closed_at) >= at - EARLIER),
        )
        .order_by(col(IncidentRow.position).desc())
        .limit(_COMPARED)
    )


async def _gists(session: AsyncSession, incidents: Sequence[Incident]) -> dict[str, str]:
    """The summary of the first item of each."""
    first = {one.incident_id: one.sources[0].gist for one in incidents if one.sources}
    references = [gist for gist in first.values() if is_reference(gist)]
    texts = await texts_of_cases(session, list(first), references) if references else {}
    words = {name: texts.get(gist, "") if is_reference(gist) else gist for name, gist in first.items()}
    return {one.incident_id: words.get(one.incident_id, "") for one in incidents}


def _ended(incident: Incident) -> Ended:
    if incident.closed_at is None:
        return Ended.RUNNING
    if incident.screening.sent_on is not None:
        return Ended.NOT_OURS
    return Ended.VOIDED if incident.screening.voided else Ended.CLOSED


def _similar(incident: Incident, why: Likeness, share: float, topic: str, merged: str) -> Similar:
    ended = _ended(incident)
    return Similar(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        discovered_at=incident.discovered_at,
        response_due_at=incident.response_due_at,
        why=why,
        share=round(share, 3),
        same_topic=bool(topic) and topic == incident.topic,
        ended=ended,
        merged=merged,
        answers=() if ended is Ended.RUNNING else _answers(incident),
    )


def _answers(incident: Incident) -> tuple[Answered, ...]:
    """What was said in public and still stands, the latest first."""
    standing = [one for one in incident.publications if one.withdrawn_at is None and not one.superseded_by]
    latest = sorted(standing, key=lambda one: one.published_at, reverse=True)[:_ANSWERS]
    return tuple(
        Answered(unit=one.unit, form=one.form, published_at=one.published_at, conclusion=one.conclusion)
        for one in latest
    )
