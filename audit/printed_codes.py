"""Short codes of checkpoints as typed from paper: whether the log still begins with what they name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from storage import sealed_log
from storage.audit_book_tables import AuditEntryRow
from storage.checkpoint_codes import checkpoint_with, code_typed
from storage.checkpoints import key_notes
from storage.sealed_log import Tree
from storage.signed_notes import is_signed, note_of, vouched
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


def code_verdict(connection: Connection, typed: str) -> CodeVerdict:
    """Look a code up that somebody typed. Raises NoCode.

    1. The log has a checkpoint with just this code, signed by a key that those before vouch for.
    2. The first so many leaves, by the subtrees that are kept and the leaves behind them, have its root:
       a leaf changed below such a subtree `audit verify` alone sees.
    3. The audit book says with what it left the house.
    """
    code = code_typed(typed)
    left = tuple(_left(connection, code))
    stored = checkpoint_with(connection, code)
    if stored is None:
        return CodeVerdict(code=code, left=left)
    note, (keys, _) = note_of(stored.note), vouched(key_notes(connection))
    origin = stored.note.split("\n", 1)[0]
    is_ours = any(is_signed(note, origin, name, key) for name, key in keys.items())
    holds = is_ours and _root(connection, stored.size) == stored.root
    return CodeVerdict(code=code, size=stored.size, at=stored.at, note=stored.note, holds=holds, left=left)


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
        .where(_ENTRY.c.deed == "export", _ENTRY.c.detail.contains(f'"{code}"', autoescape=True))
        .order_by(_ENTRY.c.position)
        .limit(_MOST)
    )
    return [
        LeftHouse(at=row.at, subject=row.subject, person=row.person) for row in connection.execute(statement)
    ]
