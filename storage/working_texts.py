"""Texts that a unit is writing for a step of a case: one for each step, whoever of the unit writes,
at whatever machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Index, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from storage.columns import UtcDateTime

LAPSES: Final = timedelta(days=14)  # after which a text that nobody goes on with is forgotten
# Characters of one text with the names of its fields; a form takes a megabyte, nine bytes a character.
LONGEST: Final = 100_000


class WorkingTextRow(SQLModel, table=True):
    """What is typed so far into the form of a step;
    `content` is JSON, the values of each field by its name.
    """

    __tablename__ = "working_text"
    __table_args__ = (Index("working_text_changed", "changed_at"),)

    incident_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    version: int
    content: str
    person: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class DraftPlace(NamedTuple):
    """Where a text is written: for which step of which case, by which unit."""

    incident_id: str
    kind: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingText:
    """What a unit has typed so far: the version, counted from 1, who typed last, and when."""

    version: int
    fields: Mapping[str, Sequence[str]]
    person: str
    changed_at: datetime


class Overtaken(Exception):  # noqa: N818  an answer to who writes, not an error of the program
    """Somebody went on with the text meanwhile: what they left stands."""

    def __init__(self, text: WorkingText | None) -> None:
        super().__init__()
        self.text = text


async def working_text(session: AsyncSession, place: DraftPlace, at: datetime) -> WorkingText | None:
    """What a unit has typed for a step; None where nothing is, or where it lapsed."""
    row = await session.get(WorkingTextRow, place)
    return None if row is None or row.changed_at < at - LAPSES else _read(row)


async def texts_of_unit(
    session: AsyncSession, unit: str, at: datetime, *, most: int
) -> tuple[tuple[DraftPlace, WorkingText], ...]:
    """What a unit is writing, in all cases, at most so many: what was touched last first."""
    row = WorkingTextRow
    chosen = (
        select(row)
        .where(col(row.unit) == unit, col(row.changed_at) >= at - LAPSES)
        .order_by(col(row.changed_at).desc(), col(row.incident_id), col(row.kind))
        .limit(most)
    )
    rows = (await session.execute(chosen)).scalars()
    return tuple((DraftPlace(each.incident_id, each.kind, each.unit), _read(each)) for each in rows)


async def keep_text(
    session: AsyncSession,
    place: DraftPlace,
    fields: Mapping[str, Sequence[str]],
    *,
    person: str,
    over: int,
    at: datetime,
) -> int:
    """Keep what is typed, in a session that writes: its version.

    `over` is the version it was typed over, 0 for none.

    What nobody of any unit went on with is forgotten on the way. Raises Overtaken where another version
    stands, unless the same person left it: they have the form open twice, and what was typed last counts.
    """
    await session.execute(delete(WorkingTextRow).where(col(WorkingTextRow.changed_at) < at - LAPSES))
    row = await session.get(WorkingTextRow, place, with_for_update=True)
    content = json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)
    if row is not None:
        if row.version != over and row.person != person:
            raise Overtaken(_read(row))
        row.version, row.content, row.person, row.changed_at = row.version + 1, content, person, at
        return row.version
    first = WorkingTextRow(**place._asdict(), version=over + 1, content=content, person=person, changed_at=at)
    session.add(first)
    try:
        await session.flush()
    except IntegrityError:
        raise Overtaken(None) from None
    return over + 1


async def forget_text(session: AsyncSession, place: DraftPlace) -> None:
    """Forget what a unit has typed for a step, in a session that writes: it was sent, or given up."""
    row = WorkingTextRow
    own = (
        (col(row.incident_id) == place.incident_id)
        & (col(row.kind) == place.kind)
        & (col(row.unit) == place.unit)
    )
    await session.execute(delete(row).where(own))


def _read(row: WorkingTextRow) -> WorkingText:
    return WorkingText(
        version=row.version, fields=json.loads(row.content), person=row.person, changed_at=row.changed_at
    )
