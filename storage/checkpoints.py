"""Checkpoints (存证点): signed statements of how far the sealed log had come, and the keys that sign them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select

from storage import sealed_log
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.installation_tables import InstallationRow
from storage.log_hash import log_hash
from storage.sealed_log_tables import CheckpointKeyRow, CheckpointRow, SealedLeafRow
from storage.signed_notes import (
    Checkpoint,
    KeyAnnouncement,
    PrivateKey,
    checkpoint_text,
    key_id,
    key_line,
    key_text,
    origin_of,
    signed,
)
from storage.tables import IncidentRow, table

_CHECKPOINT, _KEY = table(CheckpointRow), table(CheckpointKeyRow)
_LEAF, _CASE = table(SealedLeafRow), table(IncidentRow)


class LogBroken(Exception):  # noqa: N818  named for what was found
    """The log no longer contains what its last checkpoint says:
    nothing is signed, so that the break stays where it is.
    """


class KeyLost(Exception):  # noqa: N818  named for what was found
    """The file of the key that signs is not in the folder; the message is the key's id.

    The worker alone may go on with another.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A checkpoint as it stands in the database; `key` is the id of the key that signed it,
    `note` its whole text.
    """

    position: int
    at: datetime
    size: int
    root: bytes
    key: str
    note: str


def checkpoints(connection: Connection, after: int = 0) -> list[StoredCheckpoint]:
    """The checkpoints after a position, in order."""
    statement = select(_CHECKPOINT).where(_CHECKPOINT.c.position > after).order_by(_CHECKPOINT.c.position)
    return [_stored(row) for row in connection.execute(statement).mappings()]


def checkpoint_at(connection: Connection, position: int) -> StoredCheckpoint | None:
    """The one at a position; None where there is none."""
    statement = select(_CHECKPOINT).where(_CHECKPOINT.c.position == position)
    row = connection.execute(statement).mappings().first()
    return None if row is None else _stored(row)


def last_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """The latest one; None before the first."""
    statement = select(_CHECKPOINT).order_by(_CHECKPOINT.c.position.desc()).limit(1)
    row = connection.execute(statement).mappings().first()
    return None if row is None else _stored(row)


def _stored(row: RowMapping) -> StoredCheckpoint:
    return StoredCheckpoint(
        position=row["position"],
        at=row["at"],
        size=row["size"],
        root=bytes(row["root"]),
        key=row["key"],
        note=row["note"],
    )


def closed_since_checkpoint(connection: Connection) -> bool:
    """Whether a case that is closed has leaves which stand under no checkpoint."""
    last = last_checkpoint(connection)
    statement = (
        select(_LEAF.c.position)
        .join(_CASE, _CASE.c.incident_id == _LEAF.c.incident_id)
        .where(_LEAF.c.position >= (last.size if last else 0), _CASE.c.closed_at.is_not(None))
    )
    return connection.execute(statement.limit(1)).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """The announcement of a key as it stands in the database."""

    at: datetime
    key: str
    note: str


def announced_keys(connection: Connection) -> list[StoredKey]:
    """The announcements of all keys, in order."""
    statement = select(_KEY.c.at, _KEY.c.key, _KEY.c.note).order_by(_KEY.c.position)
    return [StoredKey(at=row.at, key=row.key, note=row.note) for row in connection.execute(statement)]


def key_notes(connection: Connection) -> list[str]:
    """The texts that announce the keys, in order."""
    return [one.note for one in announced_keys(connection)]


def log_origin(connection: Connection) -> str:
    """The name of this installation's log."""
    return origin_of(connection.execute(select(table(InstallationRow).c.id)).scalar_one_or_none() or "")


def checkpoint(
    connection: Connection, keys: CheckpointKeys, at: datetime, *, replacing: bool = False
) -> StoredCheckpoint | None:
    """Sign how far the log has come, unless the last checkpoint says so already;
    None of a log without leaves.

    Where the file of the key is lost a new one is announced if `replacing`, which nothing vouches for: each
    audit tells it from then on. Raises LogBroken where the log does not begin with what was signed last,
    KeyLost, and KeyUnreadable.
    """
    sealed_log.lock(connection)
    size, last, tree = sealed_log.size(connection), last_checkpoint(connection), sealed_log.Tree(connection)
    if last is not None and (last.size > size or tree.root(last.size) != last.root):
        raise LogBroken(f"the checkpoint of {last.size} leaves")
    if size == 0 or (last is not None and last.size == size):
        return last
    origin = log_origin(connection)
    key = _current(connection, keys, origin)
    if key is None:
        name = _last_key(connection)
        if name is not None and not replacing:
            raise KeyLost(name)
        key = _announced(connection, keys.make(origin), origin, at, None)
    root = tree.root(size)
    says = Checkpoint(origin=origin, size=size, root=root, at=at, log_hash=log_hash(connection))
    values = {
        "at": at.replace(microsecond=0),
        "size": size,
        "root": root,
        "key": key_id(origin, key.public_key()),
        "note": signed(checkpoint_text(says), origin, [key]),
    }
    connection.execute(insert(_CHECKPOINT), values)
    return last_checkpoint(connection)


def rotate(connection: Connection, keys: CheckpointKeys, at: datetime) -> str:
    """Make a further key and announce it, signed by itself and by the one before; gives its id.

    Raises KeyLost, and KeyUnreadable.
    """
    sealed_log.lock(connection)
    origin = log_origin(connection)
    before = _current(connection, keys, origin)
    if before is None and (name := _last_key(connection)) is not None:
        raise KeyLost(name)
    before = before or _announced(connection, keys.make(origin), origin, at, None)
    return key_id(origin, _announced(connection, keys.make(origin), origin, at, before).public_key())


def _last_key(connection: Connection) -> str | None:
    """The id of the key that was announced last."""
    statement = select(_KEY.c.key).order_by(_KEY.c.position.desc()).limit(1)
    return connection.execute(statement).scalar_one_or_none()


def _current(connection: Connection, keys: CheckpointKeys, origin: str) -> PrivateKey | None:
    """The key that signs now: the last that was announced; None where none was, or its file is lost."""
    name = _last_key(connection)
    key = keys.private(name) if name is not None else None
    if key is not None and key_id(origin, key.public_key()) != name:
        raise KeyUnreadable(f"{name}: a key under another key's name")
    return key


def _announced(
    connection: Connection,
    key: PrivateKey,
    origin: str,
    at: datetime,
    before: PrivateKey | None,
) -> PrivateKey:
    announcement = KeyAnnouncement(
        origin=origin,
        line=key_line(origin, key.public_key()),
        before=key_line(origin, before.public_key()) if before else "",
        at=at,
    )
    note = signed(key_text(announcement), origin, [key, before] if before else [key])
    values = {"at": at.replace(microsecond=0), "key": key_id(origin, key.public_key()), "note": note}
    connection.execute(insert(_KEY), values)
    return key
