"""Reducing what 0.3 and before wrote into their seals (decisions 0046, 0050, 0060):
rows of the log, and histories, of archived cases.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final

import structlog
from google.protobuf.message import Message
from pydantic import TypeAdapter
from sqlalchemy import Connection, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.history.v1 import History
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from activities.archive import lacks
from audit.differences import DifferenceKind
from audit.trial import differences_after
from audit.verify import verify
from domain.catalogue import Submission
from domain.rules.exposure import found_in, reader_of
from domain.rules.retention import reduced_from
from domain.steps.amend import Rebased
from domain.steps.register import Registered
from domain.steps.respond import DraftResponse
from domain.terms.findings import Reading
from storage import event_log, ledger
from storage.codec import DECISION, canonical
from storage.database import Database
from storage.histories import ArchivedHistory, histories
from storage.reduced_rows import ReducedPlace, Rewritten, Words, enter_rows
from storage.reduction_tables import ReductionRow
from storage.reductions import ROWS, Reduction, ReductionCause
from storage.regulations import regulations, retention
from storage.snapshots import snapshot
from storage.tables import EventLogRow, IncidentRow
from workflows.converter import with_json
from workflows.keys import Keyring
from workflows.opening import keys_of
from workflows.sealing import is_sealed, sealed_anew

log = structlog.get_logger("reducing")

SHORT_MONTH: Final = timedelta(days=28)
# What the audit tells of a reduced case as it did before:
# a run that is lost and what it alone could prove, an alarm.
_STILL_TOLD: Final = frozenset(
    {DifferenceKind.HISTORY_MISSING, DifferenceKind.UNPROVEN, DifferenceKind.WATCH}
)
_READING: Final = TypeAdapter(Reading)
_JSON: Final = b"json/plain"
_PATIENCE: Final = timedelta(seconds=10)


class ReductionObstacle(StrEnum):
    """Why a case was not reduced."""

    DIFFERS = "differs"
    UNARCHIVED = "unarchived"  # the server has a run of it that the archive lacks
    GONE = "gone"  # the text stands in it no more
    LATER = "later"  # a row that a later release sealed holds the words, and takes no change
    READ = "read"  # the rules read something out of the text that they would not find again


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """An archived case of 0.3 or before that is to be reduced: its rows and histories without the words,
    and these; whether a later row has them.
    """

    incident_id: str
    run_ids: tuple[str, ...]
    references: tuple[str, ...]
    rows: tuple[Rewritten, ...]
    is_held_later: bool = False


@dataclass(slots=True)
class RowsSwept:
    """What a sweep came to: cases and texts reduced, and which cases failed, with why."""

    cases: int = 0
    texts: int = 0
    failed: dict[str, str] = field(default_factory=dict)


async def due_rows(session: AsyncSession, now: datetime) -> list[str]:
    """The archived cases with rows that 0.3 or before wrote,
    whose months are over at `now` and that nothing holds.
    """
    done = exists().where(
        col(ReductionRow.incident_id) == col(IncidentRow.incident_id),
        col(ReductionRow.about) == ROWS,
        col(ReductionRow.why) == ReductionCause.RETENTION.value,
    )
    is_older = exists().where(
        col(EventLogRow.incident_id) == col(IncidentRow.incident_id),
        col(EventLogRow.first_number) == 1,
        col(EventLogRow.lineage).is_(None),
    )
    months = min(retention(name).posts_months for name in regulations())
    is_old = or_(col(IncidentRow.drill).is_(True), col(IncidentRow.archived_at) < now - months * SHORT_MONTH)
    statement = (
        select(col(IncidentRow.incident_id))
        .where(col(IncidentRow.archived_at).is_not(None), is_old, is_older, ~done)
        .order_by(col(IncidentRow.position))
    )
    return [
        incident_id
        for incident_id in (await session.execute(statement)).scalars().all()
        if await _is_due(session, incident_id, now)
    ]


async def _is_due(session: AsyncSession, incident_id: str, now: datetime) -> bool:
    try:
        current = await snapshot(session, incident_id)
    except ValueError:  # what was tampered with does not read; the audit tells
        return False
    if current is None:
        return False
    incident = current.state
    since = reduced_from(incident, retention(incident.law.regulation))
    return since is not None and since <= (incident.drill.shown(now) if incident.drill else now)


async def sweep_rows(database: Database, client: Client | None, now: datetime) -> RowsSwept:
    """Reduce each such case, once it was audited: what does not agree is left as it is,
    since no seal would tell of it later.

    What the server still has of a case goes first: all of it stands in the archive, and killed in between,
    the next sweep goes on. Without a client none is reduced, since a server may have its histories.
    """
    swept = RowsSwept()
    if client is None:
        return swept
    async with database.session() as session:
        ids = await due_rows(session, now)
    for incident_id in ids:
        try:
            await _sweep(database, client, incident_id, now, swept)
        except Exception as error:  # noqa: BLE001  whatever is damaged in one case, the others are reduced all the same
            log.warning("case not reduced", incident=incident_id, error=type(error).__name__)
            swept.failed[incident_id] = type(error).__name__
    return swept


async def _sweep(
    database: Database, client: Client, incident_id: str, now: datetime, swept: RowsSwept
) -> None:
    act = Reduction(at=now, incident_id=incident_id, why=ReductionCause.RETENTION, about=ROWS)
    done = await reduce_older(database, client, act)
    if not isinstance(done, ReductionObstacle):
        swept.texts += done
        swept.cases += 1
    elif done is not ReductionObstacle.UNARCHIVED:
        swept.failed[incident_id] = done.value


async def reduce_older(
    database: Database, client: Client, act: Reduction, alone: str = "", *, of_the_house: bool = False
) -> int | ReductionObstacle:
    """Take out of an archived case what the public said, or the text `alone`;
    gives how many texts went, or why none did.

    It is audited before anything else of it is read, and reduced where all agrees but what no reduction
    hides; what the house wrote, where all would agree afterwards too. Raises RPCError, the database's errors,
    and RowChanged.
    """
    keys = keys_of(client)
    report = await verify(database, None, [act.incident_id], keys=keys)
    if {one.kind for one in report.differences} - _STILL_TOLD:
        return ReductionObstacle.DIFFERS
    if await lacks(client, database, act.incident_id):  # which the worker archives first
        return ReductionObstacle.UNARCHIVED
    async with database.session() as session:
        older = await rewritten(session, act.incident_id, keys, alone, of_the_house=of_the_house)
        if older.is_held_later:
            return ReductionObstacle.LATER
        if alone and not older.references:
            return ReductionObstacle.GONE
        if of_the_house:
            after = await differences_after(session, act.incident_id, older.rows, keys)
            if {one.kind for one in after} - _STILL_TOLD:
                return ReductionObstacle.READ
    await forget_runs(client, older.incident_id, older.run_ids)
    return await reduce_rows(database, older, act)


async def rewritten(
    session: AsyncSession,
    incident_id: str,
    keys: Keyring | None,
    alone: str = "",
    *,
    of_the_house: bool = False,
) -> Older:
    """The rows and histories of a case without what the public said, or without one text;
    what a later release sealed is opened and sealed anew.
    """
    log_rows = await event_log.rows(session, incident_id, unproven=True)
    readings = dict(_readings(log_rows)) if of_the_house else {}
    words = Words(alone=alone, of_the_house=of_the_house, readings=readings)
    rows = [_row(row, words) for row in log_rows]
    archived = await histories(session, incident_id)
    archived_histories = [_history(one, words, keys) for one in archived]
    return Older(
        incident_id=incident_id,
        run_ids=tuple(one.content.run_id for one in archived),
        references=tuple(sorted(words.references.values())),
        rows=tuple(one for one in (*rows, *archived_histories) if one is not None),
        is_held_later=any(one is not None and row.lineage for one, row in zip(rows, log_rows, strict=True)),
    )


def _readings(rows: Iterable[EventLogRow]) -> Iterator[tuple[str, Any]]:
    """What the rules read out of each draft that came with its texts in it, by the id of the step,
    as its edition's reader sees it.
    """
    edition = 1
    for row in rows:
        decision = DECISION.validate_json(row.decision)
        edition = next(
            (event.law.edition for event in decision.events if isinstance(event, Registered | Rebased)),
            edition,
        )
        cause = decision.cause
        if isinstance(cause, Submission) and isinstance(cause.command, DraftResponse) and reader_of(edition):
            reading = cause.reading or found_in(cause.command, edition)
            yield cause.command_id, _READING.dump_python(reading, mode="json")


def _row(row: EventLogRow, words: Words) -> Rewritten | None:
    """A row without the words; None where it has none, so that its seal goes on to prove it."""
    said = json.loads(row.decision)
    changed = words.out_of(said)
    if changed == said:
        return None
    content = canonical(changed).decode()
    return Rewritten(place=ReducedPlace.LOG, position=row.position, before=row.decision, content=content)


def _history(archived: ArchivedHistory, words: Words, keys: Keyring | None) -> Rewritten | None:
    content = archived.content

    def without(payload: Payload) -> Payload:
        return with_json(payload, lambda data: _without(data, words))

    history = History.FromString(content.history)
    for event in history.events:
        for payload in _payloads(event):
            if is_sealed(payload) and keys is not None:
                payload.CopyFrom(sealed_anew(payload, keys, content.workflow_id, without))
            elif payload.metadata.get("encoding") == _JSON:
                payload.data = _without(payload.data, words)
    if history == History.FromString(content.history):
        return None
    return Rewritten(
        place=ReducedPlace.HISTORY,
        position=archived.position,
        before=content.history,
        content=history.SerializeToString(deterministic=True),
        text=WorkflowHistory(content.workflow_id, list(history.events)).to_json(),
    )


def _without(data: bytes, words: Words) -> bytes:
    """A payload's JSON without the words; its own bytes where there are none."""
    try:
        content = json.loads(data)
        changed = words.out_of(content)
    except (ValueError, RecursionError):  # what is no JSON was refused when it came, and stands as it came
        return data
    return (
        data
        if changed == content
        else json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode()
    )


def _payloads(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for part, value in message.ListFields():
        if part.message_type is None:
            continue
        for inner in _inside(part, value):
            if isinstance(inner, Message):
                yield from _payloads(inner)


def _inside(part: Any, value: Any) -> list[Any]:
    if not part.is_repeated:
        return [value]
    return list(value.values()) if part.message_type.GetOptions().map_entry else list(value)


async def forget_runs(client: Client, incident_id: str, run_ids: Iterable[str]) -> None:
    """Let the server forget the runs of a case, all of which are archived. Raises RPCError."""
    for run_id in run_ids:
        named = WorkflowExecution(workflow_id=incident_id, run_id=run_id)
        request = DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=named)
        try:
            await client.workflow_service.delete_workflow_execution(request, timeout=_PATIENCE)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


async def reduce_rows(database: Database, older: Older, act: Reduction) -> int:
    """Enter the act and change the rows, and derive the case in the ledger anew;
    gives how many texts went.
    """
    return await database.write(partial(_reduce, older=older, act=act))


def _reduce(connection: Connection, older: Older, act: Reduction) -> int:
    event_log.lock(connection, older.incident_id)
    count = enter_rows(connection, act, older.references, older.rows)
    ledger.derive(connection, older.incident_id)
    return count
