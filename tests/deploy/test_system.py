"""The whole system as `make run` starts it: up and told of, mended when a process is killed,
stopped cleanly.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy import ports, probe
from deploy.supervisor import ports_of
from settings import Settings
from tests.deploy.system import PROCESSES, System, running, shared
from tests.deploy.waiting import alive, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A system whose web listens where the engine must not."""
    async with shared(tmp_path_factory.mktemp("shared"), host="127.0.0.2") as started:
        yield started


async def test_the_pages_answer_and_the_addresses_are_told(settings: Settings):
    settings = settings.model_copy(update={"demonstration": True})
    async with asyncio.timeout(90), running(settings) as system:
        await probe.until_ok(settings.host, settings.web_port, "/sign-in")
        assert "经办人" in await system.heard("gov_office.handler ")
        assert f"http://127.0.0.1:{settings.web_port}/" in await system.heard("Board")
        assert f"http://127.0.0.1:{settings.web_port}/docs" in await system.heard("API docs")
        assert await system.answers("/docs")


async def test_the_engine_serves_this_machine_alone_wherever_the_web_listens(system: System):
    assert await system.answers("/healthz")
    assert _listens("127.0.0.1", system.settings.temporal_port)
    assert not _listens("127.0.0.2", system.settings.temporal_port)
    for address in ("127.0.0.1", "127.0.0.2"):  # its own pages end cases: off unless asked for
        assert not _listens(address, system.settings.temporal_ui_port)


async def test_the_pages_of_the_engine_are_served_to_this_machine_when_asked_for(settings: Settings):
    settings = settings.model_copy(update={"host": "127.0.0.2", "temporal_ui": True})
    async with asyncio.timeout(90), running(settings) as system:
        assert f"http://127.0.0.1:{settings.temporal_ui_port}/" in await system.heard("Temporal")
        assert not _listens("127.0.0.2", settings.temporal_ui_port)


def _listens(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


@pytest.mark.parametrize("killed", PROCESSES)
async def test_a_killed_process_is_back_soon(system: System, killed: str):
    before = system.pids()
    assert set(before) == set(PROCESSES)
    async with asyncio.timeout(90):
        os.kill(before[killed], signal.SIGKILL)
        await system.heard("starts again")
        await until(lambda: system.pids().get(killed, before[killed]) != before[killed])
        await probe.until_ok(system.settings.host, system.settings.web_port, "/readyz")
    others = set(PROCESSES) - {killed}
    assert {word: system.pids().get(word) for word in others} == {word: before[word] for word in others}


async def test_a_stop_ends_every_process_and_the_next_start_succeeds(settings: Settings):
    for _ in range(2):
        async with asyncio.timeout(90), running(settings) as system:
            await system.heard("Huiying is running")
            started = system.pids()
            system.process.send_signal(signal.SIGTERM)
            await system.heard("Stopped")
            assert await system.process.wait() == 0
            assert [word for word, pid in started.items() if alive(pid)] == []
        ports.require_free(settings.host, ports_of(settings))


async def test_a_second_copy_says_so_in_one_line(system: System):
    async with asyncio.timeout(90), running(system.settings) as second:
        assert str(system.process.pid) in await second.heard("already running")
        assert await second.process.wait() == 1
    assert await system.answers("/healthz")
