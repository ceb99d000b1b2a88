"""The table of the audit book: who looked and who administered; rows are only ever added."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class AuditEntryRow(SQLModel, table=True):
    """One entry: what, by whom and from where, about which thing, how it ended;
    `seal` chains it to the one before.

    `detail` is JSON of names and codes, without content and without secrets.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_entry_deed", "deed", "position"),
        Index("audit_entry_person", "person", "position"),
        Index("audit_entry_subject", "subject", "position"),
        Index("audit_entry_at", "at", "position"),
    )

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    deed: str
    outcome: str
    person: str
    post: str
    unit: str
    means: str
    means_id: str
    address: str
    subject: str
    detail: str = Field(sa_type=Text)
    trace_id: str
    seal: str


class AuditRelayRow(SQLModel, table=True):
    """How far the book has been passed on to a receiver outside."""

    __tablename__ = "audit_relay"

    receiver: str = Field(primary_key=True)
    position: int = Field(sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
