"""The tables of the watch: who has lived of late, and what it has found wrong."""

from datetime import datetime

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime

_OPEN = text("closed_at IS NULL")


class HeartbeatRow(SQLModel, table=True):
    """One part of the system and how often it has beaten; readers watch `beats` move, since clocks may differ."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    beats: int = Field(sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)


class AlarmRow(SQLModel, table=True):
    """What the watch found wrong: `subject` is an incident's id, or empty where a check of the system is meant.

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
