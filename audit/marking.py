"""How far the log has come, written down outside of it;
and whether a worker still serves its own installation.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from audit.apart import Apart
from storage.database import Database
from storage.installation import Marks, Note, installation_id, marks, read_note, write_note
from workflows.namespace import NamespaceNote, namespace_note, write_namespace_note

log = structlog.get_logger("marks")
_EVERY: Final = 15.0  # seconds
_SHORT: Final = 8


async def write_marks(database: Database, client: Client, folder: Path, note: Note) -> Marks:
    """Write the id and how far the log has come into namespace and folder; gives the marks."""
    async with database.session() as session:
        now = await marks(session)
    wanted = NamespaceNote(installation=note.id, position=now.position, decisions=now.decisions)
    if await namespace_note(client) != wanted:
        await write_namespace_note(client, wanted)
    beside = Note(id=note.id, marks=now, release=note.release)
    if read_note(folder) != beside:
        write_note(folder, beside)
    return now


async def require_same(database: Database, client: Client) -> str:
    """The id that ledger and namespace share; raises Apart where they differ,
    so that no worker records elsewhere.
    """
    async with database.session() as session:
        ledger = await installation_id(session) or ""
    namespace = (await namespace_note(client)).installation
    if ledger != namespace:
        raise Apart(
            (
                f"台账属于安装 {ledger[:_SHORT] or '（无）'}，Temporal 属于安装"
                f" {namespace[:_SHORT] or '（无）'}，工作进程停止。"
            ),
            f"The ledger belongs to installation {ledger[:_SHORT] or '(none)'}, Temporal to"
            f" {namespace[:_SHORT] or '(none)'}: this worker stops.",
        )
    return ledger


async def mark(database: Database, client: Client, folder: Path, note: Note) -> Marks | None:
    """As `write_marks`, where ledger and namespace are one installation's;
    None for what cannot be reached or written.

    Raises Apart. Marks that stay behind cost the next start a longer look, no more.
    """
    with suppress(RPCError, RuntimeError, OSError, SQLAlchemyError):
        await require_same(database, client)
        return await write_marks(database, client, folder, note)
    return None


async def keep_marks(
    database: Database, client: Client, folder: Path, note: Note, stop: asyncio.Event
) -> None:
    """Write the marks down time after time, and set `stop` once ledger and namespace have come apart."""
    while True:
        await asyncio.sleep(_EVERY)
        try:
            await mark(database, client, folder, note)
        except Apart as apart:
            log.error("worker stops", reason=str(apart))  # noqa: TRY400  the reason says all
            stop.set()
            return
