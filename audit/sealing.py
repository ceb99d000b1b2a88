"""Sealing: what has become durable enters the sealed log, which is signed each hour and at each close;
checkpoints leave the house.
"""

import asyncio
import errno
import fcntl
import os
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Final

import structlog
from sqlalchemy import Connection

from storage import sealed_log
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import (
    KeyLost,
    LogBroken,
    StoredCheckpoint,
    StoredKey,
    announced_keys,
    checkpoint,
    checkpoints,
    closed_since_checkpoint,
    last_checkpoint,
)
from storage.database import Database
from storage.sealed_log import SealingProgress
from storage.signed_notes import notes_in

log = structlog.get_logger("sealing")

HOURLY: Final = timedelta(hours=1)
_LONGEST_WAIT: Final = 60.0  # seconds, between two tries of what fails
_LOCKED_SECONDS: Final = 10.0
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS})
_START: Final = SealingProgress()


async def keep_sealing(
    database: Database,
    keys: CheckpointKeys,
    clock: Callable[[], datetime],
    every: timedelta,
    outside: Path | None = None,
    *,
    ticks: Callable[[], float] = monotonic,
) -> None:
    """Seal what has become durable, time after time, until cancelled;
    sign each hour and when a closed case has grown.

    `outside` is the file to which checkpoints are copied; `ticks` tells the seconds that have gone by,
    whatever the clock is set to. What fails is logged in one line and owed until it has succeeded, the waits
    between growing to a minute.
    """
    sealing = _Sealing(database, keys, clock, every=every, outside=outside, ticks=ticks)
    while True:
        await sealing.look()
        await asyncio.sleep(every.total_seconds())


class _Sealing:
    """What the worker owes the sealed log: leaves, signatures, and copies of them outside;
    each fails and is tried again by itself.
    """

    def __init__(
        self,
        database: Database,
        keys: CheckpointKeys,
        clock: Callable[[], datetime],
        *,
        every: timedelta,
        outside: Path | None,
        ticks: Callable[[], float],
    ) -> None:
        self._database, self._keys, self._clock, self._outside = database, keys, clock, outside
        self._every, self._ticks = every.total_seconds(), ticks
        self._reached = SealingProgress()
        self._sign_at = -inf
        self._owes_copy = outside is not None
        self._waits: dict[str, float] = {}  # after failures, each twice the one before
        self._again: dict[str, float] = {}  # when what failed is tried again

    async def look(self) -> None:
        """Do what is due."""
        await self._try("seal", self._seal)
        await self._try("sign", self._sign)
        await self._try("copy", self._copy)

    async def _try(self, part: str, do: Callable[[], Awaitable[None]]) -> None:
        if self._ticks() < self._again.get(part, -inf):
            return
        try:
            await do()
        except LogBroken as broken:
            log.error("the sealed log is broken; nothing is signed", at=str(broken))  # noqa: TRY400  the reason says all
            self._again[part] = self._ticks() + HOURLY.total_seconds()
        except Exception as error:  # noqa: BLE001  whatever fails, the next look must come
            log.warning("sealing failed", part=part, error=type(error).__name__, reason=str(error))
            self._waits[part] = min(2 * self._waits.get(part, self._every), _LONGEST_WAIT)
            self._again[part] = self._ticks() + self._waits[part]
        else:
            self._waits.pop(part, None)

    async def _seal(self) -> None:
        self._reached = await seal(self._database, self._reached)

    async def _sign(self) -> None:
        if self._ticks() < self._sign_at and not await owes_signature(self._database):
            return
        await _signed(self._database, self._keys, self._clock())
        self._sign_at = self._ticks() + HOURLY.total_seconds()
        self._owes_copy = self._outside is not None

    async def _copy(self) -> None:
        if self._owes_copy and self._outside is not None:
            await carry_out(self._database, self._outside)
            self._owes_copy = False


async def owes_signature(database: Database) -> bool:
    """Whether a closed case has leaves that stand under no checkpoint."""
    async with database.session() as session:
        return await (await session.connection()).run_sync(closed_since_checkpoint)


