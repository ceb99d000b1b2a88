"""Numbers under audit: those that were drawn and that no case or paper bears,
as an erased one would leave its number, and gaps.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import Database
from storage.destruction import destroyed_cases
from storage.destruction_tables import DestroyedCaseRow
from storage.numbers import incident_id
from storage.paper_tables import PaperNumberRow, PaperRow
from storage.tables import DrawnNumberRow, EventLogRow, IncidentRow

_MOST: Final = 20
_GAP: Final = (
    "{kind}〔{year}〕{ordinal}号已取用而没有事件：登记没有完成，或事件被抹去。"
    " Number {ordinal} of {year}{drill} was drawn, and no case bears it."
)
_NO_PAPER: Final = (
    "{number}已取用而没有文书：{paper}。 {number} was drawn by {paper}, and no case holds that paper."
)
_MISSING: Final = (
    "{series}{year} 年应有 {last} 个号，只有 {count} 个。 Of {series} in {year} there should be {last}"
    " numbers, and there are {count}."
)
_MORE: Final = "另有 {0} 个号码没有事件。 {0} more numbers have no case."


async def number_notes(database: Database) -> tuple[str, ...]:
    """Numbers without a case, the latest first; a registration that failed leaves one too,
    so none is a difference.
    """
    bears = select(col(EventLogRow.command_id)).where(
        col(EventLogRow.first_number) == 1, col(EventLogRow.command_id).is_not(None)
    )
    statement = (
        select(DrawnNumberRow)
        .where(col(DrawnNumberRow.command_id).not_in(bears))
        .order_by(col(DrawnNumberRow.drill), col(DrawnNumberRow.year), col(DrawnNumberRow.ordinal))
    )
    async with database.session() as session:
        destroyed = await destroyed_cases(session)
        drawn = (await session.execute(statement)).scalars().all()
        of_cases = _notes([one for one in drawn if incident_id(one.command_id) not in destroyed])
        return (*of_cases, *await _of_papers(session))


async def _of_papers(session: AsyncSession) -> tuple[str, ...]:
    """Numbers of papers that no case holds, and series in which one is missing:
    each paper draws the next one, and keeps it.
    """
    number = PaperNumberRow
    there = exists().where(
        col(IncidentRow.incident_id) == col(number.incident_id),
        col(PaperRow.position) == col(IncidentRow.position),
        col(PaperRow.paper) == col(number.paper),
    )
    destroyed = exists().where(col(DestroyedCaseRow.incident_id) == col(number.incident_id))
    strays = (
        select(col(number.number), col(number.paper)).where(~there, ~destroyed).order_by(col(number.number))
    )
    series = (col(number.series), col(number.drill), col(number.year))
    last, count = func.max(col(number.ordinal)), func.count()
    gaps = select(*series, last.label("last"), count.label("many")).group_by(*series).having(last != count)
    alone = (await session.execute(strays.limit(_MOST))).all()
    short = (await session.execute(gaps.order_by(*series).limit(_MOST))).all()
    return (
        *(_NO_PAPER.format(number=row.number, paper=row.paper) for row in alone),
        *(_MISSING.format(series=row.series, year=row.year, last=row.last, count=row.many) for row in short),
    )


def _notes(rows: Sequence[DrawnNumberRow]) -> Iterator[str]:
    for row in rows[-_MOST:][::-1]:
        kind, drill = ("演", " (drill)") if row.drill else ("舆", "")
        yield _GAP.format(kind=kind, year=row.year, ordinal=row.ordinal, drill=drill)
    if len(rows) > _MOST:
        yield _MORE.format(len(rows) - _MOST)
