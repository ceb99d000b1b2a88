"""`huiying rebuild workflows`: starts the workflows of open incidents again from the event log."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from audit.replay_results import applied
from domain import incident as rules
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.notices import Notice, notices
from storage import event_log
from storage.database import Database
from storage.healings import HealingEntry, Phase, enter
from storage.proof import prove
from storage.tables import EventLogRow, IncidentRow
from workflows.client import resume
from workflows.incident import IncidentWorkflow

_AT_ONCE: Final = 10

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Rebuilt:
    """What came of each open incident: started again, running already, or not started and why."""

    started: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def exit_status(self) -> int:
        """0 when every open incident has its workflow, else 1."""
        return 1 if self.failed else 0


async def rebuild_workflows(
    database: Database, client: Client, task_queue: str, progress: Progress | None = None, *, by: str = ""
) -> Rebuilt:
    """Start every incident that is not archived and has no workflow again;
    `progress` hears of cases done and in all.

    The clocks stand where they were, since due instants are absolute; what fell due meanwhile comes at once,
    as one decision stamped with the due instants. What cannot be started is named, and the others go on.
    Each start is entered in the book of healings, with `by`, who asked for it.
    """
    ids = await _open(database)
    rebuilt = Rebuilt()
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(incident_id: str) -> None:
        async with places:
            number = await _start_again(database, client, task_queue, incident_id, rebuilt)
            if number:
                await _enter(database, incident_id, number, by)
        if progress is not None:
            progress(len(rebuilt.started) + len(rebuilt.running) + len(rebuilt.failed), len(ids))

    await asyncio.gather(*map(one, ids))
    return rebuilt


async def _open(database: Database) -> list[str]:
    """The incidents of the log that are not archived; one that the ledger has lost counts as open."""
    async with database.session() as session:
        log = select(col(EventLogRow.incident_id)).where(col(EventLogRow.first_number) == 1)
        archived = select(col(IncidentRow.incident_id)).where(col(IncidentRow.archived_at).is_not(None))
        done = set((await session.execute(archived)).scalars())
        ids = (await session.execute(log.order_by(col(EventLogRow.position)))).scalars()
        return [incident_id for incident_id in ids if incident_id not in done]


async def _start_again(
    database: Database, client: Client, task_queue: str, incident_id: str, rebuilt: Rebuilt
) -> int:
    """Start a case; gives the number of the event that it goes on from, 0 where it was not started."""
    try:
        async with database.session() as session:
            stored = await event_log.decisions(session, incident_id, unproven=True)
        decisions = [row.decision for row in stored]
        await start_from_log(client, task_queue, decisions, stored[-1].lineage if stored else "")
        # What the new workflow began with, Temporal holds.
        await database.write(partial(prove, incident_id=incident_id, number=stored[-1].decision.last_number))
    except WorkflowAlreadyStartedError:
        rebuilt.running.append(incident_id)
    except RPCError as error:
        rebuilt.failed[incident_id] = f"Temporal: {error.status.name}"
    except Exception as error:  # noqa: BLE001  one log that does not read must not leave the others without a clock
        rebuilt.failed[incident_id] = type(error).__name__
    else:
        rebuilt.started.append(incident_id)
        return stored[-1].decision.last_number
    return 0


async def _enter(database: Database, incident_id: str, number: int, by: str) -> None:
    """Enter a start, so that an audit can say why no history reaches further back; the case runs already."""
    entry = HealingEntry(
        incident_id=incident_id,
        cause="rebuild",
        phase=Phase.DONE,
        faults=("no_workflow",),
        log_number=number,
        history_number=0,
        number=number,
        note=by,
    )
    with suppress(SQLAlchemyError, OSError):
        await enter(database, entry)


async def start_from_log(
    client: Client, task_queue: str, decisions: Sequence[Decision], lineage: str
) -> WorkflowHandle[IncidentWorkflow, None]:
    """Start the workflow of a case from its decisions, the last named `lineage`,
    with all notices that they ever called for.

    Which notices had been delivered died with Temporal's store. The inbox takes each once, so all are handed
    over: a span of time would have to be guessed. Raises WorkflowAlreadyStartedError when it runs, ValueError
    without decisions.
    """
    incident, notes = _lived_through(decisions)
    return await resume(client, task_queue, incident, applied(decisions), notes, lineage=lineage)


def _lived_through(decisions: Sequence[Decision]) -> tuple[Incident, tuple[Notice, ...]]:
    """The case that decisions fold to, and what each of them had to tell when it was taken."""
    incident: Incident | None = None
    notes: list[Notice] = []
    for decided in decisions:
        incident = rules.apply(incident, decided)
        notes += notices(incident, decided)
    if incident is None:
        raise ValueError("a case without decisions")
    return incident, tuple(notes)
