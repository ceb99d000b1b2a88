"""A Temporal dev server of a rehearsal's own, that can be stopped and started again on the same
file and port.
"""

import asyncio
import socket
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path
from time import monotonic

from temporalio.client import Client
from temporalio.service import RPCError

from workflows.search_attributes import register_search_attributes

_READY_SECONDS = 30.0
_STOP_SECONDS = 10.0
_PAUSE = 0.1


class DevServer:
    """One dev server; `address` stays the same over restarts."""

    def __init__(self, program: str, folder: Path, namespace: str) -> None:
        port = _free_port()
        self.address = f"127.0.0.1:{port}"
        self._namespace = namespace
        self._process: Process | None = None
        self._command = (
            program,
            *("server", "start-dev", "--headless", "--log-level", "error", "--namespace", namespace),
            *("--ip", "127.0.0.1", "--port", str(port), "--db-filename", str(folder / "temporal.db")),
            *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"),
            *("--sqlite-pragma", "busy_timeout=10000"),
        )

    async def start(self) -> None:
        """Start the server and wait until it answers. Raises TimeoutError when it does not within 30 s."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        until = monotonic() + _READY_SECONDS
        while True:
            with suppress(RPCError, RuntimeError):  # a refused connection is a RuntimeError
                await register_search_attributes(
                    await Client.connect(self.address, namespace=self._namespace)
                )
                return
            if monotonic() > until:
                raise TimeoutError(self.address)
            await asyncio.sleep(_PAUSE)

    async def stop(self) -> None:
        """Stop the server; one that does not stop in time is killed."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
