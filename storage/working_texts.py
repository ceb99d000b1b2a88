"""Texts that a unit is writing for a step of a case: one for each step, whoever of the unit writes,
at whatever machine; with the versions that it had on the way.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Index, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from storage.columns import UtcDateTime

LAPSES: Final = timedelta(days=14)  # after which a text that nobody goes on with is forgotten
# Characters of one text with the names of its fields; a form takes a megabyte, nine bytes a character.
LONGEST: Final = 100_000
KEPT_EVERY: Final = timedelta(minutes=10)  # of one person who goes on writing, a version is kept so often
MOST_KEPT: Final = 20  # versions of one text, the last ones
LONGEST_KEPT: Final = 600_000  # characters of all of them
_SHRUNK: Final = 200  # characters that go at once: what stood before is kept


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
    kept_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # when a version was kept last


class WorkingVersionRow(SQLModel, table=True):
    """What a text once said, or, `is_aside`, what somebody typed into it while another went on with it."""

    __tablename__ = "working_version"
    __table_args__ = (Index("working_version_changed", "changed_at"),)

    incident_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: str
    person: str
    changed_at: datetime = Field(sa_type=UtcDateTime)
    is_aside: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """A version of a text that is kept, by its number; one `is_aside` never was the text itself."""

    number: int
    fields: Mapping[str, Sequence[str]]
    person: str
    changed_at: datetime
    is_aside: bool


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
    is_exact: bool = False,
) -> int:
    """Keep what is typed, in a session that writes: its version.

    `over` is the version it was typed over, 0 for none.

    What nobody of any unit went on with is forgotten on the way. What stood before is kept as a version where
    somebody else left it, where a longer piece of it goes, and every ten minutes. Raises Overtaken where
    another version stands, unless the same person left it: they have the form open twice, and what was typed
    last counts. One `is_exact` takes the place of that very version alone, which is kept.
    """
    await _forget_lapsed(session, at)
    row = await session.get(WorkingTextRow, place, with_for_update=True)
    content = _written(fields)
    if row is not None:
        if row.version != over and (is_exact or row.person != person):
            raise Overtaken(_read(row))
        if row.content != content and (is_exact or _is_kept(row, content, person, at)):
            await _keep_version(session, place, row.content, person=row.person, at=row.changed_at)
            row.kept_at = at
        row.version, row.content, row.person, row.changed_at = row.version + 1, content, person, at
        return row.version
    first = WorkingTextRow(
        **place._asdict(), version=over + 1, content=content, person=person, changed_at=at, kept_at=at
    )
    session.add(first)
    try:
        await session.flush()
    except IntegrityError:
        raise Overtaken(None) from None
    return over + 1


def _is_kept(row: WorkingTextRow, content: str, person: str, at: datetime) -> bool:
    """Whether what stands is kept before other words take its place."""
    if row.person != person or len(row.content) - len(content) >= _SHRUNK:
        return True
    return row.kept_at is None or at - row.kept_at >= KEPT_EVERY


async def keep_aside(
    session: AsyncSession,
    place: DraftPlace,
    fields: Mapping[str, Sequence[str]],
    *,
    person: str,
    at: datetime,
) -> None:
    """Keep beside the text what somebody typed into it while another went on, in a session that writes:
    the last such words of each person, which grow as they type on.
    """
    await _forget_lapsed(session, at)
    await session.get(WorkingTextRow, place, with_for_update=True)  # one writer at a time gives numbers
    row = WorkingVersionRow
    chosen = select(row).where(*_of(row, place)).order_by(col(row.number).desc()).limit(1)
    last = (await session.execute(chosen)).scalars().first()
    if last is not None and last.is_aside and last.person == person:
        last.content, last.changed_at = _written(fields), at
        return
    await _keep_version(session, place, _written(fields), person=person, at=at, is_aside=True)


async def versions_of(session: AsyncSession, place: DraftPlace, at: datetime) -> tuple[TextVersion, ...]:
    """The versions that are kept of a text, the latest first."""
    row = WorkingVersionRow
    chosen = (
        select(row)
        .where(*_of(row, place), col(row.changed_at) >= at - LAPSES)
        .order_by(col(row.number).desc())
        .limit(MOST_KEPT)
    )
    return tuple(map(_version, (await session.execute(chosen)).scalars()))


async def set_aside(session: AsyncSession, place: DraftPlace) -> None:
    """Give a text up, in a session that writes: it is empty again, and what it said is kept as a version."""
    row = await session.get(WorkingTextRow, place, with_for_update=True)
    if row is not None:
        await _keep_version(session, place, row.content, person=row.person, at=row.changed_at)
        await session.delete(row)


async def _keep_version(
    session: AsyncSession,
    place: DraftPlace,
    content: str,
    *,
    person: str,
    at: datetime,
    is_aside: bool = False,
) -> None:
    """Keep a version under the next number; of many the oldest go."""
    row = WorkingVersionRow
    sizes = select(col(row.number), func.length(col(row.content))).where(*_of(row, place))
    there = sorted(((number, size) for number, size in await session.execute(sizes)), reverse=True)
    number = there[0][0] + 1 if there else 1
    room, gone = LONGEST_KEPT - len(content), []
    for place_in_order, (older, size) in enumerate(there, start=2):
        room -= size
        if room < 0 or place_in_order > MOST_KEPT:
            gone.append(older)
    if gone:
        await session.execute(delete(row).where(*_of(row, place), col(row.number).in_(gone)))
    session.add(
        row(
            **place._asdict(), number=number, content=content, person=person, changed_at=at, is_aside=is_aside
        )
    )
    await session.flush()


async def _forget_lapsed(session: AsyncSession, at: datetime) -> None:
    for row in (WorkingTextRow, WorkingVersionRow):
        await session.execute(delete(row).where(col(row.changed_at) < at - LAPSES))


async def forget_text(session: AsyncSession, place: DraftPlace) -> None:
    """Forget what a unit has typed for a step with all its versions, in a session that writes:
    it was sent.
    """
    for row in (WorkingTextRow, WorkingVersionRow):
        await session.execute(delete(row).where(*_of(row, place)))


def _of(row: type[WorkingTextRow | WorkingVersionRow], place: DraftPlace) -> tuple[ColumnElement[bool], ...]:
    return (
        col(row.incident_id) == place.incident_id,
        col(row.kind) == place.kind,
        col(row.unit) == place.unit,
    )


def _written(fields: Mapping[str, Sequence[str]]) -> str:
    return json.dumps({name: list(values) for name, values in fields.items()}, ensure_ascii=False)


def _version(row: WorkingVersionRow) -> TextVersion:
    return TextVersion(
        number=row.number,
        fields=json.loads(row.content),
        person=row.person,
        changed_at=row.changed_at,
        is_aside=row.is_aside,
    )


def _read(row: WorkingTextRow) -> WorkingText:
    return WorkingText(
        version=row.version, fields=json.loads(row.content), person=row.person, changed_at=row.changed_at
    )
