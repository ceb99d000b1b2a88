"""What the audit would say of a case whose rows and histories are to be changed,
before they are (decision 0062).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from audit.decided import decided_again
from audit.differences import Difference, DifferenceKind
from audit.replay import replays
from audit.replay_results import history_differences
from audit.stored import stored_log
from storage import event_log
from storage.codec import DECISION
from storage.histories import histories
from storage.reduced_rows import ReducedPlace, Rewritten
from storage.sealing_keys import first_key_at
from workflows.keys import Keyring
from workflows.opening import opened_history


async def differences_after(
    session: AsyncSession, incident_id: str, rows: Sequence[Rewritten], keys: Keyring | None
) -> list[Difference]:
    """Where rules and histories would part from the log once these rows stand in it.

    1. Each decision once more by the rules, as the rows would then have it.
    2. The archived histories replayed, as they would then be, against those decisions.
    """
    changed = {(row.place, row.position): row.content for row in rows}
    log = await stored_log(session, incident_id)
    stored = await event_log.rows(session, incident_id, unproven=True)
    texts = [changed.get((ReducedPlace.LOG, row.position), row.decision) for row in stored]
    try:
        log = replace(log, decisions=tuple(DECISION.validate_json(text) for text in texts))
    except ValidationError:  # a code stands under a name that texts have elsewhere
        return [_unreadable(incident_id)]
    differences, _ = decided_again(incident_id, log.decisions)
    runs = await _runs(session, incident_id, changed, keys)
    async with replays() as replayer:
        results = [await replayer.replay(run) for run in runs]
    return [*differences, *history_differences(log, results)]


def _unreadable(incident_id: str) -> Difference:
    return Difference(
        incident_id=incident_id,
        number=None,
        kind=DifferenceKind.UNREADABLE,
        expected="decisions of this release",
        actual="one that does not read",
    )


async def _runs(
    session: AsyncSession,
    incident_id: str,
    changed: Mapping[tuple[ReducedPlace, int], str | bytes],
    keys: Keyring | None,
) -> list[WorkflowHistory]:
    """The archived runs as they would then be, opened, the oldest first."""
    sealed_since = await first_key_at(session)
    runs = []
    for archived in await histories(session, incident_id):
        content = changed.get((ReducedPlace.HISTORY, archived.position), archived.content.history)
        events = History.FromString(bytes(content) if isinstance(content, bytes) else content.encode()).events
        runs.append(opened_history(WorkflowHistory(incident_id, list(events)), keys, sealed_since))
    return sorted(runs, key=lambda run: run.events[0].event_time.ToDatetime())
