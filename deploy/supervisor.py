"""Starts the processes of the system in order, keeps them running, and stops them in the opposite order."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TypeVar

from temporalio.client import Client

from deploy import lock, ports, probe, report, temporal_server, vital_signs
from deploy.child import Child
from deploy.log_file import LogFile
from deploy.private_files import require_private
from deploy.restoring import require_whole
from deploy.standby import Program, Standby, standing_by
from deploy.startup_errors import StartupError
from deploy.vigil import Vigil
from deploy.vital_signs import Sign
from settings import Settings

T = TypeVar("T")
Step = Callable[[Settings], Awaitable[None]]
Beats = Callable[[Client, float], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What is done beside starting processes: make the tables, bring records that are apart together,
    fill an empty system.

    `prepare` runs while Temporal comes up, `reconcile` once it answers and before worker and web, `fill` once
    all are ready. `beats` tells whether a worker takes an empty step within so many seconds; `connect`
    reaches Temporal, wherever it is.
    """

    prepare: Step
    reconcile: Step
    fill: Step
    beats: Beats
    connect: temporal_server.Connect = temporal_server.reach


# A process that dies so often while starting will not start at all: say so rather than wait.
HOPELESS = 3

WORKER = (sys.executable, "-m", "worker")
WATCH = (sys.executable, "-m", "watch")


class Supervisor:
    """One system: the Temporal server (unless a cluster is named), the worker, the web process, the watch,
    and the public's window where it is switched on.
    """

    def __init__(
        self,
        settings: Settings,
        steps: Steps,
        say: Callable[[str], None],
        standbys: Mapping[str, Standby] | None = None,
    ) -> None:
        """`standbys` are the processes that wait to be begun, by name; the others are started."""
        self.children: list[Child] = []  # in the order in which they were started
        self._standbys = standbys or {}
        self._settings = settings
        self._steps = steps
        self._vigil: asyncio.Task[None] | None = None
        self._say = _whether_heard_or_not(say)
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Run the system until a signal asks it to stop.

        Raises StartupError when it cannot be started; whatever was started is stopped on every way out.
        """
        self._listen()
        try:
            await self._unless_stopped(self._start())
            await self._stop.wait()
        finally:
            if self._vigil is not None:
                self._vigil.cancel()
            await self._stop_children()
        self._say("已停止。 Stopped.")

    def _listen(self) -> None:
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # started with nohup, it outlives its terminal
            numbers.append(signal.SIGHUP)
        for number in numbers:
            asyncio.get_running_loop().add_signal_handler(number, self._asked_to_stop)

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():  # asked twice: in a hurry
            for child in self.children:
                child.kill()
            return
        self._say("正在停止…… Stopping ...")
        self._stop.set()

    async def _unless_stopped(self, start: Coroutine[None, None, None]) -> None:
        starting = asyncio.create_task(start)
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (starting, stopped):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await starting

    async def _start(self) -> None:
        settings = self._settings
        began = monotonic()
        if settings.embeds_temporal:
            version = await asyncio.to_thread(temporal_server.installed_version)
            temporal_server.claim_file(settings.var_dir, version)
            await self._child("temporal", temporal_server.command(settings))
        await self._steps.prepare(settings)  # while the server comes up
        client = await self._until("temporal", temporal_server.until_healthy(settings, self._steps.connect))
        if settings.embeds_temporal:
            await temporal_server.keep_histories(client, settings.temporal_retention)
        await self._steps.reconcile(settings)
        await self._child("worker", WORKER)
        await self._child("web", web_command(settings))
        await self._until("web", probe.until_ok(settings.host, settings.web_port, "/healthz"))
        await self._until("worker", probe.until_ok(settings.host, settings.web_port, "/readyz"))
        await self._child("watch", WATCH)
        if settings.public_port:  # the public's window never keeps the house from starting
            await self._child("public", public_command(settings), public_environment(settings))
        self._vigil = asyncio.create_task(self._keep_vigil(client))
        self._say(report.started(settings, monotonic() - began))
        await self._steps.fill(settings)

    async def _keep_vigil(self, client: Client) -> None:
        settings = self._settings
        heartbeats = settings.var_dir / "heartbeat"
        signs: dict[str, Sign] = {
            "temporal": vital_signs.temporal(client),
            "worker": partial(self._steps.beats, client, vital_signs.DEADLINE),
            "web": vital_signs.web(settings),
            "watch": vital_signs.touched(heartbeats / "watch"),
            "public": vital_signs.public(settings),
        }
        vigil = Vigil(
            self._say,
            patience=settings.hang_seconds,
            start_patience=settings.ready_seconds,
            inquiries=vital_signs.asked(heartbeats / "asked.json"),
            apart=("public",),
        )
        children = {child.name: child for child in self.children}
        for name in ("temporal", "worker", "web"):  # the start has waited until each did its work
            if name in children:
                vigil.trust(children[name])
        await vigil.keep(children, signs, {"worker": "temporal"}, heartbeats / "supervisor.json")

    async def _child(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        log = LogFile(self._settings.var_dir / "logs" / f"{name}.log")
        child = Child(name, command, log, self._say, environment, standby=self._standbys.get(name))
        self.children.append(child)
        await child.start()

    async def _until(self, name: str, ready: Coroutine[None, None, T]) -> T:
        """Wait for `ready`; raises StartupError when a process keeps dying, or after `ready_seconds`."""
        waiting = asyncio.create_task(ready)
        until = monotonic() + self._settings.ready_seconds
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=0.1)
                self._require_hope(name, until)
            return waiting.result()
        finally:
            waiting.cancel()

    def _require_hope(self, name: str, until: float) -> None:
        for child in self.children:
            if child.deaths >= HOPELESS:
                raise StartupError(
                    f"{child.name} 无法启动：{child.log.last_line()}（详见 {child.log.path}）。",
                    f"{child.name} does not start: see {child.log.path}.",
                )
        if monotonic() > until:
            logs = self._settings.var_dir / "logs"
            raise StartupError(
                f"{name} 在 {self._settings.ready_seconds:g} 秒内未就绪；详见 {logs}。",
                f"{name} was not ready within {self._settings.ready_seconds:g} s: see {logs}.",
            )

    async def _stop_children(self) -> None:
        for child in reversed(self.children):
            await child.stop(self._settings.stop_seconds)


def _whether_heard_or_not(say: Callable[[str], None]) -> Callable[[str], None]:
    """`say`, for a terminal that may be gone: that must not keep the processes from being
    watched and stopped.
    """

    def tell(line: str) -> None:
        with suppress(OSError):
            say(line)

    return tell


def web_command(settings: Settings) -> list[str]:
    """The command line of the web process."""
    return [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "web:create_app",
        "--host",
        settings.host,
        "--port",
        str(settings.web_port),
        "--http",
        "api.slow_heads:BoundedHeads",
        "--log-level",
        settings.log_level,
        "--no-server-header",
        # The server's own default believes what any program of this machine says of who asks.
        *(
            ("--proxy-headers", "--forwarded-allow-ips", settings.proxy)
            if settings.proxy
            else ("--no-proxy-headers",)
        ),
        # A page that follows an incident holds its connection for as long as it is open.
        "--timeout-graceful-shutdown",
        "3",
    ]


def public_command(settings: Settings) -> list[str]:
    """The command line of the public's window, which knows nothing of the house."""
    return [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "kiosk.application:application",
        "--host",
        settings.public_host,
        "--port",
        str(settings.public_port),
        "--http",
        "api.slow_heads:BoundedHeads",
        "--ws",
        "none",
        "--log-level",
        "warning",
        "--no-access-log",
        "--no-server-header",
        "--no-proxy-headers",
        "--limit-concurrency",
        "2000",
        "--backlog",
        "2048",
        "--timeout-graceful-shutdown",
        "3",
    ]


