"""A process that hangs is told, ended and started again:
SIGSTOP from outside, in the system as `make run` starts it.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy import probe
from tests.deploy.system import PROCESSES, System, shared
from tests.deploy.waiting import until

TOLD_WITHIN = 30
ANOTHER_WITHIN = 60
NAMES = {"start-dev": "temporal", "worker": "worker", "uvicorn": "web"}


async def unready(system: System) -> list[str]:
    """What `/readyz` names as down, or `web` itself."""
    answer = await probe.get(system.settings.host, system.settings.web_port, "/readyz")
    if answer.status == 0:
        return ["web"]
    return [name for name in ("database", "temporal", "worker") if f'"{name}":"down"' in answer.body]


async def told(system: System, name: str) -> None:
    while name not in await unready(system):
        await asyncio.sleep(0.5)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with shared(tmp_path_factory.mktemp("shared")) as started:
        yield started


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("stopped", NAMES)  # the watch, which nobody waits for, is hung by R21's driver
async def test_a_hung_process_is_told_and_started_again(system: System, stopped: str):
    before = system.pids()
    os.kill(before[stopped], signal.SIGSTOP)
    async with asyncio.timeout(TOLD_WITHIN):
        await told(system, NAMES[stopped])
        await system.heard(f"{NAMES[stopped]} gives no sign of life")
    await until(lambda: system.pids().get(stopped, before[stopped]) != before[stopped], ANOTHER_WITHIN)
    await probe.until_ok(system.settings.host, system.settings.web_port, "/readyz")
    others = set(PROCESSES) - {stopped}
    assert {word: system.pids().get(word) for word in others} == {word: before[word] for word in others}
