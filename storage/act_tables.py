"""The table of what administrators did; rows are only ever added."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class AdministrativeActRow(SQLModel, table=True):
    """One act: when, what, by whom and how, about which account or unit;
    `before` and `after` are JSON without secrets.
    """

    __tablename__ = "administrative_act"
    __table_args__ = (Index("administrative_act_kind", "kind", "position"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    via: str
    author: str
    subject: str
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
