"""A system to be measured: the embedded server, the worker, the web process and the bare worker,
each its own process.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from temporalio.client import Client

from bench.processes import BenchProgram
from deploy import probe, temporal_server
from deploy.supervisor import web_command
from settings import Settings
from storage.migrations import migrate
from workflows.client import connect
from workflows.search_attributes import register_search_attributes

T = TypeVar("T")
WORKER = (sys.executable, "-m", "worker")
BARE_WORKER = (sys.executable, "-m", "bench.bare_worker")
_SELF = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Running processes, and a client of their server."""

    settings: Settings
    client: Client
    programs: list[BenchProgram]

    def start(self, name: str, command: Sequence[str]) -> BenchProgram:
        """Start one more process, to be ended with the system."""
        program = BenchProgram(name, command, self.settings)
        self.programs.append(program)
        return program

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time taken so far by each process that runs, and by the callers in this one."""
        running = {
            program.name: program.cpu_seconds() for program in self.programs if program.process.poll() is None
        }
        return {**running, _SELF: time.process_time()}

    async def until_ready(self) -> None:
        """Wait until the web process finds all that it needs."""
        web = probe.until_ok(self.settings.host, self.settings.web_port, "/readyz")
        await until(web, self.programs, self.settings.ready_seconds)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[System]:
    """The embedded server with the flags of the deployment, and an empty database;
    all is stopped at the end.
    """
    programs = [BenchProgram("temporal", temporal_server.command(settings), settings)]
    try:
        address = await until(temporal_server.until_healthy(settings), programs, settings.ready_seconds)
        await temporal_server.keep_histories(address, settings.temporal_retention)
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
        await register_search_attributes(client)
        await migrate(settings.database_url)
        yield System(settings=settings, client=client, programs=programs)
    finally:
        for program in reversed(programs):
            program.stop()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[System]:
    """The whole system, and the bare worker beside it on the same server."""
    async with serving(settings) as system:
        system.start("worker", WORKER)
        system.start("web", web_command(settings))
        system.start("bare worker", BARE_WORKER)
        await system.until_ready()
        yield system


async def until(ready: Coroutine[None, None, T], programs: Sequence[BenchProgram], seconds: float) -> T:
    """Wait for `ready`; raises RuntimeError when a process ends meanwhile, TimeoutError after `seconds`."""
    waiting = asyncio.ensure_future(ready)
    try:
        async with asyncio.timeout(seconds):
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=0.1)
                for program in programs:
                    program.require_alive()
        return waiting.result()
    finally:
        waiting.cancel()
