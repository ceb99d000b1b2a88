"""A whole system of its own, started as `make run` does, and hands on its processes from outside."""

import asyncio
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, time
from typing import BinaryIO, Final

from sqlalchemy import make_url

from bench.processes import environment, free_settings
from deploy import probe
from domain.terms.roles import Actor
from settings import CHECKOUT, Settings
from storage.api_tokens import create_token
from storage.database import open_database

WORDS: Final = {"temporal": "start-dev", "worker": "worker", "web": "uvicorn", "watch": "watch"}
"""A word of the command line of each process, by what it is called."""
_READY_SECONDS: Final = 180.0  # on a machine that has much else to do


class FaultyHouse:
    """A running system; what it says on the terminal goes to a file in its folder."""

    def __init__(self, process: asyncio.subprocess.Process, settings: Settings) -> None:
        self.process, self.settings = process, settings

    def pid(self, name: str) -> int | None:
        """The process that the supervisor runs under a name at present."""
        parent = self.process.pid
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        except OSError:
            return None
        return next((int(child) for child in children if WORDS[name] in _command_line(child)), None)

    async def another(self, name: str, before: int | None, seconds: float = _READY_SECONDS) -> int:
        """Wait until the supervisor has started another process under a name."""
        async with asyncio.timeout(seconds):
            while (pid := self.pid(name)) in {None, before}:
                await asyncio.sleep(0.02)
        return pid or 0

    async def kill(self, name: str) -> int:
        """End a process with kill -9; tells the one that comes after it."""
        pid = await self.another(name, None)
        os.kill(pid, signal.SIGKILL)
        return await self.another(name, pid)

    async def ready(self, seconds: float = _READY_SECONDS) -> None:
        """Wait until it says that it is ready."""
        async with asyncio.timeout(seconds):
            await probe.until_ok(self.settings.host, self.settings.web_port, "/readyz")

    @property
    def ledger(self) -> Path:
        """The file of event log and ledger."""
        return Path(make_url(self.settings.database_url).database or "")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The ledger's file locked, as by a backup program that knows no better."""
        with closing(sqlite3.connect(self.ledger, isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")

    @contextmanager
    def held(self) -> Iterator[None]:
        """The supervisor stopped, so that nothing is started again meanwhile."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @contextmanager
    def full(self) -> Iterator[None]:
        """No file of the supervisor and of what it starts takes another byte, the engine excepted:
        as if their disk were full.

        A limit on the size of files does it, for which nobody need be root;
        the engine's runtime would end at it.
        """
        self._limit(0)
        try:
            yield
        finally:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        pids = [self.process.pid, *(self.pid(name) for name in WORDS if name != "temporal")]
        for pid in filter(None, pids):  # the supervisor first: what it starts from now on inherits the limit
            with suppress(ProcessLookupError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                soft = hard if size == resource.RLIM_INFINITY else size
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))

    @contextmanager
    def refusing(self, what: str) -> Iterator[None]:
        """The ledger refuses `what`, as a trigger words it, such as `DELETE ON notice`."""
        refusal = "BEGIN SELECT RAISE(ABORT, 'refused from outside'); END"
        self._change(f"CREATE TRIGGER refused BEFORE {what} {refusal}")
        try:
            yield
        finally:
            self._change("DROP TRIGGER refused")

    def _change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.ledger, isolation_level=None, timeout=10)) as other:
            other.execute(statement)

    def next_limit(self, incident_id: str) -> float:
        """When the next limit of the case falls, on the monotonic clock of this process."""
        statement = (
            "SELECT min(falls_at) FROM obligation JOIN incident USING (position)"
            " WHERE status = 'open' AND incident_id = ?"
        )
        with closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)) as other:
            (timestamp,) = other.execute(statement, (incident_id,)).fetchone()
        return monotonic() + datetime.fromisoformat(timestamp).replace(tzinfo=UTC).timestamp() - time()

    def stored(self, incident_id: str) -> str:
        """The case's row of the ledger, as text, read by nothing of the house."""
        with closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)) as other:
            rows = other.execute("SELECT * FROM incident WHERE incident_id = ?", (incident_id,)).fetchall()
        return repr(rows)

    async def token(self, actor: Actor) -> str:
        """A bearer token, as `huiying token` makes them."""
        database = open_database(self.settings.database_url)
        try:
            async with database.writing() as session:
                return await create_token(session, actor.person, actor.role, actor.unit)
        finally:
            await database.close()


def _command_line(pid: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    except OSError:  # it has just ended
        return []


def settings_in(folder: Path) -> Settings:
    """Settings of a system of its own in a folder, on ports that are free now."""
    return free_settings(folder / "var").model_copy(
        update={"demonstration": False, "ready_seconds": _READY_SECONDS}
    )


async def huiying(settings: Settings, *words: str, more: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a command of the system, or with `-m` a process of it; tells its exit status and what it said."""
    program = words if words[:1] == ("-m",) else ("cli.py", *words)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *program),
        env={**os.environ, **environment(settings), **(more or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=CHECKOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode("utf-8", "replace")


@asynccontextmanager
async def keeping(folder: Path, more: Mapping[str, str] | None = None) -> AsyncIterator[FaultyHouse]:
    """The system of a folder, with an empty ledger where there is none, once it is ready;
    stopped, or killed, at the end.

    `more` are environment variables for its processes.
    """
    settings = settings_in(folder)
    with _terminal(folder) as terminal:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "cli.py", "run"),
            env={**os.environ, **environment(settings), **(more or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=terminal,
            stderr=asyncio.subprocess.STDOUT,
            cwd=CHECKOUT,
        )
    try:
        house = FaultyHouse(process, settings)
        await house.ready()
        yield house
    finally:
        await _stop(process)


def _terminal(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "terminal.log").open("ab")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(30):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
