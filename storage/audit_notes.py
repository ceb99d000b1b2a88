"""Notes of auditors: each stays as it was written, and is read by the auditors of the same unit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.audit_note_tables import AuditNoteRow

LONGEST: Final = 2000  # characters of a note
_MOST: Final = 100  # notes of a case on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """A note on a case as it stood after `event_number`: by whom of which unit, and when."""

    at: datetime
    incident_id: str
    unit: str
    person: str
    event_number: int
    text: str


async def add_note(session: AsyncSession, note: AuditNote) -> None:
    """Write a note down, in a session that writes."""
    session.add(
        AuditNoteRow(
            at=note.at,
            incident_id=note.incident_id,
            unit=note.unit,
            person=note.person,
            event_number=note.event_number,
            text=note.text,
        )
    )
    await session.flush()


async def notes_of(
    session: AsyncSession, unit: str, incident_id: str, *, until: datetime | None = None
) -> Sequence[AuditNote]:
    """The notes of a unit's auditors on a case, or those there by an instant, the latest first."""
    statement = (
        select(AuditNoteRow)
        .where(col(AuditNoteRow.unit) == unit, col(AuditNoteRow.incident_id) == incident_id)
        .order_by(col(AuditNoteRow.position).desc())
        .limit(_MOST)
    )
    if until is not None:
        statement = statement.where(col(AuditNoteRow.at) <= until)
    return [
        AuditNote(
            at=row.at,
            incident_id=row.incident_id,
            unit=row.unit,
            person=row.person,
            event_number=row.event_number,
            text=row.text,
        )
        for row in (await session.execute(statement)).scalars()
    ]


async def counts_of(session: AsyncSession, unit: str, incident_ids: Collection[str]) -> dict[str, int]:
    """How many notes a unit's auditors have on each of the cases; those without any are left out."""
    statement = (
        select(col(AuditNoteRow.incident_id), func.count())
        .where(col(AuditNoteRow.unit) == unit, col(AuditNoteRow.incident_id).in_(list(incident_ids)))
        .group_by(col(AuditNoteRow.incident_id))
    )
    return {row[0]: int(row[1]) for row in (await session.execute(statement)).all()}
