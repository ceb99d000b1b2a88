"""The audit book as it is read: searched by who looks for something,
walked whole by who exports or verifies it.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.accounts import folded
from storage.audit_book import BookDeed, DeedOutcome, Means, canonical
from storage.audit_book_tables import AuditEntryRow, AuditRelayRow
from storage.cursors import Page
from storage.database import Database
from storage.tables import table

_BATCH: Final = 1000  # entries read at one time by who walks the whole book


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuery:
    """What entries are looked for: by whom, about which thing (a case's id finds its attachments too),
    of which deed, when.

    `mark` is that of words which were searched for.
    """

    person: str = ""
    subject: str = ""
    deed: BookDeed | None = None
    since: datetime | None = None
    until: datetime | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One entry as it stands in the book."""

    position: int
    at: datetime
    deed: BookDeed
    outcome: DeedOutcome
    person: str
    post: str
    unit: str
    means: Means
    means_id: str
    address: str
    subject: str
    detail: Mapping[str, str]
    seal: str


async def book_lines(
    session: AsyncSession, query: BookQuery, *, before: int | None = None, limit: int
) -> Page[BookLine]:
    """The entries looked for, the latest first, from below a position on;
    the cursor is the position of the last shown.
    """
    statement = select(AuditEntryRow).order_by(col(AuditEntryRow.position).desc()).limit(limit + 1)
    if query.person:
        persons = {query.person, folded(query.person)}  # users of the machine stand as they are written
        statement = statement.where(col(AuditEntryRow.person).in_(persons))
    if query.subject:  # text order: "/" comes before "0"
        statement = statement.where(
            (col(AuditEntryRow.subject) == query.subject)
            | (
                (col(AuditEntryRow.subject) > f"{query.subject}/")
                & (col(AuditEntryRow.subject) < f"{query.subject}0")
            )
        )
    if query.deed is not None:
        statement = statement.where(col(AuditEntryRow.deed) == query.deed.value)
    if query.since is not None:
        statement = statement.where(col(AuditEntryRow.at) >= query.since)
    if query.until is not None:
        statement = statement.where(col(AuditEntryRow.at) < query.until)
    if query.mark:
        statement = statement.where(col(AuditEntryRow.detail).contains(f"≈{query.mark}", autoescape=True))
    if before is not None:
        statement = statement.where(col(AuditEntryRow.position) < before)
    lines = [_line(row) for row in (await session.execute(statement)).scalars()]
    rest = str(lines[limit - 1].position) if len(lines) > limit else None
    return Page(items=tuple(lines[:limit]), next_cursor=rest)


async def rows(database: Database, after: int = 0) -> AsyncIterator[Mapping[str, Any]]:
    """Every entry after a position by column, in the order of the book, read in batches;
    it may grow meanwhile.
    """
    entries = table(AuditEntryRow)
    while True:
        async with database.session() as session:
            statement = (
                select(entries).where(entries.c.position > after).order_by(entries.c.position).limit(_BATCH)
            )
            batch = [dict(row) for row in (await session.execute(statement)).mappings()]
        for row in batch:
            yield row
        if len(batch) < _BATCH:
            return
        after = batch[-1]["position"]


async def position_of(session: AsyncSession, receiver: str) -> int:
    """Up to which entry the book has been passed on to a receiver; 0 before the first."""
    row = await session.get(AuditRelayRow, receiver)
    return row.position if row is not None else 0


def pass_on(connection: Connection, receiver: str, position: int) -> None:
    """Note that the book has been passed on to a receiver up to an entry,
    in the transaction of the connection.
    """
    relay = table(AuditRelayRow)
    values = {"position": position, "at": datetime.now(UTC)}
    changed = connection.execute(update(relay).where(relay.c.receiver == receiver).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(relay).values(receiver=receiver, **values))


def line(row: Mapping[str, Any], previous: str) -> bytes:
    """An entry as it leaves the house: the seal before, the entry as canonical JSON in text, and its seal.

    SHA-256 over `previous`, a line feed and `entry` gives `seal`,
    so that a line is checked without this program.
    """
    return to_json({"previous": previous, "entry": canonical(row), "seal": row["seal"]})


def _line(row: AuditEntryRow) -> BookLine:
    return BookLine(
        position=row.position,
        at=row.at,
        deed=BookDeed(row.deed),
        outcome=DeedOutcome(row.outcome),
        person=row.person,
        post=row.post,
        unit=row.unit,
        means=Means(row.means),
        means_id=row.means_id,
        address=row.address,
        subject=row.subject,
        detail=json.loads(row.detail),
        seal=row.seal,
    )
