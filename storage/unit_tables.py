"""The tables of the registry of units: who does what for a unit, and where it speaks;
neither is frozen into cases.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class UnitPersonRow(SQLModel, table=True):
    """A person in a part for a unit (R301, R401), from a day until a day; `person` is the opaque login id."""

    __tablename__ = "unit_person"
    __table_args__ = (Index("unit_person_unit", "unit", "part"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    unit: str
    part: str
    person: str
    name: str
    phone: str
    since: date
    until: date | None
    imported_at: datetime = Field(sa_type=UtcDateTime)


class ChannelRow(SQLModel, table=True):
    """Where a unit speaks to the public (R120): platform, name of the account, how many follow it,
    whether it is in use and verified by the platform.
    """

    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("unit", "platform", "name", name="channel_once"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    unit: str
    platform: str
    name: str
    followers: int
    status: str
    verified: bool
    imported_at: datetime = Field(sa_type=UtcDateTime)


class DutyShiftRow(SQLModel, table=True):
    """A person on duty for a unit from an instant on until before another (DD-43);
    `person` is the opaque login id.
    """

    __tablename__ = "duty_shift"
    __table_args__ = (Index("duty_shift_of", "unit", "until"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    unit: str
    person: str
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    imported_at: datetime = Field(sa_type=UtcDateTime)


class PublicUnitRow(SQLModel, table=True):
    """A unit whose publications stand on the public page 公开回应, from an instant on;
    of the others nothing does.
    """

    __tablename__ = "public_unit"

    unit: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime)
