"""Proving what nobody confirmed: decisions in the log whose names the engine holds."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributeKey

from activities.held import LINEAGE as SHOWN
from activities.held import decisions_held
from storage import proof
from storage.database import Database

log = structlog.get_logger("proving")

LINEAGE: Final = SearchAttributeKey.for_keyword(SHOWN)
_AT_A_TIME: Final = 100
_OVERLAP: Final = 100  # places of the log: another process may take one and commit it a little later
_PATIENCE: Final = timedelta(seconds=5)


async def confirm(client: Client, database: Database, every: timedelta) -> None:
    """Look for decisions that are not proven, time after time, until cancelled.

    Whoever gave a command proves it by the receipt, at once; what the clock decided, and what a caller gave up on,
    waits for this. No case is asked: the server's list says which decision each showed last, the end of a history which
    was recorded last, and neither needs a worker.
    """
    waiting: set[str] = set()
    floor = 0
    while True:
        try:
            async with database.session() as session:
                # What has only just been recorded is most often proven by its receipt: it is given until the next look.
                lingering = await proof.still_unproven(session, waiting) if waiting else set()
                fresh, end = await proof.unproven(session, floor)
            await _prove(client, database, sorted(lingering))
            waiting, floor = fresh | lingering, max(end - _OVERLAP, 0)
        except Exception as error:  # noqa: BLE001  whatever fails, the next look must come
            log.warning("proving failed", error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())


async def _prove(client: Client, database: Database, incident_ids: Sequence[str]) -> None:
    for batch in _batches(incident_ids):
        named = ", ".join(f'"{incident_id}"' for incident_id in batch)
        query = f'WorkflowId IN ({named}) AND ExecutionStatus != "ContinuedAsNew"'
        async for execution in client.list_workflows(query, rpc_timeout=_PATIENCE):
            if name := execution.typed_search_attributes.get(LINEAGE):
                await _prove_named(database, execution.id, name)
        async with database.session() as session:
            unshown = await proof.still_unproven(session, batch)
        for incident_id in sorted(unshown):
            for decision in await decisions_held(client, incident_id):
                if await _prove_named(database, incident_id, decision.lineage):
                    break


async def _prove_named(database: Database, incident_id: str, name: str) -> bool:
    return await database.write(
        partial(proof.prove_named, incident_id=incident_id, lineage=name), derived=True
    )


def _batches(incident_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(incident_ids), _AT_A_TIME):
        yield incident_ids[first : first + _AT_A_TIME]
