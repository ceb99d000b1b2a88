"""Which incidents hold an item, by the one form of its address or by its foreign number,
however it was typed (DD-42).
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.records import Source
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.steps.register import Registered, SourceAdded
from domain.steps.screen import DuplicateAbsorbed
from storage.address_tables import IncidentAddressRow
from storage.snapshots import snapshots
from storage.tables import IncidentRow, table

_TABLE: Final = table(IncidentAddressRow)
_INSERT: Final[dict[str, Any]] = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(),
}
_DIGITS: Final = 32
_MOST: Final = 50  # incidents that hold one item


def sources_in(decisions: Iterable[Decision]) -> Iterator[Source]:
    """The items that came in by decisions, those beyond what a case holds among them."""
    for decision in decisions:
        for event in decision.events:
            match event:
                case Registered() | DuplicateAbsorbed():
                    yield from event.sources
                case SourceAdded():
                    yield event.source
                case _:
                    pass


def address_rows(position: int, sources: Iterable[Source]) -> list[dict[str, Any]]:
    """What the index says of items."""
    named = ((name, source.url) for source in sources for name in source.names)
    return [
        {"position": position, "known_by": digest(name), "alias": digest(written or name), "written": written}
        for name, written in named
    ]


def enter(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write what the index does not say yet."""
    if rows:
        connection.execute(_INSERT[connection.dialect.name], rows)


def digest(name: str) -> str:
    """By what a name stands in the index."""
    return sha256(name.encode()).hexdigest()[:_DIGITS]


async def holding(session: AsyncSession, names: Iterable[str], *, drill: bool = False) -> list[Incident]:
    """The incidents, running or not and the oldest first,
    of which a not excluded item has one of those names.
    """
    wanted = dict.fromkeys(name for name in names if name)
    if not wanted:
        return []
    statement = (
        select(col(IncidentRow.incident_id))
        .join(IncidentAddressRow, col(IncidentAddressRow.position) == col(IncidentRow.position))
        .where(col(IncidentAddressRow.known_by).in_([digest(name) for name in wanted]))
        .where(col(IncidentRow.drill).is_(drill))
        .group_by(col(IncidentRow.incident_id), col(IncidentRow.position))
        .order_by(col(IncidentRow.position))
        .limit(_MOST)
    )
    cases = await snapshots(session, (await session.execute(statement)).scalars().all())
    return [one.state for one in cases.values() if any(_counts(one.state, name) for name in wanted)]


def _counts(incident: Incident, name: str) -> bool:
    """Whether an item of that name counts: it stands beyond what the case holds, or is not excluded."""
    excluded = {exclusion.item for exclusion in incident.screening.excluded}
    places = [number for number, source in enumerate(incident.sources, start=1) if name in source.names]
    return not places or bool(set(places) - excluded)
