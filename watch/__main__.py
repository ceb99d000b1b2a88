"""The process of the watch: looks every few seconds until it is told to stop."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import structlog
from temporalio.client import Client

from settings import Settings
from storage.database import Database, open_database
from watch.asking import Asks
from watch.healing import Healer
from watch.life import Life
from watch.processes import Processes
from watch.watching import EVERY, Watch
from workflows.client import connect
from workflows.converter import prepare

log = structlog.get_logger("watch")


async def keep_watch(settings: Settings) -> None:
    """Look until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    prepare()
    database = open_database(settings.database_url)
    try:
        client = await connect(
            settings.temporal_address, settings.temporal_namespace, settings.keys_dir, lazy=True
        )
        watch = _watch(settings, database, client)
        log.info("watch ready")
        life = Life(settings.var_dir)
        living = asyncio.create_task(life.go_on())
        await watch.clock.measure(client, settings.task_queue)
        keeping = asyncio.create_task(watch.clock.keep(client, settings.task_queue))
        while not stop.is_set():
            life.looks()
            await watch.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)
        living.cancel()
        keeping.cancel()
    finally:
        await database.close()


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
    asyncio.run(keep_watch(Settings()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
