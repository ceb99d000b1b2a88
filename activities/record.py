"""Recording: decisions into the event log, once, however often it is tried; the ledger follows what Temporal holds."""

from datetime import timedelta
from functools import reduce
from typing import Final

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.failures import FAILURES, require_ours, unquoted
from activities.payloads import LastDecision, RecordInput
from domain.lineage import lineage
from storage.database import Database
from storage.event_log import EventLogConflict, EventLogGap
from storage.record import record

# What comes before is on its way; the longer it does not come, the longer the rests, up to fifteen seconds.
_SOON: Final = timedelta(milliseconds=300)
_RESTS: Final = 50


class Recorder:
    """The record activity over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="record")
    async def record(self, handover: RecordInput) -> LastDecision:
        """Write the decisions and tell the last; a database that fails is tried again.

        The answer stands in the history then: whoever reads it there knows that the engine holds the decision. What is handed over before the decisions that it follows is tried again soon.
        """
        require_ours(handover)
        try:
            # An ordinary activity runs only once the task that decided is durable; a local one runs inside it.
            durable = not activity.info().is_local
            await record(
                self._database,
                handover.incident_id,
                handover.decisions,
                after=handover.after,
                durable=durable,
                texts=handover.texts,
            )
            name = reduce(lineage, handover.decisions, handover.after or "")
            return LastDecision(number=handover.decisions[-1].last_number, lineage=name)
        except EventLogGap:
            rest = _SOON * min(activity.info().attempt, _RESTS)
            raise ApplicationError("gap", type="gap", next_retry_delay=rest) from None
        except EventLogConflict:
            raise ApplicationError("conflict", type="conflict") from None
        except FAILURES as error:
            raise unquoted(error) from None
