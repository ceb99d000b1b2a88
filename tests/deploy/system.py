"""A whole system of its own for a test, started as `make run` does."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.processes import free_settings
from deploy import probe
from settings import Settings

ROOT = Path(__file__).parents[2]
PROCESSES = ("start-dev", "worker", "uvicorn", "watch")  # a word of the command line of each


class System:
    """A running system and what it has said on the terminal."""

    def __init__(self, process: asyncio.subprocess.Process, settings: Settings) -> None:
        self.process = process
        self.settings = settings

    async def heard(self, words: str) -> str:
        """Read on to the line that holds `words`."""
        assert self.process.stdout is not None
        lines = []
        while line := (await self.process.stdout.readline()).decode():
            if words in line:
                return line
            lines.append(line)
        pytest.fail(f"it ended before it said {words!r}: {''.join(lines)}{self.logs()}")

    async def answers(self, path: str) -> bool:
        return (await probe.get(self.settings.host, self.settings.web_port, path)).status == 200

    def pids(self) -> dict[str, int]:
        """The processes that it has started, by the word that tells them."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        lines = {int(child): self._command_line(child) for child in children}
        return {word: child for child, line in lines.items() for word in PROCESSES if word in line}

    def _command_line(self, pid: str) -> list[str]:
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
        except OSError:  # it has just ended
            return []

    def logs(self) -> dict[str, str]:
        folder = self.settings.var_dir / "logs"
        return {file.name: file.read_text(encoding="utf-8")[-2000:] for file in folder.glob("*.log")}


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[System]:
    """The system of `settings`, started as `make run` does; killed at the end if it still runs."""
    named = {f"HUIYING_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "cli.py", "run"),
        env={**os.environ, **named},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        umask=0o022,  # as most accounts have it: what is kept private is the system's own doing
    )
    try:
        yield System(process, settings)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def shared(folder: Path, **changes: object) -> AsyncIterator[System]:
    """A system for several tests in turn, each of which leaves it ready for the next."""
    own = {"stop_seconds": 5, "demonstration": False, **changes}
    async with running(free_settings(folder / "var").model_copy(update=own)) as system:
        async with asyncio.timeout(90):
            await system.heard("Huiying is running")
        yield system
