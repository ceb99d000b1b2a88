"""Which installation a ledger database belongs to, and how far its log has come."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import Database
from storage.destruction_tables import DestroyedCaseRow
from storage.installation_tables import InstallationRow
from storage.tables import EventLogRow, WithdrawnDecisionRow, table

FILE_NAME = "installation"  # under var/; its first line is the id, which the settings read


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How far the log had come: the position of its last decision, and how many it held."""

    position: int = 0
    decisions: int = 0

    def is_past(self, other: "Marks") -> bool:
        """Whether more had been recorded here than there."""
        return self.position > other.position or self.decisions > other.decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What stands beside the files of an installation:
    its id, its marks, and the release that wrote them last.
    """

    id: str
    marks: Marks = Marks()
    release: str = ""


def new_id() -> str:
    """An id for a new installation, which nothing else has."""
    return secrets.token_hex(16)


async def installation_id(session: AsyncSession) -> str | None:
    """The id in the ledger database; None before its first start."""
    return (await session.execute(select(col(InstallationRow.id)))).scalar_one_or_none()


async def found(database: Database, wanted: str) -> str:
    """Write the id into a database that has none; gives the one that then stands there."""
    return await database.write(partial(_found, wanted=wanted))


def _found(connection: Connection, wanted: str) -> str:
    installation = connection.execute(select(col(InstallationRow.id))).scalar_one_or_none()
    if installation is None:
        row = {"ordinal": 1, "id": wanted, "made_at": datetime.now(UTC)}
        connection.execute(insert(table(InstallationRow)), row)
    return installation or wanted


async def marks(session: AsyncSession) -> Marks:
    """How far the log has come; what was withdrawn from it or destroyed counts, so that
    a mark never goes back.
    """
    log, gone = col(EventLogRow.position), col(WithdrawnDecisionRow.log_position)
    position, decisions = (await session.execute(select(func.max(log), func.count(log)))).one()
    highest_gone, withdrawn = (await session.execute(select(func.max(gone), func.count(gone)))).one()
    destroyed = (await session.execute(select(func.sum(col(DestroyedCaseRow.decisions))))).scalar_one()
    return Marks(
        position=max(position or 0, highest_gone or 0), decisions=decisions + withdrawn + (destroyed or 0)
    )


def read_note(folder: Path) -> Note | None:
    """The note in a folder; None where there is none, or where it cannot be read."""
    try:
        lines = (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    fields = dict(line.split(" ", 1) for line in lines[1:] if " " in line)
    if not lines or not lines[0].strip():
        return None
    return Note(
        id=lines[0].strip(),
        marks=Marks(position=_number(fields.get("position")), decisions=_number(fields.get("decisions"))),
        release=fields.get("release", ""),
    )


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


def write_note(folder: Path, note: Note) -> None:
    """Write the note into a folder, whole or not at all."""
    lines = (
        note.id,
        f"position {note.marks.position}",
        f"decisions {note.marks.decisions}",
        f"release {note.release}",
    )
    new = folder / f"{FILE_NAME}.new"
    new.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    new.replace(folder / FILE_NAME)
