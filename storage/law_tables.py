"""The tables of how the law came to be: proposed changes, their answers,
and each version when it was first used.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class LawChangeRow(SQLModel, table=True):
    """A proposal to change parameters of a regulation (R007); what became of it stands in its answer."""

    __tablename__ = "law_change"
    __table_args__ = (
        UniqueConstraint("command_id", name="law_change_once"),
        Index("law_change_regulation", "regulation", "number"),
    )

    number: int = Field(primary_key=True, sa_type=BIG)
    regulation: str
    parameters: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    effective_from: datetime = Field(sa_type=UtcDateTime)
    person: str
    role: str
    unit: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    command_id: str


class LawChangeAnswerRow(SQLModel, table=True):
    """The second person's word on a proposal: one, since the number is the key."""

    __tablename__ = "law_change_answer"
    __table_args__ = (
        ForeignKeyConstraint(["number"], ["law_change.number"], name="law_change_answer_change"),
    )

    number: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    outcome: str
    person: str
    role: str
    unit: str
    answered_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)
    command_id: str


class LawVersionRow(SQLModel, table=True):
    """A law when a registration first came under it; the audit asks which one was in force at an instant."""

    __tablename__ = "law_version"
    __table_args__ = (Index("law_version_latest", "regulation", "year", "position"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    regulation: str
    year: int
    version: str
    digest: str
    edition: int
    changes: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcDateTime)
