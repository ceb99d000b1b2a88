"""Events that no history covers, since the case was begun anew from its log: when, by whom and why,
and what of them the log can still prove by itself.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import WorkflowHistory

from audit.differences import Difference, DifferenceKind
from audit.stored import StoredLog
from domain.terms.workdays import SHANGHAI
from storage.healings import HealingEntry, restart_of
from storage.log_hash import log_hash
from storage.sealed_log import leaves_of
from storage.sealed_records import Sealed, decision_key, decision_values, leaf_data
from storage.tables import EventLogRow, table

_LOG: Final = table(EventLogRow)
_OF_THE_LOG: Final = frozenset({DifferenceKind.CHAIN, DifferenceKind.RULES, DifferenceKind.UNREADABLE})
_UNCOVERED: Final = (
    "未能证实：第 1 至 {0} 号事件没有历史：{1}，此前的历史不在引擎也不在归档。{2}"
    " Unproven: no history covers events 1 to {0}: {3}, and what came before is neither on the server nor"
    " archived. {4}"
)
_ON_RECORD: Final = (
    "{0} 由事件日志重新启动（恢复记录第 {1} 条，{2}，{3}）",
    "it was begun anew from its event log on {0} (healing {1}, {2}, {3})",
)
_NOT_ON_RECORD: Final = (
    "{0} 由事件日志重新启动，没有恢复记录，何人所为须查审计簿",
    "it was begun anew from its event log on {0}, which no healing has on record: ask the audit book who did",
)
_SOUND: Final = (
    "其中 {0} 条决定：链完整，按规则重算一致，{1} 条在存证日志中。",
    "Of these {0} decisions the chain holds and the rules decide the same; {1} stand in the sealed log.",
)
_UNSOUND: Final = (
    "日志本身也有差异，见所列。",
    "The log itself has differences, which are named.",
)
_BY_HOUSE: Final = "系统 the system"


async def uncovered(
    session: AsyncSession,
    log: StoredLog,
    runs: Sequence[WorkflowHistory],
    first: int,
    differences: Sequence[Difference],
) -> str:
    """Why no history covers the events before `first`, and what the log proves of them."""
    begun = min(run.events[0].event_time.ToDatetime(UTC) for run in runs if run.events)
    entry = await restart_of(session, log.incident_id, first - 1)
    zh, en = _begun(begun, entry)
    if any(one.kind in _OF_THE_LOG and (one.number or 0) < first for one in differences):
        proof = _UNSOUND
    else:
        decisions = [one for one in log.decisions if one.last_number < first]
        sealed = await (await session.connection()).run_sync(decisions_sealed, log.incident_id, first)
        proof = _of(_SOUND, len(decisions), sealed)
    return _UNCOVERED.format(first - 1, zh, proof[0], en, proof[1])


def decisions_sealed(connection: Connection, incident_id: str, first: int) -> int:
    """How many decisions of a case before event `first` stand in the sealed log, each as it now is."""
    by = log_hash(connection)
    leaves = {
        (leaf.key, leaf.hash)
        for leaf in leaves_of(connection, incident_id)
        if leaf.kind == Sealed.DECISION.value
    }
    statement = select(_LOG).where(_LOG.c.incident_id == incident_id, _LOG.c.last_number < first)
    return sum(
        (decision_key(row), by.leaf(leaf_data(Sealed.DECISION, decision_values(row)))) in leaves
        for row in connection.execute(statement).mappings()
    )


def _begun(at: datetime, entry: HealingEntry | None) -> tuple[str, str]:
    when = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if entry is None:
        return _of(_NOT_ON_RECORD, when)
    return _of(_ON_RECORD, when, entry.position, entry.cause, entry.note or _BY_HOUSE)


def _of(sentence: tuple[str, str], *values: object) -> tuple[str, str]:
    return sentence[0].format(*values), sentence[1].format(*values)
