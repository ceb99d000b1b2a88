"""Calling persons: the activities of a call, of which each rung reaches who is to be called.

Before anything is sent, that it is about to be sent is durable; so whoever comes after a process that died
knows that the message may be out, sends it again, and says so in it (decision 0082).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from temporalio import activity

from activities.beating import beating
from activities.failures import FAILURES, require_ours, unquoted
from activities.payloads import CallInput, Reached, ReachInput
from activities.reaching import Reaching, key_of
from channels.table import Sender
from storage import called_notices
from storage.database import Database


class CallPlacer:
    """The activities of calls over one database, which must have been opened with the house's keys.

    `base` is the address under which people open the pages, by which links are made;
    empty where nobody has named one.
    """

    def __init__(self, database: Database, sender: Sender, *, regulation: str, base: str = "") -> None:
        self._database = database
        self._sender = sender
        self._regulation = regulation
        self._base = base

    @activity.defn(name="look")
    async def look(self, call: CallInput) -> Reached:
        """Whether somebody of the unit has acknowledged the notice; nobody is called."""
        require_ours(call)
        try:
            async with self._database.session() as session:
                notice = await called_notices.notice_of(session, key_of(call))
        except FAILURES as error:
            raise unquoted(error) from None
        is_heard = notice is None or notice.acknowledged_by is not None
        return Reached(ordinal=-1, delivered=0, failed=0, is_heard=is_heard)

    @activity.defn(name="reach")
    async def reach(self, rung: ReachInput) -> Reached:
        """Call who stands on a rung and was not reached on it yet;
        a notice that was acknowledged is told to the rest of the table alone.
        """
        require_ours(rung)
        reaching = Reaching(
            self._database,
            self._sender,
            rung,
            _engine_time(),
            regulation=self._regulation,
            base=self._base,
        )
        try:
            async with beating():
                return await reaching.reach()
        except FAILURES as error:
            raise unquoted(error) from None


def _engine_time() -> Callable[[], datetime]:
    """The engine's time: of this activity's start, and what has passed since;
    this machine's clock may be wrong.
    """
    began, started = monotonic(), activity.info().started_time
    return lambda: started + timedelta(seconds=monotonic() - began)
