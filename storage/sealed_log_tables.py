"""The tables of the sealed log (存证日志): its hash, its leaves, hashes of whole subtrees,
signed checkpoints, and the keys that sign.
"""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class LogHashRow(SQLModel, table=True):
    """The hash by which the log is made, chosen once, before its first leaf; there is one row,
    whose `ordinal` is 1.
    """

    __tablename__ = "log_hash"

    ordinal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    chosen_at: datetime = Field(sa_type=UtcDateTime)


class SealedLeafRow(SQLModel, table=True):
    """A leaf: its place in the tree, counted from 0, which record it seals, and its hash.

    `key` names the record among those of its kind, `incident_id` its case, empty where it has none.
    """

    __tablename__ = "sealed_leaf"
    __table_args__ = (
        UniqueConstraint("kind", "key", name="sealed_leaf_once"),
        Index("sealed_leaf_incident", "incident_id", "position"),
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    kind: str
    key: str
    incident_id: str
    hash: bytes


class SealedSubtreeRow(SQLModel, table=True):
    """The hash of a whole subtree of 256, 65,536 … leaves (`level` 8, 16 …),
    the `position`-th of its level from 0.
    """

    __tablename__ = "sealed_subtree"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    hash: bytes


class CheckpointRow(SQLModel, table=True):
    """A signed statement (存证点) of how many leaves the log had, and under which root;
    `note` is its whole text.
    """

    __tablename__ = "checkpoint"

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    size: int = Field(sa_type=BIG)
    root: bytes
    key: str
    note: str = Field(sa_type=Text)


class CheckpointKeyRow(SQLModel, table=True):
    """A key that signs checkpoints, under its id; `note` announces it,
    signed by itself and by the one before.
    """

    __tablename__ = "checkpoint_key"
    __table_args__ = (UniqueConstraint("key", name="checkpoint_key_once"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    key: str
    note: str = Field(sa_type=Text)


class CheckpointStampRow(SQLModel, table=True):
    """A time stamp (RFC 3161) on the note of a checkpoint, by its position:
    the response, and the certificates (PEM) it was verified by.

    `stamped_at` is the authority's time, `at` when it was added here; `sha256` is that of the response.
    """

    __tablename__ = "checkpoint_stamp"
    __table_args__ = (UniqueConstraint("sha256", name="checkpoint_stamp_once"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    checkpoint: int = Field(sa_type=BIG)
    stamped_at: datetime = Field(sa_type=UtcDateTime)
    authority: str
    sha256: str
    response: bytes
    certificates: str = Field(sa_type=Text)


class CheckpointOutcomeRow(SQLModel, table=True):
    """One thing that happened to a checkpoint on its way out of the house; rows are only ever added."""

    __tablename__ = "checkpoint_outcome"
    __table_args__ = (Index("checkpoint_outcome_place", "place", "position"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime)
    place: str
    checkpoint: int = Field(sa_type=BIG)
    status: str
    detail: str
