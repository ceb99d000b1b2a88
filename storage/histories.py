"""Temporal histories kept for good: one row per run, byte for byte."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import Database
from storage.destruction_tables import DestroyedCaseRow
from storage.reduced_rows import ReducedPlace, ReducedRows, reduced_rows_of
from storage.tables import ArchivedHistoryRow, table


class HistoryConflict(Exception):  # noqa: N818  named for what was found
    """Another history is kept of the same run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The history of one run as deterministic protobuf (the record) and as JSON (for people).

    `build_id` is the release whose worker wrote it, `sdk_version` that of the SDK.
    """

    workflow_id: str
    run_id: str
    history: bytes
    history_json: str
    sdk_version: str
    build_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedHistory:
    """A history as it is kept: with the SHA-256 of its bytes, and when it was put in.

    `reduced` is that of the bytes that stand there since words were taken out of a history of 0.3
    or before, else empty.
    """

    position: int
    content: History
    sha256: str
    created_at: datetime
    reduced: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the bytes are still those that were put in, or that it was reduced to."""
        return _sha256(self.content.history) == (self.reduced or self.sha256)


async def keep(database: Database, history: History) -> str:
    """Keep a history, once; gives the SHA-256 of its bytes. Of a case that was destroyed nothing is kept,
    though the server may list a run of it for a while.

    Raises HistoryConflict when another is kept of the run.
    """
    return await database.write(partial(_keep, history=history))


def _keep(connection: Connection, history: History) -> str:
    sha256 = _sha256(history.history)
    of_run = col(ArchivedHistoryRow.run_id) == history.run_id
    digest = connection.execute(select(col(ArchivedHistoryRow.sha256)).where(of_run)).scalar_one_or_none()
    if digest is None and not _is_destroyed(connection, history.workflow_id):
        row = {
            "workflow_id": history.workflow_id,
            "run_id": history.run_id,
            "history": history.history,
            "history_json": history.history_json,
            "sha256": sha256,
            "sdk_version": history.sdk_version,
            "build_id": history.build_id,
            "created_at": datetime.now(UTC),
        }
        connection.execute(insert(table(ArchivedHistoryRow)), row)
    elif digest not in {None, sha256}:
        raise HistoryConflict(history.run_id)
    return sha256


def _is_destroyed(connection: Connection, incident_id: str) -> bool:
    row = select(col(DestroyedCaseRow.incident_id)).where(col(DestroyedCaseRow.incident_id) == incident_id)
    return connection.execute(row).first() is not None


async def histories(session: AsyncSession, workflow_id: str) -> Sequence[ArchivedHistory]:
    """The histories of all archived runs of a workflow, in the order in which they were put in."""
    statement = (
        select(ArchivedHistoryRow)
        .where(col(ArchivedHistoryRow.workflow_id) == workflow_id)
        .order_by(col(ArchivedHistoryRow.position))
    )
    rows = (await session.execute(statement)).scalars().all()
    reduced = await reduced_rows_of(session, workflow_id)
    return [_archived(row, reduced) for row in rows]


async def archived_runs(session: AsyncSession, run_ids: Sequence[str]) -> set[str]:
    """Which of these runs are archived."""
    statement = select(col(ArchivedHistoryRow.run_id)).where(col(ArchivedHistoryRow.run_id).in_(run_ids))
    return set((await session.execute(statement)).scalars())


def _archived(row: ArchivedHistoryRow, reduced: ReducedRows) -> ArchivedHistory:
    content = History(
        workflow_id=row.workflow_id,
        run_id=row.run_id,
        history=row.history,
        history_json=row.history_json,
        sdk_version=row.sdk_version,
        build_id=row.build_id,
    )
    return ArchivedHistory(
        position=row.position,
        content=content,
        sha256=row.sha256,
        created_at=row.created_at,
        reduced=reduced.digests.get((ReducedPlace.HISTORY, row.position), ""),
    )


def _sha256(history: bytes) -> str:
    return hashlib.sha256(history).hexdigest()