async def _signed(database: Database, keys: CheckpointKeys, at: datetime) -> None:
    """Sign, going on with another key where the file of the one before is lost."""
    try:
        await database.write(partial(checkpoint, keys=keys, at=at))
    except KeyLost as lost:
        log.error("a key is lost; one that nothing vouches for follows it", lost=str(lost))  # noqa: TRY400  the reason says all
        await database.write(partial(checkpoint, keys=keys, at=at, replacing=True))


async def seal(database: Database, reached: SealingProgress = _START) -> SealingProgress:
    """Seal all that is durable and not sealed; gives how far that reaches."""
    while True:
        before = reached
        async with database.session() as session:
            connection = await session.connection()
            fresh, reached = await connection.run_sync(sealed_log.unsealed, before)
        if fresh:
            await database.write(partial(sealed_log.append, fresh=fresh), derived=True)
        elif reached == before:
            return reached


async def sealed_now(database: Database, keys: CheckpointKeys, at: datetime) -> StoredCheckpoint | None:
    """Seal all that is durable, and sign it. Raises LogBroken, KeyLost and KeyUnreadable."""
    await seal(database)
    return await database.write(partial(checkpoint, keys=keys, at=at))


async def carry_out(database: Database, outside: Path) -> int:
    """Add to a file outside the checkpoints that it lacks, with the keys that signed them; gives how many.

    Raises OSError.

    Nothing in the file is ever changed. One that ends with a checkpoint which is not ours, as after an older
    backup has come back, goes on with our last: whoever reads the file sees where. Two who do so at once wait
    for each other.
    """
    with await asyncio.to_thread(_opened, outside) as file:
        await _lock(file)
        content = (await asyncio.to_thread(file.read)).decode("utf-8", "replace")
        async with database.session() as session:
            connection = await session.connection()
            lacking, announcements = await connection.run_sync(_lacking, content)
        if lacking:
            notes = _to_add(lacking, announcements, {note for _, note in notes_in(content)})
            await asyncio.to_thread(_add, file, content, notes)
    return len(lacking)


def _opened(outside: Path) -> BinaryIO:
    return os.fdopen(os.open(outside, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b")


async def _lock(file: BinaryIO) -> None:
    """Let nobody else add to the file until it is closed; on a disk that has no locks go without.

    Raises OSError after ten seconds.
    """
    until = monotonic() + _LOCKED_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > until:
                raise
            await asyncio.sleep(_LOCKED_SECONDS / 100)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            return
        else:
            return


def _to_add(
    lacking: Collection[StoredCheckpoint], announcements: Sequence[StoredKey], there: Collection[str]
) -> list[str]:
    """The notes that a file lacks: before each checkpoint the keys up to its own that do not stand there
    whole, as they are here.
    """
    notes: list[str] = []
    for one in lacking:
        for announcement in announcements:
            if announcement.note not in there and announcement.note not in notes:
                notes.append(announcement.note)
            if announcement.key == one.key:
                break
        notes.append(one.note)
    return notes


def _lacking(connection: Connection, content: str) -> tuple[list[StoredCheckpoint], list[StoredKey]]:
    last = next((note for _, note in reversed([*notes_in(content)])), "")
    ours, announcements = checkpoints(connection), announced_keys(connection)
    known = next((one.position for one in reversed(ours) if one.note == last), None)
    if known is None and last:
        latest = last_checkpoint(connection)
        return ([latest] if latest else []), announcements
    return [one for one in ours if one.position > (known or 0)], announcements


def _add(file: BinaryIO, content: str, notes: Collection[str]) -> None:
    """Append, and have the disk hold it; after what was broken off two empty lines."""
    is_whole = content.endswith("\n\n") and content.rstrip("\n").rpartition("\n")[2].startswith("— ")
    between = "" if is_whole or not content else "\n\n\n"
    file.write((between + "".join(f"{note}\n" for note in notes)).encode())
    file.flush()
    os.fsync(file.fileno())
