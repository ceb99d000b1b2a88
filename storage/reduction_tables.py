"""The tables of what was reduced: each act, and the texts that it took away; kept for good."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class ReductionRow(SQLModel, table=True):
    """One act: `why` in a code; `by`, `unit` and `reason` where a person did it,
    empty where its time had come.

    `about` is the reference of the one text that a person reduced, or noted a correction of,
    and "rows" where words were taken out of rows of 0.3 and before.
    """

    __tablename__ = "reduction"
    __table_args__ = (Index("reduction_incident", "incident_id", "position"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    incident_id: str
    why: str
    by: str
    unit: str
    reason: str = Field(sa_type=Text)
    about: str
    texts: int


class ReducedTextRow(SQLModel, table=True):
    """A text that is no more; the database takes it out of `case_text` with this row,
    and lets it in no more.
    """

    __tablename__ = "reduced_text"

    incident_id: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    position: int = Field(sa_type=BIG, sa_column_kwargs={"autoincrement": False})


class ReducedRowRow(SQLModel, table=True):
    """A row that 0.3 or before sealed with its texts, and that an act took some out of:
    `sha256` is that of what it left there.
    """

    __tablename__ = "reduced_row"
    __table_args__ = (Index("reduced_row_incident", "incident_id"),)

    place: str = Field(primary_key=True)
    row_position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    incident_id: str
    sha256: str
