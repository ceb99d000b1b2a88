"""The tables of absences and of what one shift leaves to the next."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime


class AbsenceRow(SQLModel, table=True):
    """A person who is away, and who stands in meanwhile; `note`, to the deputy, is sealed.

    `ended_at` is when it was taken back or ended before its time.
    """

    __tablename__ = "absence"
    __table_args__ = (Index("absence_until", "until"), Index("absence_person", "person", "until"))

    id: str = Field(primary_key=True)
    unit: str
    person: str
    deputy: str
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(sa_type=Text)
    entered_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: str
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HandoverNoteRow(SQLModel, table=True):
    """交接: what somebody on duty leaves to whoever comes next in the unit; `note` is sealed."""

    __tablename__ = "handover_note"
    __table_args__ = (Index("handover_note_unit", "unit", "at"),)

    id: str = Field(primary_key=True)
    unit: str
    author: str
    at: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(sa_type=Text)
