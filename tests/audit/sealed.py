"""A sealed and signed copy of the audited database, with a file of checkpoints that was kept outside."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from audit.sealing import carry_out, seal, sealed_now
from domain.terms.roles import Actor, Role
from storage.attachments import CheckedFile, attach
from storage.audit_book import BookDeed, BookEntry, Means, Origin, append
from storage.checkpoint_keys import CheckpointKeys, Signature
from storage.checkpoints import checkpoint
from storage.database import Database
from storage.reductions import Reduction, ReductionCause, enter_act

NOON = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
LI = Origin(means=Means.SESSION, person="li.na", post="auditor", unit="discipline", means_id="s1")
CLERK = Actor(person="bob", role=Role.HANDLER, unit="urban_management")
CONTENT = "现场照片".encode()
PICTURE = CheckedFile(
    name="现场.txt",
    media_type="text/plain",
    sha256="3c7d2903439dc4d647230dd3cf76a7126546532c9f134f62078c1f46c5ba78f7",
    width=None,
    height=None,
    content=CONTENT,
    thumbnail=None,
)


async def signed(
    database: Database, folder: Path, incident_id: str, signature: Signature = "ed25519"
) -> tuple[CheckpointKeys, Path]:
    """Give a case a file, an entry of the book and an act about it, seal all, sign it,
    and copy the checkpoint outside.
    """
    keys, outside = CheckpointKeys(folder / "keys", signature), folder / "checkpoints.txt"
    async with database.writing() as session:
        await attach(session, incident_id, PICTURE, by=CLERK, at=NOON)
    entry = BookEntry(at=NOON, deed=BookDeed.INCIDENT_READ, origin=LI, subject=incident_id)
    await database.write(partial(append, entries=[entry, entry]))
    act = Reduction(at=NOON, incident_id=incident_id, why=ReductionCause.CORRECTED, by="li.na", reason="更正")
    await database.write(partial(enter_act, act=act, references=()))
    await sealed_now(database, keys, NOON)
    await carry_out(database, outside)
    return keys, outside


async def without_its_key(database: Database, keys: CheckpointKeys) -> None:
    """Seal all, with something more, and sign it as the worker does where the file of the key is lost."""
    keys.make("huiying/another")
    await database.write(partial(append, entries=[BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI)]))
    await seal(database)
    await database.write(partial(checkpoint, keys=keys, at=NOON, replacing=True))