def public_environment(settings: Settings) -> dict[str, str]:
    """All that the public's window is told: its folder, and how this machine runs programs;
    no address of a database, no secret.
    """
    machine = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {**machine, "HUIYING_PUBLIC_FOLDER": str(settings.public_folder)}


def ports_of(settings: Settings) -> dict[str, int]:
    """The ports that a system started with `settings` listens on, by the variable that sets each."""
    names = [
        "web_port",
        *(name for name in ("worker_metrics_port", "public_port") if getattr(settings, name)),
    ]
    if settings.embeds_temporal:
        names += [
            "temporal_port",
            "temporal_metrics_port",
            *(["temporal_ui_port"] if settings.temporal_ui else []),
        ]
    return {f"HUIYING_{name.upper()}": getattr(settings, name) for name in names}


def programs(settings: Settings) -> dict[str, Program]:
    """What stands by while the system starts; not the public's window, which is told nothing of the house."""
    return {
        "worker": Program(WORKER),
        "web": Program(tuple(web_command(settings)), ("web", "uvicorn.main")),
        "watch": Program(WATCH),
    }


def supervise(
    settings: Settings,
    steps: Steps,
    say: Callable[[str], None],
    *,
    shared: Sequence[str] = (),
) -> None:
    """Run the system of `settings`, alone on its folder and its ports, until it is asked to stop.

    Outside of an event loop. Where the modules are named that its processes have in common, these are made of
    this one once it has loaded them, and stand by; else each is started by itself. Raises StartupError when
    the system cannot be started.
    """
    with lock.hold(settings.var_dir) as lock_file:
        require_private(settings.var_dir)
        require_whole(settings.var_dir)
        hosts = {"HUIYING_PUBLIC_PORT": settings.public_host}
        ports.require_free(settings.host, ports_of(settings), hosts)
        with standing_by(programs(settings) if shared else {}, shared, lock_file) as standbys:
            asyncio.run(Supervisor(settings, steps, say, standbys).run())
