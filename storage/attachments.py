"""Files of incidents: attached once each and for good; and files that wait, for a day, for a case that is not made yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.roles import Actor, Role
from storage.attachment_tables import AttachmentContentRow, AttachmentRow, WaitingFileRow

MOST: Final = 20  # files of one form, and files that wait for one person
MOST_OF_CASE: Final = 200
WAITS: Final = timedelta(days=1)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('attachment', 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file whose bytes were looked into; width and height in pixels, of pictures alone."""

    name: str
    media_type: str
    sha256: str
    width: int | None
    height: int | None
    content: bytes
    thumbnail: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of an incident without its bytes; `size` in bytes."""

    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    attached_at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A file that waits, as its sender is told of it; `size` in bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What a browser is handed."""

    name: str
    media_type: str
    content: bytes


async def attachments(session: AsyncSession, incident_id: str) -> list[Attachment]:
    """The files of an incident in the order in which they came."""
    content = AttachmentContentRow
    statement = (
        select(
            AttachmentRow, col(content.media_type), col(content.size), col(content.width), col(content.height)
        )
        .join(content, col(content.sha256) == col(AttachmentRow.sha256))
        .where(col(AttachmentRow.incident_id) == incident_id)
        .order_by(col(AttachmentRow.number))
    )
    return [
        Attachment(
            number=row.number,
            name=row.name,
            media_type=media_type,
            size=size,
            sha256=row.sha256,
            width=width,
            height=height,
            attached_at=row.attached_at,
            by=Actor(person=row.person, role=Role(row.role), unit=row.unit),
        )
        for row, media_type, size, width, height in (await session.execute(statement)).all()
    ]


async def download(session: AsyncSession, incident_id: str, number: int) -> Download | None:
    """A file of an incident; None when there is none of that number."""
    content = AttachmentContentRow
    return await _one(session, incident_id, number, col(content.media_type), col(content.content))


async def thumbnail(session: AsyncSession, incident_id: str, number: int) -> Download | None:
    """The small picture of a picture; None for other files."""
    row = await _one(session, incident_id, number, text("'image/webp'"), col(AttachmentContentRow.thumbnail))
    return row if row is not None and row.content else None


async def _one(
    session: AsyncSession, incident_id: str, number: int, media_type: object, content: object
) -> Download | None:
    statement = (
        select(col(AttachmentRow.name), media_type, content)  # type: ignore[call-overload]  # columns and literals alike
        .join(AttachmentContentRow, col(AttachmentContentRow.sha256) == col(AttachmentRow.sha256))
        .where(col(AttachmentRow.incident_id) == incident_id, col(AttachmentRow.number) == number)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Download(name=row[0], media_type=row[1], content=row[2] or b"")


async def attach(
    session: AsyncSession, incident_id: str, file: CheckedFile, *, by: Actor, at: datetime
) -> int | None:
    """Attach a file, in a transaction that writes: its number, the old one where it hangs there already; None when full."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK)  # numbers are drawn one by one; SQLite has one writer anyway
    of_case = col(AttachmentRow.incident_id) == incident_id
    known = select(col(AttachmentRow.number)).where(of_case, col(AttachmentRow.sha256) == file.sha256)
    if (number := (await session.execute(known)).scalar_one_or_none()) is not None:
        return int(number)
    counted = select(func.count()).select_from(AttachmentRow).where(of_case)
    count = (await session.execute(counted)).scalar_one()
    if count >= MOST_OF_CASE:
        return None
    await _keep(session, file)
    session.add(
        AttachmentRow(
            incident_id=incident_id,
            number=count + 1,
            sha256=file.sha256,
            name=file.name,
            person=by.person,
            role=by.role.value,
            unit=by.unit,
            attached_at=at,
        )
    )
    return int(count) + 1


async def _keep(session: AsyncSession, file: CheckedFile) -> None:
    digests = select(col(AttachmentContentRow.sha256)).where(col(AttachmentContentRow.sha256) == file.sha256)
    if (await session.execute(digests)).first() is not None:
        return
    session.add(
        AttachmentContentRow(
            sha256=file.sha256,
            media_type=file.media_type,
            size=len(file.content),
            width=file.width,
            height=file.height,
            content=file.content,
            thumbnail=file.thumbnail,
        )
    )
    await session.flush()


async def let_wait(session: AsyncSession, person: str, file: CheckedFile, at: datetime) -> str:
    """Keep a file for its sender, and say under which id; what has waited for a day goes, and the oldest beyond twenty."""
    mine = col(WaitingFileRow.person) == person
    await session.execute(delete(WaitingFileRow).where(col(WaitingFileRow.kept_at) < at - WAITS))
    newest = (
        select(col(WaitingFileRow.id))
        .where(mine)
        .order_by(col(WaitingFileRow.kept_at).desc(), col(WaitingFileRow.id))
        .limit(MOST - 1)
    )
    times = (await session.execute(newest)).scalars().all()
    await session.execute(delete(WaitingFileRow).where(mine, col(WaitingFileRow.id).not_in(times)))
    own_id = token_hex(12)
    session.add(
        WaitingFileRow(
            id=own_id,
            person=person,
            name=file.name,
            sha256=file.sha256,
            media_type=file.media_type,
            width=file.width,
            height=file.height,
            content=file.content,
            thumbnail=file.thumbnail,
            kept_at=at,
        )
    )
    return own_id


async def waiting(session: AsyncSession, person: str, ids: Sequence[str]) -> list[WaitingFile]:
    """Those of a person's waiting files that are named, the oldest first."""
    row = WaitingFileRow
    statement = (
        select(col(row.id), col(row.name), func.length(col(row.content)))
        .where(col(row.person) == person, col(row.id).in_(ids[:MOST]))
        .order_by(col(row.kept_at), col(row.id))
    )
    return [
        WaitingFile(id=id_, name=name, size=size)
        for id_, name, size in (await session.execute(statement)).all()
    ]


async def waiting_files(session: AsyncSession, person: str, ids: Sequence[str]) -> list[CheckedFile]:
    """Those of a person's waiting files that are named."""
    statement = (
        select(WaitingFileRow)
        .where(col(WaitingFileRow.person) == person, col(WaitingFileRow.id).in_(ids[:MOST]))
        .order_by(col(WaitingFileRow.kept_at), col(WaitingFileRow.id))
    )
    return [
        CheckedFile(
            name=row.name,
            media_type=row.media_type,
            sha256=row.sha256,
            width=row.width,
            height=row.height,
            content=row.content,
            thumbnail=row.thumbnail,
        )
        for row in (await session.execute(statement)).scalars().all()
    ]


async def forget_waiting(session: AsyncSession, person: str, ids: Sequence[str]) -> None:
    """Let go of those of a person's waiting files that are named, once their case is made."""
    mine = col(WaitingFileRow.person) == person
    await session.execute(delete(WaitingFileRow).where(mine, col(WaitingFileRow.id).in_(ids[:MOST])))
