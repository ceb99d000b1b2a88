"""The tables of the watch: who has lived of late, and what it has found wrong."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime

_OPEN = text("closed_at IS NULL")


class HeartbeatRow(SQLModel, table=True):
    """One part of the system and how often it has beaten;
    readers watch `beats` move, since clocks may differ.
    """

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    beats: int = Field(sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)


class AlarmRow(SQLModel, table=True):
    """What the watch found wrong: `subject` is an incident's id,
    or empty where a check of the system is meant.

    At most one is open of a kind and subject; a closed one stays as it was.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index("alarm_open", "kind", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    kind: str
    subject: str
    detail: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(sa_type=UtcDateTime)


class AlarmSeenRow(SQLModel, table=True):
    """Somebody has seen an alarm: who, as recorded then, and when; once a person."""

    __tablename__ = "alarm_seen"
    __table_args__ = (
        ForeignKeyConstraint(["alarm"], ["alarm.position"], name="alarm_seen_of"),
        UniqueConstraint("alarm", "person", name="alarm_seen_once"),
    )

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    alarm: int = Field(sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    person: str
    name: str


class SuspectRow(SQLModel, table=True):
    """A case that did not answer in time, and when somebody first noticed."""

    __tablename__ = "suspect"

    incident_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
