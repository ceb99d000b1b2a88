"""Proving what nobody confirmed: decisions in the log whose names the engine holds."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from activities.held import LINEAGE as ENGINE_LINEAGE
from activities.held import decisions_held
from storage import proof
from storage.database import Database

log = structlog.get_logger("proving")

LINEAGE: Final = SearchAttributeKey.for_keyword(ENGINE_LINEAGE)
_AT_A_TIME: Final = 100
_OVERLAP: Final = 100  # places of the log: another process may take one and commit it a little later
_PATIENCE: Final = timedelta(seconds=5)
_AT_ONCE: Final = 8
_LONGEST_REST: Final = 16  # looks


async def confirm(client: Client, database: Database, every: timedelta) -> None:
    """Look for decisions that are not proven, time after time, until cancelled.

    Whoever gave a command proves it by the receipt, at once; what the clock decided, and what a caller gave
    up on, waits for this. No case is asked: the server's list says which decision each showed last, the end
    of a history which was recorded last, and neither needs a worker.
    """
    waiting: set[str] = set()
    floor = 0
    rests = _Rests()
    while True:
        try:
            async with database.session() as session:
                # What has only just been recorded is most often proven by its receipt:
                # it is given until the next look.
                lingering = await proof.still_unproven(session, waiting) if waiting else set()
                fresh, end = await proof.unproven(session, floor)
            waiting, floor = fresh | lingering, max(end - _OVERLAP, 0)
            await _prove(client, database, rests.over(lingering))
        except Exception as error:  # noqa: BLE001  whatever fails, the next look must come
            log.warning("proving failed", error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())


class _Rests:
    """When to look again at a case that was looked at in vain: after one look, two, four, and so on.

    What the engine never held stays unproven until the case takes its next step,
    and must not keep others waiting.
    """

    def __init__(self) -> None:
        self._looks: dict[str, int] = {}

    def over(self, incident_ids: Collection[str]) -> list[str]:
        """Those of the cases to be looked at now; others are forgotten."""
        self._looks = {one: self._looks.get(one, 0) + 1 for one in incident_ids}
        return sorted(one for one, looks in self._looks.items() if _is_over(looks))


def _is_over(looks: int) -> bool:
    return looks & (looks - 1) == 0 or looks % _LONGEST_REST == 0


async def _prove(client: Client, database: Database, incident_ids: Sequence[str]) -> None:
    for batch in _batches(incident_ids):
        named = ", ".join(f'"{incident_id}"' for incident_id in batch)
        query = f'WorkflowId IN ({named}) AND ExecutionStatus != "ContinuedAsNew"'
        async for execution in client.list_workflows(query, rpc_timeout=_PATIENCE):
            if name := execution.typed_search_attributes.get(LINEAGE):
                await _prove_named(database, execution.id, name)
        async with database.session() as session:
            unshown = await proof.still_unproven(session, batch)
        turns = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(_prove_by_history(client, database, one, turns) for one in unshown))


async def _prove_by_history(
    client: Client, database: Database, incident_id: str, turns: asyncio.Semaphore
) -> None:
    try:
        async with turns:
            for decision in await decisions_held(client, incident_id):
                if await _prove_named(database, incident_id, decision.lineage):
                    return
    except RPCError as error:
        log.warning("the engine does not say what it holds", incident=incident_id, error=type(error).__name__)


async def _prove_named(database: Database, incident_id: str, name: str) -> bool:
    try:
        return await database.write(
            partial(proof.prove_named, incident_id=incident_id, lineage=name), derived=True
        )
    except (
        ValueError,
        LookupError,
    ) as error:  # its rows cannot be read or folded: that must not keep others waiting
        log.warning("a case cannot be proven", incident=incident_id, error=type(error).__name__)
        return False


def _batches(incident_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(incident_ids), _AT_A_TIME):
        yield incident_ids[first : first + _AT_A_TIME]
