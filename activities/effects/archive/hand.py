"""The archive activity: the history of a closed run, kept once however often it is tried."""

from collections.abc import Callable
from typing import Any

import structlog
from temporalio import activity
from temporalio.service import RPCError, RPCStatusCode

from activities.archive import export
from activities.beating import beating
from activities.effects.archive.effect import ArchiveInput
from activities.failures import FAILURES, require_ours, unquoted
from storage import histories
from storage.database import Database

log = structlog.get_logger("archive")


class Archiver:
    """The archive activity over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="archive")
    async def archive(self, run: ArchiveInput) -> str:
        """Keep the history of a run, and tell its id, as whoever was told to keep it alone can.

        One that the server no longer has is passed over with a line in the log: it is kept already, or lost,
        and then the audit says from where on the archive covers the case. So is one of which another is kept:
        the audit compares the two, and no try more would mend it.
        """
        require_ours(run)
        try:
            async with beating():
                history = await export(activity.client(), run.incident_id, run.run_id)
                await histories.keep(self._database, history)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise unquoted(error) from None
            log.warning("no history to archive", incident=run.incident_id, run=run.run_id)
        except histories.HistoryConflict:
            log.warning("another history is kept", incident=run.incident_id, run=run.run_id)
        except FAILURES as error:
            raise unquoted(error) from None
        return run.run_id


def hands(database: Database) -> list[Callable[..., Any]]:
    """The activities of this kind."""
    return [Archiver(database).archive]
