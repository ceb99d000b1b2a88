"""What is recorded of all cases, in the order of the sealed log, for programs that follow along.

A decision has its place there once Temporal is known to hold it,
so whoever has read up to a place has missed nothing before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.rules.permissions import SEES_ALL
from domain.terms.free_texts import length, references
from domain.terms.roles import Actor
from storage.codec import DECISION
from storage.event_log import RecordedEvent
from storage.scope import ReadingScope, unless_closed, within
from storage.sealed_log_tables import SealedLeafRow
from storage.sealed_records import Sealed, decision_key
from storage.tables import EventLogRow, IncidentRow, table

_WINDOW: Final = 400  # places that are looked at in one statement
_SECONDS: Final = 0.5  # a reader of the ledger waits for two
_MOST_WINDOWS: Final = 25  # in one answer: one that finds little says all the same how far it came
_LEAF, _LOG = table(SealedLeafRow), table(EventLogRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDecision:
    """What one decision brought, with its case and its place in the sealed log."""

    place: int
    incident_id: str
    events: tuple[RecordedEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the stream, and the place from which the next one goes on:
    the end of the log where all was read.
    """

    decisions: tuple[SealedDecision, ...]
    next_place: int


async def stretch(
    session: AsyncSession,
    actor: Actor,
    first: int,
    most: int,
    *,
    characters: int,
    seconds: float = _SECONDS,
) -> Stretch:
    """At most `most` decisions of cases that the actor may see, from the place `first` on.

    After the first one only as many as have texts of so many characters together, so that none need be left
    out for its length. After `seconds` no further window is begun: whoever sees few cases is told how far it
    came, sooner than that nothing came in time.
    """
    until_then = monotonic() + seconds
    end = await _end(session)
    chosen: list[SealedDecision] = []
    size = 0
    for _ in range(_MOST_WINDOWS):
        if first >= end:
            break
        until = min(first + _WINDOW, end)
        for decision in await _window(session, actor, first, until):
            size += sum(length(name) for name in dict.fromkeys(_references(decision)))
            if len(chosen) == most or (chosen and size > characters):
                return Stretch(decisions=tuple(chosen), next_place=decision.place)
            chosen.append(decision)
        first = until
        if monotonic() >= until_then:
            break
    return Stretch(decisions=tuple(chosen), next_place=first)


def _references(decision: SealedDecision) -> Iterator[str]:
    return references(tuple(one.event for one in decision.events))


async def _end(session: AsyncSession) -> int:
    last = (await session.execute(select(func.max(_LEAF.c.position)))).scalar_one()
    return 0 if last is None else int(last) + 1


def leaves_between(first: int, until: int) -> Select[Any]:
    """The leaves of those places: of whatever kind, since SQLite would sooner look through all of one kind
    than through the places.
    """
    leaves = select(_LEAF.c.position, _LEAF.c.kind, _LEAF.c.key, _LEAF.c.incident_id)
    return leaves.where(_LEAF.c.position >= first, _LEAF.c.position < until).order_by(_LEAF.c.position)


async def _window(session: AsyncSession, actor: Actor, first: int, until: int) -> list[SealedDecision]:
    leaves = (await session.execute(leaves_between(first, until))).all()
    rows = [row for row in leaves if row.kind == Sealed.DECISION.value]
    visible = await _visible(session, actor, sorted({row.incident_id for row in rows}))
    wanted = [row for row in rows if row.incident_id in visible]
    log = await _log(session, [int(row.key.partition("/")[0]) for row in wanted])
    return [
        SealedDecision(place=row.position, incident_id=row.incident_id, events=_events(log[row.key]))
        for row in wanted
        if row.key in log  # what gave way to a record that was proven longer stands there no more
    ]


async def _visible(session: AsyncSession, actor: Actor, incident_ids: Sequence[str]) -> set[str]:
    position = col(IncidentRow.position)
    statement = select(col(IncidentRow.incident_id)).where(col(IncidentRow.incident_id).in_(incident_ids))
    own = () if actor.role in SEES_ALL else (actor.unit,)
    statement = within(statement, ReadingScope(leading=None, others=own), position)
    return set((await session.execute(unless_closed(statement, position, actor.person))).scalars())


async def _log(session: AsyncSession, positions: Sequence[int]) -> dict[str, Any]:
    """The decisions at those places of the event log, by the keys of their leaves."""
    rows = await session.execute(select(_LOG).where(_LOG.c.position.in_(positions)))
    return {decision_key(row): row for row in rows.mappings()}


def _events(row: Any) -> tuple[RecordedEvent, ...]:
    events = DECISION.validate_json(row["decision"]).events
    return tuple(
        RecordedEvent(
            number=number,
            recorded_at=row["recorded_at"],
            cause=row["cause"],
            command_id=row["command_id"],
            event=event,
        )
        for number, event in enumerate(events, start=row["first_number"])
    )
