"""A whole system of its own, started as `make run` does, and hands on its processes from outside."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import make_url

from bench.processes import environment, free_settings
from deploy import probe
from domain.terms.roles import Actor
from settings import CHECKOUT, Settings
from storage.callers import create_token
from storage.database import open_database

WORDS: Final = {"temporal": "start-dev", "worker": "worker", "web": "uvicorn", "watch": "watch"}
"""A word of the command line of each process, by what it is called."""
_READY_SECONDS: Final = 180.0  # on a machine that has much else to do


class House:
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


@asynccontextmanager
async def keeping(folder: Path, more: Mapping[str, str] | None = None) -> AsyncIterator[House]:
    """A system with an empty ledger in a folder, once it is ready; stopped, or killed, at the end.

    `more` are environment variables for its processes.
    """
    settings = free_settings(folder / "var").model_copy(
        update={"demonstration": False, "ready_seconds": _READY_SECONDS}
    )
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
        house = House(process, settings)
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
