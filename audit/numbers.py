"""Numbers under audit: those that were drawn and that no case bears, as an erased case would leave its number."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlmodel import col

from storage.database import Database
from storage.tables import DrawnNumberRow, EventLogRow

_TOLD: Final = 20
_GAP: Final = "{kind}〔{year}〕{ordinal}号已取用而没有事件：登记没有完成，或事件被抹去。 Number {ordinal} of {year}{drill} was drawn, and no case bears it."
_MORE: Final = "另有 {0} 个号码没有事件。 {0} more numbers have no case."


async def number_notes(database: Database) -> tuple[str, ...]:
    """Numbers without a case, the latest first; a registration that failed leaves one too, so none is a difference."""
    bears = select(col(EventLogRow.command_id)).where(
        col(EventLogRow.first_number) == 1, col(EventLogRow.command_id).is_not(None)
    )
    statement = (
        select(DrawnNumberRow)
        .where(col(DrawnNumberRow.command_id).not_in(bears))
        .order_by(col(DrawnNumberRow.drill), col(DrawnNumberRow.year), col(DrawnNumberRow.ordinal))
    )
    async with database.session() as session:
        return tuple(_notes((await session.execute(statement)).scalars().all()))


def _notes(rows: Sequence[DrawnNumberRow]) -> Iterator[str]:
    for row in rows[-_TOLD:][::-1]:
        kind, drill = ("演", " (drill)") if row.drill else ("舆", "")
        yield _GAP.format(kind=kind, year=row.year, ordinal=row.ordinal, drill=drill)
    if len(rows) > _TOLD:
        yield _MORE.format(len(rows) - _TOLD)
