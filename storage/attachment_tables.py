"""The tables of files: what was attached to which incident, each content once,
and what waits for its case to be made.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class AttachmentContentRow(SQLModel, table=True):
    """The bytes of a file, once however often they are attached; `thumbnail` is a small WebP of a picture.

    `content` is empty where the file lies beside the database (`storage.files_beside`);
    no file that comes in is empty itself.
    """

    __tablename__ = "attachment_content"

    sha256: str = Field(primary_key=True)
    media_type: str
    size: int
    width: int | None
    height: int | None
    content: bytes
    thumbnail: bytes | None


class AttachmentRow(SQLModel, table=True):
    """A file attached to an incident, the `number`-th: by whom, when, and under which name."""

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("incident_id", "number", name="attachment_number"),
        UniqueConstraint("incident_id", "sha256", name="attachment_once"),
    )

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    incident_id: str
    number: int
    sha256: str = Field(foreign_key="attachment_content.sha256")
    name: str
    person: str
    role: str
    unit: str
    attached_at: datetime = Field(sa_type=UtcDateTime)


class WaitingFileRow(SQLModel, table=True):
    """A file sent with a form that was not accepted yet: kept for its sender for a day, then gone."""

    __tablename__ = "waiting_file"
    __table_args__ = (Index("waiting_file_person", "person", "kept_at"),)

    id: str = Field(primary_key=True)
    person: str
    name: str
    sha256: str
    media_type: str
    width: int | None
    height: int | None
    content: bytes
    thumbnail: bytes | None
    kept_at: datetime = Field(sa_type=UtcDateTime)
