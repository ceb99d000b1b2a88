"""Recording: decisions into event log and ledger, in one transaction and once, however often it is tried."""

from temporalio import activity

from activities.failures import FAILURES, unquoted
from activities.payloads import RecordInput
from storage.database import Database
from storage.record import record


class Recorder:
    """The record activity over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="record")
    async def record(self, given: RecordInput) -> int:
        """Write the decisions and return the number of the last event; a database that fails is tried again."""
        try:
            # An ordinary activity runs only once the task that decided is durable; a local one runs inside it.
            durable = not activity.info().is_local
            return await record(self._database, given.incident_id, given.decisions, durable=durable)
        except FAILURES as error:
            raise unquoted(error) from None
