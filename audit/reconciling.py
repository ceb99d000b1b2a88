"""Every open case at a start, or all that Temporal knows:
what is not in step is healed, the others are left alone.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio.client import WorkflowExecution

from activities.held import decisions_held
from audit.healing import Healing, HealingContext, heal_in
from storage.destruction import destroyed_cases
from storage.event_log import name_of
from storage.healings import unfinished
from storage.tables import ArchivedHistoryRow, EventLogRow, IncidentRow
from workflows.search_attributes import EVENT_NUMBER, LINEAGE

_PATIENCE: Final = timedelta(seconds=10)
_AT_ONCE: Final = 8
_AT_A_TIME: Final = 500
_CASES: Final = 'WorkflowType = "Incident"'

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Reconciled:
    """What came of looking at cases: how many stood as they should, and what was healed or could not be."""

    well: int = 0
    healed: list[Healing] = field(default_factory=list)
    failed: list[Healing] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        """How many cases there were."""
        return self.well + len(self.healed) + len(self.failed)

    def add(self, healing: Healing) -> None:
        """Count a case in."""
        if healing.was_well:
            self.well += 1
        else:
            (self.failed if healing.failure else self.healed).append(healing)

    @property
    def exit_status(self) -> int:
        """0 when every case is in step, else 1."""
        return 1 if self.failed else 0


async def reconcile_open(
    place: HealingContext, cause: str, *, progress: Progress | None = None, ended_too: bool = False
) -> Reconciled:
    """Heal each open case that has no running workflow on this queue which shows the decision that its
    log ends with.

    One list of the server is compared with one look at the log, and only what is suspect is looked at closer:
    first the end of its history, since steps that brought a receipt are not shown (decision 0028).
    `ended_too` looks for ended cases that the log lacks as well: for a log that had come further before.
    """
    query = f'{_CASES} AND ExecutionStatus = "Running"'
    running = {case.id: case async for case in place.client.list_workflows(query, rpc_timeout=_PATIENCE)}
    async with place.database.session() as session:
        ends = await _ends_of_open(session)
        begun = await unfinished(session)
    suspects = [one for one in ends if not _is_in_step(running.get(one), ends[one], place.task_queue)]
    here = {one for one in suspects if one in running and running[one].task_queue == place.task_queue}
    in_step = await _in_step_by_history(place, {one: ends[one] for one in here})
    suspects = [one for one in suspects if one not in in_step]
    suspects += [*(one for one in running if one not in ends), *begun]
    if ended_too:
        suspects += await _ended_unknown(place)
    well = len(ends) - len(set(suspects) & ends.keys())
    done = await heal_all(place, cause, dict.fromkeys(suspects), progress=progress, ended_runs=begun)
    done.well += well
    return done


async def heal_all(
    place: HealingContext,
    cause: str,
    incident_ids: Iterable[str],
    *,
    progress: Progress | None = None,
    ended_runs: Mapping[str, set[str]] | None = None,
) -> Reconciled:
    """Heal these cases, some at a time; `progress` hears of cases done and in all."""
    ids = list(incident_ids)
    done = Reconciled()
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(incident_id: str) -> None:
        runs = (ended_runs or {}).get(incident_id, ())
        async with turns:
            done.add(await heal_in(place, incident_id, cause, ended_runs=runs))
        if progress is not None:
            progress(done.looked_at, len(ids))

    await asyncio.gather(*map(one, ids))
    return done


async def all_known(place: HealingContext) -> list[str]:
    """Every case that log, archive or Temporal know, the oldest of the log first."""
    async with place.database.session() as session:
        log = select(col(EventLogRow.incident_id)).where(col(EventLogRow.first_number) == 1)
        ids = list((await session.execute(log.order_by(col(EventLogRow.position)))).scalars())
        archive = select(col(ArchivedHistoryRow.workflow_id)).order_by(col(ArchivedHistoryRow.position))
        ids += (await session.execute(archive)).scalars()
        destroyed = await destroyed_cases(session)
    live = [case.id async for case in place.client.list_workflows(_CASES, rpc_timeout=_PATIENCE)]
    return [one for one in dict.fromkeys((*ids, *reversed(live))) if one not in destroyed]


End = dict[
    int, str
]  # the last decisions of a log, from the last proven one on: number of the last event, name
_ENDS: Final = select(
    col(EventLogRow.incident_id),
    col(EventLogRow.last_number),
    col(EventLogRow.lineage),
    col(EventLogRow.hash),
)
_OF_THE_LEDGER: Final = _ENDS.join(
    IncidentRow, col(IncidentRow.incident_id) == col(EventLogRow.incident_id)
).where(col(IncidentRow.archived_at).is_(None), col(EventLogRow.last_number) >= col(IncidentRow.event_number))
_OF_THE_LOG_ALONE: Final = _ENDS.where(
    col(EventLogRow.incident_id).not_in(select(col(IncidentRow.incident_id)))
)


async def _ends_of_open(session: AsyncSession) -> dict[str, End]:
    """Where the log of each case that is not archived ends: its last proven decision, and those after it."""
    ends: dict[str, End] = {}
    for statement in (_OF_THE_LEDGER, _OF_THE_LOG_ALONE):
        for row in await session.execute(statement):
            ends.setdefault(row.incident_id, {})[row.last_number] = name_of(row.lineage, row.hash)
    return ends


async def _ended_unknown(place: HealingContext) -> list[str]:
    """Ended cases that the server knows and the log does not."""
    closed = f'{_CASES} AND ExecutionStatus != "Running"'
    ids = list({case.id: None async for case in place.client.list_workflows(closed, rpc_timeout=_PATIENCE)})
    known: set[str] = set()
    async with place.database.session() as session:
        for first in range(0, len(ids), _AT_A_TIME):
            statement = select(col(EventLogRow.incident_id)).where(
                col(EventLogRow.incident_id).in_(ids[first : first + _AT_A_TIME]),
                col(EventLogRow.first_number) == 1,
            )
            known |= set((await session.execute(statement)).scalars())
    return [one for one in ids if one not in known]


async def _in_step_by_history(place: HealingContext, ends: Mapping[str, End]) -> set[str]:
    """The cases whose histories end with one of the decisions with which their logs end."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def look(incident_id: str) -> bool:
        async with turns:
            decisions = await decisions_held(place.client, incident_id)
        last = next(iter(decisions), None)
        return last is not None and ends[incident_id].get(last.number) == last.lineage

    answers = await asyncio.gather(*map(look, ends))
    return {one for one, is_in_step in zip(ends, answers, strict=True) if is_in_step}


def _is_in_step(case: WorkflowExecution | None, end: End, task_queue: str) -> bool:
    """Whether a running workflow shows one of the decisions with which the log ends."""
    if case is None or case.task_queue != task_queue:
        return False
    number = case.typed_search_attributes.get(EVENT_NUMBER)
    return number is not None and end.get(number) == case.typed_search_attributes.get(LINEAGE)
