"""Short codes of checkpoints as typed from paper: whether the log still begins with what they name."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_log
from storage.audit_book import BookDeed, DeedOutcome
from storage.audit_book_tables import AuditEntryRow
from storage.checkpoint_codes import checkpoint_with, code_typed
from storage.checkpoints import key_notes, log_origin
from storage.sealed_log import Tree
from storage.signed_notes import Checkpoint, checkpoint_of, is_signed, note_of, vouched
from storage.tables import table

_ENTRY: Final = table(AuditEntryRow)
_MOST: Final = 20  # times that one code left the house, of those that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftHouse:
    """When a code left the house, with what, and who took it, by the audit book."""

    at: datetime
    subject: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeVerdict:
    """What became of the checkpoint of a code: of how many leaves, when it was signed, 0 and None where
    the log has none; and whether the log still begins with it.
    """

    code: str
    size: int = 0
    at: datetime | None = None
    note: str = ""
    holds: bool = False
    left: tuple[LeftHouse, ...] = ()


async def code_verdict(session: AsyncSession, typed: str) -> CodeVerdict:
    """Look a code up that somebody typed. Raises NoCode.

    1. The log has a checkpoint with just this code, signed by a key that those before vouch for.
    2. What its signed text says counts, not what stands in columns beside it.
    3. The first so many leaves, by the subtrees that are kept and the leaves behind them, have its root:
       a leaf changed below such a subtree `audit verify` alone sees.
    4. The audit book says with what it left the house.
    """
    code = code_typed(typed)
    connection = await session.connection()
    left = tuple(await connection.run_sync(_left, code))
    stored = await checkpoint_with(session, code)
    if stored is None:
        return CodeVerdict(code=code, left=left)
    notes, origin = await connection.run_sync(key_notes), await connection.run_sync(log_origin)
    # SM2 takes a tenth of a second for each signature, which must not hold up others.
    says, is_ours = await asyncio.to_thread(_signed, stored.note, notes, origin)
    holds = is_ours and await connection.run_sync(_root, says.size) == says.root
    return CodeVerdict(code=code, size=says.size, at=says.at, note=stored.note, holds=holds, left=left)


def _signed(text: str, key_notes: Sequence[str], origin: str) -> tuple[Checkpoint, bool]:
    """What a checkpoint says, and whether it is of this log, by a key that is vouched for."""
    note, (keys, _) = note_of(text), vouched(key_notes)
    says = checkpoint_of(note)
    is_signed_here = any(is_signed(note, origin, name, key) for name, key in keys.items())
    return says, says.origin == origin and is_signed_here


def _root(connection: Connection, size: int) -> bytes:
    if size > sealed_log.size(connection):
        return b""
    try:
        return Tree(connection).root(size)
    except ValueError:  # leaves are missing
        return b""


def _left(connection: Connection, code: str) -> list[LeftHouse]:
    statement = (
        select(_ENTRY.c.at, _ENTRY.c.subject, _ENTRY.c.person)
        .where(
            _ENTRY.c.deed == BookDeed.EXPORT.value,
            _ENTRY.c.outcome == DeedOutcome.DONE.value,
            _ENTRY.c.detail.contains(f'"checkpoint": "{code}"', autoescape=True),
        )
        .order_by(_ENTRY.c.position)
        .limit(_MOST)
    )
    return [
        LeftHouse(at=row.at, subject=row.subject, person=row.person) for row in connection.execute(statement)
    ]
