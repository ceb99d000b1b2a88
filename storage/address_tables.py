"""The table of addresses and foreign numbers by which items are known again, derived from the event log."""

from sqlalchemy import ForeignKeyConstraint, Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG


class IncidentAddressRow(SQLModel, table=True):
    """One way in which an item of an incident was named;
    `known_by` is the digest of its one form, `alias` of what was typed.

    Digests, since an address may be longer than an entry of an index.
    """

    __tablename__ = "incident_address"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="incident_address_incident"),
        {"sqlite_with_rowid": False},
    )

    known_by: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    alias: str = Field(primary_key=True)
    written: str = Field(sa_type=Text)
