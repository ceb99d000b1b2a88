"""The tables that tie the records of one installation together,
and of what was done where they had come apart.
"""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class InstallationRow(SQLModel, table=True):
    """The id of this installation, made at its first start; there is one row, whose `ordinal` is 1."""

    __tablename__ = "installation"

    ordinal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    id: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class SealingKeyRow(SQLModel, table=True):
    """The name of a key by which what Temporal keeps was sealed, and when it was entered."""

    __tablename__ = "sealing_key"

    name: str = Field(primary_key=True)
    entered_at: datetime = Field(sa_type=UtcDateTime)


class HealingRow(SQLModel, table=True):
    """One step of bringing log, ledger and workflow of a case together: begun before the workflow is touched,
    then done or failed.

    `log_number` and `history_number` are where the two records ended before, `number` where both stand after;
    `run_id` is the run that was ended, whose signals are handed over, `faults` the codes of what was found,
    apart by blanks.
    """

    __tablename__ = "healing"
    __table_args__ = (Index("healing_incident", "incident_id", "position"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    incident_id: str
    cause: str
    phase: str
    faults: str
    log_number: int
    history_number: int
    number: int
    appended: int
    forked: int
    handed_over: int
    run_id: str
    note: str


class ForkedDecisionRow(SQLModel, table=True):
    """A decision that one record proved and the other contradicts: kept whole, and no longer in force.

    `side` is the record that it stood in, log or history.
    """

    __tablename__ = "forked_decision"
    __table_args__ = (Index("forked_decision_incident", "incident_id", "position"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    kept_at: datetime = Field(sa_type=UtcDateTime)
    incident_id: str
    side: str
    first_number: int
    last_number: int
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause: str
    command_id: str | None
    decision: str = Field(sa_type=Text)
