"""The embedded Temporal server: its command line, the version its file belongs to, and its retention."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from deploy.startup_errors import StartupError
from settings import LOOPBACK, Settings

Connect = Callable[[Settings], Awaitable[Client]]

# Measured: with the default journal it carries less than half as many steps,
# with less than FULL it may lose some.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000")

DYNAMIC = (
    # A burst on one case queues instead of failing at the eleventh update.
    "history.maxInFlightUpdates=100",
    # An update that a worker may not answer, since over 2 MiB no answer leaves it, would fail its case's task
    # time and again for half a minute. Ours have 128 KiB at most; those of one case beyond it in all wait for
    # each other.
    "history.maxInFlightUpdatePayloads=1900000",
    # A case whose task fails is listed at its second attempt, seconds after the first;
    # by default at the fifth.
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",
)


def program() -> str:
    """Path of the server's program, the environment's own before any other.

    Raises StartupError when its wheel is not installed.
    """
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    path = shutil.which("temporal", path=places)
    if path is None:
        raise StartupError(
            "找不到 Temporal 服务程序；请执行 make setup，或用 HUIYING_TEMPORAL_ADDRESS 指定自己的集群。",
            (
                "The Temporal server is not installed: run make setup, or name a cluster in"
                " HUIYING_TEMPORAL_ADDRESS."
            ),
        )
    return path


def command(settings: Settings) -> list[str]:
    """The command line that serves `var/temporal.db`,
    to this machine alone and whatever address the web listens on.

    Its HTTP API cannot be turned off; without a port of ours it takes a random one, which nobody is told.
    """
    options = {
        "--ip": LOOPBACK,
        "--port": str(settings.temporal_port),
        "--metrics-port": str(settings.temporal_metrics_port),
        "--db-filename": str(settings.var_dir / "temporal.db"),
        "--namespace": settings.temporal_namespace,
        "--log-level": "warn",
    }
    pragmas = [word for pragma in PRAGMAS for word in ("--sqlite-pragma", pragma)]
    dynamic = [word for value in DYNAMIC for word in ("--dynamic-config-value", value)]
    flat = [word for option in options.items() for word in option]
    return [program(), "server", "start-dev", *flat, *_pages(settings), *dynamic, *pragmas]


def _pages(settings: Settings) -> tuple[str, ...]:
    """The server's own web pages, off unless asked for: whoever opens them can end any case."""
    if not settings.temporal_ui:
        return ("--headless",)
    return ("--ui-ip", LOOPBACK, "--ui-port", str(settings.temporal_ui_port), "--ui-disable-news-fetch")


def claim_file(var_dir: Path, version: str) -> None:
    """Write down beside `var/temporal.db` which version serves it.

    Raises StartupError when it was written by another: there is no migration,
    and a server on a foreign file half works.
    """
    note = var_dir / "temporal.version"
    written = note.read_text(encoding="utf-8").strip() if note.exists() else ""
    if (var_dir / "temporal.db").exists() and written != version:
        raise StartupError(
            f"{var_dir}/temporal.db 由 {written or '未知版本'} 写成，现为 {version}；"
            "请装回原版本，或移走 temporal.*，启动后执行 huiying rebuild workflows。",
            f"{var_dir}/temporal.db was written by {written or 'an unknown version'}, this is {version}:"
            " install the"
            " former, or move temporal.* away, start, and run huiying rebuild workflows.",
        )
    note.write_text(f"{version}\n", encoding="utf-8")


def installed_version() -> str:
    """The version line of the installed server, such
    as `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`.
    """
    process = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True, timeout=30)
    return process.stdout.strip()


async def reach(settings: Settings) -> Client:
    """A client of the server on this machine, in clear."""
    return await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)


async def until_healthy(settings: Settings, connect: Connect = reach) -> Client:
    """Wait until the namespace answers, and return a client on it; to be bounded by the caller."""
    while True:
        # RuntimeError is how the SDK reports that nobody listens yet.
        with suppress(RuntimeError, RPCError):
            client = await connect(settings)
            await retention(client)
            return client
        await asyncio.sleep(0.05)


async def retention(client: Client) -> timedelta:
    """How long the namespace keeps closed histories."""
    description = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace), timeout=timedelta(seconds=5)
    )
    return description.config.workflow_execution_retention_ttl.ToTimedelta()


async def keep_histories(client: Client, wanted: timedelta) -> None:
    """Set the retention of the namespace; the server's own default of one day would lose closed cases."""
    if await retention(client) == wanted:
        return
    ttl = Duration()
    ttl.FromTimedelta(wanted)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=ttl)
        ),
        timeout=timedelta(seconds=5),
    )
