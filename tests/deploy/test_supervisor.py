"""The order of starting and stopping, and what is said when a start fails."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from temporalio.client import Client

from cli import worker_beats
from deploy.startup_errors import StartupError
from deploy.supervisor import Steps, Supervisor, ports_of
from settings import Settings
from tests.deploy.waiting import alive, until

ROOT = Path(__file__).parents[2]

# Writes its name when it is told to stop.
WITNESS = """
import pathlib, signal, sys, time
def end(*_):
    with pathlib.Path(sys.argv[1]).open("a") as order:
        order.write(sys.argv[2] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
async def supervisor(settings: Settings) -> AsyncIterator[Supervisor]:
    (settings.var_dir / "logs").mkdir(parents=True)
    supervisor = Supervisor(settings, NO_STEPS, print)
    yield supervisor
    for child in supervisor.children:
        child.kill()
    await supervisor._stop_children()


async def _nothing(_: Settings) -> None:
    await asyncio.sleep(0)


async def _beats(_: Client, seconds: float) -> bool:
    return seconds > 0


NO_STEPS = Steps(prepare=_nothing, reconcile=_nothing, fill=_nothing, beats=_beats)


async def test_processes_stop_in_the_opposite_order_of_their_start(supervisor: Supervisor, tmp_path: Path):
    for name in ("temporal", "worker", "web"):
        await supervisor._child(name, [sys.executable, "-c", WITNESS, str(tmp_path / "order"), name])
    await until(lambda: [child.log.last_line() for child in supervisor.children] == ["up"] * 3)
    await supervisor._stop_children()
    assert (tmp_path / "order").read_text(encoding="utf-8").split() == ["web", "worker", "temporal"]


async def test_a_process_that_keeps_dying_ends_the_start_with_its_last_words(supervisor: Supervisor):
    await supervisor._child("worker", [sys.executable, "-c", "raise SystemExit('no such table')"])
    with pytest.raises(StartupError, match=r"worker.*no such table"):
        await supervisor._until("worker", asyncio.sleep(600))


async def test_a_start_that_takes_too_long_is_given_up(settings: Settings):
    hasty = Supervisor(settings.model_copy(update={"ready_seconds": 0.1}), NO_STEPS, print)
    with pytest.raises(StartupError, match="web was not ready"):
        await hasty._until("web", asyncio.sleep(600))


def test_a_cluster_of_ones_own_needs_no_port_of_this_machine(settings: Settings):
    assert "HUIYING_TEMPORAL_PORT" in ports_of(settings)
    elsewhere = Settings(temporal_address="temporal.example:7233")
    assert set(ports_of(elsewhere)) == {"HUIYING_WEB_PORT"}
    measured = elsewhere.model_copy(update={"worker_metrics_port": 8001})
    assert set(ports_of(measured)) == {"HUIYING_WEB_PORT", "HUIYING_WORKER_METRICS_PORT"}


# A start that goes as far as the embedded server, and then takes for ever to prepare the database.
STARTING = """
import asyncio
from deploy.supervisor import Steps, supervise
from settings import Settings

async def prepare(settings):
    print("preparing", flush=True)
    await asyncio.sleep(600)

steps = Steps(prepare=prepare, reconcile=prepare, fill=prepare, beats=prepare)
supervise(Settings(), steps, print)
"""


def children_of(pid: int) -> list[int]:
    """The processes that `pid` started itself."""
    return [
        int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    ]


@asynccontextmanager
async def starting(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    named = {f"HUIYING_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STARTING),
        env={**os.environ, **named},
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"preparing\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_stop_in_the_middle_of_a_start_stops_what_was_started(
    settings: Settings, number: signal.Signals
):
    async with asyncio.timeout(60), starting(settings) as process:
        (server,) = children_of(process.pid)
        process.send_signal(number)
        assert await process.wait() == 0
        assert not alive(server)


async def test_a_terminal_that_is_gone_keeps_nothing_running(settings: Settings):
    async with asyncio.timeout(60), starting(settings) as process:
        (server,) = children_of(process.pid)
        assert process.stdout is not None
        process.stdout._transport.close()  # type: ignore[attr-defined]  # asyncio closes it in no other way
        process.send_signal(signal.SIGHUP)
        await process.wait()
        assert not alive(server)


async def test_nothing_outlives_a_killed_supervisor_and_the_next_start_succeeds(settings: Settings):
    async with asyncio.timeout(60), starting(settings) as process:
        (server,) = children_of(process.pid)
        process.kill()
        await until(lambda: not alive(server))
    async with asyncio.timeout(60), starting(settings) as process:
        assert len(children_of(process.pid)) == 1


async def test_a_worker_is_asked_through_the_queue_of_an_installation_that_the_start_itself_makes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """As on the first start of a folder: the sign is made before the installation that names the queue."""
    queues: list[str] = []

    async def beats(task_queue: str, _client: object, _seconds: float) -> bool:
        queues.append(task_queue)
        return True

    monkeypatch.setattr("workflows.beat.beats", beats)
    sign = worker_beats(settings)
    before = settings.task_queue
    monkeypatch.setattr("settings.installation_of", lambda _folder: "0123456789abcdef")
    assert await sign(cast("Client", None), 1.0)
    assert queues == [settings.task_queue] != [before]
