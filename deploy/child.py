"""One process of the system: started, its words collected, started again when it dies, stopped when asked."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

from deploy.log_file import LogFile
from deploy.standby import Begun, Standby

DIE_WITH_PARENT = str(Path(__file__).with_name("die_with_parent.py"))

# The first restart comes at once; a process that keeps dying is given longer rests, up to five seconds.
RESTS = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0)
STABLE_SECONDS = 5.0  # after so long a life the count begins anew


class Child:
    """A process that is kept running between `start` and `stop`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: LogFile,
        say: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        *,
        standby: Standby | None = None,
    ) -> None:
        """`environment` is all that it is told; unless given, what this process was told.

        `standby` is its first process, where one waits; the next ones are started.
        """
        self.name = name
        self.command = tuple(command)
        self._environment = environment
        self.log = log
        self.deaths = 0  # since it last lived for STABLE_SECONDS
        self.ends = 0  # in all
        self.ended_at: float | None = None  # when it last ended by itself, on the monotonic clock
        self.process: asyncio.subprocess.Process | Begun | None = None
        self._standby = standby
        self._say = say
        self._stopping = asyncio.Event()
        self._spawned = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin keeping it running, and return once its first process has been made or refused;
        to be called once.
        """
        self._keeper = asyncio.create_task(self._keep_running(), name=f"keep {self.name}")
        await self._spawned.wait()

    async def stop(self, seconds: float) -> None:
        """Ask it to end, and end it with its whole group after `seconds`."""
        self._stopping.set()
        if self._keeper is None:
            return
        self._signal(signal.SIGTERM)
        done, _ = await asyncio.wait({self._keeper}, timeout=seconds)
        if not done:
            self._say(
                f"{self.name} 未在 {seconds:g} 秒内停止，强制结束。 {self.name} did not stop in time and is"
                " killed."
            )
            self.kill()
            await asyncio.wait({self._keeper})
        self._keeper.result()

    @property
    def pid(self) -> int | None:
        """The process that runs; None while it is being started again."""
        running = self.process is not None and self.process.returncode is None
        return self.process.pid if running and self.process is not None else None

    def end(self) -> None:
        """End the process, and whatever it started, at once; it is then started again."""
        self._signal(signal.SIGKILL)

    def kill(self) -> None:
        """End it, and whatever it started, at once."""
        self._stopping.set()
        self._signal(signal.SIGKILL)

    async def _keep_running(self) -> None:
        while not self._stopping.is_set():
            began = monotonic()
            code = await self._live_once()
            if self._stopping.is_set():
                return
            self.ends += 1
            self.ended_at = monotonic()
            self.deaths = 1 if monotonic() - began >= STABLE_SECONDS else self.deaths + 1
            rest = RESTS[min(self.deaths, len(RESTS)) - 1]
            self._say(
                f"{self.name} 意外退出（{code}），{rest:g} 秒后重启。 {self.name} ended ({code}),"
                f" starts again in {rest:g} s."
            )
            await self._rest(rest)

    async def _live_once(self) -> str:
        """Run it to its end, and tell how it ended."""
        try:
            return str(await self._live())
        except OSError as error:  # no process could be made: as much a death as any other
            return str(error.strerror)
        finally:
            self._spawned.set()

    async def _live(self) -> int:
        standby, self._standby = self._standby, None
        self.process = (await standby.begin() if standby else None) or await self._started()
        self._spawned.set()
        if self._stopping.is_set():  # asked to stop while it was being started
            self._signal(signal.SIGTERM)
        assert self.process.stdout is not None  # noqa: S101 - a pipe was asked for
        while said := await self.process.stdout.read(65536):
            self.log.write(said)
        return await self.process.wait()

    async def _started(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            DIE_WITH_PARENT,
            str(os.getpid()),
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={
                **(os.environ if self._environment is None else self._environment),
                "PYTHONUNBUFFERED": "1",
            },
            cwd=Path(__file__).parent.parent,
            # A Ctrl-C in the terminal is the supervisor's to hear, which then stops them in order.
            process_group=0,
        )

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                if number == signal.SIGKILL:
                    os.killpg(self.process.pid, number)
                else:
                    self.process.send_signal(number)
