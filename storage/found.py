"""One search over all cases: by number, title and the titles of what was published,
the last registered first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.terms.roles import Actor
from storage.filters import IncidentLine
from storage.lists import line_of
from storage.scope import scope, units_of, unless_closed, within
from storage.search import holding
from storage.tables import IncidentRow, IncidentTextRow, IncidentUnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCase:
    """A case that holds the text, and the words of it that do:
    its title or number, or the title of a publication.
    """

    line: IncidentLine
    words: tuple[str, ...]


async def found_cases(
    session: AsyncSession, text: str, *, actor: Actor, limit: int
) -> tuple[Sequence[FoundCase], bool]:
    """The latest cases that the actor may see and that hold the text, at most `limit`,
    and whether there are more.

    Upper and lower case of Latin letters are alike.
    Nothing of a case that is closed to the actor is read or counted.
    """
    position, words = col(IncidentRow.position), aliased(IncidentTextRow)
    units = await scope(session, units_of(actor, None), otherwise_led=True)
    statement: Any = select(IncidentRow, col(words.words))
    statement = within(statement, units, position)
    statement = unless_closed(statement, position, actor.person)
    statement = statement.join(words, col(words.position) == position)
    statement = statement.where(col(words.words).icontains(text, autoescape=True))
    along = position if units.leading is None else col(IncidentUnitRow.position)
    if units.leading is None:
        statement, along = holding(session, statement, text, along)
    rows = (await session.execute(statement.order_by(along.desc()).limit(limit + 1))).all()
    cases = [FoundCase(line=line_of(row), words=_holding(whole, text)) for row, whole in rows[:limit]]
    return cases, len(rows) > limit


def _holding(words: str, text: str) -> tuple[str, ...]:
    """The lines that hold the text."""
    return tuple(line for line in words.split("\n") if text.casefold() in line.casefold())
