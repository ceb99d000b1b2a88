"""The tables of the calls: how each channel is set up, where a person is reached,
and what became of each message.
"""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class CallReceiptRow(SQLModel, table=True):
    """One thing that happened to one message of a call: begun, taken by a provider, refused, acknowledged;
    rows are only ever added.

    A message is the `attempt` of one rung of a notice's call on one person by one channel.
    `detail` is a code, never a provider's words. Of a test by an administrator `incident_id` is empty.
    """

    __tablename__ = "call_receipt"
    __table_args__ = (
        Index("call_receipt_notice", "incident_id", "event_number", "purpose", "unit"),
        Index("call_receipt_attempt", "attempt"),
        Index("call_receipt_channel", "channel", "position"),
    )

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    attempt: str
    incident_id: str
    event_number: int
    purpose: str
    unit: str
    rung: int
    hearer: str
    person: str
    channel: str
    status: str
    provider: str
    message_id: str
    detail: str
    again: bool
    deputy_for: str = Field(default="", sa_column_kwargs={"server_default": ""})


class CallChannelRow(SQLModel, table=True):
    """A way out of the house as it is set up: `settings`, sealed, is JSON; `id` is the channel's name."""

    __tablename__ = "call_channel"

    id: str = Field(primary_key=True)
    enabled: bool
    settings: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class PersonAddressRow(SQLModel, table=True):
    """Where a person is reached by a channel; the address is sealed. `place` orders a person's channels."""

    __tablename__ = "person_address"
    __table_args__ = (UniqueConstraint("account_id", "channel", name="person_address_once"),)

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    channel: str
    address: str = Field(sa_type=Text)
    place: int
    entered_at: datetime = Field(sa_type=UtcDateTime)
