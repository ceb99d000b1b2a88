"""Numbers of incidents, drawn once per registration: 舆〔2026〕18号, and a series of their own for drills,
演〔2026〕3号.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, bindparam, func, insert, select, text
from sqlmodel import col

from storage.database import Database
from storage.tables import DrawnNumberRow, table

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:series, 0))")
_DRAWN = select(col(DrawnNumberRow.drill), col(DrawnNumberRow.year), col(DrawnNumberRow.ordinal)).where(
    col(DrawnNumberRow.command_id) == bindparam("wanted")
)
_LAST = select(func.max(col(DrawnNumberRow.ordinal))).where(
    col(DrawnNumberRow.drill) == bindparam("in_drill"), col(DrawnNumberRow.year) == bindparam("of_year")
)
_ID_DIGITS = 24
_NUMBER = re.compile(r"(?P<series>[演舆])〔(?P<year>\d+)〕(?P<ordinal>\d+)号")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a registration will be called: the incident's id, which is its workflow's too, and its number."""

    incident_id: str
    number: str


async def draw(database: Database, command_id: str, *, year: int, drill: bool) -> Drawn:
    """The id and the number for the registration with that command id:
    the same at every call, whatever the year then.

    A number drawn for a registration that comes to nothing leaves a gap.
    """
    row = await database.write(partial(_draw, command_id=command_id, year=year, drill=drill))
    return Drawn(incident_id=incident_id(command_id), number=_written(*row))


def incident_id(command_id: str) -> str:
    """The id of the incident that the registration with that command id opens."""
    return f"inc-{hashlib.sha256(command_id.encode()).hexdigest()[:_ID_DIGITS]}"


async def remember(database: Database, command_id: str, number: str) -> None:
    """Note that a number was drawn for a registration, of a case that came back from Temporal:
    nobody draws it again.
    """
    if (match := _NUMBER.fullmatch(number)) is not None:
        row = {
            "command_id": command_id,
            "drill": match["series"] == "演",
            "year": int(match["year"]),
            "ordinal": int(match["ordinal"]),
        }
        await database.write(partial(_remember, row=row))


def _remember(connection: Connection, row: dict[str, object]) -> None:
    drawn = table(DrawnNumberRow)
    same = (
        (drawn.c.drill == row["drill"]) & (drawn.c.year == row["year"]) & (drawn.c.ordinal == row["ordinal"])
    )
    numbers = select(drawn.c.command_id).where(same | (drawn.c.command_id == row["command_id"]))
    if connection.execute(numbers).first() is None:
        connection.execute(insert(drawn), row)


def _written(drill: bool, year: int, ordinal: int) -> str:  # noqa: FBT001  the columns of a row
    return f"{'演' if drill else '舆'}〔{year}〕{ordinal}号"


def number_of(year: int, ordinal: int) -> str:
    """The number of a case in earnest."""
    return _written(False, year, ordinal)


def _draw(connection: Connection, command_id: str, *, year: int, drill: bool) -> tuple[bool, int, int]:
    if connection.dialect.name == "postgresql":  # two draws of one series, or of one command, come one by one
        connection.execute(_LOCK, {"series": f"number/{drill}"})
    drawn = connection.execute(_DRAWN, {"wanted": command_id}).first()
    if drawn is not None:
        return drawn.drill, drawn.year, drawn.ordinal
    last: int | None = connection.execute(_LAST, {"in_drill": drill, "of_year": year}).scalar_one()
    ordinal = (last or 0) + 1
    row = {"command_id": command_id, "drill": drill, "year": year, "ordinal": ordinal}
    connection.execute(insert(table(DrawnNumberRow)), row)
    return drill, year, ordinal
