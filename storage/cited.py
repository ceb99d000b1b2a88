"""Which incidents a clause touches: those with an obligation that rests on it,
among the latest that the reader may see.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.roles import Actor
from storage.cursors import Page, clamped, page, place
from storage.filters import IncidentLine
from storage.lists import line_of
from storage.scope import units_of, unless_closed
from storage.tables import IncidentRow, IncidentUnitRow, ObligationRow

LOOKED_AT: Final = (
    1000  # incidents, the last registered first, so that the work stays the same however long the ledger
)
_ORDER: Final = "cited"


async def citing_counts(session: AsyncSession, actor: Actor) -> Mapping[str, int]:
    """How many of the latest LOOKED_AT incidents that the actor may see have an obligation from
    a clause, by clause.
    """
    statement = (
        select(col(ObligationRow.clause), func.count(col(ObligationRow.position).distinct()))
        .where(col(ObligationRow.position).in_(_latest(actor)))
        .group_by(col(ObligationRow.clause))
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def citing_incidents(
    session: AsyncSession, clause: str, *, actor: Actor, cursor: str | None = None, limit: int
) -> Page[IncidentLine]:
    """A page of those of them that have an obligation from the clause, the last registered first;
    raises BadCursor.
    """
    limit = clamped(limit)
    position = col(IncidentRow.position)
    of_clause = exists().where(col(ObligationRow.position) == position, col(ObligationRow.clause) == clause)
    statement: Select[Any] = select(IncidentRow).where(position.in_(_latest(actor)), of_clause)
    if cursor is not None:
        statement = statement.where(position < place(cursor, _ORDER, int)[0])
    statement = statement.order_by(position.desc()).limit(limit + 1)
    rows = (await session.execute(statement)).scalars().all()
    return page(_ORDER, rows, limit, lambda row: (row.position,), line_of)


def _latest(actor: Actor) -> ScalarSelect[int]:
    """The positions of the latest incidents that are open to the actor,
    along the key of all or of the actor's unit.
    """
    own = units_of(actor, None)
    position = col(IncidentUnitRow.position) if own else col(IncidentRow.position)
    newest = select(position).order_by(position.desc())
    if own:
        newest = newest.where(col(IncidentUnitRow.unit) == own[0])
    return unless_closed(newest, position, actor.person).limit(LOOKED_AT).scalar_subquery()
