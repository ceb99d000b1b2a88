"""The web's keys are those of its ledger, or it does not serve:
with others it would be a stranger to every case.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from audit.apart import Apart
from audit.keys import keys_agree, until_keys_agree
from storage.database import Database
from workflows.keys import Keyring

log = structlog.get_logger("huiying.web")


@asynccontextmanager
async def with_own_keys(database: Database, keys: Keyring) -> AsyncIterator[None]:
    """Inside, the keys are the ledger's; of one that does not answer yet they are asked for until it does.

    Raises Apart where the folder has others, and ends the process where that is known only later.
    """
    asking = None
    try:
        if not await keys_agree(database, keys):
            asking = asyncio.create_task(until_keys_agree(database, keys))
            asking.add_done_callback(_stop_with_others)
    except Apart as why:
        _tell(why)
        raise
    try:
        yield
    finally:
        if asking is not None:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


def _stop_with_others(asking: asyncio.Task[None]) -> None:
    if not asking.cancelled() and isinstance(why := asking.exception(), Apart):
        _tell(why)
        signal.raise_signal(signal.SIGTERM)  # the server ends as when it is told to


def _tell(why: Apart) -> None:
    log.error("web stopped", reason=str(why))
