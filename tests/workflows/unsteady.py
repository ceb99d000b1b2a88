"""A database that fails for a while, as the workflow meets it."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.payloads import LastDecision, RecordInput
from activities.record import Recorder
from storage.database import Database


class Unsteady(Recorder):
    """A database that fails while it is down."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.down = False
        self.failed = 0

    @activity.defn(name="record")
    async def record(self, given: RecordInput) -> LastDecision:
        if self.down:
            self.failed += 1
            raise ApplicationError("OperationalError", type="database")
        return await super().record(given)
