"""Finds the Temporal histories of a case: archived where they are, else as the server still has them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.message import DecodeError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from audit.differences import Difference, DifferenceKind
from domain.catalogue import Submission
from storage.histories import ArchivedHistory, histories
from storage.sealing_keys import first_key_at
from workflows.converter import read
from workflows.keys import Keyring
from workflows.opening import is_plain, keys_of, needs, opened_history

_PATIENCE: Final = timedelta(seconds=5)
_SIGNAL: Final = "submit_later"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHistories:
    """The runs of a case that were found, the oldest first, and what is wrong with or missing among them.

    `plain` are the ids of those that a release wrote which did not seal.
    """

    runs: tuple[WorkflowHistory, ...]
    differences: tuple[Difference, ...]
    plain: frozenset[str] = frozenset()
    unreachable: str = ""


async def find(
    session: AsyncSession, client: Client | None, incident_id: str, keys: Keyring | None = None
) -> EngineHistories:
    """All runs of a case, opened: those in the archive, and from the server those that are not.

    A run continued as new names the run before it; one that is named and in neither place is reported.
    `keys` are those of the client, unless given.
    """
    keys = keys or (keys_of(client) if client else None)
    sealed_since = await first_key_at(session)
    archive = {archived.content.run_id: archived for archived in await histories(session, incident_id)}
    runs, differences = {}, []
    for run_id, archived in archive.items():
        history, faults = unpacked(archived)
        differences += faults
        if history is not None:
            runs[run_id] = history
    unreachable = ""
    if not any(map(_is_complete, runs.values())):
        unreachable = await _follow(client, incident_id, runs) if client else "no server was asked"
    differences += _gaps(incident_id, runs, archive)
    differences += _without_key(incident_id, runs, keys)
    ordered = sorted(runs.values(), key=lambda run: run.events[0].event_time.ToDatetime())
    return EngineHistories(
        runs=tuple(opened_history(run, keys, sealed_since) for run in ordered),
        differences=tuple(differences),
        plain=frozenset(run.run_id for run in ordered if is_plain(run, sealed_since)),
        unreachable=unreachable,
    )


async def _follow(client: Client, incident_id: str, runs: dict[str, WorkflowHistory]) -> str:
    """Fetch the last run and those before it until one is at hand;
    says why the server could not tell, if so.
    """
    run_id: str | None = None
    while run_id not in runs:
        handle = client.get_workflow_handle(incident_id, run_id=run_id)
        try:
            history = await handle.fetch_history(rpc_timeout=_PATIENCE)
        except RPCError as error:
            return "" if error.status is RPCStatusCode.NOT_FOUND else f"Temporal: {error.status.name}"
        runs[history.run_id] = history
        run_id = continued_from(history)
        if not run_id:
            break
    return ""


def _is_complete(history: WorkflowHistory) -> bool:
    """Whether the run ended the case, so that none came after it."""
    return history.events[-1].event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED


def continued_from(history: WorkflowHistory) -> str:
    """The run that this one continues as new; empty for none."""
    return history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id


def _gaps(
    incident_id: str, runs: dict[str, WorkflowHistory], archive: dict[str, ArchivedHistory]
) -> Iterator[Difference]:
    for run_id in map(continued_from, runs.values()):
        if run_id and run_id not in runs and run_id not in archive:
            yield _differs(
                incident_id, DifferenceKind.HISTORY_MISSING, f"the history of run {run_id}", "none"
            )


def _without_key(
    incident_id: str, runs: dict[str, WorkflowHistory], keys: Keyring | None
) -> Iterator[Difference]:
    for run_id, run in runs.items():
        name = needs(run)
        if name and (keys is None or keys.cipher(name) is None):
            yield _differs(
                incident_id, DifferenceKind.HISTORY_MISSING, f"the key {name} of run {run_id}", "none"
            )


def unpacked(archived: ArchivedHistory) -> tuple[WorkflowHistory | None, list[Difference]]:
    """The history in an archived row, with what shows that the row is not as it was put in."""
    content = archived.content
    place = f"run {content.run_id}"
    differences = []
    events: Sequence[HistoryEvent] = ()
    with suppress(DecodeError):
        events = History.FromString(content.history).events
    if not archived.is_whole or not events:
        where = _first_unlike(events, content.history_json)
        differences.append(
            _differs(
                content.workflow_id,
                DifferenceKind.ARCHIVE,
                f"{place}: bytes with hash {archived.sha256}",
                where,
            )
        )
    elif (unlike := _first_unlike(events, content.history_json)) != _SAME:
        differences.append(
            _differs(content.workflow_id, DifferenceKind.ARCHIVE, f"{place}: its text as its bytes", unlike)
        )
    if not events:
        return None, differences
    return WorkflowHistory(workflow_id=content.workflow_id, events=list(events)), differences


_SAME = "bytes and text that agree, hence another hash"


def _first_unlike(events: Sequence[HistoryEvent], text: str) -> str:
    """Where the bytes and the text kept beside them part.

    Read as values first, which takes half as long as to make a history of the text (a sixth
    of the whole audit).
    """
    try:
        if json.loads(text) == WorkflowHistory("", list(events)).to_json_dict():
            return _SAME
        history_events = WorkflowHistory.from_json("", text).events
    except Exception:  # noqa: BLE001  what was tampered with may raise anything
        return "a text that cannot be read"
    for event, other in zip(events, history_events, strict=False):
        if event != other:
            return f"another history event {other.event_id}"
    return (
        _SAME
        if len(events) == len(history_events)
        else f"{len(events)} history events, {len(history_events)} in the text"
    )


def receipts(runs: tuple[WorkflowHistory, ...]) -> dict[tuple[str, str], datetime]:
    """When the server received each step that was handed over by signal, by command id and digest;
    the first receipt counts.
    """
    dated: dict[tuple[str, str], datetime] = {}
    for event in (event for run in runs for event in run.events):
        attributes = event.workflow_execution_signaled_event_attributes
        if (
            event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
            or attributes.signal_name != _SIGNAL
        ):
            continue
        try:
            submission = read(attributes.input.payloads[0], Submission)
        except Exception:  # noqa: BLE001, S112  kept by the workflow as unreadable, and compared as such
            continue
        dated.setdefault((submission.command_id, submission.digest), event.event_time.ToDatetime(UTC))
    return dated


def _differs(incident_id: str, kind: DifferenceKind, expected: str, actual: str) -> Difference:
    return Difference(incident_id=incident_id, number=None, kind=kind, expected=expected, actual=actual)
