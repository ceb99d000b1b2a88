"""Handing out certificates, and entering false ones as the house itself would."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from audit.bundle.core import canonical, sha256
from audit.certificates import Certificate, all_said, certified, under_a_checkpoint
from audit.sealing import sealed_now
from storage.audit_book import BookDeed, BookEntry, append
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database
from storage.record import record
from storage.reduced_rows import reduced_rows_of
from tests.audit.sealed import LI, NOON
from tests.storage.cases import Case

ANSWER = "RESP48:urban_management:assignment-1"


async def of(
    database: Database, signing: CheckpointKeys, case: Case, obligation: str | None = ANSWER
) -> tuple[Certificate, ...]:
    await record(database, case.incident_id, case.decisions)
    return await certified(database, signing, case.incident_id, LI, NOON, obligation=obligation)


async def entered(
    database: Database, signing: CheckpointKeys, certificate: Certificate, said: dict[str, Any]
) -> bytes:
    detail = {"certificates": sha256(canonical(said))}
    subject = certificate.incident.incident_id
    entry = BookEntry(at=NOON, deed=BookDeed.EXPORT, origin=LI, subject=subject, detail=detail)
    await database.write(partial(append, entries=[entry]))
    await sealed_now(database, signing, NOON + timedelta(hours=1))
    async with database.session() as session:
        reduced = await reduced_rows_of(session, subject)

        def made(connection: Connection) -> Certificate | None:
            (genuine,) = all_said(connection, certificate.incident, ANSWER, reduced)
            return under_a_checkpoint(connection, replace(genuine, statement=said))

        forged = await (await session.connection()).run_sync(made)
    assert forged is not None
    return forged.content
