"""Recording: decisions into the event log, once, however often it is tried;
the ledger follows what Temporal holds.
"""

import asyncio
from datetime import timedelta
from functools import reduce
from typing import Final

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.failures import FAILURES, require_ours, unquoted
from activities.payloads import LastDecision, RecordInput
from domain.lineage import lineage
from domain.terms.free_texts import CaseText
from storage.database import Database
from storage.event_log import EventLogConflict, EventLogGap
from storage.record import record
from storage.text_keys import TextKeys

log = structlog.get_logger("record")

# What comes before is on its way; the longer it does not come, the longer the rests, up to fifteen seconds.
_SOON: Final = timedelta(milliseconds=300)
_RESTS: Final = 50


class Recorder:
    """The record activity over one database; texts are opened by their keys, and kept there in clear."""

    def __init__(self, database: Database, text_keys: TextKeys | None = None) -> None:
        self._database = database
        self._text_keys = text_keys

    @activity.defn(name="record")
    async def record(self, handover: RecordInput) -> LastDecision:
        """Write the decisions and tell the last; a database that fails is tried again.

        The answer stands in the history then: whoever reads it there knows that the engine holds
        the decision. What is handed over before the decisions that it follows is tried again soon.
        """
        require_ours(handover)
        try:
            # An ordinary activity runs only once the task that decided is durable;
            # a local one runs inside it.
            durable = not activity.info().is_local
            await record(
                self._database,
                handover.incident_id,
                handover.decisions,
                after=handover.after,
                durable=durable,
                texts=await self._opened(handover),
            )
            return last_of(handover)
        except EventLogGap:
            rest = _SOON * min(activity.info().attempt, _RESTS)
            raise ApplicationError("gap", type="gap", next_retry_delay=rest) from None
        except EventLogConflict:
            raise ApplicationError("conflict", type="conflict") from None
        except FAILURES as error:
            raise unquoted(error) from None

    async def _opened(self, handover: RecordInput) -> tuple[CaseText, ...]:
        """The texts in clear: without one whose key is gone the decision is recorded all the same,
        and the clock goes on.
        """
        if self._text_keys is None or not handover.texts:
            return handover.texts
        texts = await asyncio.to_thread(self._text_keys.opened, handover.incident_id, handover.texts)
        if len(texts) < len(handover.texts):
            log.warning(
                "texts without a key", incident=handover.incident_id, count=len(handover.texts) - len(texts)
            )
        return texts


def last_of(handover: RecordInput) -> LastDecision:
    """The last decision of a record, as who wrote it tells."""
    name = reduce(lineage, handover.decisions, handover.after or "")
    return LastDecision(number=handover.decisions[-1].last_number, lineage=name)
