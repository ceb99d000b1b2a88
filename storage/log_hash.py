"""The hash of this installation's sealed log: chosen once, at the first start, and the same for good."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.merkle import LogHash
from storage.sealed_log_tables import LogHashRow, SealedLeafRow
from storage.tables import table

_ROW, _LEAF = table(LogHashRow), table(SealedLeafRow)


class OtherHash(Exception):  # noqa: N818  named for what was found
    """The log is made by another hash than is asked for; the message is the name of its own."""


def log_hash(connection: Connection) -> LogHash:
    """The hash of the log. One that was never chosen is of before there was a choice, and has SHA-256;
    so is what a stranger wrote there, by which no leaf is what it says.
    """
    name = connection.execute(select(_ROW.c.name)).scalar_one_or_none()
    return LogHash(name) if name in set(LogHash) else LogHash.SHA256


def choose_log_hash(connection: Connection, wanted: LogHash | None, at: datetime) -> LogHash:
    """Write down by which hash the log is made, unless that is done; gives the hash.

    A log that has leaves already has SHA-256, as has one for which nothing is wanted. Raises OtherHash where
    another is wanted than the log has: its leaves are never made anew.
    """
    name = connection.execute(select(_ROW.c.name)).scalar_one_or_none()
    if name is None:
        has_leaves = connection.execute(select(_LEAF.c.position).limit(1)).first() is not None
        chosen = LogHash.SHA256 if has_leaves else wanted or LogHash.SHA256
        values = {"ordinal": 1, "name": chosen.value, "chosen_at": at.replace(microsecond=0)}
        connection.execute(insert(_ROW), values)
    chosen = log_hash(connection)
    if wanted not in {None, chosen}:
        raise OtherHash(chosen.value)
    return chosen
