"""Files of incidents: attached once each and for good;
and files that wait, for a day, for a case that is not made yet.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.terms.roles import Actor, Role
from storage.attachment_tables import AttachmentContentRow, AttachmentRow, WaitingFileRow
from storage.database import FILES
from storage.files_beside import ContentGone, FilesBeside

MOST: Final = 20  # files of one form, and files that wait for one person
MOST_OF_CASE: Final = 200
MOST_BYTES_OF_CASE: Final = (
    400 << 20
)  # less than a bundle holds, so that each case can be handed out with its files
MOST_BYTES_WAITING: Final = 100 << 20  # for one person, as many as one form may carry
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFile:
    """A content that lies beside the database; `size` in bytes."""

    sha256: str
    size: int


async def large_files(session: AsyncSession) -> list[LargeFile]:
    """All contents that lie beside the database."""
    row = AttachmentContentRow
    statement = (
        select(col(row.sha256), col(row.size))
        .where(func.length(col(row.content)) == 0, col(row.size) > 0)
        .order_by(col(row.sha256))
    )
    return [LargeFile(sha256=sha256, size=size) for sha256, size in (await session.execute(statement)).all()]


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
    """A file of an incident; None when there is none of that number.

    Raises ContentGone where its content is not there.
    """
    row = AttachmentContentRow
    statement = _file_of(
        incident_id, number, col(row.sha256), col(row.media_type), col(row.size), col(row.content)
    )
    if (one := (await session.execute(statement)).one_or_none()) is None:
        return None
    name, sha256, media_type, size, content = one
    return Download(name=name, media_type=media_type, content=content or await _beside(session, sha256, size))


async def thumbnail(session: AsyncSession, incident_id: str, number: int) -> Download | None:
    """The small picture of a picture; None for other files."""
    statement = _file_of(incident_id, number, col(AttachmentContentRow.thumbnail))
    one = (await session.execute(statement)).one_or_none()
    if one is None or not one[1]:
        return None
    return Download(name=one[0], media_type="image/webp", content=one[1])


def _file_of(incident_id: str, number: int, *columns: Any) -> Select[Any]:
    return (
        select(col(AttachmentRow.name), *columns)
        .join(AttachmentContentRow, col(AttachmentContentRow.sha256) == col(AttachmentRow.sha256))
        .where(col(AttachmentRow.incident_id) == incident_id, col(AttachmentRow.number) == number)
    )


async def _beside(session: AsyncSession, sha256: str, size: int) -> bytes:
    files: FilesBeside | None = session.info.get(FILES)
    if files is None or not size:
        raise ContentGone(sha256)
    return await asyncio.to_thread(files.read, sha256)


def is_full(files: Sequence[Attachment], size: int) -> bool:
    """Whether an incident with these files holds no further one of `size` bytes."""
    return len(files) >= MOST_OF_CASE or sum(one.size for one in files) + size > MOST_BYTES_OF_CASE


async def attach(
    session: AsyncSession,
    incident_id: str,
    file: CheckedFile,
    *,
    by: Actor,
    at: datetime,
    lies_beside: bool = False,
) -> int | None:
    """Attach a file, in a transaction that writes: its number, the old one where it hangs there already;
    None when full.

    `lies_beside` says that its content was kept beside the database before,
    so that no transaction waits for it.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK)  # numbers are drawn one by one; SQLite has one writer anyway
    of_case = col(AttachmentRow.incident_id) == incident_id
    known = select(col(AttachmentRow.number)).where(of_case, col(AttachmentRow.sha256) == file.sha256)
    if (number := (await session.execute(known)).scalar_one_or_none()) is not None:
        return int(number)
    before = await attachments(session, incident_id)
    if is_full(before, len(file.content)):
        return None
    await _keep(session, file, lies_beside=lies_beside)
    session.add(
        AttachmentRow(
            incident_id=incident_id,
            number=len(before) + 1,
            sha256=file.sha256,
            name=file.name,
            person=by.person,
            role=by.role.value,
            unit=by.unit,
            attached_at=at,
        )
    )
    return len(before) + 1


async def _keep(session: AsyncSession, file: CheckedFile, *, lies_beside: bool) -> None:
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
            content=b"" if lies_beside else file.content,
            thumbnail=file.thumbnail,
        )
    )
    await session.flush()


async def let_wait(
    session: AsyncSession, person: str, file: CheckedFile, at: datetime, *, beside: Sequence[str] = ()
) -> str:
    """Keep a file for its sender, and say under which id.

    What has waited for a day goes, and the oldest beyond twenty or 100 MB;
    those that the same form names, `beside` it, go last.
    """
    mine = col(WaitingFileRow.person) == person
    await session.execute(delete(WaitingFileRow).where(col(WaitingFileRow.kept_at) < at - WAITS))
    newest = (
        select(col(WaitingFileRow.id), func.length(col(WaitingFileRow.content)))
        .where(mine)
        # By name and not by time alone: the engine's clock is measured anew now and then,
        # and may step back a little.
        .order_by(
            col(WaitingFileRow.id).in_(beside).desc(),
            col(WaitingFileRow.kept_at).desc(),
            col(WaitingFileRow.id),
        )
        .limit(MOST - 1)
    )
    times, room = [], MOST_BYTES_WAITING - len(file.content)
    for other, size in (await session.execute(newest)).all():
        room -= size
        if room >= 0:
            times.append(other)
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
