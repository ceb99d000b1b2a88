"""What stands by has what its system shares, runs nothing before it is told to, and is else as if started."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.standby import is_alone
from tests.deploy.test_supervisor import children_of
from tests.deploy.waiting import alive, until

ROOT = Path(__file__).parents[2]

# What a supervisor does, in a process of a single thread: two programs stand by, and are told to begin.
SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from deploy.child import Child
from deploy.log_file import LogFile
from deploy.standby import Program, is_alone, standing_by

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))
names = sys.argv[2:]

async def run(standbys):
    children = [
        Child(name, program.command, LogFile(folder / f"{name}.log"), print, standby=standbys.get(name))
        for name, program in programs.items()
    ]
    for child in children:
        await child.start()
        print(child.pid, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for child in reversed(children):
        await child.stop(5)

with (folder / "own").open("w") as own:
    programs = {name: Program((sys.executable, "-m", name, "a word"), ("loaded",)) for name in names}
    with standing_by(programs, ("shared",), own) as standbys:
        print(is_alone(), len(standbys), "shared" in sys.modules, "loaded" in sys.modules, flush=True)
        sys.stdin.readline()
        asyncio.run(run(standbys))
print("over", flush=True)
"""

# Says what it can see of its surroundings, and waits.
CURIOUS = """
import gc, json, os, sys, time
files = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
print(json.dumps({
    "name": __name__,
    "words": sys.argv[1:],
    "line": open("/proc/self/cmdline").read().split("\\0")[1:3],
    "loaded": [name for name in ("shared", "loaded") if name in sys.modules],
    "alone in its group": os.getpgid(0) == os.getpid(),
    "collects": [gc.isenabled(), *gc.get_threshold()],
    "folder": os.getcwd(),
    "stdin": os.path.realpath("/proc/self/fd/0"),
    "has the file": any(file.endswith("/own") for file in files),
}), file=sys.stderr)
while True:
    time.sleep(600)
"""
NAMES = ("curious", "other")
AS_STARTED = (700, 10, 10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("shared", ""), ("loaded", ""), *((name, CURIOUS) for name in NAMES)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


@asynccontextmanager
async def supervising(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUPERVISOR, str(folder), *NAMES),
        env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,  # which is not the one of the program
    )
    try:
        async with asyncio.timeout(90):
            assert await heard(process) == "True 2 True False"
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def heard(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


def go_on(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")


async def begun(process: asyncio.subprocess.Process) -> list[int]:
    go_on(process)
    return [int(await heard(process)) for _ in NAMES]


def accounts(folder: Path, name: str) -> list[dict[str, Any]]:
    """What each process of a name has said of itself."""
    log = folder / f"{name}.log"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


async def test_what_stood_by_is_as_if_it_had_been_started_and_has_loaded_what_is_shared(folder: Path):
    async with supervising(folder) as process:
        waiting = set(children_of(process.pid))
        assert len(waiting) == len(NAMES)
        assert [accounts(folder, name) for name in NAMES] == [[], []]
        assert set(await begun(process)) == waiting
        await until(lambda: all(accounts(folder, name) for name in NAMES))
        for name in NAMES:
            assert accounts(folder, name) == [
                {
                    "name": "__main__",
                    "words": ["a word"],
                    "line": ["-m", name],
                    "loaded": ["shared", "loaded"],
                    "alone in its group": True,
                    "collects": [True, *AS_STARTED],
                    "folder": str(ROOT),
                    "stdin": "/dev/null",
                    "has the file": False,
                }
            ]
        go_on(process)
        assert await heard(process) == "over"
        assert await process.wait() == 0
        assert [pid for pid in waiting if alive(pid)] == []


async def test_the_next_process_of_one_that_stood_by_is_started_by_itself(folder: Path):
    async with supervising(folder) as process:
        first, other = await begun(process)
        await until(lambda: all(accounts(folder, name) for name in NAMES))
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(accounts(folder, NAMES[0])) == 2)
        stood_by, started = accounts(folder, NAMES[0])
        assert started == {**stood_by, "loaded": []}
        assert alive(other)
        assert len(accounts(folder, NAMES[1])) == 1


async def test_one_that_has_ended_before_it_was_begun_is_started_by_itself(folder: Path):
    async with supervising(folder) as process:
        waiting = children_of(process.pid)
        for pid in waiting:
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not any(alive(pid) for pid in waiting))
        assert not {*await begun(process)} & {*waiting}
        await until(lambda: all(accounts(folder, name) for name in NAMES))
        assert [account["loaded"] for name in NAMES for account in accounts(folder, name)] == [[], []]


@pytest.mark.parametrize("is_begun", [False, True])
async def test_nothing_that_stood_by_outlives_a_killed_supervisor(folder: Path, *, is_begun: bool):
    async with supervising(folder) as process:
        waiting = children_of(process.pid)
        if is_begun:
            await begun(process)
        process.kill()
        await until(lambda: not any(alive(pid) for pid in waiting))


def test_a_process_with_another_thread_is_not_alone():
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        assert not is_alone()
    finally:
        over.set()
        other.join()


def test_what_the_system_shares_begins_no_thread_and_no_engine_client():
    script = (
        "import importlib, sys, cli\nfrom deploy.standby import is_alone\n"
        "for name in cli.SHARED: importlib.import_module(name)\n"
        "import web, uvicorn.main\nassert is_alone(), 'threads'\nprint('alone')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "alone\n", done.stderr
