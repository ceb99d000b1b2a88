"""Who is away and who stands in, and what one shift leaves to the next."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.deputies import Absence
from storage.absence_tables import AbsenceRow, HandoverNoteRow
from storage.account_tables import AccountRow
from storage.accounts import Administrator
from storage.at_rest import opened, sealed

LONGEST: Final = timedelta(days=366)
LONGEST_NOTE: Final = 1000  # characters
_ID_BYTES: Final = 8
_NOTE: Final = "note"  # the column that is sealed
_NOTES_SHOWN: Final = 10


class AbsenceFault(Exception):  # noqa: N818  an answer to who enters it
    """An absence that cannot be entered; the message is a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAbsence:
    """An absence with the note to the deputy."""

    absence: Absence
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverNote:
    """A note to whoever comes next."""

    author: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of a unit who may stand in."""

    login: str
    name: str


async def enter(  # noqa: PLR0913  each is typed by itself
    session: AsyncSession,
    *,
    person: str,
    deputy: str,
    since: datetime,
    until: datetime,
    note: str,
    author: str,
    at: datetime,
) -> Absence:
    """Write an absence down, in a session that writes. Raises AbsenceFault: `same_person`, `not_a_colleague`,
    `in_the_past`, `too_long`, `overlaps`.
    """
    since = max(since, at).replace(microsecond=0)
    unit = await _unit_of(session, person)
    if person == deputy:
        raise AbsenceFault("same_person")
    if not unit or await _unit_of(session, deputy) != unit:
        raise AbsenceFault("not_a_colleague")
    if until <= since:
        raise AbsenceFault("in_the_past")
    if until - since > LONGEST:
        raise AbsenceFault("too_long")
    for stored in await _absences(session, _runs_after(at), col(AbsenceRow.person) == person):
        if stored.absence.since < until and since < stored.absence.until:
            raise AbsenceFault("overlaps")
    name = secrets.token_hex(_ID_BYTES)
    absence = Absence(id=name, unit=unit, person=person, deputy=deputy, since=since, until=until)
    session.add(
        AbsenceRow(
            id=name,
            unit=unit,
            person=person,
            deputy=deputy,
            since=since,
            until=until,
            note=sealed(session, note, _NOTE, name),
            entered_at=at,
            entered_by=author,
        )
    )
    await session.flush()
    return absence


async def end(session: AsyncSession, absence_id: str, *, at: datetime, person: str | None = None) -> bool:
    """End an absence now, or take back one to come, in a session that writes;
    False where there is none that is not over, of the `person` if given.
    """
    row = await session.get(AbsenceRow, absence_id)
    if row is None or row.ended_at is not None or row.until <= at or person not in {None, row.person}:
        return False
    row.ended_at = at
    await session.flush()
    return True


async def not_over(session: AsyncSession, at: datetime, unit: str | None = None) -> tuple[StoredAbsence, ...]:
    """The absences that are under way or to come, of one unit if given."""
    more = [] if unit is None else [col(AbsenceRow.unit) == unit]
    return await _absences(session, _runs_after(at), *more)


async def deputies_at(session: AsyncSession, at: datetime) -> dict[str, AccountRow]:
    """The account of each deputy by the login of who is away at an instant:
    of one unit still, and the deputy neither disabled nor an administrator, who takes part in no incident.
    """
    absent = aliased(AccountRow)
    statement = (
        select(col(AbsenceRow.person), AccountRow)
        .join(AccountRow, col(AccountRow.login) == col(AbsenceRow.deputy))
        .join(absent, col(absent.login) == col(AbsenceRow.person))
        .where(
            _runs_after(at),
            col(AbsenceRow.since) <= at,
            col(AccountRow.disabled_at).is_(None),
            col(AccountRow.unit) == col(absent.unit),
            _takes_part(),
        )
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def colleagues(session: AsyncSession, unit: str) -> tuple[Colleague, ...]:
    """The active accounts of a unit, but for the administrators, who take part in no incident."""
    statement = (
        select(col(AccountRow.login), col(AccountRow.name))
        .where(col(AccountRow.unit) == unit, col(AccountRow.disabled_at).is_(None), _takes_part())
        .order_by(col(AccountRow.name), col(AccountRow.login))
    )
    rows = (await session.execute(statement)).all()
    return tuple(Colleague(login=login, name=name) for login, name in rows)


async def hand_over(session: AsyncSession, *, unit: str, author: str, note: str, at: datetime) -> str:
    """Leave a note to whoever comes next in a unit, in a session that writes; gives its id."""
    name = secrets.token_hex(_ID_BYTES)
    session.add(
        HandoverNoteRow(id=name, unit=unit, author=author, at=at, note=sealed(session, note, _NOTE, name))
    )
    await session.flush()
    return name


async def handover_notes(session: AsyncSession, unit: str) -> tuple[HandoverNote, ...]:
    """The latest notes of a unit, the newest first; what does not open is left out."""
    statement = (
        select(HandoverNoteRow)
        .where(col(HandoverNoteRow.unit) == unit)
        .order_by(col(HandoverNoteRow.at).desc(), col(HandoverNoteRow.id))
        .limit(_NOTES_SHOWN)
    )
    notes = []
    for row in (await session.execute(statement)).scalars():
        text = opened(session, row.note, _NOTE, row.id, never_clear=True)
        if text:
            notes.append(HandoverNote(author=row.author, at=row.at, note=text))
    return tuple(notes)


def _runs_after(at: datetime) -> ColumnElement[bool]:
    return (col(AbsenceRow.until) > at) & or_(
        col(AbsenceRow.ended_at).is_(None), col(AbsenceRow.ended_at) > at
    )


async def _absences(session: AsyncSession, *which: ColumnElement[bool]) -> tuple[StoredAbsence, ...]:
    statement = select(AbsenceRow).where(*which).order_by(col(AbsenceRow.since), col(AbsenceRow.id))
    rows: Sequence[AbsenceRow] = (await session.execute(statement)).scalars().all()
    return tuple(
        StoredAbsence(
            absence=Absence(
                id=row.id,
                unit=row.unit,
                person=row.person,
                deputy=row.deputy,
                since=row.since,
                until=row.until,
            ),
            note=opened(session, row.note, _NOTE, row.id, never_clear=True) or "",
        )
        for row in rows
    )


async def _unit_of(session: AsyncSession, login: str) -> str:
    statement = select(col(AccountRow.unit)).where(
        col(AccountRow.login) == login, col(AccountRow.disabled_at).is_(None), _takes_part()
    )
    return (await session.execute(statement)).scalar_one_or_none() or ""


def _takes_part() -> ColumnElement[bool]:
    return col(AccountRow.role).not_in([post.value for post in Administrator])
