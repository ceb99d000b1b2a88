"""The tables of papers: what lists show of them, derived from the event log,
and the numbers that signed ones drew.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class PaperRow(SQLModel, table=True):
    """A paper as lists show it; `series` is that of its numbers, empty where its kind has none.

    `awaits_number` is true from its signature until it has drawn one.
    """

    __tablename__ = "paper"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="paper_incident"),
        Index("paper_drafted", "drafted_at", "position", "ordinal"),
        Index("paper_status", "status", "drafted_at"),
        Index(
            "paper_awaits",
            "signed_at",
            sqlite_where=text("awaits_number IS 1"),
            postgresql_where=text("awaits_number IS true"),
        ),
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    paper: str = Field(primary_key=True)
    ordinal: int
    kind: str
    unit: str
    status: str
    drafted_at: datetime = Field(sa_type=UtcDateTime)
    signed_at: datetime | None = Field(sa_type=UtcDateTime)
    drill: bool
    series: str
    awaits_number: bool


class PaperNumberRow(SQLModel, table=True):
    """The number that a signed paper drew: no other paper of its series, year and earnest has it,
    and it is never given back.
    """

    __tablename__ = "paper_number"
    __table_args__ = (
        UniqueConstraint("series", "drill", "year", "ordinal", name="paper_number_once"),
        Index("paper_number_text", "number"),
    )

    incident_id: str = Field(primary_key=True)
    paper: str = Field(primary_key=True)
    series: str
    drill: bool
    year: int
    ordinal: int
    number: str
    drawn_at: datetime = Field(sa_type=UtcDateTime)
