"""Has a case healed by the audit, which enters what it did in the book of healings."""

from typing import Final

from temporalio.client import Client

from audit.healing import heal as heal_case
from storage.database import Database

_CAUSE: Final = "watch"  # as pages word it; of what was wrong the alarms tell more


class Healer:
    """Heals over one database and one client."""

    def __init__(self, database: Database, client: Client, task_queue: str) -> None:
        self._database = database
        self._client = client
        self._task_queue = task_queue

    async def heal(self, incident_id: str, *, anew: bool) -> str:
        """Bring a case together, `anew` where its workflow runs and does nothing;
        empty, or why it could not be done.
        """
        healing = await heal_case(
            self._database, self._client, self._task_queue, incident_id, _CAUSE, anew=anew
        )
        return healing.failure
