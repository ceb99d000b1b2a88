"""The files of cases under audit: each content against the SHA-256 under which it is kept."""

import asyncio
import hashlib
from typing import Final

from sqlalchemy import Row, select
from sqlmodel import col

from audit.differences import Difference, DifferenceKind
from storage.attachment_tables import AttachmentContentRow, AttachmentRow
from storage.database import Database
from storage.files_beside import FilesBeside

_ROW: Final = AttachmentContentRow


async def file_differences(database: Database) -> tuple[Difference, ...]:
    """Every file whose content is not what its digest and size say, or is not there,
    with the cases that it hangs on.
    """
    differences = []
    async with database.session() as session:
        digests = select(col(AttachmentRow.sha256)).order_by(col(AttachmentRow.position)).distinct()
        for sha256 in (await session.execute(digests)).scalars().all():
            statement = select(col(_ROW.content), col(_ROW.size)).where(col(_ROW.sha256) == sha256)
            row = (await session.execute(statement)).first()
            if not await asyncio.to_thread(_is_whole, database.files, sha256, row):
                cases = select(col(AttachmentRow.incident_id), col(AttachmentRow.number)).where(
                    col(AttachmentRow.sha256) == sha256
                )
                differences += [
                    Difference(
                        incident_id=incident_id,
                        number=None,
                        kind=DifferenceKind.SEALED,
                        expected=f"file {number} with SHA-256 {sha256}",
                        actual="none" if row is None else "another content or size",
                    )
                    for incident_id, number in (await session.execute(cases)).all()
                ]
    return tuple(differences)


def _is_whole(beside: FilesBeside | None, sha256: str, row: Row[bytes, int] | None) -> bool:
    if row is None:
        return False
    content, size = row.content, row.size
    if not content and size and beside is not None:
        return beside.is_whole(sha256, size)
    return hashlib.sha256(content).hexdigest() == sha256 and size == len(content)
