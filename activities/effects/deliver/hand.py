"""Telling units: notices into the in-application inbox, aimed at a unit, with its deputy leader as fall-back;
and starting calls.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from temporalio import activity
from temporalio.service import RPCError

from activities.beating import beating
from activities.effects.deliver.effect import NotifyInput
from activities.effects.deliver.starting_calls import start_calls
from activities.failures import FAILURES, require_ours, unquoted
from storage.database import Database
from storage.inbox import deliver
from storage.proof import prove


class Notifier:
    """The notify activity over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="notify")
    async def notify(self, delivery: NotifyInput) -> int:
        """Put each notice into its unit's inbox once; gives their number,
        as whoever has put these there alone can.

        Who stands for a unit is looked up now, not frozen into the case: the monitor, or the deputy leader
        where no monitor is named (R301, R401). For each that somebody must hear a call is started, once the
        decision is proven.
        """
        require_ours(delivery)
        now = activity.info().started_time  # the engine's: this machine's clock may be wrong
        try:
            await deliver(
                self._database, delivery.incident_id, delivery.notices, drill=delivery.drill, at=now
            )
            if delivery.lineage:  # that an ordinary activity runs proves the decision that brought it
                work = partial(
                    prove,
                    incident_id=delivery.incident_id,
                    number=delivery.event_number,
                    lineage=delivery.lineage,
                )
                await self._database.write(work)
            async with beating():
                await start_calls(activity.client(), activity.info().task_queue, self._database, delivery)
        except (*FAILURES, RPCError) as error:
            raise unquoted(error) from None
        return delivery.number


def hands(database: Database) -> list[Callable[..., Any]]:
    """The activities of this kind."""
    return [Notifier(database).notify]
