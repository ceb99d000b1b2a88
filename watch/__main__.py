"""The process of the watch: looks every few seconds until it is told to stop."""

import gc

_COLLECTS = gc.isenabled()
# Hardly anything that is imported goes away again, and looking through it took a fifth of a start.
gc.disable()

import asyncio
import os
import signal
import sys
from contextlib import suppress

import structlog
from temporalio.client import Client

from audit.apart import Apart
from audit.keys import keys_agree
from settings import Settings
from storage.database import Database, open_database
from watch.asking import Asks
from watch.healing import Healer
from watch.life import Life
from watch.processes import Processes
from watch.relay import BookRelay
from watch.watching import EVERY, Watch
from workflows.access import Unprotected
from workflows.client import connect
from workflows.converter import prepare
from workflows.keys import keyring

if _COLLECTS:
    # What was imported stays for good; a collector that is let go would begin by looking through it all.
    gc.freeze()
    gc.enable()

log = structlog.get_logger("watch")


async def keep_watch(settings: Settings) -> None:
    """Look until SIGTERM or SIGINT; nothing is healed before the ledger has said that the keys are its own.

    Raises Apart where they are not, and Unprotected for a server that would be reached in clear.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    prepare()
    database = open_database(settings.database_url)
    keys = keyring(settings.keys_dir)
    try:
        agrees = await keys_agree(database, keys)
        client = await connect(
            settings.temporal_address, settings.temporal_namespace, settings.keys_dir, lazy=True
        )
        watch = _watch(settings, database, client)
        log.info("watch ready")
        life = Life(settings.var_dir)
        living = asyncio.create_task(life.go_on())
        await watch.clock.measure(client, settings.task_queue)
        keeping = asyncio.create_task(watch.clock.keep(client, settings.task_queue))
        relaying = asyncio.create_task(_relay(settings, database))
        while not stop.is_set():
            life.looks()
            agrees = agrees or await keys_agree(database, keys)
            await watch.look(heals=agrees)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)
        relaying.cancel()
        living.cancel()
        keeping.cancel()
    finally:
        await database.close()


async def _relay(settings: Settings, database: Database) -> None:
    """Pass the audit book on where a receiver is set."""
    if settings.syslog:
        await BookRelay(database, settings.syslog).go_on()


def _watch(settings: Settings, database: Database, client: Client) -> Watch:
    heartbeats = settings.var_dir / "heartbeat"
    return Watch(
        database,
        client,
        settings.task_queue,
        Healer(database, client, settings.task_queue),
        processes=Processes(heartbeats / "supervisor.json"),
        ask=Asks(heartbeats / "asked.json"),
    )


def main() -> int:
    """Start from the environment's settings."""
    os.umask(0o077)  # what it writes is for its owner alone, whoever started it
    try:
        asyncio.run(keep_watch(Settings()))
    except (Apart, Unprotected) as why:
        log.error("watch stopped", reason=str(why))  # noqa: TRY400  the reason says all, a trace nothing
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
