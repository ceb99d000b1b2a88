"""A process that dies is started again; one that is told to stop stays stopped, with all that it started."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from deploy.child import Child
from deploy.log_file import LogFile
from tests.deploy.waiting import alive, until

FAITHFUL = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True);"
    " time.sleep(600)"
)
FAILING = "print('cannot be', flush=True); raise SystemExit(3)"
WITH_OFFSPRING = """
import subprocess, sys, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
offspring = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(offspring.pid, flush=True)
offspring.wait()
"""

Start = Callable[[str], Awaitable[Child]]


@pytest.fixture
def said() -> list[str]:
    """What was told to the person at the terminal."""
    return []


@pytest.fixture
async def start(tmp_path: Path, said: list[str]) -> AsyncIterator[Start]:
    children: list[Child] = []

    async def begin(script: str) -> Child:
        number = len(children)
        child = Child(
            f"child {number}",
            [sys.executable, "-c", script],
            LogFile(tmp_path / f"{number}.log"),
            said.append,
        )
        children.append(child)
        await child.start()
        return child

    yield begin
    for child in children:
        child.kill()
        await child.stop(5)


def log_of(child: Child) -> str:
    return child.log.path.read_text(encoding="utf-8") if child.log.path.exists() else ""


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


async def test_a_killed_process_is_started_again(start: Start):
    child = await start(FAITHFUL)
    await until(lambda: "up" in log_of(child))
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    await until(lambda: log_of(child).count("up") == 2)
    assert pid_of(child) != first
    assert alive(pid_of(child))


async def test_a_process_that_keeps_dying_is_given_longer_rests(start: Start, said: list[str]):
    child = await start(FAILING)
    await until(lambda: child.deaths >= 3)
    assert child.log.last_line() == "cannot be"
    assert [line.split()[-2] for line in said[:2]] == ["0", "0.25"]


async def test_a_stopped_process_is_not_started_again(start: Start):
    child = await start(FAITHFUL)
    await until(lambda: "up" in log_of(child))
    await child.stop(5)
    assert not alive(pid_of(child))
    assert child.deaths == 0


async def test_a_process_at_rest_can_be_stopped_at_once(start: Start):
    child = await start(FAILING)
    await until(lambda: child.deaths >= 3)
    async with asyncio.timeout(4):
        await child.stop(5)


async def test_a_process_that_will_not_stop_is_killed(start: Start):
    child = await start(STUBBORN)
    await until(lambda: "up" in log_of(child))
    await child.stop(0.2)
    assert not alive(pid_of(child))


async def test_what_a_stubborn_process_started_ends_with_it(start: Start):
    child = await start(WITH_OFFSPRING)
    await until(lambda: log_of(child).strip().isdigit())
    offspring = int(log_of(child))
    assert alive(offspring)
    await child.stop(0.2)
    await until(lambda: not alive(offspring))


async def test_a_process_hears_nothing_of_the_terminals_interrupt(start: Start):
    child = await start(FAITHFUL)
    await until(lambda: "up" in log_of(child))
    assert os.getpgid(pid_of(child)) == pid_of(child) != os.getpgid(0)


SUPERVISOR = """
import asyncio, pathlib, sys
from deploy.child import Child
from deploy.log_file import LogFile

async def main():
    script = "import time; time.sleep(600)"
    child = Child("child", [sys.executable, "-c", script], LogFile(pathlib.Path(sys.argv[1])), print)
    await child.start()
    print(child.process.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ties a process to its parent on Linux alone")
async def test_a_process_ends_with_a_supervisor_that_was_killed(tmp_path: Path):
    supervisor = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUPERVISOR, str(tmp_path / "child.log")),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert supervisor.stdout is not None
    child = int(await supervisor.stdout.readline())
    assert alive(child)
    supervisor.kill()
    await supervisor.wait()
    await until(lambda: not alive(child))
