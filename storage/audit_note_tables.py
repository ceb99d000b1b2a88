"""The table of auditors' notes."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class AuditNoteRow(SQLModel, table=True):
    """What an auditor noted of a case: the auditor's own record, beside the case and never part of it."""

    __tablename__ = "audit_note"
    __table_args__ = (Index("audit_note_of", "unit", "incident_id", "position"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    incident_id: str
    unit: str
    person: str
    event_number: int
    text: str = Field(sa_type=Text)
