"""Time stamps on checkpoints, as authorities outside the house gave them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.sealed_log_tables import CheckpointStampRow
from storage.tables import table

_STAMP = table(CheckpointStampRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStamp:
    """A response (DER) on the checkpoint at a position, with the authority's time, its name,
    and the certificates (PEM) it was verified by.
    """

    checkpoint: int
    stamped_at: datetime
    authority: str
    response: bytes
    certificates: str


def stamps(connection: Connection) -> list[StoredStamp]:
    """All of them, in the order in which they were added."""
    rows = connection.execute(select(_STAMP).order_by(_STAMP.c.position))
    return [
        StoredStamp(
            checkpoint=row.checkpoint,
            stamped_at=row.stamped_at,
            authority=row.authority,
            response=bytes(row.response),
            certificates=row.certificates,
        )
        for row in rows
    ]


def add_stamp(connection: Connection, stamp: StoredStamp, at: datetime) -> bool:
    """Keep a stamp; whether it was not there yet."""
    sha256 = hashlib.sha256(stamp.response).hexdigest()
    if connection.execute(select(_STAMP.c.position).where(_STAMP.c.sha256 == sha256)).first() is not None:
        return False
    values = {
        "at": at.replace(microsecond=0),
        "checkpoint": stamp.checkpoint,
        "stamped_at": stamp.stamped_at,
        "authority": stamp.authority,
        "sha256": sha256,
        "response": stamp.response,
        "certificates": stamp.certificates,
    }
    connection.execute(insert(_STAMP), values)
    return True
