"""The tables of the end of retention: destruction lists, who said what of them, what was destroyed under
them, and the certificates that remain.
"""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class DestructionListRow(SQLModel, table=True):
    """A destruction list (销毁清单): by whom drawn, of how many cases, and the SHA-256 of its entries."""

    __tablename__ = "destruction_list"

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    person: str
    cases: int
    sha256: str


class DestructionEntryRow(SQLModel, table=True):
    """A case of a list: how long it was to be kept, from when it may go, and the log as it then ended."""

    __tablename__ = "destruction_entry"

    list_position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    incident_id: str = Field(primary_key=True)
    number: str
    retention: str
    closed_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    decisions: int
    seal: str


class DestructionWordRow(SQLModel, table=True):
    """What a person said of a list: approved, declined, or that the archive consents, by which letter."""

    __tablename__ = "destruction_word"

    list_position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    post: str
    unit: str
    reference: str = Field(sa_type=Text)


class DestroyedCaseRow(SQLModel, table=True):
    """A case that was destroyed under a list: how many decisions it had, and how many leaves stay of it."""

    __tablename__ = "destroyed_case"

    incident_id: str = Field(primary_key=True)
    list_position: int = Field(sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    number: str
    decisions: int
    leaves: int


class KeptCertificateRow(SQLModel, table=True):
    """The certificate of an obligation of a case that was destroyed: the file, whole."""

    __tablename__ = "kept_certificate"

    incident_id: str = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    obligation: str
    sha256: str
    content: bytes
