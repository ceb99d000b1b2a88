"""Sealing: what has become durable enters the sealed log, which is signed each hour and at each close; checkpoints leave the house."""

import asyncio
import os
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, select

from storage import sealed_log
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import (
    KeyLost,
    LogBroken,
    StoredCheckpoint,
    checkpoint,
    checkpoints,
    key_notes,
    last_checkpoint,
)
from storage.database import Database
from storage.sealed_log import Reached
from storage.signed_notes import announcement_of, key_of, note_of, notes_in
from storage.tables import IncidentRow, table

log = structlog.get_logger("sealing")

HOURLY: Final = timedelta(hours=1)
_CASE: Final = table(IncidentRow)
_START: Final = Reached()


async def keep_sealing(
    database: Database,
    keys: CheckpointKeys,
    clock: Callable[[], datetime],
    every: timedelta,
    outside: Path | None = None,
) -> None:
    """Seal what has become durable, time after time, until cancelled; sign each hour and when a closed case has grown.

    `outside` is the file to which checkpoints are copied. What fails is logged in one line and tried again.
    """
    reached, signed_at = Reached(), None
    while True:
        try:
            reached, closed = await seal(database, reached)
            now = clock()
            if closed or signed_at is None or now - signed_at >= HOURLY:
                await _signed(database, keys, now)
                signed_at = now
                if outside is not None:
                    await carry_out(database, outside)
        except LogBroken as broken:
            log.error("the sealed log is broken; nothing is signed", at=str(broken))  # noqa: TRY400  the reason says all
            signed_at = clock()
        except Exception as error:  # noqa: BLE001  whatever fails, the next look must come
            log.warning("sealing failed", error=type(error).__name__, reason=str(error))
        await asyncio.sleep(every.total_seconds())


async def _signed(database: Database, keys: CheckpointKeys, at: datetime) -> None:
    """Sign, going on with another key where the file of the one before is lost."""
    try:
        await database.write(partial(checkpoint, keys=keys, at=at))
    except KeyLost as lost:
        log.error("a key is lost; one that nothing vouches for follows it", lost=str(lost))  # noqa: TRY400  the reason says all
        await database.write(partial(checkpoint, keys=keys, at=at, replacing=True))


async def seal(database: Database, reached: Reached = _START) -> tuple[Reached, bool]:
    """Seal all that is durable and not sealed; gives how far that reaches, and whether a closed case grew by it."""
    closed = False
    while True:
        before = reached
        async with database.session() as session:
            connection = await session.connection()
            fresh, reached = await connection.run_sync(sealed_log.unsealed, before)
        if fresh:
            await database.write(partial(sealed_log.append, fresh=fresh), derived=True)
            cases = {record.incident_id for record in fresh} - {""}
            async with database.session() as session:
                connection = await session.connection()
                closed = await connection.run_sync(_any_is_closed, cases) or closed
        if reached == before:
            return reached, closed


def _any_is_closed(connection: Connection, cases: Collection[str]) -> bool:
    statement = select(_CASE.c.position).where(
        _CASE.c.incident_id.in_(list(cases)), _CASE.c.closed_at.is_not(None)
    )
    return connection.execute(statement.limit(1)).first() is not None


async def sealed_now(database: Database, keys: CheckpointKeys, at: datetime) -> StoredCheckpoint | None:
    """Seal all that is durable, and sign it. Raises LogBroken, KeyLost and KeyUnreadable."""
    await seal(database)
    return await database.write(partial(checkpoint, keys=keys, at=at))


async def carry_out(database: Database, outside: Path) -> int:
    """Add to a file outside the checkpoints that it lacks, with the keys that signed them; gives how many. Raises OSError.

    Nothing in the file is ever changed. One that ends with a checkpoint which is not ours, as after an older backup has
    come back, goes on with our last: whoever reads the file sees where.
    """
    content = await asyncio.to_thread(_read, outside)
    async with database.session() as session:
        connection = await session.connection()
        lacking, announcements = await connection.run_sync(_lacking, content)
    if not lacking:
        return 0
    known = _keys_in(content)
    notes: list[str] = []
    for one in lacking:
        if one.key not in known:
            notes += [announcements[name] for name in announcements if name not in known]
            known |= announcements.keys()
        notes.append(one.note)
    await asyncio.to_thread(_add, outside, content, notes)
    return len(lacking)


def _read(outside: Path) -> str:
    try:
        return outside.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _lacking(connection: Connection, content: str) -> tuple[list[StoredCheckpoint], dict[str, str]]:
    last = next((note for _, note in reversed([*notes_in(content)])), "")
    announcements = {_key_in(note): note for note in key_notes(connection)}
    ours = checkpoints(connection)
    known = next((one.position for one in reversed(ours) if one.note == last), None)
    if known is None and last:
        latest = last_checkpoint(connection)
        return ([latest] if latest else []), announcements
    return [one for one in ours if one.position > (known or 0)], announcements


def _key_in(note: str) -> str:
    announcement = announcement_of(note_of(note))
    return key_of(announcement.line)[0] if announcement else ""


def _keys_in(content: str) -> set[str]:
    return {
        line.split("+")[1]
        for line in content.splitlines()
        if line.startswith("huiying/") and line.count("+") > 1
    }


def _add(outside: Path, content: str, notes: Collection[str]) -> None:
    """Append, and have the disk hold it; after what was broken off two empty lines."""
    is_whole = content.endswith("\n\n") and content.rstrip("\n").rpartition("\n")[2].startswith("— ")
    between = "" if is_whole or not content else "\n\n\n"
    place = os.open(outside, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(place, "a", encoding="utf-8") as file:
        file.write(between + "".join(f"{note}\n" for note in notes))
        file.flush()
        os.fsync(file.fileno())
