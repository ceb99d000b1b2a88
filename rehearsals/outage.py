"""Rehearses a file that stops and starts parts of the system:
on a dev server of its own, on a scaled clock.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client
from temporalio.worker import Worker

from casework.commands import Commands
from casework.incident_workflow import open_client
from rehearsals.dev_server import DevServer
from rehearsals.document import DocumentPart, Rehearsal, SystemStep
from rehearsals.progress import Progress
from rehearsals.readback import amended, recalled, settle
from rehearsals.runner import Runner
from rehearsals.scaled import drill_clock, run
from rehearsals.skipping import WorkerBuilder, executable
from rehearsals.verdict import RehearsalVerdict, verdict
from settings import Settings
from storage.database import Database, open_database
from storage.migrations import migrate
from workflows.client import connect
from workflows.converter import prepare

NAMESPACE = "huiying"
_PATIENCE = 60.0  # seconds for which a step is sent again, under the same key, while the system is down


class Machine:
    """A system of its own: dev server, worker and database,
    each of which can be stopped and started again.
    """

    def __init__(self, folder: Path, settings: Settings, build_worker: WorkerBuilder) -> None:
        self._folder = folder
        self._build_worker = build_worker
        self._temporal = DevServer(executable("temporal"), folder, NAMESPACE)
        self.address = self._temporal.address
        self._worker: asyncio.Task[None] | None = None
        self._stop_worker = asyncio.Event()
        self._lock: sqlite3.Connection | None = None
        url = f"sqlite+aiosqlite:///{folder}/huiying.db"
        self.settings = settings.model_copy(update={"database_url": url, "temporal_namespace": NAMESPACE})
        self.database: Database = open_database(url)

    async def start(self) -> None:
        """Start everything."""
        prepare()
        await migrate(self.settings.database_url)
        await self._temporal.start()
        await self._start_worker()

    async def stop(self) -> None:
        """Stop everything, whatever runs."""
        await self._start_database()
        await self._stop_the_worker()
        await self._temporal.stop()
        await self.database.close()

    async def throw(self, step: SystemStep) -> None:
        """Stop or start the part that a step names."""
        match step.part:
            case DocumentPart.WORKER:
                await (self._start_worker() if step.running else self._stop_the_worker())
            case DocumentPart.TEMPORAL:
                await (self._temporal.start() if step.running else self._temporal.stop())
            case DocumentPart.DATABASE:
                await (self._start_database() if step.running else self._stop_database())

    async def client(self) -> Client:
        """A client as the web has one: it gives up soon."""
        return await open_client(self.address, self.settings.temporal_namespace, self.settings.keys_dir)

    async def _start_worker(self) -> None:
        client = await connect(self.address, self.settings.temporal_namespace, self.settings.keys_dir)
        self._stop_worker.clear()
        self._worker = asyncio.create_task(
            self._work(self._build_worker(client, self.database, self.settings))
        )

    async def _work(self, worker: AbstractAsyncContextManager[Worker]) -> None:
        async with worker:
            await self._stop_worker.wait()

    async def _stop_the_worker(self) -> None:
        self._stop_worker.set()
        if self._worker is not None:
            await self._worker
            self._worker = None

    async def _stop_database(self) -> None:
        """Hold the file's one write lock: whoever would write gets what a stuck database gives."""
        self._lock = await asyncio.to_thread(_locked, self._folder / "huiying.db")

    async def _start_database(self) -> None:
        if self._lock is not None:
            self._lock.rollback()
            self._lock.close()
            self._lock = None


def _locked(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("BEGIN EXCLUSIVE")
    return connection


async def rehearse_with_outages(
    rehearsal: Rehearsal, settings: Settings, build_worker: WorkerBuilder, progress: Progress, *, scale: float
) -> tuple[RehearsalVerdict, ...]:
    """The verdict over each incident of a file; its instants are compared within `scale` × 1 s."""
    async with _machine(rehearsal, settings, build_worker) as machine:
        drill = drill_clock(rehearsal, scale)
        commands = Commands(machine.database, await machine.client(), machine.settings)
        runner = Runner(commands, machine.database, drill, patience=_PATIENCE)
        outcomes = await run(rehearsal, drill, runner.give, machine.throw, progress)
        watch = await connect(machine.address, machine.settings.temporal_namespace, machine.settings.keys_dir)
        tolerance = timedelta(seconds=scale)
        verdicts = []
        for plan in rehearsal.incidents:
            readback, outcome = None, outcomes[plan.name]
            if (incident_id := runner.incidents.get(plan.name)) is not None:
                await settle(watch, machine.database, incident_id)
                readback = await recalled(
                    machine.database, incident_id, outcome, until=rehearsal.ends_at, tolerance=tolerance
                )
                outcome = amended(outcome, readback)
            verdicts.append(verdict(rehearsal, plan, readback, outcome))
        return tuple(verdicts)


@asynccontextmanager
async def _machine(
    rehearsal: Rehearsal, settings: Settings, build_worker: WorkerBuilder
) -> AsyncIterator[Machine]:
    own = settings.model_copy(update={"regulation": rehearsal.regulation})
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="huiying-rehearsal-")))
        machine = Machine(folder, own, build_worker)
        stack.push_async_callback(machine.stop)
        await machine.start()
        yield machine
